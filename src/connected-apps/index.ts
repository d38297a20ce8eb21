/** What other slices may use of Connected Apps. */
export {
  type ClientType,
  type ConnectedApp,
  isFirstParty,
  isPublic,
  secretMatches,
  wireClientId,
} from './connected-app.ts'
export { connectedAppNotFound } from './errors.ts'
export { isLoopback, leadsOnlyToLoopback, redirectUriMatches, redirectUriProblem } from './redirect-uri.ts'
export { clientFromRow, findClient, findClientByMetadataUrl, insertClient, noteFirstUse } from './store.ts'
