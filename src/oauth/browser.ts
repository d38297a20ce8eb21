/**
 * Binding a login to the browser that started it: a callback that comes without that browser's cookie is somebody else's
 * (login CSRF, RFC 9700 §4.7). The cookie names the browser, each login remembers which one it began in, so logins in
 * several tabs do not disturb each other.
 */
import type { Sealer } from '../crypto/seal.ts'
import { newToken, sameHash } from '../crypto/token.ts'

/** How long, in seconds, the browser keeps its name: longer than any login lasts. */
const lifetime = 3_600
/** Half of the cookie is random, half authenticates it, so that a made-up name is known as one at sight. */
const nameLength = 22

/** What a value was made for; one made for another purpose is no good. */
type Purpose = 'browser cookie' | 'one tap cookie'

/** A cookie of the `__Host-` prefix is safe from other hosts; it needs https, so development has a plain one. */
const cookieName = (baseUrl: string): string =>
  baseUrl.startsWith('https:') ? '__Host-stytch_csrf_private_token' : 'selvage_browser'

/** Readable by the page that One Tap runs in, under the name that it looks for. */
export const oneTapCookieName = 'stytch_csrf_private_token'

/** The browser's name in its cookie; `undefined` if there is none or it was not made here. */
export function browserName(
  cookies: string | readonly string[] | undefined,
  baseUrl: string,
  sealer: Sealer,
): string | undefined {
  return cookiesNamed(cookieName(baseUrl), cookies).find((value) => isOurs(value, 'browser cookie', sealer))
}

/** Values of all cookies of that name: a browser may send several, of different paths and domains. */
export function cookiesNamed(name: string, cookies: string | readonly string[] | undefined): readonly string[] {
  const prefix = `${name}=`
  return String(cookies ?? '')
    .split(/; */)
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length))
}

/** A name for a browser that has none. */
export const newBrowserName = (sealer: Sealer): string => made('browser cookie', sealer)

export const newOneTapToken = (sealer: Sealer): string => made('one tap cookie', sealer)

export const isOneTapToken = (value: string, sealer: Sealer): boolean => isOurs(value, 'one tap cookie', sealer)

/**
 * `SameSite=None` because a provider may answer with a cross-site POST; that needs `Secure`, so over plain http, which is
 * for development, it is `Lax`.
 */
export const browserCookie = (name: string, baseUrl: string): string =>
  `${cookieName(baseUrl)}=${name}; Path=/; Max-Age=${lifetime}; HttpOnly; ${crossSite(baseUrl)}`

export const oneTapCookie = (token: string, baseUrl: string): string =>
  `${oneTapCookieName}=${token}; Path=/; Max-Age=${lifetime}; ${crossSite(baseUrl)}`

const crossSite = (baseUrl: string): string => (baseUrl.startsWith('https:') ? 'Secure; SameSite=None' : 'SameSite=Lax')

function made(purpose: Purpose, sealer: Sealer): string {
  const name = newToken().slice(0, nameLength)
  return name + sealer.mac(name, purpose).toString('base64url')
}

function isOurs(value: string, purpose: Purpose, sealer: Sealer): boolean {
  if (!/^[A-Za-z0-9_-]{44}$/.test(value)) return false
  const name = value.slice(0, nameLength)
  // Compared as text: base64url has spare bits, and two spellings of one cookie would be two browsers.
  return sameHash(sealer.mac(name, purpose).toString('base64url'), value.slice(nameLength))
}
