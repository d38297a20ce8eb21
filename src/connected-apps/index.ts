/** What other slices may use of Connected Apps. */
export { isMetadataUrl } from './client-metadata.ts'
export { clientKeys, metadataClientErrors, resolveMetadataClient } from './client-metadata-document.ts'
export {
  type ClientSecret,
  type ConnectedApp,
  clientTypes,
  isFirstParty,
  isPublic,
  secretMatches,
  wireClientId,
} from './connected-app.ts'
export { createConnectedApp } from './create.ts'
export { deleteConnectedApp } from './delete.ts'
export { connectedAppNotFound } from './errors.ts'
export { exampleClientId, exampleConnectedApp } from './examples.ts'
export { getConnectedApp } from './get.ts'
export { sweepRegistrations } from './introduced-store.ts'
export { deleteRegistrationOfClient, getRegistration, replaceRegistrationEndpoint } from './manage-registration.ts'
export { MetadataDocuments } from './metadata-documents.ts'
export { isLoopback, redirectUriMatches } from './redirect-uri.ts'
export { registerClient, registerClientInProject } from './register.ts'
export {
  cancelConnectedAppRotation,
  completeConnectedAppRotation,
  startConnectedAppRotation,
} from './rotate-secret.ts'
export { searchConnectedApps } from './search.ts'
export { keptSecret, secretRotation } from './secret-store.ts'
export { connectedAppProblem } from './settings.ts'
export { clientFromRow, findClient, insertClient, noteFirstUse } from './store.ts'
export { renderTemplate, TemplateError, templateProblem } from './token-template.ts'
export { updateConnectedApp } from './update.ts'
