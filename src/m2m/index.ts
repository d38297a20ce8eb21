/** What other slices may use of M2M clients. */
export { createM2mClient } from './create.ts'
export { deleteM2mClientEndpoint } from './delete.ts'
export { getM2mClient } from './get.ts'
export { type M2mClient, m2mSecretMatches } from './m2m-client.ts'
export { cancelM2mRotation, completeM2mRotation, startM2mRotation } from './rotate-secret.ts'
export { searchM2mClientsEndpoint } from './search.ts'
export { findM2mClient } from './store.ts'
export { updateM2mClientEndpoint } from './update.ts'
