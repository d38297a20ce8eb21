/**
 * Where a login may return to. Pure. A URL must equal a registered one byte for byte; the exceptions are spelled out in the
 * registered URL itself or in the project: `{}` as a query value stands for any value; in test projects, `*` as the left-most
 * label of the host stands for one label; and where the project says so, loopback has any port (docs/wire/redirect-urls.md).
 */
import { type Project, type RedirectType, type RedirectUrl, refusedSchemes } from '../projects/index.ts'

/** Exceptions to exactness that a project makes. */
export interface MatchingRules {
  /** `*` as the left-most label of a registered host stands for one label. */
  readonly wildcards: boolean
  /** A registered http URL on loopback has any port (RFC 8252 §7.3). */
  readonly anyLoopbackPort: boolean
}

/** Whether a project lets a login of that kind return to this URL. */
export const matchForProject = (candidate: string, project: Project, type: RedirectType): Match =>
  matchRedirectUrl(candidate, project.redirectUrls[type], {
    wildcards: project.environment === 'test',
    anyLoopbackPort: project.settings.redirect_loopback_ports,
  })

export type Match =
  | { readonly kind: 'match'; readonly url: URL }
  | { readonly kind: 'not a URL' | 'not registered' | 'query differs' }

/** Longest redirect URL in characters. */
const longest = 2_048

/**
 * Decides whether `candidate` may be redirected to. Everything but the comparison with the registered URLs is caution: a
 * text that two parsers could read differently is refused before it is compared.
 */
export function matchRedirectUrl(candidate: string, registered: readonly RedirectUrl[], rules: MatchingRules): Match {
  const url = parse(candidate)
  if (!url) return { kind: 'not a URL' }
  if (registered.some((one) => one.url === candidate)) return { kind: 'match', url }
  let queryDiffers = false
  for (const one of registered) {
    const base = comparable(one.url, candidate, rules)
    if (!base) continue
    if (sameQuery(base.registered, base.candidate)) return { kind: 'match', url }
    queryDiffers ||= one.url.includes('{}')
  }
  return { kind: queryDiffers ? 'query differs' : 'not registered' }
}

/** Whether the URL leads to an app by a scheme of its own, which any other app could claim as well. */
export const isCustomScheme = (url: URL): boolean => url.protocol !== 'https:' && url.protocol !== 'http:'

/**
 * Adds parameters behind the existing query and before the fragment. The rest is left as it was written: re-encoding
 * could change what the app registered.
 */
export function withParameters(url: URL, parameters: Readonly<Record<string, string>>): URL {
  const added = new URLSearchParams(parameters).toString()
  const made = new URL(url.href)
  made.search = made.search === '' ? added : `${made.search}&${added}`
  return made
}

function parse(candidate: string): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
  if (candidate.length > longest || /[\u0000-\u0020\u007f\\<>"`^|]/.test(candidate)) return undefined
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(candidate) || !URL.canParse(candidate)) return undefined
  const url = new URL(candidate)
  const hasUserInfo = url.username !== '' || url.password !== ''
  return hasUserInfo || refusedSchemes.has(url.protocol) ? undefined : url
}

/** What follows the question mark; undefined where there is none, which is not the same as an empty query. */
interface Queries {
  readonly registered: string | undefined
  readonly candidate: string | undefined
}

/** The two queries, if everything before them is equal, a permitted wildcard label included. */
function comparable(registered: string, candidate: string, rules: MatchingRules): Queries | undefined {
  const [ourBase, ourQuery] = split(registered)
  const [base, query] = split(candidate)
  const same =
    ourBase === base ||
    (rules.wildcards && matchesWildcard(ourBase, base)) ||
    (rules.anyLoopbackPort && matchesLoopback(ourBase, base))
  return same ? { registered: ourQuery, candidate: query } : undefined
}

function split(url: string): readonly [base: string, query: string | undefined] {
  const question = url.indexOf('?')
  return question < 0 ? [url, undefined] : [url.slice(0, question), url.slice(question + 1)]
}

/** `https://*.example.com/cb` covers `https://a.example.com/cb`, and neither `example.com` nor `a.b.example.com`. */
function matchesWildcard(registered: string, candidate: string): boolean {
  const [scheme, rest, ...more] = registered.split('://*.')
  if (scheme === undefined || rest === undefined || more.length > 0) return false
  const prefix = `${scheme}://`
  const suffix = `.${rest}`
  if (!candidate.startsWith(prefix) || !candidate.endsWith(suffix)) return false
  const label = candidate.slice(prefix.length, -suffix.length)
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)
}

const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::(\d{1,5}))?(\/[^#]*)?$/

/** The same but for the port: an app on a person's own machine listens on whichever one is free. */
function matchesLoopback(registered: string, candidate: string): boolean {
  const [, ourHost, , ourPath = ''] = loopback.exec(registered) ?? []
  const [, host, , path = ''] = loopback.exec(candidate) ?? []
  return ourHost !== undefined && ourHost === host && ourPath === path
}

/** Same parameters; each value equal, or free where the registered one is `{}`. The order does not matter. */
function sameQuery(registered: string | undefined, candidate: string | undefined): boolean {
  if (!registered?.includes('{}')) return registered === candidate
  if (candidate === undefined || candidate.includes('#')) return false
  const wanted = [...new URLSearchParams(registered)].sort(byName)
  const given = [...new URLSearchParams(candidate)].sort(byName)
  return (
    wanted.length === given.length &&
    wanted.every(([name, value], at) => {
      const [givenName, givenValue] = given[at] ?? []
      return name === givenName && (value === '{}' || value === givenValue)
    })
  )
}

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number =>
  one < other ? -1 : one > other ? 1 : 0
