/** `DELETE /v1/m2m/clients/{client_id}` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { m2mClientNotFound } from './errors.ts'
import { deleteM2mClient } from './store.ts'
import { exampleM2mClientId } from './wire.ts'

export const deleteM2mClientEndpoint = endpoint({
  method: 'DELETE',
  path: '/v1/m2m/clients/{client_id}',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_Delete',
  summary: 'Delete an M2M client',
  description: 'It gets no new tokens; those it has stay valid until they expire.',
  errors: [m2mClientNotFound],
  input: z.object({ client_id: z.string() }),
  output: z.object({ client_id: z.string() }),
  example: { input: { client_id: exampleM2mClientId }, output: { client_id: exampleM2mClientId } },
  async handle({ client_id }, { db, project }) {
    if (!(await deleteM2mClient(db, project.id, client_id))) throw m2mClientNotFound()
    return { client_id }
  },
})
