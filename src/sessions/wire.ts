/** The session as clients see it (docs/wire/session-jwt.md), and the fields that every authenticating operation shares. */
import { z } from 'zod'
import { wireTime } from '../users/index.ts'
import {
  customClaimsTooLarge,
  invalidSessionDurationMinutes,
  sessionNotFound,
  stytchClaimsInCustomClaims,
  tooManySessionArguments,
  unableToParseSessionJwt,
} from './errors.ts'
import type { AuthenticationFactor, Session } from './session.ts'

const FactorShape = z
  .looseObject({
    type: z.string(),
    delivery_method: z.string(),
    last_authenticated_at: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .describe('One more member names what was proven, e.g. `google_oauth_factor`.')

export const SessionShape = z.object({
  session_id: z.string(),
  user_id: z.string(),
  started_at: z.string().describe('RFC 3339, UTC.'),
  last_accessed_at: z.string(),
  expires_at: z.string(),
  attributes: z.object({ ip_address: z.string(), user_agent: z.string() }),
  authentication_factors: z.array(FactorShape),
  custom_claims: z.record(z.string(), z.unknown()),
  roles: z.array(z.string()),
})
export type SessionShape = z.infer<typeof SessionShape>

export const factorToWire = (factor: AuthenticationFactor) => ({
  type: factor.type,
  delivery_method: factor.deliveryMethod,
  last_authenticated_at: wireTime(factor.lastAuthenticatedAt),
  created_at: wireTime(factor.createdAt),
  updated_at: wireTime(factor.updatedAt),
  ...factor.details,
})

export const sessionToWire = (session: Session, roles: readonly string[]): SessionShape => ({
  session_id: session.id,
  user_id: session.userId,
  started_at: wireTime(session.startedAt),
  last_accessed_at: wireTime(session.lastAccessedAt),
  expires_at: wireTime(session.expiresAt),
  attributes: { ip_address: session.attributes.ipAddress, user_agent: session.attributes.userAgent },
  authentication_factors: session.factors.map(factorToWire),
  custom_claims: { ...session.customClaims },
  roles: [...roles],
})

/** 366 days. */
const longestMinutes = 527_040

/** Request fields of every operation that can start or use a session. */
export const sessionFields = {
  session_token: z.string().optional().describe('A session to add to. Not together with session_jwt.'),
  session_jwt: z.string().optional().describe('A session to add to, by its JWT; the JWT may have expired.'),
  session_duration_minutes: z
    .int()
    .min(5)
    .max(longestMinutes)
    .optional()
    .describe('How long the session lasts from now on, in minutes.'),
  session_custom_claims: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Merged into the claims of the session; null deletes one. At most 4 KB in all.'),
}

export const sessionInvalid = { session_duration_minutes: invalidSessionDurationMinutes }

/** What can go wrong with what a caller wishes of a session. */
export const sessionWishErrors = [invalidSessionDurationMinutes, customClaimsTooLarge, stytchClaimsInCustomClaims]

/** What can go wrong with those fields. */
export const sessionErrors = [tooManySessionArguments, sessionNotFound, unableToParseSessionJwt, ...sessionWishErrors]
