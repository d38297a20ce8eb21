/** What other slices may use of sessions. */
export { authenticateSession, refreshSession } from './authenticate.ts'
export { sessionNotFound, unableToParseSessionJwt, userUnauthenticated } from './errors.ts'
export {
  exampleFrontendSession,
  exampleJwt,
  exampleKeySet,
  exampleNewSession,
  exampleSession,
  exampleToken,
} from './examples.ts'
export { attributesOf, frontendSessionErrors, frontendSessionFields, requireShortEnough } from './frontend-session.ts'
export { getSessions } from './get.ts'
export { getJwks, KeySetShape } from './jwks.ts'
export { sessionJwt } from './jwt.ts'
export { carryOut, type NextSession, noAttributes, planSession, type SessionPlan, type SessionWish } from './plan.ts'
export { liveSession, liveSessionById, type PresentedSession, presentedSession } from './present.ts'
export { revokeSession } from './revoke.ts'
export { sandboxSession, sandboxUser } from './sandbox-values.ts'
export { type AuthenticationFactor, type Session, startSession, touchSession } from './session.ts'
export {
  deleteSessionsOfUser,
  insertSession,
  prolongSession,
  revokeById,
  sweepSessions,
} from './store.ts'
export { SessionShape, sessionErrors, sessionFields, sessionInvalid, sessionToWire, sessionWishErrors } from './wire.ts'
