/**
 * Redirect URIs of Connected Apps: which may be registered, and which request matches one (RFC 6749 §3.1.2, RFC 8252 §7 and
 * §8, docs/wire/connected-apps.md). Pure.
 */
import { refusedSchemes } from '../projects/index.ts'
import type { ConnectedApp } from './connected-app.ts'

/** Longest URI in characters. */
const longest = 2_048

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
const ambiguous = /[\u0000-\u0020\u007f\\<>"`^|{}*]/

/** Loopback names of RFC 8252 §7.3, and the one that browsers resolve to it. */
const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost']

/** Whether a URL leads to a program on the person's own machine. */
export const isLoopback = (url: URL): boolean => url.protocol === 'http:' && loopbackHosts.includes(url.hostname)

const parse = (text: string): URL | undefined => {
  if (text.length > longest || ambiguous.test(text) || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return undefined
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Why a URI may not be registered, as a sentence; `undefined` if it may. */
export function redirectUriProblem(text: string, type: ConnectedApp['type']): string | undefined {
  const url = parse(text)
  if (!url) return 'it is not an absolute URL.'
  if (refusedSchemes.has(url.protocol)) return `${url.protocol} leads to no app.`
  if (url.username !== '' || url.password !== '') return 'it holds user information.'
  if (url.hash !== '' || text.endsWith('#')) return 'it holds a fragment (RFC 6749 §3.1.2).'
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:') return isLoopback(url) ? undefined : 'http is for loopback only; it must use https.'
  return type.endsWith('_public')
    ? undefined
    : 'a client with a secret must use https; a scheme of its own is for public clients.'
}

/** A loopback URI without its port. */
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?((?:[/?].*)?)$/

/**
 * Whether a request may name this redirect URI: it equals a registered one byte for byte, but that a loopback URI may have
 * any port, because an app on a person's machine takes whichever is free (RFC 8252 §7.3). `localhost` and `127.0.0.1` are
 * different hosts (§8.3).
 */
export function redirectUriMatches(requested: string, registered: readonly string[]): boolean {
  if (!parse(requested)) return false
  if (registered.includes(requested)) return true
  const portless = withoutPort(requested)
  return portless !== undefined && registered.some((one) => withoutPort(one) === portless)
}

function withoutPort(uri: string): string | undefined {
  const [, host, rest] = loopback.exec(uri) ?? []
  return host === undefined ? undefined : `${host}${rest || '/'}`
}

/** Whether everything that this client may be sent back to is on the person's own machine, where any program can listen. */
export const leadsOnlyToLoopback = (uris: readonly string[]): boolean =>
  uris.length > 0 && uris.every((uri) => URL.canParse(uri) && isLoopback(new URL(uri)))
