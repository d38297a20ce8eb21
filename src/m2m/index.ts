/** What other slices may use of M2M clients. */
export { type M2mClient, m2mSecretMatches } from './m2m-client.ts'
export { findM2mClient } from './store.ts'
