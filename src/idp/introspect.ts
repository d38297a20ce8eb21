/** Whether a token is good, for a resource that does not verify it itself (RFC 7662). */
import { z } from 'zod'
import { isId } from '../crypto/token.ts'
import { basicCredentials } from '../kernel/auth.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { findM2mClient } from '../m2m/index.ts'
import { exampleProject, issuerOf, type Project } from '../projects/index.ts'
import { exampleJwt } from '../sessions/index.ts'
import { readAccessToken, type VerifiedAccessToken } from './access-token.ts'
import { isTokenAlive } from './access-token-store.ts'
import { authenticateClient, clientErrors, type Place } from './client-authentication.ts'
import { type ClientCredentials, clientFields, parameter } from './client-credentials.ts'
import { exampleClientCredentials, exampleIntrospection } from './examples.ts'
import { isRevoked, readRefreshToken } from './refresh-store.ts'

type ProjectContext = Context & { readonly project: Project }

/** Fields of introspection and revocation. */
export const tokenFields = {
  token: z.string().describe('An access or a refresh token.'),
  token_type_hint: parameter.describe('Accepted; tokens are told apart without it.'),
  ...clientFields,
}

const record = {
  method: 'POST',
  auth: 'none',
  oauth: true,
  summary: 'Ask whether a token is good',
  description:
    'For the client that the token was given to, and, with the project’s own credentials, for every client. Of a token that is not good nothing is said but that.',
  errors: clientErrors,
  output: z.looseObject({
    active: z.boolean(),
    sub: z.string().optional(),
    scope: z.string().optional(),
    client_id: z.string().optional(),
    aud: z.array(z.string()).optional(),
    iss: z.string().optional(),
    exp: z.int().optional(),
    iat: z.int().optional(),
    nbf: z.int().optional(),
    token_type: z.enum(['access_token', 'refresh_token']).optional(),
  }),
} as const

export const introspectToken = endpoint({
  ...record,
  path: '/v1/oauth2/introspect',
  input: z.object(tokenFields),
  example: { input: { token: exampleJwt, ...exampleClientCredentials }, output: exampleIntrospection },
  handle: (input, context) => introspect(input, context),
})

export const introspectTokenOfProject = endpoint({
  ...record,
  path: '/v1/public/{project_id}/oauth2/introspect',
  input: z.object({ ...tokenFields, project_id: z.string() }),
  example: {
    input: { project_id: exampleProject.id, token: exampleJwt, ...exampleClientCredentials },
    output: exampleIntrospection,
  },
  handle: ({ project_id, ...input }, context) => introspect(input, context, project_id),
})

export interface TokenQuestion extends ClientCredentials {
  readonly token: string
}

/** Who asks: one client, or the project, which may ask about all of them. */
export interface Asker {
  readonly project: Project
  /** `undefined`: the project itself. */
  readonly clientId: string | undefined
}

/** Two official clients send the project's credentials, beside the client's own or alone: these are enough. */
export async function authenticateAsker(context: Context, input: TokenQuestion, place: Place): Promise<Asker> {
  const { projectId } = place
  const basic = basicCredentials(context.http.headers.authorization)
  if (basic && isId('project', basic.username) && (projectId === undefined || projectId === basic.username)) {
    const { project } = await context.projects.authenticate(context.http, context.now)
    return { project, clientId: undefined }
  }
  const client = await authenticateClient(context, input, place)
  return { project: client.project, clientId: client.kind === 'app' ? client.app.id : client.client.id }
}

async function introspect(input: TokenQuestion, context: Context, inPath?: string) {
  const { project, clientId } = await authenticateAsker(context, input, { projectId: inPath, step: 'introspect' })
  const within = Object.assign(context, { project })
  const found = looksLikeJwt(input.token)
    ? await accessTokenMembers(within, input.token)
    : await refreshTokenMembers(within, input.token)
  // RFC 7662 §4: a token of another client is none of the caller's business.
  if (!found || (clientId !== undefined && found.client_id !== clientId)) return { active: false }
  return { ...found, active: true }
}

export const looksLikeJwt = (token: string): boolean => token.includes('.')

async function accessTokenMembers(context: ProjectContext, token: string) {
  const read = await readAccessToken(context, token)
  if (!read) return undefined
  const isAlive = await (isOfM2m(read)
    ? isAliveOfM2m(context, read)
    : isTokenAlive(context.db, context.project.id, read))
  return isAlive ? { ...read.claims, client_id: read.clientId, token_type: 'access_token' as const } : undefined
}

/** An M2M client is its own subject. */
export const isOfM2m = ({ subject, clientId }: VerifiedAccessToken): boolean => subject === clientId

async function isAliveOfM2m(
  { db, project }: ProjectContext,
  { clientId, tokenId }: VerifiedAccessToken,
): Promise<boolean> {
  if (await isRevoked(db, project.id, tokenId)) return false
  return (await findM2mClient(db, project.id, clientId)) !== undefined
}

async function refreshTokenMembers({ db, now, project, baseUrl }: ProjectContext, token: string) {
  const found = await readRefreshToken(db, project.id, token)
  if (!found || found.expiresAt <= now.getTime() || found.usedAt !== undefined) return undefined
  const { grant } = found
  if (grant.endedAt !== undefined) return undefined
  const issuedAt = Math.floor(found.createdAt / 1_000)
  return {
    sub: grant.userId,
    scope: grant.scopes.join(' '),
    client_id: grant.clientId,
    aud: [project.id, ...grant.resources],
    iss: issuerOf(project, baseUrl),
    exp: Math.floor(found.expiresAt / 1_000),
    iat: issuedAt,
    nbf: issuedAt,
    token_type: 'refresh_token' as const,
  }
}
