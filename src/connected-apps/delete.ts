/** `DELETE /v1/connected_apps/clients/{client_id}` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { connectedAppNotFound } from './errors.ts'
import { exampleClientId } from './examples.ts'
import { deleteClient } from './store.ts'

export const deleteConnectedApp = endpoint({
  method: 'DELETE',
  path: '/v1/connected_apps/clients/{client_id}',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_Delete',
  summary: 'Delete a Connected App',
  description:
    'Deletes the client with what users have granted it: codes and refresh tokens are worth nothing at once, access tokens are no longer active.',
  errors: [connectedAppNotFound],
  input: z.object({ client_id: z.string() }),
  output: z.object({ client_id: z.string() }),
  example: { input: { client_id: exampleClientId }, output: { client_id: exampleClientId } },
  async handle({ client_id }, { db, project }) {
    if (!(await deleteClient(db, project.id, client_id))) throw connectedAppNotFound()
    return { client_id }
  },
})
