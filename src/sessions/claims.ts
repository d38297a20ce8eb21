/** Custom claims: what the app adds to a session and its JWT. Pure. (docs/wire/session-jwt.md) */
import { customClaimsTooLarge, stytchClaimsInCustomClaims } from './errors.ts'
import type { Claims } from './session.ts'

/** Claims that only the server sets; a client that sends them is not refused, they are left out. */
const reserved = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'])
/** Claims under this prefix carry the session itself. */
const ownPrefix = 'https://stytch.com/'
/** In bytes of JSON. */
const largest = 4_096

const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Deep merge: objects key by key, anything else is replaced, `null` deletes. */
function merge(old: Claims, patch: Claims): Claims {
  const merged: Record<string, unknown> = { ...old }
  for (const [name, value] of Object.entries(patch)) {
    const before = merged[name]
    if (value === null) delete merged[name]
    else merged[name] = isObject(value) ? merge(isObject(before) ? before : {}, value) : value
  }
  return merged
}

/**
 * Merges a patch into a session's claims. Throws `custom_claims_too_large` when more than 4 KB would result, and
 * `stytch_claims_in_custom_claims` for names under the server's own prefix.
 */
export function mergeClaims(old: Claims, patch: Claims | undefined): Claims {
  if (patch === undefined) return old
  const names = Object.keys(patch)
  if (names.some((name) => name.startsWith(ownPrefix))) throw stytchClaimsInCustomClaims()
  const allowed = Object.fromEntries(Object.entries(patch).filter(([name]) => !reserved.has(name)))
  const merged = merge(old, allowed)
  if (Buffer.byteLength(JSON.stringify(merged)) > largest) throw customClaimsTooLarge()
  return merged
}
