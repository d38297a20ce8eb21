/** `GET /v1/users/{user_id}` (docs/wire/users.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { userNotFound } from './errors.ts'
import { exampleUser, exampleUserId } from './examples.ts'
import { resolveUser } from './store.ts'
import { UserShape, userToWire } from './wire.ts'

export const getUser = endpoint({
  method: 'GET',
  path: '/v1/users/{user_id}',
  auth: 'project',
  contractId: 'api_user_v1_Get',
  summary: 'Get a user',
  description: 'The members of the user stand at the top level of the answer here, not under `user`.',
  errors: [userNotFound],
  input: z.object({ user_id: z.string().describe('User ID or external ID.') }),
  output: UserShape,
  example: { input: { user_id: exampleUserId }, output: exampleUser },
  async handle({ user_id }, { db, project }) {
    const user = await resolveUser(db, project.id, user_id)
    if (!user) throw userNotFound()
    return userToWire(user)
  },
})
