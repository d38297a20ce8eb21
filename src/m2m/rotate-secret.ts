/**
 * `POST /v1/m2m/clients/{client_id}/secrets/rotate/start`, `…/cancel` and `…/rotate`: a new secret without a moment in which
 * the client has none (docs/wire/connected-apps.md).
 */
import { z } from 'zod'
import { secretRotation } from '../connected-apps/index.ts'
import { newToken } from '../crypto/token.ts'
import type { Queries } from '../db/open.ts'
import { endpoint } from '../kernel/endpoint.ts'
import type { ApiError } from '../kernel/errors.ts'
import { m2mClientAlreadyRotatingSecret, m2mClientNotFound, m2mClientNotRotatingSecret } from './errors.ts'
import { findM2mClient, m2mClientFromRow } from './store.ts'
import { exampleM2mClient, exampleM2mClientId, M2mClientShape, m2mClientToWire } from './wire.ts'

const rotation = secretRotation('m2m_clients')

const input = z.object({ client_id: z.string() })
const output = z.object({ m2m_client: M2mClientShape })
const example = { input: { client_id: exampleM2mClientId }, output: { m2m_client: exampleM2mClient } }

export const startM2mRotation = endpoint({
  method: 'POST',
  path: '/v1/m2m/clients/{client_id}/secrets/rotate/start',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_secrets_RotateStart',
  summary: 'Start to rotate the secret of an M2M client',
  description:
    'Makes the next secret, shown here and never again. Both secrets are valid until the rotation is completed or cancelled.',
  errors: [m2mClientNotFound, m2mClientAlreadyRotatingSecret],
  input,
  output: z.object({
    m2m_client: M2mClientShape.extend({ next_client_secret: z.string().describe('Shown this once.') }),
  }),
  example: {
    input: example.input,
    output: {
      m2m_client: {
        ...exampleM2mClient,
        next_client_secret: 'h5RqZr7LxV1sNpKhGjDdSaQeWcYbRnMtUiOomF4uT2Jd0_',
        next_client_secret_last_four: 'Jd0_',
      },
    },
  },
  async handle({ client_id }, { db, project }) {
    const secret = newToken()
    const row = await rotation.start(db, project.id, client_id, secret)
    if (!row) throw await whyNot(db, project.id, client_id, m2mClientAlreadyRotatingSecret())
    return { m2m_client: { ...m2mClientToWire(m2mClientFromRow(row)), next_client_secret: secret } }
  },
})

export const cancelM2mRotation = endpoint({
  method: 'POST',
  path: '/v1/m2m/clients/{client_id}/secrets/rotate/cancel',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_secrets_RotateCancel',
  summary: 'Cancel the rotation of an M2M client’s secret',
  description: 'Drops the next secret; the one before stays the only one.',
  errors: [m2mClientNotFound, m2mClientNotRotatingSecret],
  input,
  output,
  example,
  async handle({ client_id }, { db, project }) {
    const row = await rotation.cancel(db, project.id, client_id)
    if (!row) throw await whyNot(db, project.id, client_id, m2mClientNotRotatingSecret())
    return { m2m_client: m2mClientToWire(m2mClientFromRow(row)) }
  },
})

export const completeM2mRotation = endpoint({
  method: 'POST',
  path: '/v1/m2m/clients/{client_id}/secrets/rotate',
  auth: 'project',
  contractId: 'api_m2m_v1_m2m_clients_secrets_Rotate',
  summary: 'Complete the rotation of an M2M client’s secret',
  description: 'Makes the next secret the only one; the one before is refused at once.',
  errors: [m2mClientNotFound, m2mClientNotRotatingSecret],
  input,
  output,
  example,
  async handle({ client_id }, { db, project }) {
    const row = await rotation.complete(db, project.id, client_id)
    if (!row) throw await whyNot(db, project.id, client_id, m2mClientNotRotatingSecret())
    return { m2m_client: m2mClientToWire(m2mClientFromRow(row)) }
  },
})

/** Why a step of a rotation was not possible: there is no such client, or it is not at that step. */
const whyNot = async (db: Queries, projectId: string, clientId: string, otherwise: ApiError): Promise<ApiError> =>
  (await findM2mClient(db, projectId, clientId)) ? otherwise : m2mClientNotFound()
