/** `DELETE /v1/users/{user_id}` (docs/wire/users.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { userNotFound } from './errors.ts'
import { exampleUserId } from './examples.ts'
import { deleteUser, resolveUserId } from './store.ts'

export const deleteUserEndpoint = endpoint({
  method: 'DELETE',
  path: '/v1/users/{user_id}',
  auth: 'project',
  contractId: 'api_user_v1_Delete',
  summary: 'Delete a user',
  description: 'Deletes the user with everything that belongs to them. Their sessions end at once.',
  errors: [userNotFound],
  input: z.object({ user_id: z.string().describe('User ID or external ID.') }),
  output: z.object({ user_id: z.string() }),
  example: { input: { user_id: exampleUserId }, output: { user_id: exampleUserId } },
  async handle({ user_id }, { db, project }) {
    const userId = await resolveUserId(db, project.id, user_id)
    if (userId === undefined || !(await deleteUser(db, project.id, userId))) throw userNotFound()
    return { user_id: userId }
  },
})
