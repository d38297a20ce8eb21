/** Opaque tokens, secrets and identifiers: made here, stored only as hashes. */
import { hash, randomUUID, timingSafeEqual } from 'node:crypto'
import { random } from './random.ts'

/** Test and live are separate worlds; every identifier says which one it belongs to (docs/wire/identifiers.md). */
export type Environment = 'test' | 'live'

/** Kinds of identifier, as they stand before `-test-` or `-live-`. */
export type IdentifierKind =
  | 'project'
  | 'secret'
  | 'public-token'
  | 'oauth-callback'
  | 'user'
  | 'email'
  | 'phone-number'
  | 'oauth-user'
  | 'session'
  | 'jwk'
  | 'request-id'
  | 'connected-app'
  | 'm2m-client'
  | 'trusted-token-profile'

export const newId = (kind: IdentifierKind, environment: Environment): string =>
  `${kind}-${environment}-${randomUUID()}`

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/** Compiled once per kind. */
const forms = new Map<IdentifierKind, RegExp>()

/** Whether a text has the form of an identifier of that kind; says nothing of whether it exists. */
export function isId(kind: IdentifierKind, text: string): boolean {
  const form = forms.get(kind) ?? new RegExp(`^${kind}-(test|live)-${uuid}$`, 'i')
  forms.set(kind, form)
  return form.test(text)
}

/** The environment that an identifier names; `test` when it names none. */
export const environmentOf = (id: string): Environment => (id.includes('-live-') ? 'live' : 'test')

/** Bytes in a token: 264 bits, which base64url writes as exactly 44 characters. */
const tokenBytes = 33

/** A new opaque token: 44 characters of base64url. */
export const newToken = (): string => random(tokenBytes).toString('base64url')

/** A new project secret: `secret-test-` and 33 random bytes. */
export const newSecret = (environment: Environment): string => `secret-${environment}-${newToken()}`

/**
 * What is stored in place of a token or secret: SHA-256, base64url. A slow hash would add nothing, because the input has
 * at least 256 random bits.
 */
export const hashToken = (token: string): string => hash('sha256', token, 'base64url')

/** SHA-256 of a text, written as the other side writes it. */
export const hashText = (text: string, form: 'base64' | 'base64url' | 'hex'): string => hash('sha256', text, form)

/** Compares two hashes of equal length without telling, by time, where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

/**
 * `at_hash` of an ID token: the left half of the access token's SHA-256
 * ({@link https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken OpenID Connect Core 1.0 §3.1.3.6}).
 */
export const accessTokenHash = (accessToken: string): string =>
  hash('sha256', accessToken, 'buffer').subarray(0, 16).toString('base64url')
