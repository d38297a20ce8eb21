/** `POST /v1/sessions/authenticate` (docs/wire/session-jwt.md). */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { exampleUser, rolesOf, type User, UserShape, userToWire } from '../users/index.ts'
import { AuthorizationCheck, authorize, Verdict } from './authorization-check.ts'
import { mergeClaims } from './claims.ts'
import { consumerSessionAuthorizationError, noSessionArguments, sessionNotFound } from './errors.ts'
import { exampleJwt, exampleSession, exampleToken } from './examples.ts'
import { sessionJwt } from './jwt.ts'
import { type PresentedSession, presentedSession } from './present.ts'
import { isSandboxSession, sandboxSession, sandboxUser } from './sandbox-values.ts'
import { type Claims, type Session, touchSession } from './session.ts'
import { extendSession, lockSession, saveSession, sessionAccessed } from './store.ts'
import { SessionShape, sessionErrors, sessionFields, sessionInvalid, sessionToWire } from './wire.ts'

export const authenticateSession = endpoint({
  method: 'POST',
  path: '/v1/sessions/authenticate',
  auth: 'project',
  contractId: 'api_session_v1_Authenticate',
  summary: 'Authenticate a session',
  description:
    'Says whether a session is live and whose it is, and answers with a fresh JWT. Its expiry moves only when `session_duration_minutes` is given. With `authorization_check` also whether the user may do something; if not, nothing is changed.',
  errors: [noSessionArguments, ...sessionErrors, consumerSessionAuthorizationError],
  input: z.object({
    ...sessionFields,
    session_token: z.string().optional().describe('The session, by its token.'),
    session_jwt: z.string().optional().describe('The session, by its JWT, which may have expired.'),
    authorization_check: AuthorizationCheck.optional(),
  }),
  invalid: sessionInvalid,
  exactlyOne: [['session_token', 'session_jwt']],
  output: z.object({
    session: SessionShape,
    session_token: z.string().describe('Also when the JWT was sent.'),
    session_jwt: z.string().describe('Valid for five minutes.'),
    user: UserShape,
    verdict: Verdict.optional().describe('Only with `authorization_check`.'),
  }),
  example: {
    input: { session_token: exampleToken, session_duration_minutes: 60 },
    output: {
      session: { ...exampleSession, expires_at: '2026-01-01T01:10:00Z' },
      session_token: exampleToken,
      session_jwt: exampleJwt,
      user: exampleUser,
    },
  },
  async handle(input, context) {
    const { project } = context
    const verdictOn = (user: User) => {
      const { authorization_check: check } = input
      return check && { verdict: authorize(project, rolesOf(user), check) }
    }
    if (isSandboxSession(input.session_token, project) && input.session_jwt === undefined) {
      const person = sandboxUser(project)
      const verdict = verdictOn(person)
      const { session, token, jwt } = await sandboxSession(context)
      return { session, session_token: token, session_jwt: jwt, user: userToWire(person), ...verdict }
    }
    const presented = await presentedSession(context, input)
    if (!presented) throw noSessionArguments()
    const { user, token } = presented
    const verdict = verdictOn(user)
    const { session, jwt } = await refreshSession(presented, input, context)
    const wire = sessionToWire(session, rolesOf(user))
    return { session: wire, session_token: token, session_jwt: jwt, user: userToWire(user), ...verdict }
  },
})

interface Refreshed {
  readonly session: Session
  readonly jwt: string
}

interface RefreshWish {
  readonly session_duration_minutes?: number | undefined
  readonly session_custom_claims?: Claims | undefined
}

/**
 * Marks a live session as used, changes it as asked, and signs a fresh JWT. A change is durable before it is answered; that
 * the session was used may lag behind by a second.
 */
export async function refreshSession(
  { session: before, user }: PresentedSession,
  { session_duration_minutes: minutes, session_custom_claims: patch }: RefreshWish,
  context: Context,
): Promise<Refreshed> {
  const { db, now, lagging } = context
  const roles = rolesOf(user)
  if (patch !== undefined) {
    const session = await db.transaction(async (tx) => {
      const current = await lockSession(tx, before.id)
      if (!current) throw sessionNotFound()
      const touched = touchSession(current, now, minutes)
      const changed = { ...touched, customClaims: mergeClaims(touched.customClaims, patch) }
      await saveSession(tx, changed)
      return changed
    })
    return { session, jwt: await sessionJwt(context, session, roles) }
  }
  const session = touchSession(before, now, minutes)
  if (minutes === undefined) {
    lagging.note(`session ${session.id}`, sessionAccessed, [session.lastAccessedAt, session.id])
    return { session, jwt: await sessionJwt(context, session, roles) }
  }
  // The signature, by far the longest part, is computed on another thread while the write commits.
  const [jwt, isExtended] = await Promise.all([sessionJwt(context, session, roles), extendSession(db, session)])
  if (!isExtended) throw sessionNotFound()
  return { session, jwt }
}
