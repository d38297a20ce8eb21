/** `POST /v1/oauth/attach`: lets a signed-in user add a provider (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { newToken } from '../crypto/token.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { presentedSession, sessionNotFound } from '../sessions/index.ts'
import { exampleUserId, resolveUserId, userNotFound } from '../users/index.ts'
import * as errors from './errors.ts'
import { exampleAttachToken } from './examples.ts'
import { attachLifetime } from './flow.ts'
import { insertAttachToken } from './store.ts'
import { declaredAccount } from './upstream.ts'

export const attachProvider = endpoint({
  method: 'POST',
  path: '/v1/oauth/attach',
  auth: 'project',
  contractId: 'api_oauth_v1_Attach',
  summary: 'Make a token that adds a provider to a user',
  description:
    'The token goes into the start URL as `oauth_attach_token`, within five minutes, for the same provider. The account that is then logged in with joins this user when the app authenticates that login, whatever its e-mail address. It must not belong to another user yet.',
  errors: [
    errors.invalidOauthProvider,
    errors.oauthConfigNotFound,
    errors.appleOauthConfigNotFound,
    errors.noUserSelectionArguments,
    errors.tooManyUserSelectionArguments,
    userNotFound,
    sessionNotFound,
  ],
  input: z.object({
    provider: z.string().describe('Lower-case name of the provider, e.g. `google`.'),
    user_id: z.string().optional().describe('The user, by user ID or by your external ID.'),
    session_token: z.string().optional().describe('The user, by a live session.'),
    session_jwt: z.string().optional().describe('The user, by the JWT of a live session.'),
  }),
  exactlyOne: [['user_id', 'session_token', 'session_jwt']],
  output: z.object({ oauth_attach_token: z.string().describe('For `oauth_attach_token` of the start URL.') }),
  example: {
    input: { provider: 'google', user_id: exampleUserId },
    output: { oauth_attach_token: exampleAttachToken },
  },
  async handle(input, context) {
    declaredAccount(context, input.provider)
    const userId = await selectedUser(input, context)
    // A backend knows whom it asks; whether its app uses PKCE is for it, or the project, to say.
    return { oauth_attach_token: await makeAttachToken(context, userId, input.provider, false) }
  },
})

/** A new token that lets one account of that provider join the user. `needsPkce`: only a login with PKCE can use it. */
export async function makeAttachToken(
  { db, now, project }: Context & { readonly project: Project },
  userId: string,
  provider: string,
  needsPkce: boolean,
): Promise<string> {
  const token = newToken()
  const time = now.getTime()
  const lifetime = { createdAt: time, expiresAt: time + attachLifetime }
  await insertAttachToken(db, { token, projectId: project.id, userId, provider, needsPkce, ...lifetime })
  return token
}

interface Selection {
  readonly user_id?: string | undefined
  readonly session_token?: string | undefined
  readonly session_jwt?: string | undefined
}

async function selectedUser(selection: Selection, context: Context & { readonly project: Project }): Promise<string> {
  const { user_id, session_token, session_jwt } = selection
  const given = [user_id, session_token, session_jwt].filter((value) => value !== undefined)
  if (given.length === 0) throw errors.noUserSelectionArguments()
  if (given.length > 1) throw errors.tooManyUserSelectionArguments()
  if (user_id === undefined) {
    const presented = await presentedSession(context, { session_token, session_jwt })
    if (!presented) throw sessionNotFound()
    return presented.session.userId
  }
  const found = await resolveUserId(context.db, context.project.id, user_id)
  if (found === undefined) throw userNotFound()
  return found
}
