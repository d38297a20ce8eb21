/** `POST /v1/connected_apps/clients/search` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { openCursor, sealCursor } from '../crypto/cursor.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { PageInput, pageOf, ResultsMetadata } from '../kernel/paging.ts'
import { connectedAppSearchInvalidCursor } from './errors.ts'
import { exampleConnectedApp } from './examples.ts'
import { countClients, listClients } from './search-store.ts'
import { ConnectedAppShape, connectedAppToWire } from './wire.ts'

export const searchConnectedApps = endpoint({
  method: 'POST',
  path: '/v1/connected_apps/clients/search',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_Search',
  summary: 'Search Connected Apps',
  description: 'All Connected Apps of the project, newest first, in pages. There are no filters.',
  errors: [connectedAppSearchInvalidCursor],
  input: PageInput,
  output: z.object({ connected_apps: z.array(ConnectedAppShape), results_metadata: ResultsMetadata }),
  example: {
    input: { limit: 50 },
    output: { connected_apps: [exampleConnectedApp], results_metadata: { total: 1 } },
  },
  async handle({ cursor = '', limit }, { db, project, sealer }) {
    const scope = { projectId: project.id, operation: 'connectedApp.clients.search' }
    const after = cursor === '' ? undefined : openCursor(sealer, scope, cursor)
    if (cursor !== '' && !after) throw connectedAppSearchInvalidCursor()
    const total = await countClients(db, project.id)
    const { items, last } = pageOf(await listClients(db, project.id, after, limit + 1), limit)
    return {
      connected_apps: items.map(connectedAppToWire),
      results_metadata: { total, ...(last && { next_cursor: sealCursor(sealer, scope, last) }) },
    }
  },
})
