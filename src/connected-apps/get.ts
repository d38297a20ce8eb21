/** `GET /v1/connected_apps/clients/{client_id}` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { connectedAppNotFound } from './errors.ts'
import { exampleClientId, exampleConnectedApp } from './examples.ts'
import { findClientOf } from './store.ts'
import { ConnectedAppShape, connectedAppToWire } from './wire.ts'

export const getConnectedApp = endpoint({
  method: 'GET',
  path: '/v1/connected_apps/clients/{client_id}',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_Get',
  summary: 'Get a Connected App',
  description: 'However it came to be: by this API, the project file, its own registration or its metadata document.',
  errors: [connectedAppNotFound],
  input: z.object({ client_id: z.string() }),
  output: z.object({ connected_app: ConnectedAppShape }),
  example: { input: { client_id: exampleClientId }, output: { connected_app: exampleConnectedApp } },
  async handle({ client_id }, { db, project }) {
    const app = await findClientOf(db, project.id, client_id)
    if (!app) throw connectedAppNotFound()
    return { connected_app: connectedAppToWire(app) }
  },
})
