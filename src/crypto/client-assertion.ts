/** JWTs by which a client authenticates with a key of its own (RFC 7523 §3), verified by jose. */
import { createLocalJWKSet, decodeProtectedHeader, errors, type JWK, type JWTPayload, jwtVerify } from 'jose'

/** Asymmetric, all of them: a public key must never do as a shared secret (RFC 8725 §2.1). */
export const assertionAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']

export interface AssertionExpectation {
  /** The client's public keys, which should hold this one. */
  readonly keys: (kid: string | undefined) => Promise<readonly object[]>
  /** The client, as issuer and as subject. */
  readonly client: string
  /** Every audience must be one of these. */
  readonly audiences: readonly string[]
  readonly now: Date
}

export type AssertionVerdict =
  /** `expiresAt` in ms: until then the id has to be remembered. */
  | { readonly id: string; readonly expiresAt: number }
  /** Why not, as the end of a sentence. */
  | { readonly rejected: string; readonly cause?: unknown }

/** Largest assertion that is looked at, in characters. */
const longest = 16_384
/** How far, in seconds, the client's clock may be off. */
const tolerance = 30
/** How far ahead, in seconds, `exp` may be: until then the id has to be remembered. */
const longestLife = 300
const longestId = 1_000
/** Most keys that are tried where the assertion names none. */
const mostKeys = 10

/**
 * Verifies signature, algorithm, issuer, subject, audience and times, of which `exp` must be there and near, and that there
 * is a `jti` (RFC 7523 §3). `jku`, `x5u` and `jwk` headers are never looked at. Throws what `keys` throws.
 */
export async function verifyClientAssertion(token: string, expected: AssertionExpectation): Promise<AssertionVerdict> {
  const header = token.length > longest ? undefined : headerOf(token)
  if (!header) return { rejected: 'it is not a signed JWT' }
  const { kid, alg = '' } = header
  if (!assertionAlgorithms.includes(alg))
    return { rejected: `its alg must be one of ${assertionAlgorithms.join(', ')}` }
  const keys = (await expected.keys(kid)).filter((key): key is JWK => kid === undefined || !hasOther(key, kid))
  let verdict: AssertionVerdict = { rejected: 'the client has no key that it names' }
  for (const key of keys.slice(0, mostKeys)) {
    verdict = await verdictBy(key, token, expected)
    // Another of the keys may be the one, unless the signature was right.
    if (!('rejected' in verdict) || verdict.rejected !== unfitSignature) return verdict
  }
  return verdict
}

const hasOther = (key: object, kid: string): boolean => 'kid' in key && key.kid !== kid

const unfitSignature = 'its signature does not fit the client’s keys'

async function verdictBy(
  key: JWK,
  token: string,
  { client, audiences, now }: AssertionExpectation,
): Promise<AssertionVerdict> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [key] }), {
      algorithms: assertionAlgorithms,
      issuer: client,
      subject: client,
      audience: [...audiences],
      currentDate: now,
      clockTolerance: tolerance,
      requiredClaims: ['exp', 'jti'],
    })
    return judge(payload, audiences, now)
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return { rejected: 'it has expired', cause }
    if (cause instanceof errors.JWTClaimValidationFailed) return { rejected: `its ${cause.claim} is not right`, cause }
    // A key of another kind than the algorithm is a `TypeError`.
    if (cause instanceof errors.JOSEError || cause instanceof TypeError) return { rejected: unfitSignature, cause }
    throw cause
  }
}

/** What jose leaves open. An assertion that is for somebody else as well could be used here by them. */
function judge({ aud, exp = 0, jti }: JWTPayload, audiences: readonly string[], now: Date): AssertionVerdict {
  if (![aud ?? []].flat().every((one) => audiences.includes(one))) return { rejected: 'it is for others as well' }
  if (exp - now.getTime() / 1_000 > longestLife + tolerance) {
    return { rejected: `its exp is more than ${longestLife} seconds ahead` }
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > longestId) return { rejected: 'its jti is not a text' }
  return { id: jti, expiresAt: (exp + tolerance) * 1_000 }
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token)
  } catch {
    return undefined
  }
}
