/** `PUT /v1/users/{user_id}` (docs/wire/users.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import * as errors from './errors.ts'
import { exampleUser, exampleUserId } from './examples.ts'
import { mergeMetadata } from './metadata.ts'
import { lockUser, readUser, resolveUserId, type UserChanges, updateUser } from './store.ts'
import { isExternalId, type User } from './user.ts'
import { AttributesInput, MetadataInput, NameInput, UserShape, userToWire } from './wire.ts'

const UpdateInput = z.object({
  user_id: z.string().describe('User ID or external ID.'),
  name: NameInput.optional().describe('Members that are left out stay as they are.'),
  attributes: AttributesInput.optional(),
  trusted_metadata: MetadataInput.optional().describe('Merged at the top level; null deletes a key.'),
  untrusted_metadata: MetadataInput.optional().describe('Merged at the top level; null deletes a key.'),
  external_id: z.string().refine(isExternalId).optional(),
  roles: z.array(z.string().min(1).max(128)).max(100).optional().describe('Replaces the list.'),
})
type UpdateInput = z.infer<typeof UpdateInput>

export const updateUserEndpoint = endpoint({
  method: 'PUT',
  path: '/v1/users/{user_id}',
  auth: 'project',
  contractId: 'api_user_v1_Update',
  summary: 'Update a user',
  description: 'Changes what is given and leaves the rest. Addresses and numbers cannot be added here.',
  errors: [
    errors.userNotFound,
    errors.invalidUserId,
    errors.duplicateUserExternalId,
    errors.metadataTooManyKeys,
    errors.metadataTooLarge,
  ],
  input: UpdateInput,
  invalid: { external_id: errors.invalidUserId },
  output: UserShape.pick({ user_id: true, emails: true, phone_numbers: true, crypto_wallets: true }).extend({
    user: UserShape,
  }),
  example: {
    input: { user_id: exampleUserId, trusted_metadata: { plan: 'pro', trial: null } },
    output: {
      user_id: exampleUserId,
      emails: exampleUser.emails,
      phone_numbers: [],
      crypto_wallets: [],
      user: exampleUser,
    },
  },
  async handle(input, { db, project }) {
    const user = await db.transaction(async (tx) => {
      const userId = await resolveUserId(tx, project.id, input.user_id)
      if (userId === undefined) throw errors.userNotFound()
      // Two updates at once must both survive the merge, so the second one reads after the first has written.
      await lockUser(tx, userId)
      const before = await readUser(tx, project.id, userId)
      if (!before) throw errors.userNotFound()
      const changes = changesOf(input, before)
      await updateUser(tx, userId, changes)
      return { ...before, ...changes }
    })
    const wire = userToWire(user)
    const { user_id, emails, phone_numbers, crypto_wallets } = wire
    return { user_id, emails, phone_numbers, crypto_wallets, user: wire }
  },
})

/** What the request changes, merged with what there is. */
function changesOf({ name, external_id, roles, trusted_metadata, untrusted_metadata }: UpdateInput, user: User) {
  const changes: UserChanges = {
    ...(external_id !== undefined && { externalId: external_id }),
    ...(roles && { assignedRoles: roles }),
    ...(name && {
      name: {
        first: name.first_name ?? user.name.first,
        middle: name.middle_name ?? user.name.middle,
        last: name.last_name ?? user.name.last,
      },
    }),
  }
  const trustedMetadata = mergeMetadata(user.trustedMetadata, trusted_metadata)
  const untrustedMetadata = mergeMetadata(user.untrustedMetadata, untrusted_metadata)
  return {
    externalId: user.externalId,
    assignedRoles: user.assignedRoles,
    name: user.name,
    ...changes,
    trustedMetadata,
    untrustedMetadata,
  }
}
