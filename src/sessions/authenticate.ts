/** `POST /v1/sessions/authenticate` (docs/wire/session-jwt.md). */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { exampleUser, rolesOf, UserShape, userToWire } from '../users/index.ts'
import { mergeClaims } from './claims.ts'
import { noSessionArguments, sessionNotFound } from './errors.ts'
import { exampleSession, exampleToken } from './examples.ts'
import { sessionJwt } from './jwt.ts'
import { type PresentedSession, presentedSession } from './present.ts'
import { isSandboxSession, sandboxSession, sandboxUser } from './sandbox-values.ts'
import { type Claims, type Session, touchSession } from './session.ts'
import { saveSession, sessionAccessed } from './store.ts'
import { SessionShape, sessionErrors, sessionFields, sessionInvalid, sessionToWire } from './wire.ts'

export const authenticateSession = endpoint({
  method: 'POST',
  path: '/v1/sessions/authenticate',
  auth: 'project',
  summary: 'Authenticate a session',
  description:
    'Says whether a session is live and whose it is, and answers with a fresh JWT. Its expiry moves only when `session_duration_minutes` is given.',
  errors: [noSessionArguments, ...sessionErrors],
  input: z.object(sessionFields),
  invalid: sessionInvalid,
  output: z.object({
    session: SessionShape,
    session_token: z.string().describe('Also when the JWT was sent.'),
    session_jwt: z.string().describe('Valid for five minutes.'),
    user: UserShape,
  }),
  example: {
    input: { session_token: exampleToken, session_duration_minutes: 60 },
    output: { session: exampleSession, session_token: exampleToken, session_jwt: 'eyJhbGciOi…', user: exampleUser },
  },
  async handle(input, context) {
    if (isSandboxSession(input.session_token, context.project) && input.session_jwt === undefined) {
      const { session, token, jwt } = await sandboxSession(context)
      const user = userToWire(sandboxUser(context.project))
      return { session, session_token: token, session_jwt: jwt, user }
    }
    const presented = await presentedSession(context, input)
    if (!presented) throw noSessionArguments()
    const { user, token } = presented
    const { session, jwt } = await refreshSession(presented, input, context)
    const wire = sessionToWire(session, rolesOf(user))
    return { session: wire, session_token: token, session_jwt: jwt, user: userToWire(user) }
  },
})

/** Marks a live session as used, changes it as asked, and signs a fresh JWT. */
export async function refreshSession(
  { session: before, user }: PresentedSession,
  wish: { readonly session_duration_minutes?: number | undefined; readonly session_custom_claims?: Claims | undefined },
  context: Context,
): Promise<{ readonly session: Session; readonly jwt: string }> {
  const touched = touchSession(before, context.now, wish.session_duration_minutes)
  const session = { ...touched, customClaims: mergeClaims(touched.customClaims, wish.session_custom_claims) }
  const changes = wish.session_duration_minutes !== undefined || wish.session_custom_claims !== undefined
  // The signature, by far the longest part, is computed on another thread while the write commits.
  const [jwt] = await Promise.all([sessionJwt(context, session, rolesOf(user)), store(session, changes, context)])
  return { session, jwt }
}

/** A change is durable before it is answered; that the session was used may lag behind by a second. */
async function store(session: Session, changes: boolean, { db, lagging }: Context): Promise<void> {
  if (!changes) lagging.note(`session ${session.id}`, sessionAccessed, [session.lastAccessedAt, session.id])
  else if (!(await saveSession(db, session))) throw sessionNotFound()
}
