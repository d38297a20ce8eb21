/** The user behind the session of a browser or app (docs/wire/frontend.md). */
import { z } from 'zod'
import type { Context } from '../kernel/endpoint.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { frontendErrors, type Project } from '../projects/index.ts'
import { liveSession, userUnauthenticated } from '../sessions/index.ts'
import {
  deleteRegistration,
  exampleUser,
  invalidOauthUserRegistrationId,
  isRegistrationId,
  lockUser,
  oauthUserRegistrationNotFound,
  readUser,
  type User,
  UserShape,
  userToWire,
} from '../users/index.ts'
import { cannotDeleteLastPrimaryFactor } from './errors.ts'

const record = { auth: 'frontend', crossOrigin: true, wrapped: true } as const

type FrontendContext = Context & { readonly project: Project; readonly presentedToken: string | undefined }

async function currentUser(context: FrontendContext): Promise<User> {
  const presented = await liveSession(context)
  if (!presented) throw userUnauthenticated()
  return presented.user
}

export const getCurrentUser = endpoint({
  ...record,
  method: 'GET',
  path: '/sdk/v1/users/me',
  summary: 'Get the user who is logged in',
  description: 'The user’s fields stand in `data` themselves.',
  errors: [...frontendErrors, userUnauthenticated],
  input: z.object({}),
  output: UserShape,
  example: { input: {}, output: exampleUser },
  handle: async (_input, context) => userToWire(await currentUser(context)),
})

export const deleteCurrentRegistration = endpoint({
  ...record,
  method: 'DELETE',
  path: '/sdk/v1/users/oauth/{oauth_user_registration_id}',
  summary: 'Take an account at a provider away from the user who is logged in',
  description: 'The last one cannot be taken away: nobody could log in any more.',
  errors: [
    ...frontendErrors,
    userUnauthenticated,
    invalidOauthUserRegistrationId,
    oauthUserRegistrationNotFound,
    cannotDeleteLastPrimaryFactor,
  ],
  input: z.object({ oauth_user_registration_id: z.string().describe('From `providers` of the user.') }),
  output: z.object({ user_id: z.string(), user: UserShape, __user: UserShape }),
  example: {
    input: { oauth_user_registration_id: 'oauth-user-test-2c7e5b90-4d1f-4a68-b3c2-9e8d7f6a5b41' },
    output: { user_id: exampleUser.user_id, user: exampleUser, __user: exampleUser },
  },
  async handle({ oauth_user_registration_id: id }, context) {
    const { db, project } = context
    if (!isRegistrationId(id)) throw invalidOauthUserRegistrationId()
    const { id: userId } = await currentUser(context)
    const changed = await db.transaction(async (tx) => {
      // Of two requests that would each leave one, only the first may go on.
      await lockUser(tx, userId)
      const user = await readUser(tx, project.id, userId)
      if (!user?.registrations.some((one) => one.id === id)) throw oauthUserRegistrationNotFound()
      if (user.registrations.length === 1) throw cannotDeleteLastPrimaryFactor()
      await deleteRegistration(tx, project.id, id)
      return { ...user, registrations: user.registrations.filter((one) => one.id !== id) }
    })
    const user = userToWire(changed)
    return { user_id: userId, user, __user: user }
  },
})
