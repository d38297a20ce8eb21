/** The session of a browser or app: refreshing it, and ending it (docs/wire/frontend.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { frontendErrors } from '../projects/index.ts'
import {
  exampleFrontendSession,
  exampleJwt,
  exampleToken,
  frontendSessionErrors,
  liveSession,
  refreshSession,
  requireShortEnough,
  revokeById,
  SessionShape,
  sessionFields,
  sessionInvalid,
  sessionNotFound,
  sessionToWire,
} from '../sessions/index.ts'
import { exampleUser, rolesOf, UserShape, userToWire } from '../users/index.ts'

const record = { method: 'POST', auth: 'frontend', crossOrigin: true, wrapped: true } as const

export const authenticateCurrentSession = endpoint({
  ...record,
  path: '/sdk/v1/sessions/authenticate',
  summary: 'Authenticate the session of a browser or app',
  description:
    'Says whether the session that is presented is live, and answers with a fresh JWT. Its expiry moves only when `session_duration_minutes` is given.',
  errors: [...frontendErrors, ...frontendSessionErrors, sessionNotFound],
  input: z.object({ session_duration_minutes: sessionFields.session_duration_minutes }),
  invalid: sessionInvalid,
  output: z.object({
    session: SessionShape,
    session_token: z.string(),
    session_jwt: z.string(),
    user: UserShape,
    __user: UserShape,
  }),
  example: {
    input: { session_duration_minutes: 60 },
    output: {
      session: {
        ...exampleFrontendSession,
        last_accessed_at: '2026-01-01T00:10:00Z',
        expires_at: '2026-01-01T01:10:00Z',
      },
      session_token: exampleToken,
      session_jwt: exampleJwt,
      user: exampleUser,
      __user: exampleUser,
    },
  },
  async handle({ session_duration_minutes: minutes }, context) {
    requireShortEnough(context.project, minutes)
    const presented = await liveSession(context)
    // This very name makes the client forget its session; nothing else may have it.
    if (!presented) throw sessionNotFound()
    const { session, jwt } = await refreshSession(presented, { session_duration_minutes: minutes }, context)
    const user = userToWire(presented.user)
    const wire = sessionToWire(session, rolesOf(presented.user))
    return { session: wire, session_token: presented.token, session_jwt: jwt, user, __user: user }
  },
})

export const revokeCurrentSession = endpoint({
  ...record,
  path: '/sdk/v1/sessions/revoke',
  summary: 'End the session of a browser or app',
  description: 'Ends the session that is presented, at once. Ending one that has ended already succeeds.',
  errors: frontendErrors,
  input: z.object({}),
  output: z.object({}),
  example: { input: {}, output: {} },
  async handle(_input, context) {
    const presented = await liveSession(context)
    if (presented) await revokeById(context.db, context.project.id, presented.session.id)
    return {}
  },
})
