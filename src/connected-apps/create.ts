/** `POST /v1/connected_apps/clients` (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { newId, newToken } from '../crypto/token.ts'
import type { Queries } from '../db/open.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { ConnectedAppFields, type Project } from '../projects/index.ts'
import { clientTypes, isPublic } from './connected-app.ts'
import { invalidConnectedAppType, tooManyConnectedApps } from './errors.ts'
import { exampleConnectedApp } from './examples.ts'
import { countOwnClients } from './search-store.ts'
import { keptSecret } from './secret-store.ts'
import { invalidSettings, newClient, settingsErrors, settingsFrom } from './settings.ts'
import { insertClient } from './store.ts'
import { ConnectedAppShape, connectedAppToWire } from './wire.ts'

/** Most clients that a project makes itself. */
const most = { test: 1_000, live: 10_000 }

/** Throws `too_many_connected_apps` where the project has as many as it can. Those made at the same moment may exceed it. */
async function requireRoom(db: Queries, { id, environment }: Pick<Project, 'id' | 'environment'>): Promise<void> {
  if ((await countOwnClients(db, id)) >= most[environment]) throw tooManyConnectedApps({ most: most[environment] })
}

export const createConnectedApp = endpoint({
  method: 'POST',
  path: '/v1/connected_apps/clients',
  auth: 'project',
  contractId: 'api_connectedapps_v1_connected_apps_clients_Create',
  summary: 'Create a Connected App',
  description:
    'Creates an OAuth client that acts for users. A client that can keep a secret gets one; it is shown here and never again.',
  errors: [invalidConnectedAppType, tooManyConnectedApps, ...settingsErrors],
  input: z.object({
    client_type: z
      .enum(clientTypes)
      .describe('Whose it is, and whether it can keep a secret: `…_public` cannot. Cannot be changed later.'),
    ...ConnectedAppFields.shape,
  }),
  invalid: { client_type: invalidConnectedAppType, ...invalidSettings },
  output: z.object({
    connected_app: ConnectedAppShape.extend({
      client_secret: z.string().optional().describe('Shown this once. Absent for public clients.'),
    }),
  }),
  example: {
    input: {
      client_type: 'third_party',
      client_name: exampleConnectedApp.client_name,
      client_description: exampleConnectedApp.client_description,
      redirect_urls: exampleConnectedApp.redirect_urls,
    },
    output: {
      connected_app: { ...exampleConnectedApp, client_secret: 'mF4uT2q8Zr7LxV1sNpKhGjDdSaQeWcYbRnMtUiOoXy9_' },
    },
  },
  async handle({ client_type: type, ...fields }, { db, now, project }) {
    const settings = settingsFrom(fields, type)
    await requireRoom(db, project)
    const secret = isPublic({ type }) ? undefined : newToken()
    const app = newClient(
      {
        id: newId('connected-app', project.environment),
        projectId: project.id,
        type,
        creationMethod: 'api',
        secret: secret === undefined ? undefined : keptSecret(secret),
        createdAt: now.getTime(),
      },
      settings,
    )
    await insertClient(db, app)
    return { connected_app: { ...connectedAppToWire(app), ...(secret !== undefined && { client_secret: secret }) } }
  },
})
