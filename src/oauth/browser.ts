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
const purpose = 'browser cookie'

const cookieName = (baseUrl: string): string =>
  baseUrl.startsWith('https:') ? '__Host-stytch_csrf_private_token' : 'stytch_csrf_private_token'

/** The browser's name in its cookie; `undefined` if there is none or it was not made here. */
export function browserName(
  cookies: string | readonly string[] | undefined,
  baseUrl: string,
  sealer: Sealer,
): string | undefined {
  const prefix = `${cookieName(baseUrl)}=`
  const values = String(cookies ?? '')
    .split(/; */)
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length))
  return values.find((value) => isOurs(value, sealer))
}

/** A name for a browser that has none. */
export function newBrowserName(sealer: Sealer): string {
  const name = newToken().slice(0, nameLength)
  return name + sealer.mac(name, purpose).toString('base64url')
}

/**
 * `SameSite=None` because a provider may answer with a cross-site POST; that needs `Secure`, so over plain http, which is
 * for development, it is `Lax`.
 */
export function browserCookie(name: string, baseUrl: string): string {
  const rest = baseUrl.startsWith('https:') ? 'Secure; SameSite=None' : 'SameSite=Lax'
  return `${cookieName(baseUrl)}=${name}; Path=/; Max-Age=${lifetime}; HttpOnly; ${rest}`
}

function isOurs(value: string, sealer: Sealer): boolean {
  if (!/^[A-Za-z0-9_-]{44}$/.test(value)) return false
  const name = value.slice(0, nameLength)
  // Compared as text: base64url has spare bits, and two spellings of one cookie would be two browsers.
  return sameHash(sealer.mac(name, purpose).toString('base64url'), value.slice(nameLength))
}
