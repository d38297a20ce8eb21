/**
 * What an attempt may remember: whatever a caller hands in, nothing that could be used again comes out. Addresses and names
 * stay readable, because a wrong redirect URI is what people look for; opaque values keep their first six characters. Pure.
 */

/** Characters of an opaque value that stay, to tell two values apart. */
const shown = 6
const longestText = 300
/** More than this is not even looked at. */
const longestRead = 1_000
const mostEntries = 20
const deepest = 4

/** Names under which secrets travel, however short their values are. */
const secretName =
  /(^|_)(code|codes|verifier|secret|secrets|password|token|tokens|jwt|assertion|authorization|cookie|nonce|state|challenge|hint)$/

/** What may stand under such a name and is none. */
const harmless = /^(S256|plain|none|absent|missing|present|(?:access|refresh|id)_token|authorization_code|Bearer)$/

/** A JWT, whole or without its signature. */
const jwt = /eyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g
const ownSecret = /\bsecret-(?:test|live)-[\w-]+/g
/** Identifiers of this server: they name something and open nothing. */
const identifier =
  /^[a-z0-9-]+-(?:test|live)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Base64 may hold slashes; after a slash it is the segment of a path. */
const word = /(?<![\w/.])[\w~+=%-][\w~+=%/-]{19,}|[\w~+=%-]{20,}/g

/** Words so short and plain that nothing below would change them: most of what there is. No longer than `longestText`. */
const plain = /^[a-z_]{0,19}(?: [a-z_]{0,19}){0,14}$/

const cut = (text: string): string => (text.length <= shown ? '…' : `${text.slice(0, shown)}…`)

/** Long and random, as far as that can be seen: upper case amid lower case or digits amid letters, or longer than any name. */
const isOpaque = (text: string): boolean =>
  !identifier.test(text) &&
  (text.length >= 40 || (/[a-z]/.test(text) && /[A-Z]/.test(text)) || (/\d/.test(text) && /[A-Za-z]/.test(text)))

const url = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#@]*@)?([^\s/?#"']*)([^\s?#"']*)(\?[^\s#"']*)?(#[^\s"']*)?/gi

/** Origin and path stay, which is what redirect URIs and resources are compared by; a query keeps its names. */
function redactUrls(text: string): string {
  return text.replace(url, (_, scheme: string, host: string, path: string, query = '', fragment = '') => {
    const pairs = query.replace(/([?&][^=&]*)=([^&]+)/g, (_pair: string, name: string, value: string) =>
      redactText(value, name.slice(1)) === value ? `${name}=${value}` : `${name}=${cut(value)}`,
    )
    return `${scheme}${host}${redactWords(path)}${pairs}${fragment === '' ? '' : '#…'}`
  })
}

const redactWords = (text: string): string => text.replace(word, (one) => (isOpaque(one) ? cut(one) : one))

/** A text as it may be kept, under the name that it was handed in with. */
export function redactText(text: string, name = ''): string {
  if (secretName.test(name.toLowerCase())) return text === '' || harmless.test(text) ? text : cut(text)
  if (plain.test(text)) return text
  // Half a secret at the end would look like a word.
  const read = text.length > longestRead ? text.slice(0, longestRead).replace(/[\w~+=%/.-]*$/, '…') : text
  const safe = read.replace(jwt, cut).replace(ownSecret, cut)
  const parts = safe.split(/(\b[a-z][a-z0-9+.-]*:\/\/\S+)/i)
  const redacted = parts.map((part, at) => (at % 2 === 1 ? redactUrls(part) : redactWords(part))).join('')
  return redacted.length > longestText ? `${redacted.slice(0, longestText)}…` : redacted
}

/** The same for anything that JSON can hold; what it cannot hold is left out. */
export function redact(value: unknown, name = '', depth = 0): unknown {
  if (typeof value === 'string') return redactText(value, name)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object' || depth >= deepest) return undefined
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((one) => redact(one, name, depth + 1) ?? null)
  return redactMembers(value as Readonly<Record<string, unknown>>, depth)
}

/** The members of a record, each under its own name. */
export const redactMembers = (
  members: Readonly<Record<string, unknown>>,
  depth = 0,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(members)
      .slice(0, mostEntries)
      .map(([name, value]) => [redactText(name), redact(value, name, depth + 1)]),
  )

/** A client ID is public, but some send their secret in its place. */
export const redactClientId = (text: string): string =>
  /:\/\/|[\w.+/=-]{40}/.test(text) ? redactText(text) : text.slice(0, longestText)
