/**
 * Logins that a page of this server begins and finishes itself, with the same steps as an app's: a start, a callback, and a
 * token that is redeemed with a PKCE verifier.
 */
import { codeChallenge } from '../crypto/pkce.ts'
import type { Sealer } from '../crypto/seal.ts'
import { newToken } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { ApiError } from '../kernel/errors.ts'
import type { Reply } from '../kernel/reply.ts'
import type { Project } from '../projects/index.ts'
import { attributesOf } from '../sessions/index.ts'
import { redeemLogin } from './authenticate.ts'
import { beginLogin } from './begin-login.ts'
import { browserName, newBrowserName } from './browser.ts'
import { oauthTokenNotFound } from './errors.ts'
import { toOwnPage } from './own-page.ts'
import { providers } from './providers/index.ts'

type ProjectContext = Context & { readonly project: Project }

/** A way to log in, for a button. */
export interface WayIn {
  /** Path segment of the provider. */
  readonly id: string
  readonly name: string
}

/** The providers of a project in the order in which it declares them; where it has none, those that the sandbox plays. */
export function waysIn({ upstream, project, baseUrl }: ProjectContext): readonly WayIn[] {
  const ids = project.providers.size > 0 ? project.providers.keys() : providers.keys()
  return [...ids].flatMap((id) => {
    try {
      return [{ id, name: upstream.declared(project, id, baseUrl).provider.name }]
    } catch (error) {
      if (error instanceof ApiError) return []
      throw error
    }
  })
}

export interface OwnLogin {
  readonly provider: string
  /** Path and query of our page that the login returns to, given the name of the login, which has to come along. */
  readonly returnTo: (login: string) => `/${string}`
  readonly forwarded: readonly (readonly [string, string])[]
}

/**
 * Sends the browser to the provider. Throws `invalid_oauth_provider`, `oauth_config_not_found` and
 * `oauth_creating_redirect_url_error`. The page is told with `token`, or with `error`.
 */
export async function startOwnLogin(
  context: ProjectContext,
  { provider, returnTo, forwarded }: OwnLogin,
): Promise<Reply> {
  const { project, upstream, sealer, baseUrl, http } = context
  const account = await upstream.account(project, provider, baseUrl)
  const browser = browserName(http.headers.cookie, baseUrl, sealer) ?? newBrowserName(sealer)
  const login = newToken()
  const page = toOwnPage(returnTo(login))
  return beginLogin(context, {
    account,
    browser,
    forwarded,
    state: newToken(),
    scopes: account.scopes,
    loginRedirectUrl: page,
    signupRedirectUrl: page,
    codeChallenge: codeChallenge(verifierOf(sealer, browser, login)),
    attachTokenHash: undefined,
  })
}

export interface FinishedOwnLogin {
  readonly userId: string
  readonly sessionId: string
  readonly sessionToken: string
}

/**
 * Redeems the token, in the browser that the login began in, and starts a session. Whatever session the browser has is left
 * alone. Throws what `oauth.authenticate` throws; in another browser `oauth_token_not_found` or `pkce_mismatch`.
 */
export async function finishOwnLogin(
  context: ProjectContext,
  { token, login, minutes }: { readonly token: string; readonly login: string; readonly minutes: number },
): Promise<FinishedOwnLogin> {
  const { sealer, baseUrl, http } = context
  const browser = browserName(http.headers.cookie, baseUrl, sealer)
  if (browser === undefined) throw oauthTokenNotFound()
  const redemption = { token, code_verifier: verifierOf(sealer, browser, login), session_duration_minutes: minutes }
  const done = await redeemLogin(redemption, undefined, context, attributesOf(http))
  return {
    userId: done.user_id,
    sessionId: done.user_session?.session_id ?? '',
    sessionToken: done.session_token,
  }
}

/**
 * The verifier follows from the browser's cookie and the login's name, which travels in the URL: nothing is stored, several
 * tabs do not disturb each other, and who has the URL without the cookie has nothing (RFC 7636 §1).
 */
function verifierOf(sealer: Sealer, browser: string, login: string): string {
  const half = (purpose: string) => sealer.mac(`${browser} ${login}`, purpose)
  // 32 bytes are 43 characters, the shortest verifier that RFC 7636 §4.1 allows.
  return Buffer.concat([half('own login verifier 1'), half('own login verifier 2')]).toString('base64url')
}
