/** JWTs that somebody else has signed, verified by jose against the issuer's published keys. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
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
