/** `PUT /v1/m2m/clients/{client_id}` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { M2mClientFields } from '../projects/index.ts'
import { mergeMetadata, metadataTooLarge, metadataTooManyKeys } from '../users/index.ts'
import { invalidM2mClientStatus, m2mClientNotFound } from './errors.ts'
import { updateM2mClient } from './store.ts'
import {
  exampleM2mClient,
  exampleM2mClientId,
  fieldErrors,
  invalidFields,
  M2mClientShape,
  m2mClientToWire,
  scopesFrom,
} from './wire.ts'

export const updateM2mClientEndpoint = endpoint({
  method: 'PUT',
  path: '/v1/m2m/clients/{client_id}',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_Update',
  summary: 'Update an M2M client',
  description:
    'Changes what is given and leaves the rest. Scopes replace those before; an empty list leaves them as they are, because some clients send one for what was not set. An inactive client gets no new tokens; those it has stay valid until they expire.',
  errors: [m2mClientNotFound, ...fieldErrors, invalidM2mClientStatus, metadataTooManyKeys, metadataTooLarge],
  input: z.object({
    client_id: z.string(),
    ...M2mClientFields.shape,
    status: z.enum(['active', 'inactive']).optional(),
    trusted_metadata: M2mClientFields.shape.trusted_metadata.describe('Merged at the top level; null deletes a key.'),
  }),
  invalid: { ...invalidFields, status: invalidM2mClientStatus },
  output: z.object({ m2m_client: M2mClientShape }),
  example: {
    input: { client_id: exampleM2mClientId, status: 'active', trusted_metadata: { team: 'finance' } },
    output: { m2m_client: exampleM2mClient },
  },
  async handle({ client_id, client_name, client_description, status, ...input }, { db, project }) {
    const scopes = scopesFrom(input.scopes ?? [])
    const client = await updateM2mClient(db, project.id, client_id, ({ trustedMetadata }) => ({
      ...(client_name !== undefined && { name: client_name }),
      ...(client_description !== undefined && { description: client_description }),
      ...(status && { status }),
      ...(scopes.length > 0 && { scopes }),
      trustedMetadata: mergeMetadata(trustedMetadata, input.trusted_metadata),
    }))
    if (!client) throw m2mClientNotFound()
    return { m2m_client: m2mClientToWire(client) }
  },
})
