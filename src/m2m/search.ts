/** `POST /v1/m2m/clients/search` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { openCursor, sealCursor } from '../crypto/cursor.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { PageInput, pageOf, ResultsMetadata } from '../kernel/paging.ts'
import { m2mSearchInvalidCursor } from './errors.ts'
import { QueryInput, queryErrors, queryFrom } from './query.ts'
import { searchM2mClients } from './search-store.ts'
import { exampleM2mClient, M2mClientShape, m2mClientToWire } from './wire.ts'

export const searchM2mClientsEndpoint = endpoint({
  method: 'POST',
  path: '/v1/m2m/clients/search',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_Search',
  summary: 'Search M2M clients',
  description:
    'Clients of the project, newest first, in pages; all of them, or those that match a query. Values are compared whole and with their case.',
  errors: [m2mSearchInvalidCursor, ...queryErrors],
  input: PageInput.extend({ query: QueryInput.optional() }),
  output: z.object({ m2m_clients: z.array(M2mClientShape), results_metadata: ResultsMetadata }),
  example: {
    input: {
      query: { operator: 'AND', operands: [{ filter_name: 'scopes', filter_value: ['read:documents'] }] },
    },
    output: { m2m_clients: [exampleM2mClient], results_metadata: { total: 1 } },
  },
  async handle({ cursor = '', limit, query }, { db, project, sealer }) {
    const scope = { projectId: project.id, operation: 'm2m.clients.search' }
    const after = cursor === '' ? undefined : openCursor(sealer, scope, cursor)
    if (cursor !== '' && !after) throw m2mSearchInvalidCursor()
    const { total, clients } = await searchM2mClients(db, project.id, queryFrom(query), after, limit + 1)
    const { items, last } = pageOf(clients, limit)
    return {
      m2m_clients: items.map(m2mClientToWire),
      results_metadata: { total, ...(last && { next_cursor: sealCursor(sealer, scope, last) }) },
    }
  },
})
