/** `PUT /v1/connected_apps/clients/{client_id}` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { ConnectedAppFields } from '../projects/index.ts'
import { connectedAppNotFound } from './errors.ts'
import { exampleClientId, exampleConnectedApp } from './examples.ts'
import { invalidSettings, settingsErrors, settingsFrom } from './settings.ts'
import { findClientOf, updateClient } from './store.ts'
import { ConnectedAppShape, connectedAppToWire } from './wire.ts'

export const updateConnectedApp = endpoint({
  method: 'PUT',
  path: '/v1/connected_apps/clients/{client_id}',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_Update',
  summary: 'Update a Connected App',
  description:
    'Changes what is given and leaves the rest. A list of URLs replaces the one before; an empty list leaves it as it is, because some clients send one for what was not set. Type, ID and secret cannot be changed here.',
  errors: [connectedAppNotFound, ...settingsErrors],
  input: z.object({ client_id: z.string(), ...ConnectedAppFields.shape }),
  invalid: invalidSettings,
  output: z.object({ connected_app: ConnectedAppShape }),
  example: {
    input: { client_id: exampleClientId, client_name: exampleConnectedApp.client_name, logo_url: '' },
    output: { connected_app: exampleConnectedApp },
  },
  async handle({ client_id, redirect_urls = [], post_logout_redirect_urls = [], ...fields }, { db, project }) {
    const before = await findClientOf(db, project.id, client_id)
    if (!before) throw connectedAppNotFound()
    const given = {
      ...fields,
      ...(redirect_urls.length > 0 && { redirect_urls }),
      ...(post_logout_redirect_urls.length > 0 && { post_logout_redirect_urls }),
    }
    // Only the type of the client that was read counts, and that never changes.
    const app = await updateClient(db, project.id, client_id, settingsFrom(given, before.type))
    if (!app) throw connectedAppNotFound()
    return { connected_app: connectedAppToWire(app) }
  },
})
