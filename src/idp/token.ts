/** The token endpoint (RFC 6749 §3.2): authenticates the client, then lets the grant that it names do its part. */
import { z } from 'zod'
import { noteAttempt, noteFailure } from '../attempts/index.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { ApiError } from '../kernel/errors.ts'
import { json, type Reply } from '../kernel/reply.ts'
import { exampleProject } from '../projects/index.ts'
import { authenticateClient, type Client, clientErrors } from './client-authentication.ts'
import * as errors from './errors.ts'
import { exampleTokenRequest, exampleTokens } from './examples.ts'
import { redeemAuthorizationCode } from './redeem-authorization-code.ts'
import { redeemClientCredentials } from './redeem-client-credentials.ts'
import { redeemRefreshToken } from './redeem-refresh-token.ts'
import { type Redeem, TokenInput } from './token-request.ts'

const grants: ReadonlyMap<string, Redeem> = new Map([
  ['authorization_code', redeemAuthorizationCode],
  ['refresh_token', redeemRefreshToken],
  ['client_credentials', redeemClientCredentials],
])

export const grantTypes = [...grants.keys()]

const record = {
  method: 'POST',
  auth: 'none',
  oauth: true,
  crossOrigin: 'public',
  repeats: ['resource'],
  description:
    'Takes a form or JSON. The client authenticates with its secret, as Basic credentials or in the body, or with an assertion that it signed; a public client sends only its client_id.',
  errors: [
    ...clientErrors,
    errors.grantTypeRequired,
    errors.unsupportedGrantType,
    errors.unauthorizedClient,
    errors.parameterRequired,
    errors.codeNotFound,
    errors.codeExpired,
    errors.redirectUriMismatch,
    errors.verifierExpected,
    errors.verifierNotExpected,
    errors.verifierMismatch,
    errors.invalidVerifier,
    errors.grantEnded,
    errors.consentRevoked,
    errors.refreshTokenNotFound,
    errors.refreshTokenExpired,
    errors.refreshTokenAlreadyUsed,
    errors.scopeNotGranted,
    errors.invalidTarget,
    errors.templateFailed,
  ],
  output: z.object({
    access_token: z.string().describe('A JWT.'),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('In seconds.'),
    scope: z.string().describe('What was granted, separated by spaces.'),
    refresh_token: z.string().optional().describe('With `offline_access`; replaces the one before, where one is sent.'),
    id_token: z.string().optional().describe('With `openid`.'),
  }),
} as const

export const getToken = endpoint({
  ...record,
  path: '/v1/oauth2/token',
  summary: 'Get tokens',
  input: TokenInput,
  example: { input: exampleTokenRequest, output: exampleTokens },
  handle: (input, context) => answer(input, context),
})

export const getTokenOfProject = endpoint({
  ...record,
  path: '/v1/public/{project_id}/oauth2/token',
  summary: 'Get tokens, with the project in the path',
  input: TokenInput.extend({ project_id: z.string() }),
  example: { input: { ...exampleTokenRequest, project_id: exampleProject.id }, output: exampleTokens },
  handle: ({ project_id, ...input }, context) => answer(input, context, project_id),
})

async function answer(input: TokenInput, context: Context, projectId?: string): Promise<Reply> {
  const client = await authenticateClient(context, input, { projectId, step: 'token' })
  const attempt = { projectId: client.project.id, step: 'token', clientId: nameOf(client) } as const
  try {
    const redeem = grants.get(input.grant_type ?? '')
    if (!redeem) throw input.grant_type === undefined ? errors.grantTypeRequired() : errors.unsupportedGrantType()
    const tokens = await redeem(input, client, Object.assign(context, { project: client.project }))
    noteAttempt(context, { ...attempt, outcome: 'ok', details: { grant_type: input.grant_type, scope: tokens.scope } })
    return json({ ...tokens })
  } catch (error) {
    if (error instanceof ApiError) noteFailure(context, attempt, error)
    throw error
  }
}

const nameOf = (client: Client): string => (client.kind === 'app' ? client.app.id : client.client.id)
