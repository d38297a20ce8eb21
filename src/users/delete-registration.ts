/** `DELETE /v1/users/oauth/{oauth_user_registration_id}` (docs/wire/users.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { invalidOauthUserRegistrationId, oauthUserRegistrationNotFound } from './errors.ts'
import { exampleUser, exampleUserId } from './examples.ts'
import { deleteRegistration } from './identity-store.ts'
import { readUser } from './store.ts'
import { isRegistrationId } from './user.ts'
import { UserShape, userToWire } from './wire.ts'

export const deleteRegistrationEndpoint = endpoint({
  method: 'DELETE',
  path: '/v1/users/oauth/{oauth_user_registration_id}',
  auth: 'project',
  contractId: 'api_user_v1_DeleteOAuthRegistration',
  summary: 'Take an account at a provider away from its user',
  description:
    'The next login with that account is a first one again. Addresses that it brought stay with the user, and sessions go on.',
  errors: [invalidOauthUserRegistrationId, oauthUserRegistrationNotFound],
  input: z.object({ oauth_user_registration_id: z.string().describe('From `providers` of the user.') }),
  output: z.object({ user_id: z.string(), user: UserShape }),
  example: {
    input: { oauth_user_registration_id: 'oauth-user-test-9f8e7d6c-5b4a-4392-8170-a1b2c3d4e5f6' },
    output: { user_id: exampleUserId, user: { ...exampleUser, providers: [] } },
  },
  async handle({ oauth_user_registration_id }, { db, project }) {
    if (!isRegistrationId(oauth_user_registration_id)) throw invalidOauthUserRegistrationId()
    const userId = await db.transaction((tx) => deleteRegistration(tx, project.id, oauth_user_registration_id))
    const user = userId === undefined ? undefined : await readUser(db, project.id, userId)
    if (!user) throw oauthUserRegistrationNotFound()
    return { user_id: user.id, user: userToWire(user) }
  },
})
