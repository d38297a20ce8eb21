/** Google One Tap: a page gets a credential from Google without leaving, and hands it in here (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { newToken, sameHash } from '../crypto/token.ts'
import { type Context, endpoint, type HttpRequest } from '../kernel/endpoint.ts'
import { json, type Reply } from '../kernel/reply.ts'
import {
  exampleCallbackId,
  examplePublicToken,
  frontendErrors,
  publicTokenErrors,
  requireFrontend,
} from '../projects/index.ts'
import { cookiesNamed, isOneTapToken, newOneTapToken, oneTapCookie, oneTapCookieName } from './browser.ts'
import * as errors from './errors.ts'
import { verifyIdToken } from './id-token.ts'
import { linkIdentity } from './link-identity.ts'
import { issueLoginToken } from './login-token.ts'
import { openidProfile, usableProfile } from './provider.ts'
import { withParameters } from './redirect-url.ts'
import { chooseRedirectUrl, requirePkce } from './start.ts'
import { declaredAccount } from './upstream.ts'

/** The header that tells a One Tap credential from a provider's form. Being no simple header, it needs a preflight. */
export const isOneTap = ({ headers }: HttpRequest): boolean => headers['x-stytch-oauth-type'] === 'google-one-tap'

export const startOneTap = endpoint({
  method: 'GET',
  path: '/v1/public/oauth/google/onetap/start',
  auth: 'public_token',
  crossOrigin: true,
  summary: 'Start Google One Tap',
  description:
    'Called by a page. Answers with the client ID to show the prompt for, and a token that must come back with the credential, together with the cookie that is set here.',
  errors: [
    errors.oauthConfigNotFound,
    errors.noLoginRedirectUrlsSet,
    errors.noSignupRedirectUrlsSet,
    ...frontendErrors,
  ],
  input: z.object({ public_token: z.string().describe('Says which project the login belongs to.') }),
  output: z.object({
    google_client_id: z.string(),
    oauth_callback_id: z.string().describe('Last segment of the path that the credential is sent to.'),
    stytch_csrf_token: z.string().describe('The same as the cookie.'),
  }),
  example: {
    input: { public_token: examplePublicToken },
    output: {
      google_client_id: '1234567890-web.apps.googleusercontent.com',
      oauth_callback_id: exampleCallbackId,
      stytch_csrf_token: 'c7RqZr2LxV1sNpKhGjDdSaQeWcYbRnMtUiOomF4uT8Pd',
    },
  },
  handle(_input, context) {
    const { project, http, sealer, baseUrl } = context
    requireFrontend(project, http, baseUrl)
    const { clientId } = declaredAccount(context, 'google')
    if (project.redirectUrls.LOGIN.length === 0) throw errors.noLoginRedirectUrlsSet()
    if (project.redirectUrls.SIGNUP.length === 0) throw errors.noSignupRedirectUrlsSet()
    const csrf = newOneTapToken(sealer)
    const body = { google_client_id: clientId, oauth_callback_id: project.callbackId, stytch_csrf_token: csrf }
    return json(body, { 'set-cookie': oneTapCookie(csrf, baseUrl) })
  },
})

export const OneTapInput = z.object({
  id_token: z.string().optional().describe('One Tap: the credential that Google gave to the page.'),
  stytch_csrf_token: z.string().optional().describe('One Tap: from the start, equal to the cookie.'),
  login_redirect_url: z.string().optional().describe('One Tap: as in the start URL of a login.'),
  signup_redirect_url: z.string().optional().describe('One Tap: as in the start URL of a login.'),
  code_challenge: z.string().optional().describe('One Tap: as in the start URL of a login.'),
})

export const oneTapErrors = [
  errors.idTokenInvalid,
  errors.idTokenExpired,
  errors.idTokenIncorrectAudience,
  errors.pkceRequiredForNativeCallback,
  ...frontendErrors.slice(publicTokenErrors.length),
]

type Submission = z.infer<typeof OneTapInput> & { readonly oauth_callback_id: string }

/** Verifies the credential and answers with the URL at which the app takes over. */
export async function submitOneTap(input: Submission, context: Context): Promise<Reply> {
  const { http, now, projects, upstream, baseUrl } = context
  const project = await projects.byCallbackId(input.oauth_callback_id)
  if (!project) throw errors.invalidCallbackId()
  requireFrontend(project, http, baseUrl)
  if (!input.id_token || !input.stytch_csrf_token) throw errors.oauthInvalidCallbackRequest()
  requireCookie(input.stytch_csrf_token, context)
  const within = { ...context, project }
  const login = chooseRedirectUrl(project, 'LOGIN', input.login_redirect_url || undefined)
  const signup = chooseRedirectUrl(project, 'SIGNUP', input.signup_redirect_url || undefined)
  requirePkce(project, input.code_challenge, [login, signup])
  const account = await upstream.account(project, 'google', baseUrl)
  const audiences = [account.clientId]
  const claims = await verifyIdToken({ account, upstream, token: input.id_token, audiences, now })
  // Google gives One Tap no nonce. A token with one was issued for a login by redirect, and came here from elsewhere.
  if (claims.nonce !== undefined) throw errors.idTokenInvalid()
  const profile = usableProfile(openidProfile(claims))
  // There is neither an access nor a refresh token: the credential is all that Google gives.
  const values = { accessToken: '', refreshToken: '', idToken: input.id_token, scopes: account.scopes }
  const finish = { token: newToken(), values, codeChallenge: input.code_challenge }
  const target = await linkIdentity(within, { project, account, profile }, async (tx, linked) => {
    const { userId, registrationId, isSignup, resetSessions } = linked
    await issueLoginToken(tx, within, { ...finish, userId, account: { registrationId }, resetSessions })
    return new URL(isSignup ? signup : login)
  })
  return json({ redirect_url: withParameters(target, { stytch_token_type: 'oauth', token: finish.token }).href })
}

/** Double submit: a page of another site can neither read the cookie nor make one that is ours. */
function requireCookie(token: string, { http, sealer }: Context): void {
  const cookies = cookiesNamed(oneTapCookieName, http.headers.cookie)
  if (cookies.length === 0) throw errors.oauthStateMismatch({ problem: 'its cookie did not come along' })
  const isSame = cookies.some((cookie) => sameHash(cookie, token)) && isOneTapToken(token, sealer)
  if (!isSame) throw errors.oauthStateMismatch({ problem: 'its cookie belongs to another one' })
}
