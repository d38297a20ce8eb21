/** The wire vocabulary of users. */
import { defineError } from '../kernel/errors.ts'

export const userNotFound = defineError({
  type: 'user_not_found',
  status: 404,
  message:
    'There is no such user in this project. Check the user ID or external ID, and that the user was not deleted.',
  cause: 'The ID is misspelt, belongs to another project, or the user has been deleted.',
  fix: 'Compare the ID with what `users.create` or a login answered for this project.',
})

export const invalidCreateUserRequest = defineError({
  type: 'invalid_create_user_request',
  status: 400,
  message: 'A user needs an email or a phone_number. Send at least one of them.',
  cause: 'Neither was sent.',
  fix: 'Send `email`, `phone_number`, or both.',
})

export const invalidEmail = defineError({
  type: 'invalid_email',
  status: 400,
  message: 'This is not an e-mail address. Send one like ada@example.com, without white space around it.',
  cause: 'The address has no domain, or holds characters that mail systems do not agree on.',
  fix: 'Trim what the person typed and check it in the form.',
})

export const invalidPhoneNumber = defineError({
  type: 'invalid_phone_number',
  status: 400,
  message: 'This is not a phone number in E.164 form. Send a plus sign, the country code and the number: +14155550123.',
  cause: 'The country code is missing, or there are spaces or dashes.',
  fix: 'Normalise the number to E.164 before sending it.',
})

export const invalidUserId = defineError({
  type: 'invalid_user_id',
  status: 400,
  message:
    'An external ID has 1 to 128 characters out of letters, digits and . _ - | and does not begin like a user ID.',
  cause: 'The external ID is empty, too long, or holds other characters.',
  fix: 'Encode your own identifier into the permitted characters.',
})

export const duplicateEmail = defineError({
  type: 'duplicate_email',
  status: 400,
  message: 'A user with this e-mail address exists already in this project. Get that user instead of creating another.',
  cause: 'Addresses are unique in a project, without regard to case.',
  fix: 'Look the user up, or let them log in.',
})

export const duplicatePhoneNumber = defineError({
  type: 'duplicate_phone_number',
  status: 400,
  message: 'A user with this phone number exists already in this project. Get that user instead of creating another.',
  cause: 'Phone numbers are unique in a project.',
  fix: 'Look the user up.',
})

export const duplicateUserExternalId = defineError({
  type: 'duplicate_user_external_id',
  status: 400,
  message: 'Another user of this project has this external ID already. Use it for one user only.',
  cause: 'External IDs are unique in a project.',
  fix: 'Get that user by the external ID, or take it away from them with DELETE /v1/users/{user_id}/external_id.',
})

export const metadataTooManyKeys = defineError({
  type: 'metadata_too_many_keys',
  status: 400,
  message: 'Metadata can have at most 20 keys at the top level. Delete some by sending null for them.',
  cause: 'The stored keys and the new ones together are more than 20.',
  fix: 'Group values under fewer keys.',
})

export const metadataTooLarge = defineError({
  type: 'metadata_too_large',
  status: 400,
  message: 'Metadata can have at most 4 KB of JSON. Keep larger things in your own database.',
  cause: 'The stored metadata and the patch together are too large.',
  fix: 'Store an identifier here and the data elsewhere.',
})

export const invalidOauthUserRegistrationId = defineError({
  type: 'invalid_oauth_user_registration_id',
  status: 400,
  message: 'This is not the ID of an OAuth registration. It looks like oauth-user-test-… followed by a UUID.',
  cause: 'Something else, such as the user ID or the provider’s subject, stands in its place.',
  fix: 'Take `oauth_user_registration_id` from the user’s `providers`.',
})

export const oauthUserRegistrationNotFound = defineError({
  type: 'oauth_user_registration_not_found',
  status: 404,
  message: 'There is no such OAuth registration in this project. Check the ID, and that it was not deleted already.',
  cause: 'The ID is misspelt, belongs to another project, or the registration or its user has been deleted.',
  fix: 'Get the user and compare the ID with their `providers`.',
})
