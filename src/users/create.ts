/** `POST /v1/users` (docs/wire/users.md). */
import { z } from 'zod'
import { newId } from '../crypto/token.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { isEmailAddress, isPhoneNumber } from './email.ts'
import * as errors from './errors.ts'
import { exampleUser } from './examples.ts'
import { mergeMetadata } from './metadata.ts'
import { claimEmail, claimPhoneNumber, insertUser } from './store.ts'
import { isExternalId, type User } from './user.ts'
import { AttributesInput, MetadataInput, NameInput, UserShape, userToWire } from './wire.ts'

export const createUser = endpoint({
  method: 'POST',
  path: '/v1/users',
  auth: 'project',
  contractId: 'api_user_v1_Create',
  summary: 'Create a user',
  description:
    'Creates a user by e-mail address or phone number. What is given here is a claim, not a proof: both start unverified.',
  errors: [
    errors.invalidCreateUserRequest,
    errors.invalidEmail,
    errors.invalidPhoneNumber,
    errors.invalidUserId,
    errors.duplicateEmail,
    errors.duplicatePhoneNumber,
    errors.duplicateUserExternalId,
    errors.metadataTooManyKeys,
    errors.metadataTooLarge,
  ],
  input: z.object({
    email: z.string().refine(isEmailAddress).optional().describe('Unique in the project, without regard to case.'),
    phone_number: z.string().refine(isPhoneNumber).optional().describe('E.164, unique in the project.'),
    name: NameInput.optional(),
    attributes: AttributesInput.optional(),
    create_user_as_pending: z.boolean().optional().describe('The user becomes active with the first login.'),
    trusted_metadata: MetadataInput.optional(),
    untrusted_metadata: MetadataInput.optional(),
    external_id: z.string().refine(isExternalId).optional().describe('Your own ID for the user.'),
    roles: z.array(z.string().min(1).max(128)).max(100).optional(),
  }),
  invalid: { email: errors.invalidEmail, phone_number: errors.invalidPhoneNumber, external_id: errors.invalidUserId },
  output: z.object({
    user_id: z.string(),
    email_id: z.string().describe('Empty without an e-mail address.'),
    phone_id: z.string().describe('Empty without a phone number.'),
    status: z.enum(['active', 'pending']),
    user: UserShape,
  }),
  example: {
    input: {
      email: 'ada@example.com',
      name: { first_name: 'Ada', last_name: 'Lovelace' },
      external_id: 'customer|4711',
    },
    output: {
      user_id: exampleUser.user_id,
      email_id: exampleUser.emails[0]?.email_id ?? '',
      phone_id: '',
      status: 'active',
      user: exampleUser,
    },
  },
  async handle(input, { db, now, project }) {
    const { email, phone_number } = input
    if (email === undefined && phone_number === undefined) throw errors.invalidCreateUserRequest()
    const environment = project.environment
    const emails = email === undefined ? [] : [{ id: newId('email', environment), address: email, verified: false }]
    const phones =
      phone_number === undefined
        ? []
        : [{ id: newId('phone-number', environment), number: phone_number, verified: false }]
    const user: User = {
      id: newId('user', environment),
      projectId: project.id,
      externalId: input.external_id,
      status: input.create_user_as_pending ? 'pending' : 'active',
      name: {
        first: input.name?.first_name ?? '',
        middle: input.name?.middle_name ?? '',
        last: input.name?.last_name ?? '',
      },
      emails,
      phoneNumbers: phones,
      registrations: [],
      trustedMetadata: mergeMetadata({}, input.trusted_metadata),
      untrustedMetadata: mergeMetadata({}, input.untrusted_metadata),
      assignedRoles: input.roles ?? [],
      createdAt: now.getTime(),
    }
    const owner = { projectId: project.id, userId: user.id, createdAt: now }
    await db.transaction(async (tx) => {
      await insertUser(tx, { ...user, createdAt: now })
      for (const one of emails) await claimEmail(tx, { ...one, ...owner })
      for (const one of phones) await claimPhoneNumber(tx, { ...one, ...owner })
    })
    return {
      user_id: user.id,
      email_id: emails[0]?.id ?? '',
      phone_id: phones[0]?.id ?? '',
      status: user.status,
      user: userToWire(user),
    }
  },
})
