/** `POST /v1/m2m/clients` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { keptSecret } from '../connected-apps/index.ts'
import { newId, newToken } from '../crypto/token.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { M2mClientFields } from '../projects/index.ts'
import { mergeMetadata, metadataTooLarge, metadataTooManyKeys } from '../users/index.ts'
import * as errors from './errors.ts'
import { isM2mClientId, type M2mClient, requireGoodSecret } from './m2m-client.ts'
import { insertM2mClient } from './store.ts'
import { exampleM2mClient, fieldErrors, invalidFields, M2mClientShape, m2mClientToWire, scopesFrom } from './wire.ts'

export const createM2mClient = endpoint({
  method: 'POST',
  path: '/v1/m2m/clients',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_Create',
  summary: 'Create an M2M client',
  description:
    'Creates an OAuth client that acts for itself, with a secret that is shown here and never again. ID and secret of a client from another system can be kept.',
  errors: [
    ...fieldErrors,
    errors.duplicateM2mClientId,
    errors.m2mClientInvalidClientId,
    errors.m2mClientInvalidClientSecret,
    errors.insecureM2mClientSecret,
    errors.clientSecretTooLong,
    metadataTooManyKeys,
    metadataTooLarge,
  ],
  input: z.object({
    ...M2mClientFields.shape,
    scopes: M2mClientFields.shape.scopes.unwrap(),
    client_id: z.string().optional().describe('Unique in the project. Default: a new one.'),
    client_secret: z.string().optional().describe('Default: a new one.'),
  }),
  invalid: {
    ...invalidFields,
    client_id: errors.m2mClientInvalidClientId,
    client_secret: errors.m2mClientInvalidClientSecret,
  },
  output: z.object({
    m2m_client: M2mClientShape.extend({ client_secret: z.string().describe('Shown this once.') }),
  }),
  example: {
    input: { client_name: exampleM2mClient.client_name, scopes: exampleM2mClient.scopes },
    output: {
      m2m_client: { ...exampleM2mClient, client_secret: 'Zr7LxV1sNpKhGjDdSaQeWcYbRnMtUiOomF4uT2q8c8Qw7-' },
    },
  },
  async handle(input, { db, now, project }) {
    // An empty text is how some clients leave a text out.
    const id = input.client_id || newId('m2m-client', project.environment)
    const secret = input.client_secret || newToken()
    if (!isM2mClientId(id)) throw errors.m2mClientInvalidClientId()
    requireGoodSecret(secret)
    const client: M2mClient = {
      id,
      projectId: project.id,
      name: input.client_name ?? '',
      description: input.client_description ?? '',
      status: 'active',
      scopes: scopesFrom(input.scopes),
      trustedMetadata: mergeMetadata({}, input.trusted_metadata),
      creationMethod: 'api',
      secret: keptSecret(secret),
      nextSecret: undefined,
      createdAt: now.getTime(),
    }
    await insertM2mClient(db, client)
    return { m2m_client: { ...m2mClientToWire(client), client_secret: secret } }
  },
})
