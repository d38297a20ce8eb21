/** `GET /v1/sessions` (docs/wire/session-jwt.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { exampleUserId, resolveUser, rolesOf, userNotFound } from '../users/index.ts'
import { exampleSession } from './examples.ts'
import { sessionsOfUser } from './store.ts'
import { SessionShape, sessionToWire } from './wire.ts'

export const getSessions = endpoint({
  method: 'GET',
  path: '/v1/sessions',
  auth: 'project',
  contractId: 'api_session_v1_Get',
  summary: 'List a user’s sessions',
  description: 'The sessions that are live now, the newest first.',
  errors: [userNotFound],
  input: z.object({ user_id: z.string().describe('User ID or external ID.') }),
  output: z.object({ sessions: z.array(SessionShape) }),
  example: { input: { user_id: exampleUserId }, output: { sessions: [exampleSession] } },
  async handle({ user_id }, { db, now, project }) {
    const user = await resolveUser(db, project.id, user_id)
    if (!user) throw userNotFound()
    const sessions = await sessionsOfUser(db, project.id, user.id, now.getTime())
    return { sessions: sessions.map((session) => sessionToWire(session, rolesOf(user))) }
  },
})
