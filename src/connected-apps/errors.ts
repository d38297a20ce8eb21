/** The wire vocabulary of Connected Apps as objects. What goes wrong while they act is in `idp/errors.ts`. */
import { defineError } from '../kernel/errors.ts'

export const connectedAppNotFound = defineError({
  type: 'connected_app_not_found',
  status: 404,
  oauth: 'invalid_client',
  message: 'There is no Connected App with this client_id in the project. Check that it is copied whole.',
  cause: 'The client ID is misspelt, the app was deleted, or it belongs to another project.',
  fix: 'Search the project’s Connected Apps, or let the client register again.',
})
