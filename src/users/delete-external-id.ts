/** `DELETE /v1/users/{user_id}/external_id` (docs/wire/users.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { userNotFound } from './errors.ts'
import { exampleUser, exampleUserId } from './examples.ts'
import { removeExternalId, resolveUser } from './store.ts'
import { UserShape, userToWire } from './wire.ts'

export const deleteExternalId = endpoint({
  method: 'DELETE',
  path: '/v1/users/{user_id}/external_id',
  auth: 'project',
  contractId: 'api_user_v1_DeleteExternalId',
  summary: 'Delete a user’s external ID',
  description: 'The external ID can be given to another user afterwards. Without one, nothing changes.',
  errors: [userNotFound],
  input: z.object({ user_id: z.string().describe('User ID or external ID.') }),
  output: z.object({ user_id: z.string(), user: UserShape }),
  example: {
    input: { user_id: exampleUserId },
    output: { user_id: exampleUserId, user: { ...exampleUser, external_id: '' } },
  },
  async handle({ user_id }, { db, project }) {
    const user = await resolveUser(db, project.id, user_id)
    if (!user) throw userNotFound()
    await removeExternalId(db, user.id)
    return { user_id: user.id, user: userToWire({ ...user, externalId: undefined }) }
  },
})
