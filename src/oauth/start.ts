/** `GET /v1/public/oauth/{provider}/start`: where a browser goes to log in (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { isCodeChallenge } from '../crypto/pkce.ts'
import { hashToken, newToken } from '../crypto/token.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { badRequest, type DefinedError } from '../kernel/errors.ts'
import { type Project, publicTokenErrors, type RedirectType } from '../projects/index.ts'
import { beginLogin } from './begin-login.ts'
import { browserName, newBrowserName } from './browser.ts'
import * as errors from './errors.ts'
import { combinedScopes, forwardedParameters } from './flow.ts'
import { isCustomScheme, matchForProject } from './redirect-url.ts'
import { reserveAttachToken } from './store.ts'

/** Absent and empty mean the same: one client sends names without values. */
const optional = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value))

export const startLogin = endpoint({
  method: 'GET',
  path: '/v1/public/oauth/{provider}/start',
  auth: 'public_token',
  browser: true,
  summary: 'Start a login with a provider',
  description:
    'Opened by a browser. Answers with a redirect to the provider’s consent page. Parameters whose name begins with `provider_` are passed on to the provider without that prefix, e.g. `provider_prompt=consent`. Other unknown parameters are ignored.',
  errors: [
    ...publicTokenErrors,
    errors.invalidOauthProvider,
    errors.oauthConfigNotFound,
    errors.appleOauthConfigNotFound,
    errors.oauthCreatingRedirectUrlError,
    errors.noLoginRedirectUrlsSet,
    errors.noSignupRedirectUrlsSet,
    errors.noDefaultLoginRedirectUrlSet,
    errors.noDefaultSignupRedirectUrlSet,
    errors.invalidLoginOauthUrl,
    errors.invalidSignupOauthUrl,
    errors.noMatchForProvidedOauthUrl,
    errors.queryParamsDoNotMatch,
    errors.pkceRequiredForNativeCallback,
    errors.invalidPkceCodeChallenge,
    errors.invalidOauthAttachToken,
  ],
  input: z.object({
    provider: z.string().describe('Lower-case name of the provider, e.g. `google`.'),
    public_token: z.string().describe('Says which project the login belongs to.'),
    login_redirect_url: optional.describe('Where an existing user lands. Default: the project’s default LOGIN URL.'),
    signup_redirect_url: optional.describe('Where a new user lands. Default: the project’s default SIGNUP URL.'),
    custom_scopes: optional.describe('Scopes to ask for beside the default ones, separated by spaces.'),
    code_challenge: optional.describe('base64url(SHA-256(code_verifier)) of the app’s own PKCE leg.'),
    oauth_attach_token: optional.describe('From `oauth.attach`: adds the provider to that user.'),
  }),
  output: z.object({ redirect_url: z.string().describe('The provider’s consent page, as in the Location header.') }),
  example: {
    input: { provider: 'google', public_token: 'public-token-test-00000000-0000-4000-8000-000000000000' },
  },
  async handle(input, context) {
    const { db, http, now, project, sealer, upstream, baseUrl } = context
    const account = await upstream.account(project, input.provider, baseUrl)
    const login = chooseRedirectUrl(project, 'LOGIN', input.login_redirect_url)
    const signup = chooseRedirectUrl(project, 'SIGNUP', input.signup_redirect_url)
    requirePkce(project, input.code_challenge, [login, signup])

    const state = newToken()
    const stateHash = hashToken(state)
    if (input.oauth_attach_token !== undefined) {
      const reservation = {
        token: input.oauth_attach_token,
        projectId: project.id,
        provider: input.provider,
        stateHash,
      }
      const reserved = await reserveAttachToken(db, { ...reservation, now: now.getTime() })
      if (!reserved) throw errors.invalidOauthAttachToken()
      if (reserved.needsPkce && input.code_challenge === undefined) throw errors.pkceRequiredForNativeCallback()
    }
    const forwarded = forwardedParameters(http.query)
    if (new Set(forwarded.map(([name]) => name)).size < forwarded.length) {
      throw badRequest({ problem: 'a provider_ parameter was sent more than once. Send it once.' })
    }
    return beginLogin(context, {
      account,
      state,
      browser: browserName(http.headers.cookie, baseUrl, sealer) ?? newBrowserName(sealer),
      forwarded,
      scopes: combinedScopes(account.scopes, input.custom_scopes),
      loginRedirectUrl: login,
      signupRedirectUrl: signup,
      codeChallenge: input.code_challenge,
      attachTokenHash: input.oauth_attach_token === undefined ? undefined : hashToken(input.oauth_attach_token),
    })
  },
})

interface RedirectErrors {
  readonly parameter: string
  readonly noneSet: DefinedError
  readonly noDefault: DefinedError
  readonly notAUrl: DefinedError
}

const redirectErrors: Readonly<Record<RedirectType, RedirectErrors>> = {
  LOGIN: {
    parameter: 'login_redirect_url',
    noneSet: errors.noLoginRedirectUrlsSet,
    noDefault: errors.noDefaultLoginRedirectUrlSet,
    notAUrl: errors.invalidLoginOauthUrl,
  },
  SIGNUP: {
    parameter: 'signup_redirect_url',
    noneSet: errors.noSignupRedirectUrlsSet,
    noDefault: errors.noDefaultSignupRedirectUrlSet,
    notAUrl: errors.invalidSignupOauthUrl,
  },
}

/**
 * The URL of one type that this login will return to, as it was written. Both types are checked, though only one will be
 * used.
 */
export function chooseRedirectUrl(project: Project, type: RedirectType, requested: string | undefined): string {
  const { parameter, noneSet, noDefault, notAUrl } = redirectErrors[type]
  const registered = project.redirectUrls[type]
  if (registered.length === 0) throw noneSet()
  const candidate = requested ?? registered.find(({ isDefault }) => isDefault)?.url
  if (candidate === undefined) throw noDefault()
  const match = matchForProject(candidate, project, type)
  if (match.kind === 'match') return candidate
  const details = { parameter, received: candidate.slice(0, 500), registered: registered.map(({ url }) => url) }
  if (match.kind === 'not a URL') throw notAUrl({ details })
  if (match.kind === 'query differs') throw errors.queryParamsDoNotMatch({ parameter }, { details })
  throw errors.noMatchForProvidedOauthUrl({ parameter, type }, { details })
}

/** RFC 8252 §8.1: what returns to a custom scheme can be caught by another app, so it must be useless without a verifier. */
export function requirePkce(project: Project, challenge: string | undefined, targets: readonly string[]): void {
  if (challenge !== undefined && !isCodeChallenge(challenge)) throw errors.invalidPkceCodeChallenge()
  const needed = project.settings.oauth_pkce_required || targets.some((url) => isCustomScheme(new URL(url)))
  if (needed && challenge === undefined) throw errors.pkceRequiredForNativeCallback()
}
