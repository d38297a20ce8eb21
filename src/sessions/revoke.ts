/** `POST /v1/sessions/revoke` (docs/wire/session-jwt.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { noSessionRevokeArguments, tooManySessionRevokeArguments, unableToParseSessionJwt } from './errors.ts'
import { exampleSession } from './examples.ts'
import { sessionIdIn } from './jwt.ts'
import { revokeById, revokeByToken } from './store.ts'

export const revokeSession = endpoint({
  method: 'POST',
  path: '/v1/sessions/revoke',
  auth: 'project',
  contractId: 'api_session_v1_Revoke',
  summary: 'Revoke a session',
  description:
    'Ends the session at once. A session that is not there is as good as revoked, so a repeated or late call succeeds too.',
  errors: [noSessionRevokeArguments, tooManySessionRevokeArguments, unableToParseSessionJwt],
  input: z.object({
    session_id: z.string().optional(),
    session_token: z.string().optional(),
    session_jwt: z.string().optional().describe('May have expired.'),
  }),
  exactlyOne: [['session_id', 'session_token', 'session_jwt']],
  output: z.object({}),
  example: { input: { session_id: exampleSession.session_id }, output: {} },
  async handle({ session_id, session_token, session_jwt }, context) {
    const { db, project } = context
    const given = [session_id, session_token, session_jwt].filter((value) => value !== undefined).length
    if (given === 0) throw noSessionRevokeArguments()
    if (given > 1) throw tooManySessionRevokeArguments()
    if (session_token !== undefined) await revokeByToken(db, project.id, session_token)
    const id = session_jwt === undefined ? session_id : await sessionIdIn(context, project.id, session_jwt)
    if (session_jwt !== undefined && id === undefined) throw unableToParseSessionJwt()
    if (id !== undefined) await revokeById(db, project.id, id)
    return {}
  },
})
