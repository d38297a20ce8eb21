/** Social login for browsers and apps, which have a public token and perhaps a session, but no secret (docs/wire/frontend.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { frontendErrors } from '../projects/index.ts'
import {
  attributesOf,
  frontendSessionErrors,
  frontendSessionFields,
  liveSession,
  requireShortEnough,
  SessionShape,
  sessionInvalid,
  userUnauthenticated,
} from '../sessions/index.ts'
import { UserShape } from '../users/index.ts'
import { makeAttachToken } from './attach.ts'
import { loginShape, loginTokenErrors, loginTokenFields, redeemLogin } from './authenticate.ts'
import * as errors from './errors.ts'
import { exampleAttachToken, exampleFrontendLogin, exampleLogin, exampleProviderValues } from './examples.ts'
import { declaredAccount } from './upstream.ts'

const record = { method: 'POST', auth: 'frontend', crossOrigin: true, wrapped: true } as const

export const authenticateLoginFrontend = endpoint({
  ...record,
  path: '/sdk/v1/oauth/authenticate',
  summary: 'Authenticate a finished login, from a browser or app',
  description:
    'As the backend operation, for a caller without a secret. A session that is presented gains the factor; one that has ended does not matter.',
  errors: [...frontendErrors, ...loginTokenErrors, ...frontendSessionErrors],
  input: z.object({ ...loginTokenFields, ...frontendSessionFields }),
  invalid: sessionInvalid,
  output: z.object({ ...loginShape, session: SessionShape.nullable(), __user: UserShape }),
  example: {
    input: {
      token: 'hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g',
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      session_duration_minutes: 60,
    },
    output: {
      ...exampleLogin,
      ...exampleFrontendLogin,
      user_session: exampleFrontendLogin.session,
      provider_values: exampleProviderValues,
    },
  },
  async handle(input, context) {
    requireShortEnough(context.project, input.session_duration_minutes)
    const presented = await liveSession(context)
    const answer = await redeemLogin(input, presented, context, attributesOf(context.http))
    return { ...answer, session: answer.user_session ?? null, __user: answer.user }
  },
})

export const attachProviderFrontend = endpoint({
  ...record,
  path: '/sdk/v1/oauth/attach',
  summary: 'Make a token that adds a provider to the user who is logged in',
  description:
    'As the backend operation; the user is the one whose session token is presented. The login that uses the token needs a `code_challenge`, as every official client sends one.',
  errors: [
    ...frontendErrors,
    userUnauthenticated,
    errors.invalidOauthProvider,
    errors.oauthConfigNotFound,
    errors.appleOauthConfigNotFound,
  ],
  input: z.object({ provider: z.string().describe('Lower-case name of the provider, e.g. `google`.') }),
  output: z.object({ oauth_attach_token: z.string().describe('For `oauth_attach_token` of the start URL.') }),
  example: { input: { provider: 'google' }, output: { oauth_attach_token: exampleAttachToken } },
  async handle({ provider }, context) {
    const presented = await liveSession(context)
    if (!presented) throw userUnauthenticated()
    declaredAccount(context, provider)
    // Whoever is logged in could send the start URL to somebody else, whose account would then join theirs.
    return { oauth_attach_token: await makeAttachToken(context, presented.session.userId, provider, true) }
  },
})
