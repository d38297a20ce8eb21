/** JWTs that somebody else has signed, verified by jose against the issuer's published or declared keys. */
import { createPublicKey } from 'node:crypto'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  exportJWK,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'

export type ForeignClaims = JWTPayload & { readonly sub: string }

export interface ForeignExpectation {
  /** The issuer's key set, which should hold this key. */
  readonly keys: (kid: string) => Promise<object>
  /** The issuer that a token with these claims must name. */
  readonly issuer: (claims: JWTPayload) => string
  /** Of which one must be the audience. */
  readonly audiences: readonly string[]
  readonly algorithms: readonly string[]
  readonly now: Date
}

export type ForeignVerdict =
  | { readonly claims: ForeignClaims }
  | { readonly rejected: 'invalid' | 'expired' | 'audience'; readonly cause?: unknown }

/** Largest token that is looked at, in characters: anything longer is refused before it is decoded. */
const longestToken = 16_384
/** How far, in seconds, the issuer's clock may be off. */
const tolerance = 30

/**
 * Verifies signature, algorithm, times, audience, issuer and that there is a subject (RFC 8725 §3). Keys come from the
 * issuer's published set only; `jku`, `x5u` and `jwk` headers are never looked at. Throws what `keys` throws.
 */
export async function verifyForeignJwt(token: string, expected: ForeignExpectation): Promise<ForeignVerdict> {
  const kid = token.length > longestToken ? undefined : keyIdOf(token)
  if (kid === undefined) return { rejected: 'invalid' }
  const keys = await expected.keys(kid)
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as JSONWebKeySet), {
      algorithms: [...expected.algorithms],
      audience: [...expected.audiences],
      currentDate: expected.now,
      clockTolerance: tolerance,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    })
    const { sub } = payload
    if (payload.iss !== expected.issuer(payload) || sub === undefined || sub === '') return { rejected: 'invalid' }
    return { claims: { ...payload, sub } }
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return { rejected: 'expired' }
    if (cause instanceof errors.JWTClaimValidationFailed && cause.claim === 'aud') return { rejected: 'audience' }
    if (cause instanceof errors.JOSEError || cause instanceof TypeError) return { rejected: 'invalid', cause }
    throw cause
  }
}

/** Asymmetric, all of them: a public key must never do as a shared secret (RFC 8725 §2.1). */
const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

export interface DeclaredExpectation {
  /** Where the keys come from: the issuer's published set, asked for by key ID, or public keys or certificates in PEM. */
  readonly keys: { readonly published: (kid: string) => Promise<object> } | { readonly pem: readonly string[] }
  readonly issuer: string
  readonly audience: string
  readonly now: Date
}

export type DeclaredVerdict =
  | { readonly claims: JWTPayload & { readonly exp: number } }
  /** `keys`: there is nothing to verify with. `claims`: a time is missing, malformed, or in the future. */
  | { readonly rejected: 'keys' | 'invalid' | 'expired' | 'claims'; readonly cause?: unknown }
  | { readonly rejected: 'issuer' | 'audience'; readonly received: unknown; readonly cause?: unknown }

/**
 * Verifies a token of an issuer that an operator has declared: signature by one of its keys, an asymmetric algorithm,
 * issuer, audience, and times, of which `exp` must be there (RFC 8725 §3). `jku`, `x5u` and `jwk` headers are never looked at.
 */
export async function verifyDeclaredJwt(token: string, expected: DeclaredExpectation): Promise<DeclaredVerdict> {
  const kid = token.length > longestToken ? undefined : keyIdOf(token)
  const { keys } = expected
  if (token.length > longestToken || ('published' in keys && kid === undefined)) return { rejected: 'invalid' }
  let candidates: readonly JWTVerifyGetKey[]
  try {
    candidates =
      'pem' in keys
        ? await Promise.all(keys.pem.map(keyOfPem))
        : [createLocalJWKSet((await keys.published(kid ?? '')) as JSONWebKeySet)]
  } catch (cause) {
    return { rejected: 'keys', cause }
  }
  let verdict: DeclaredVerdict = { rejected: 'invalid' }
  for (const key of candidates) {
    verdict = await verdictBy(key, token, expected)
    // Another of the keys may be the one.
    if (!('rejected' in verdict) || verdict.rejected !== 'invalid') return verdict
  }
  return verdict
}

/** A public key or a certificate. It has no ID, so whichever a token names is not compared. */
async function keyOfPem(pem: string): Promise<JWTVerifyGetKey> {
  const find = createLocalJWKSet({ keys: [await exportJWK(createPublicKey(pem))] })
  return ({ kid: _, ...header }, token) => find(header, token)
}

async function verdictBy(
  key: JWTVerifyGetKey,
  token: string,
  { issuer, audience, now }: DeclaredExpectation,
): Promise<DeclaredVerdict> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: asymmetric,
      issuer,
      audience,
      currentDate: now,
      clockTolerance: tolerance,
      requiredClaims: ['iss', 'aud', 'exp'],
    })
    return { claims: { ...payload, exp: payload.exp ?? 0 } }
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return { rejected: 'expired', cause }
    if (cause instanceof errors.JWTClaimValidationFailed) {
      const { claim, payload } = cause
      if (claim === 'iss') return { rejected: 'issuer', received: payload.iss, cause }
      if (claim === 'aud') return { rejected: 'audience', received: payload.aud, cause }
      return { rejected: 'claims', cause }
    }
    // A key that is too small is a `TypeError`, one that is malformed a `DOMException`.
    const isRefusal = [errors.JOSEError, TypeError, DOMException].some((kind) => cause instanceof kind)
    if (isRefusal) return { rejected: 'invalid', cause }
    throw cause
  }
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}

/** What a token says, before anything about it is verified: good for deciding what to compare it with. */
export function unverifiedClaims(token: string): JWTPayload {
  try {
    return token.length > longestToken ? {} : decodeJwt(token)
  } catch {
    return {}
  }
}
