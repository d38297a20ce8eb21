/** Reading somebody else's token by the profile that vouches for it (docs/wire/attest.md). */
import { type DeclaredVerdict, verifyDeclaredJwt } from '../crypto/foreign-jwt.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { ApiError } from '../kernel/errors.ts'
import type { TrustedTokenProfile } from '../projects/index.ts'
import { isEmailAddress, isExternalId } from '../users/index.ts'
import * as errors from './errors.ts'

/** What a verified token says. */
export interface Attestation {
  readonly tokenId: string
  /** From when on, in ms, it would be refused for its age alone. */
  readonly expiresAt: number
  /** The issuer's own ID of the user, if it can be an external ID here. */
  readonly externalId: string | undefined
  /** An address that the issuer calls verified. */
  readonly email: string | undefined
}

/** Longest token ID that is taken, in characters: it becomes part of the session. */
const longestTokenId = 256
/** Beyond the tolerance for clocks, in ms. */
const margin = 300_000
/** The year 9999, in ms. */
const latest = 253_402_300_799_000

/**
 * Verifies a token by a profile. Throws `trusted_token_profile_invalid_request`, `invalid_trusted_auth_token`,
 * `jwt_invalid_issuer`, `jwt_invalid_audience` or `jwt_invalid_claims`.
 */
export async function readTrustedToken(
  token: string,
  profile: TrustedTokenProfile,
  { upstream, now }: Pick<Context, 'upstream' | 'now'>,
): Promise<Attestation> {
  const { issuer, audience, jwks_url, pem = [] } = profile
  const keys = jwks_url === undefined ? { pem } : { published: (kid: string) => upstream.keySets.get(jwks_url, kid) }
  const verdict = await verifyDeclaredJwt(token, { keys, issuer, audience, now })
  if ('rejected' in verdict) throw refusal(verdict, profile)
  return attestationIn(verdict.claims, profile)
}

type Refused = Extract<DeclaredVerdict, { readonly rejected: string }>

function refusal(verdict: Refused, { issuer, audience }: TrustedTokenProfile): ApiError {
  const { cause } = verdict
  switch (verdict.rejected) {
    case 'keys':
      return errors.trustedTokenProfileInvalidRequest({ cause })
    case 'expired':
      return errors.invalidTrustedAuthToken({ problem: 'it has expired.' }, { cause })
    case 'issuer':
      return errors.jwtInvalidIssuer({ cause, details: { expected: issuer, received: shown(verdict.received) } })
    case 'audience':
      return errors.jwtInvalidAudience({ cause, details: { expected: audience, received: shown(verdict.received) } })
    case 'claims':
      return errors.jwtInvalidClaims({ problem: 'exp must be there, and nbf must have passed.' }, { cause })
    case 'invalid':
      return errors.invalidTrustedAuthToken({ problem: 'no key of the profile has signed it.' }, { cause })
  }
}

/** Of a token whose signature is good, so this is the issuer's own word. */
const shown = (received: unknown): string => (JSON.stringify(received) ?? '').slice(0, 500)

type Claims = Readonly<Record<string, unknown>> & { readonly exp: number }

function attestationIn(claims: Claims, { attribute_mapping: names }: TrustedTokenProfile): Attestation {
  const tokenId = textIn(claims[names.token_id])
  if (tokenId === undefined || tokenId.length > longestTokenId) {
    const problem = `${names.token_id} must be a text of 1 to ${longestTokenId} characters; it makes the token single use.`
    throw errors.jwtInvalidClaims({ problem })
  }
  const userId = textIn(claims[names.external_user_id])
  const externalId = userId !== undefined && isExternalId(userId) ? userId : undefined
  const email = provenEmail(claims[names.email], claims[names.email_verified])
  if (externalId === undefined && email === undefined) {
    const problem = `neither ${names.external_user_id} is an external ID (1 to 128 letters, digits and . _ - |) nor ${names.email} an address that ${names.email_verified} calls verified.`
    throw errors.jwtInvalidClaims({ problem })
  }
  return { tokenId, externalId, email, expiresAt: Math.min(claims.exp * 1_000 + margin, latest) }
}

/** Some issuers number their users. */
function textIn(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** Only what the issuer vouches for: an address that anybody may claim must not open an account. */
const provenEmail = (address: unknown, verified: unknown): string | undefined =>
  typeof address === 'string' && (verified === true || verified === 'true') && isEmailAddress(address)
    ? address
    : undefined
