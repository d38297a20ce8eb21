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

/**
 * Schemes of apps that are known to take redirects and have no dot. Any other scheme of an app's own is the reverse of a
 * domain name (RFC 8252 §7.1), so that a stranger cannot register one that makes the operating system do something.
 */
const appSchemes: ReadonlySet<string> = new Set(
  'claude cursor goose jetbrains raycast vscode vscode-insiders vscodium warp windsurf windsurf-next zed'
    .split(' ')
    .map((name) => `${name}:`),
)

/** Why a URI may not be registered: by kind, for callers that have a name for each, and as a sentence. */
export interface RedirectUriFault {
  readonly kind: 'scheme_missing' | 'http_elsewhere' | 'scheme_not_web' | 'invalid'
  readonly problem: string
}

/** `undefined` where a client of that type may register the URI. */
export function redirectUriFault(text: string, type: ConnectedApp['type']): RedirectUriFault | undefined {
  const invalid = (problem: string): RedirectUriFault => ({ kind: 'invalid', problem })
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return { kind: 'scheme_missing', problem: 'it is not an absolute URL.' }
  const url = parse(text)
  if (!url) return invalid('it is not an absolute URL.')
  if (refusedSchemes.has(url.protocol)) return invalid(`${url.protocol} leads to no app.`)
  if (url.username !== '' || url.password !== '') return invalid('it holds user information.')
  if (url.hash !== '' || text.endsWith('#')) return invalid('it holds a fragment (RFC 6749 §3.1.2).')
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:') {
    if (isLoopback(url)) return undefined
    return { kind: 'http_elsewhere', problem: 'http is for loopback only; it must use https.' }
  }
  if (!type.endsWith('_public')) {
    const problem = 'a client with a secret must use https; a scheme of its own is for public clients.'
    return { kind: 'scheme_not_web', problem }
  }
  if (url.protocol.includes('.') || appSchemes.has(url.protocol)) return undefined
  return invalid('a scheme of an app is the reverse of a domain name, as in com.example.app: (RFC 8252 §7.1).')
}

/** Why a URI may not be registered, as a sentence; `undefined` if it may. */
export const redirectUriProblem = (text: string, type: ConnectedApp['type']): string | undefined =>
  redirectUriFault(text, type)?.problem

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

/** A loopback URI as all of its ports are compared; `undefined` for any other. */
export function withoutPort(uri: string): string | undefined {
  const [, host, rest] = loopback.exec(uri) ?? []
  return host === undefined ? undefined : `${host}${rest || '/'}`
}
