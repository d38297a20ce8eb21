/** Finding the client that a request names by its `client_id`. */
import {
  type ConnectedApp,
  connectedAppNotFound,
  findClient,
  isMetadataUrl,
  resolveMetadataClient,
} from '../connected-apps/index.ts'
import { isId } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'

/**
 * The Connected App of the project that calls itself by this name, the URL of its metadata document included. Throws
 * `connected_app_not_found`, one of another project being the same as one that never was, and the rest of
 * `metadataClientErrors`. Only to `authorize` is a metadata document fetched.
 */
export async function resolveClient(
  context: Context,
  project: Project,
  clientId: string,
  use: 'authorize' | 'token' = 'authorize',
): Promise<ConnectedApp> {
  if (isMetadataUrl(clientId)) return resolveMetadataClient(context, project, clientId, use)
  // What has another form need not reach the database.
  const app = isId('connected-app', clientId) ? await findClient(context.db, clientId) : undefined
  if (!app || app.projectId !== project.id) throw connectedAppNotFound()
  return app
}
