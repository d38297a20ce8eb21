/**
 * `POST /v1/connected_apps/clients/{client_id}/secrets/rotate/start`, `…/cancel` and `…/rotate`: a new secret without a
 * moment in which the client has none (docs/wire/connected-apps.md).
 */
import { z } from 'zod'
import { newToken } from '../crypto/token.ts'
import type { Queries } from '../db/open.ts'
import { endpoint } from '../kernel/endpoint.ts'
import type { ApiError } from '../kernel/errors.ts'
import { isPublic } from './connected-app.ts'
import * as errors from './errors.ts'
import { exampleClientId, exampleConnectedApp } from './examples.ts'
import { secretRotation } from './secret-store.ts'
import { clientFromRow, findClientOf } from './store.ts'
import { ConnectedAppShape, connectedAppToWire } from './wire.ts'

const rotation = secretRotation('connected_apps')

const input = z.object({ client_id: z.string() })
const output = z.object({ connected_app: ConnectedAppShape })
const nextLastFour = 'Bk3-'

export const startConnectedAppRotation = endpoint({
  method: 'POST',
  path: '/v1/connected_apps/clients/{client_id}/secrets/rotate/start',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_secrets_RotateStart',
  summary: 'Start to rotate the secret of a Connected App',
  description:
    'Makes the next secret, shown here and never again. Both secrets are valid until the rotation is completed or cancelled.',
  errors: [
    errors.connectedAppNotFound,
    errors.publicConnectedAppsDoNotHaveSecrets,
    errors.connectedAppAlreadyRotatingSecret,
  ],
  input,
  output: z.object({
    connected_app: ConnectedAppShape.extend({
      client_secret_last_four: z.string(),
      next_client_secret: z.string().describe('Shown this once.'),
    }),
  }),
  example: {
    input: { client_id: exampleClientId },
    output: {
      connected_app: {
        ...exampleConnectedApp,
        client_secret_last_four: exampleConnectedApp.client_secret_last_four ?? '',
        next_client_secret: 'c8WqZr7LxV1sNpKhGjDdSaQeWcYbRnMtUiOomF4uT2Bk3-',
        next_client_secret_last_four: nextLastFour,
      },
    },
  },
  async handle({ client_id }, { db, project }) {
    const secret = newToken()
    const row = await rotation.start(db, project.id, client_id, secret)
    if (!row) throw await whyNot(db, project.id, client_id, errors.connectedAppAlreadyRotatingSecret())
    const app = clientFromRow(row)
    return {
      connected_app: {
        ...connectedAppToWire(app),
        client_secret_last_four: app.secret?.lastFour ?? '',
        next_client_secret: secret,
      },
    }
  },
})

export const cancelConnectedAppRotation = endpoint({
  method: 'POST',
  path: '/v1/connected_apps/clients/{client_id}/secrets/rotate/cancel',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_secrets_RotateCancel',
  summary: 'Cancel the rotation of a Connected App’s secret',
  description: 'Drops the next secret; the one before stays the only one.',
  errors: [
    errors.connectedAppNotFound,
    errors.publicConnectedAppsDoNotHaveSecrets,
    errors.connectedAppNotRotatingSecret,
  ],
  input,
  output,
  example: { input: { client_id: exampleClientId }, output: { connected_app: exampleConnectedApp } },
  async handle({ client_id }, { db, project }) {
    const row = await rotation.cancel(db, project.id, client_id)
    if (!row) throw await whyNot(db, project.id, client_id, errors.connectedAppNotRotatingSecret())
    return { connected_app: connectedAppToWire(clientFromRow(row)) }
  },
})

export const completeConnectedAppRotation = endpoint({
  method: 'POST',
  path: '/v1/connected_apps/clients/{client_id}/secrets/rotate',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_secrets_Rotate',
  summary: 'Complete the rotation of a Connected App’s secret',
  description: 'Makes the next secret the only one; the one before is refused at once.',
  errors: [
    errors.connectedAppNotFound,
    errors.publicConnectedAppsDoNotHaveSecrets,
    errors.connectedAppNotRotatingSecret,
  ],
  input,
  output,
  example: {
    input: { client_id: exampleClientId },
    output: { connected_app: { ...exampleConnectedApp, client_secret_last_four: nextLastFour } },
  },
  async handle({ client_id }, { db, project }) {
    const row = await rotation.complete(db, project.id, client_id)
    if (!row) throw await whyNot(db, project.id, client_id, errors.connectedAppNotRotatingSecret())
    return { connected_app: connectedAppToWire(clientFromRow(row)) }
  },
})

/** Why a step of a rotation was not possible: there is no such client, it has no secret, or it is not at that step. */
async function whyNot(db: Queries, projectId: string, clientId: string, otherwise: ApiError): Promise<ApiError> {
  const app = await findClientOf(db, projectId, clientId)
  if (!app) return errors.connectedAppNotFound()
  return isPublic(app) ? errors.publicConnectedAppsDoNotHaveSecrets() : otherwise
}
