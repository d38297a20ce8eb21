/** `GET /v1/m2m/clients/{client_id}` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { m2mClientNotFound } from './errors.ts'
import { findM2mClient } from './store.ts'
import { exampleM2mClient, exampleM2mClientId, M2mClientShape, m2mClientToWire } from './wire.ts'

export const getM2mClient = endpoint({
  method: 'GET',
  path: '/v1/m2m/clients/{client_id}',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_Get',
  summary: 'Get an M2M client',
  description: 'Never with its secret, of which only the last four characters are kept in readable form.',
  errors: [m2mClientNotFound],
  input: z.object({ client_id: z.string() }),
  output: z.object({ m2m_client: M2mClientShape }),
  example: { input: { client_id: exampleM2mClientId }, output: { m2m_client: exampleM2mClient } },
  async handle({ client_id }, { db, project }) {
    const client = await findM2mClient(db, project.id, client_id)
    if (!client) throw m2mClientNotFound()
    return { m2m_client: m2mClientToWire(client) }
  },
})
