/**
 * Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document-02): which URL may be a client ID, and what of
 * the document there counts. Pure. What a document cannot do is in here by not being read: types, scopes, grants, consent.
 */
import type { ApiError } from '../kernel/errors.ts'
import { metadataDocumentInvalid } from './errors.ts'
import { isWebUrl, nameProblem } from './introduction.ts'
import { redirectUriProblem } from './redirect-uri.ts'

/** Longest URL in characters. */
const longest = 2_048

/** Whether a client ID is meant as the URL of a metadata document. */
export const isMetadataUrl = (clientId: string): boolean => /^https?:\/\//i.test(clientId)

/** Why a URL may not be fetched at all, as a sentence. */
export type FetchProblem = (url: URL) => string | undefined

/** Why a URL may not be a client ID, as a sentence (draft §3); `undefined` if it may. */
export function metadataUrlProblem(text: string, fetchProblem: FetchProblem): string | undefined {
  if (text.length > longest || !URL.canParse(text)) return 'It is not a URL.'
  const url = new URL(text)
  const problem = fetchProblem(url)
  if (problem !== undefined) return problem
  if (url.pathname === '/') return 'It must have a path, as in https://app.example.com/oauth/client.json.'
  if (url.href !== text) return `It is compared character by character, so use its normal form, ${url.href}.`
  return undefined
}

export interface ClientMetadata {
  readonly name: string
  /** Those of the document that can be used. */
  readonly redirectUrls: readonly string[]
  readonly postLogoutRedirectUrls: readonly string[]
  readonly logoUrl: string | undefined
  readonly authMethod: 'none' | 'private_key_jwt'
  /** The whole document, for its keys. */
  readonly document: Members
}

export type Members = Readonly<Record<string, unknown>>

/** What was wrong, in words for whoever wrote the document. */
function unfit(member: string, expected: string, received: unknown): ApiError {
  const shown = received === undefined ? 'absent' : JSON.stringify(received).slice(0, 200)
  const problem = `${member} must be ${expected}, and is ${shown}.`
  return metadataDocumentInvalid({ problem }, { details: { member, expected, received: shown } })
}

/**
 * The client that a document describes. Redirect URIs that cannot be used are passed over, and so is whatever a client may
 * say and this server does not offer: one document serves many servers. Throws `client_id_metadata_document_invalid`.
 */
export function readMetadata(body: string, url: string, fetchProblem: FetchProblem): ClientMetadata {
  const document = parse(body)
  if (document.client_id !== url) throw unfit('client_id', `the document's own URL, ${url}`, document.client_id)
  const { client_name: name } = document
  const expectedName = 'what people know the client by, a text of 1 to 256 characters'
  if (typeof name !== 'string' || name.trim() === '') throw unfit('client_name', expectedName, name)
  const problem = nameProblem(name)
  if (problem !== undefined) throw unfit('client_name', `${expectedName}: ${problem}`, name)
  return {
    name: name.trim(),
    redirectUrls: redirectUrls(document),
    postLogoutRedirectUrls: usableUris(texts(document.post_logout_redirect_uris) ?? []),
    logoUrl: isWebUrl(document.logo_uri) ? document.logo_uri : undefined,
    authMethod: authMethod(document, fetchProblem),
    document,
  }
}

function parse(body: string): Members {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw metadataDocumentInvalid({ problem: 'it is not valid JSON.' })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw metadataDocumentInvalid({ problem: 'it is not a JSON object.' })
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined

const usableUris = (uris: readonly string[]): readonly string[] =>
  uris.filter((uri) => redirectUriProblem(uri, 'third_party_public') === undefined)

function redirectUrls({ redirect_uris }: Members): readonly string[] {
  const uris = texts(redirect_uris)
  if (!uris || uris.length === 0) throw unfit('redirect_uris', 'a list of at least one URI', redirect_uris)
  const usable = usableUris(uris)
  if (usable.length > 0) return usable
  const [first = ''] = uris
  const problem = redirectUriProblem(first, 'third_party_public') ?? ''
  throw unfit('redirect_uris', `a list with at least one URI that can be used (of the first: ${problem})`, uris)
}

/** Everybody can read the document, so nothing in it can be a shared secret (draft §4.1). */
function authMethod(document: Members, fetchProblem: FetchProblem): ClientMetadata['authMethod'] {
  const { token_endpoint_auth_method: method = 'none', token_endpoint_auth_signing_alg: algorithm } = document
  for (const member of ['client_secret', 'client_secret_expires_at'])
    if (document[member] !== undefined) throw unfit(member, 'left out: the document is public', '(present)')
  if (method !== 'none' && method !== 'private_key_jwt')
    throw unfit('token_endpoint_auth_method', 'none or private_key_jwt', method)
  if (typeof algorithm === 'string' && /^(HS|none)/.test(algorithm))
    throw unfit('token_endpoint_auth_signing_alg', 'an asymmetric algorithm, such as ES256', algorithm)
  if (method === 'private_key_jwt') refuseUnfitKeys(document, fetchProblem)
  return method
}

function refuseUnfitKeys({ jwks, jwks_uri }: Members, fetchProblem: FetchProblem): void {
  if ((jwks === undefined) === (jwks_uri === undefined))
    throw unfit(
      'jwks or jwks_uri',
      'there, one and not both, for private_key_jwt',
      jwks === undefined ? undefined : 'both',
    )
  if (jwks_uri !== undefined && !(isWebUrl(jwks_uri) && fetchProblem(new URL(jwks_uri)) === undefined))
    throw unfit('jwks_uri', 'an https URL with the default port', jwks_uri)
  if (jwks !== undefined && publicKeys(jwks).length === 0)
    throw unfit('jwks', 'a set of at least one public key', '(a set without one)')
}

export type Key = Members

/** Keys that can verify and not sign: a private or symmetric key in public is nobody's (RFC 7517 §9.2). */
export function publicKeys(set: unknown): readonly Key[] {
  const keys = typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys) ? set.keys : []
  return keys.filter(
    (key): key is Key => typeof key === 'object' && key !== null && key.kty !== 'oct' && !('d' in key) && !('k' in key),
  )
}

/** Shortest and longest time, in ms, that a document is used without asking again (draft §4.4). */
const shortest = 5 * 60_000
const longestFreshness = 24 * 60 * 60_000
/** Without a word of the site. */
const usual = 15 * 60_000

/** How long, in ms, an answer is fresh by its headers (RFC 9111 §4.2.1), within bounds. */
export function freshness(headers: Readonly<Record<string, string | string[] | undefined>>): number {
  const control = String(headers['cache-control'] ?? '').toLowerCase()
  const bounded = (milliseconds: number) => Math.min(Math.max(milliseconds, shortest), longestFreshness)
  if (/\b(no-store|no-cache)\b/.test(control)) return shortest
  const seconds = /\bs-maxage="?(\d{1,10})/.exec(control)?.[1] ?? /\bmax-age="?(\d{1,10})/.exec(control)?.[1]
  const age = Number(headers.age ?? 0) || 0
  if (seconds !== undefined) return bounded((Number(seconds) - age) * 1_000)
  const lifetime = Date.parse(String(headers.expires)) - Date.parse(String(headers.date))
  if (headers.expires === undefined) return usual
  return Number.isNaN(lifetime) ? shortest : bounded(lifetime)
}
