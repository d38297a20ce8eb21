/** Which redirect URLs may be registered at all. Pure. The names in brackets are the wire's (docs/wire/redirect-urls.md). */
import type { RedirectType } from './project.ts'

export interface DeclaredUrl {
  readonly url: string
  readonly types: readonly RedirectType[]
  readonly default?: boolean | undefined
}

/** Schemes that would run or read something in the browser instead of returning to an app. */
export const refusedSchemes: ReadonlySet<string> = new Set([
  'javascript:',
  'data:',
  'file:',
  'vbscript:',
  'blob:',
  'about:',
  'filesystem:',
])

const longest = 2_048

/** Why a URL may not be registered, as a sentence; `undefined` if it may. */
export function redirectUrlProblem(
  { url: text, default: isDefault }: DeclaredUrl,
  isLive: boolean,
): string | undefined {
  const hasWildcard = text.includes('*')
  const hasPlaceholder = text.includes('{')
  // A wildcard label stands where a host name may not have one, so it is judged with a letter in its place.
  const concrete = text.replace('://*.', '://x.')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
  if (text.length > longest || /[\u0000-\u0020\u007f\\<>"`^|]/.test(text))
    return 'it holds characters that a URL may not have.'
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(concrete) || !URL.canParse(concrete)) return 'it is not an absolute URL.'
  const url = new URL(concrete)
  if (refusedSchemes.has(url.protocol)) return `${url.protocol}// leads to no app (redirect_url_cannot_use_protocol).`
  if (url.username !== '' || url.password !== '') return 'it holds user information.'
  if (url.hash !== '' || text.endsWith('#')) return 'it holds a fragment.'
  if (isLive && url.protocol === 'http:') return 'a live project needs https (redirect_url_must_use_https).'
  if (hasWildcard && isLive) return 'a live project has no wildcards (no_wildcards_in_live_redirect_url).'
  if (hasWildcard && concrete.includes('*'))
    return 'a wildcard is one left-most label of the host, as in https://*.example.com/cb.'
  if (hasPlaceholder && !placeholdersAreValues(text))
    return 'a placeholder is {} as the whole value of a query parameter.'
  if (isDefault && hasWildcard) return 'a wildcard cannot be a default (redirect_url_with_wildcard_cannot_be_default).'
  if (isDefault && hasPlaceholder) {
    return 'a placeholder cannot be a default (redirect_url_with_query_param_placeholder_cannot_be_default).'
  }
  return undefined
}

/** Every brace belongs to a `{}` that is a query parameter's whole value. */
function placeholdersAreValues(text: string): boolean {
  const [base = '', query = ''] = text.split('?')
  if (/[{}]/.test(base)) return false
  return query.split('&').every((pair) => !/[{}]/.test(pair) || /^[^={}]+=\{\}$/.test(pair))
}
