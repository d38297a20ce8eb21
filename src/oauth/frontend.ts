/** Social login for browsers and apps, which have a public token and perhaps a session, but no secret (docs/wire/frontend.md). */
import { z } from 'zod'
import { endpoint, type HttpRequest } from '../kernel/endpoint.ts'
import { frontendErrors, type Project } from '../projects/index.ts'
import {
  invalidSessionDuration,
  liveSession,
  type Session,
  SessionShape,
  sessionFields,
  sessionInvalid,
  userUnauthenticated,
} from '../sessions/index.ts'
import { UserShape } from '../users/index.ts'
import { makeAttachToken } from './attach.ts'
import { loginShape, loginTokenErrors, loginTokenFields, redeemLogin } from './authenticate.ts'
import * as errors from './errors.ts'
import { declaredAccount } from './upstream.ts'

/** There is no default here: a browser that forgets to say how long would get a session that nobody asked for. */
export const frontendSessionFields = {
  session_duration_minutes: sessionFields.session_duration_minutes.unwrap(),
}
export const frontendSessionInvalid = sessionInvalid

/** Throws `invalid_session_duration` for a session that is longer than the project lets a browser ask for. */
export function requireShortEnough({ settings }: Project, minutes: number | undefined): void {
  const most = settings.frontend_max_session_minutes
  if (minutes !== undefined && minutes > most) throw invalidSessionDuration({ most })
}

/** Where a session was started: here the caller is the person's own device. */
export const attributesOf = ({ ip, headers }: HttpRequest): Session['attributes'] => ({
  ipAddress: ip,
  userAgent: String(headers['user-agent'] ?? '').slice(0, 500),
})

const record = { method: 'POST', auth: 'frontend', crossOrigin: true, wrapped: true } as const

export const authenticateLoginFrontend = endpoint({
  ...record,
  path: '/sdk/v1/oauth/authenticate',
  summary: 'Authenticate a finished login, from a browser or app',
  description:
    'As the backend operation, for a caller without a secret. A session that is presented gains the factor; one that has ended does not matter.',
  errors: [...frontendErrors, ...loginTokenErrors, invalidSessionDuration, sessionInvalid.session_duration_minutes],
  input: z.object({ ...loginTokenFields, ...frontendSessionFields }),
  invalid: frontendSessionInvalid,
  output: z.object({ ...loginShape, session: SessionShape.nullable(), __user: UserShape }),
  async handle(input, context) {
    requireShortEnough(context.project, input.session_duration_minutes)
    const presented = await liveSession(context)
    const { answer } = await redeemLogin(input, presented, context, attributesOf(context.http))
    return { ...answer, session: answer.user_session ?? null, __user: answer.user }
  },
})

export const attachProviderFrontend = endpoint({
  ...record,
  path: '/sdk/v1/oauth/attach',
  summary: 'Make a token that adds a provider to the user who is logged in',
  description: 'As the backend operation; the user is the one whose session token is presented.',
  errors: [
    ...frontendErrors,
    userUnauthenticated,
    errors.invalidOauthProvider,
    errors.oauthConfigNotFound,
    errors.appleOauthConfigNotFound,
  ],
  input: z.object({ provider: z.string().describe('Lower-case name of the provider, e.g. `google`.') }),
  output: z.object({ oauth_attach_token: z.string().describe('For `oauth_attach_token` of the start URL.') }),
  async handle({ provider }, context) {
    const presented = await liveSession(context)
    if (!presented) throw userUnauthenticated()
    declaredAccount(context, provider)
    return { oauth_attach_token: await makeAttachToken(context, presented.session.userId, provider) }
  },
})
