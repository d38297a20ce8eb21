/** Taking a token back before it expires (RFC 7009). */
import { z } from 'zod'
import { noteAttempt } from '../attempts/index.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { exampleProject } from '../projects/index.ts'
import { readAccessToken } from './access-token.ts'
import { clientErrors } from './client-authentication.ts'
import { exampleClientCredentials, exampleTokens } from './examples.ts'
import { endGrant } from './grant-store.ts'
import { type Asker, authenticateAsker, looksLikeJwt, type TokenQuestion, tokenFields } from './introspect.ts'
import { readRefreshToken, spendAccessToken } from './refresh-store.ts'

const record = {
  method: 'POST',
  auth: 'none',
  oauth: true,
  crossOrigin: 'public',
  summary: 'Revoke a token',
  description:
    'A refresh token ends with everything that came of the same authorization; an access token ends alone. Of a token that is unknown, or another client’s, nothing is said: the answer is the same.',
  errors: clientErrors,
  output: z.object({}),
} as const

export const revokeToken = endpoint({
  ...record,
  path: '/v1/oauth2/revoke',
  input: z.object(tokenFields),
  example: { input: { token: exampleTokens.refresh_token, ...exampleClientCredentials }, output: {} },
  handle: (input, context) => revoke(input, context),
})

export const revokeTokenOfProject = endpoint({
  ...record,
  path: '/v1/public/{project_id}/oauth2/revoke',
  input: z.object({ ...tokenFields, project_id: z.string() }),
  example: {
    input: { project_id: exampleProject.id, token: exampleTokens.refresh_token, ...exampleClientCredentials },
    output: {},
  },
  handle: ({ project_id, ...input }, context) => revoke(input, context, project_id),
})

async function revoke(input: TokenQuestion, context: Context, inPath?: string) {
  const asker = await authenticateAsker(context, input, { projectId: inPath, step: 'revoke' })
  const kind = looksLikeJwt(input.token) ? 'access_token' : 'refresh_token'
  const isDone = await (kind === 'access_token' ? revokeAccess : revokeRefresh)(input.token, asker, context)
  const details = { token_type: kind, found: isDone }
  noteAttempt(context, {
    projectId: asker.project.id,
    step: 'revoke',
    clientId: asker.clientId,
    outcome: 'ok',
    details,
  })
  return {}
}

async function revokeAccess(token: string, { project, clientId }: Asker, context: Context): Promise<boolean> {
  const read = await readAccessToken(Object.assign(context, { project }), token)
  if (!read || (clientId !== undefined && read.clientId !== clientId)) return false
  const { db, now } = context
  const spent = { tokenId: read.tokenId, use: 'revoked' as const, projectId: project.id, now: now.getTime() }
  return spendAccessToken(db, { ...spent, expiresAt: read.expiresAt * 1_000 })
}

async function revokeRefresh(token: string, { project, clientId }: Asker, { db, now }: Context): Promise<boolean> {
  const found = await readRefreshToken(db, project.id, token)
  if (!found || (clientId !== undefined && found.grant.clientId !== clientId)) return false
  await endGrant(db, found.grant.id, 'revoked_by_client', now.getTime())
  return true
}
