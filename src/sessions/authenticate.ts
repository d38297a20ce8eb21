/** `POST /v1/sessions/authenticate` (docs/wire/session-jwt.md). */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { exampleUser, rolesOf, UserShape, userToWire } from '../users/index.ts'
import { mergeClaims } from './claims.ts'
import { noSessionArguments, sessionNotFound } from './errors.ts'
import { exampleSession, exampleToken } from './examples.ts'
import { sessionJwt } from './jwt.ts'
import { presentedSession } from './present.ts'
import { isSandboxSession, sandboxSession, sandboxUser } from './sandbox-values.ts'
import { type Session, touchSession } from './session.ts'
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
    const touched = touchSession(presented.session, context.now, input.session_duration_minutes)
    const session = { ...touched, customClaims: mergeClaims(touched.customClaims, input.session_custom_claims) }
    const changes = input.session_duration_minutes !== undefined || input.session_custom_claims !== undefined
    const roles = rolesOf(user)
    // The signature, by far the longest part, is computed on another thread while the write commits.
    const [jwt] = await Promise.all([sessionJwt(context, session, roles), store(session, changes, context)])
    return { session: sessionToWire(session, roles), session_token: token, session_jwt: jwt, user: userToWire(user) }
  },
})

/** A change is durable before it is answered; that the session was used may lag behind by a second. */
async function store(session: Session, changes: boolean, { db, lagging }: Context): Promise<void> {
  if (!changes) lagging.note(`session ${session.id}`, sessionAccessed, [session.lastAccessedAt, session.id])
  else if (!(await saveSession(db, session))) throw sessionNotFound()
}
