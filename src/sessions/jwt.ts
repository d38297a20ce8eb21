/** The session JWT: what stands in it, and reading it back (docs/wire/session-jwt.md). */
import { signJwt, verifyJwt } from '../crypto/jwt.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { wireTime } from '../users/index.ts'
import type { AuthenticationFactor, Session } from './session.ts'

/** In ms. Fixed, because clients that verify on their own learn of a revocation only after it. */
const lifetime = 300_000
const sessionClaim = 'https://stytch.com/session'

/** The one issuer that every official client accepts. */
const issuerOf = (projectId: string): string => `stytch.com/${projectId}`

interface JwtContext {
  readonly keys: Keyring
  readonly now: Date
}

/** Signs a JWT of five minutes, or of what is left of the session. One signature, on the thread pool. */
export function sessionJwt({ keys, now }: JwtContext, session: Session, roles: readonly string[]): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const expiresAt = Math.floor(Math.min(now.getTime() + lifetime, session.expiresAt) / 1_000)
  return signJwt(keys, session.projectId, {
    ...session.customClaims,
    aud: [session.projectId],
    exp: expiresAt,
    iat: issuedAt,
    iss: issuerOf(session.projectId),
    nbf: issuedAt,
    sub: session.userId,
    [sessionClaim]: {
      id: session.id,
      started_at: wireTime(session.startedAt),
      last_accessed_at: wireTime(session.lastAccessedAt),
      expires_at: wireTime(session.expiresAt),
      attributes: { user_agent: session.attributes.userAgent, ip_address: session.attributes.ipAddress },
      authentication_factors: session.factors.map(factorInJwt),
      roles,
    },
  })
}

/** The copy in the JWT lacks `created_at`, `updated_at` and `email_id`: strict decoders were built on that. */
function factorInJwt({ type, deliveryMethod, lastAuthenticatedAt, details }: AuthenticationFactor): object {
  const objects = Object.entries(details).map(([name, { email_id: _, ...rest }]) => [name, rest])
  return {
    type,
    delivery_method: deliveryMethod,
    last_authenticated_at: wireTime(lastAuthenticatedAt),
    ...Object.fromEntries(objects),
  }
}

/**
 * The id of the session that a JWT of this project names; `undefined` if it does not verify. Its `exp` may have passed: the
 * session itself decides.
 */
export async function sessionIdIn(
  { keys, now }: JwtContext,
  projectId: string,
  jwt: string,
): Promise<string | undefined> {
  const expected = { issuer: issuerOf(projectId), audience: projectId, now, allowExpired: true }
  const claims = await verifyJwt(keys, projectId, jwt, expected)
  const session = claims?.[sessionClaim]
  if (typeof session !== 'object' || session === null || !('id' in session)) return undefined
  return typeof session.id === 'string' ? session.id : undefined
}
