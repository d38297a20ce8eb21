/** What other slices may use of users. */
export { createUser } from './create.ts'
export { deleteUserEndpoint } from './delete.ts'
export { deleteExternalId } from './delete-external-id.ts'
export { deleteRegistrationEndpoint } from './delete-registration.ts'
export { isEmailAddress } from './email.ts'
export {
  invalidOauthUserRegistrationId,
  metadataTooLarge,
  metadataTooManyKeys,
  oauthUserRegistrationNotFound,
  userNotFound,
} from './errors.ts'
export { exampleUser, exampleUserId } from './examples.ts'
export { getUser } from './get.ts'
export {
  deleteRegistration,
  dropWaysIn,
  findEmail,
  findRegistration,
  insertRegistration,
  markEmailVerified,
  refreshRegistration,
} from './identity-store.ts'
export { mergeMetadata } from './metadata.ts'
export { providerType } from './provider-type.ts'
export {
  activateUser,
  fillEmptyName,
  insertEmail,
  insertUser,
  lockUser,
  readUser,
  resolveUser,
  resolveUserId,
  userFromRow,
  userWithLists,
  type WholeUserRow,
  wholeUser,
} from './store.ts'
export { updateUserEndpoint } from './update.ts'
export { isExternalId, isRegistrationId, rolesOf, type User } from './user.ts'
export { UserShape, userToWire, wireTime } from './wire.ts'
