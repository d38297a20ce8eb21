/** `/v1/oauth2/register/{client_id}`: a client that manages its own registration (RFC 7592). */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { exampleOrigin } from '../projects/index.ts'
import { type ConnectedApp, secretMatches } from './connected-app.ts'
import {
  invalidClientMetadata,
  invalidRedirectUri,
  invalidSoftwareStatement,
  registrationTokenInvalid,
} from './errors.ts'
import { basics, management, registrationAnswer, saidBy } from './register.ts'
import { invalidMembers, type Registered, readRegistered, registered, registrationMembers } from './registration.ts'
import { findManaged, replaceRegistration } from './registration-store.ts'
import { deleteClient } from './store.ts'

const shared = {
  path: '/v1/oauth2/register/{registered_client_id}',
  auth: 'none',
  oauth: true,
  crossOrigin: 'public',
} as const

/** The body of a PUT holds `client_id` too, so the path calls it something else. */
const inPath = { registered_client_id: z.string().describe('The client ID, as in `registration_client_uri`.') }

const exampleId = 'connected-app-test-5d1b8e37-6a2f-4c94-b0e7-3f9a7c6d5e28'
const exampleRegistered = {
  client_id: exampleId,
  client_id_issued_at: 1_767_225_600,
  registration_access_token: 'g6TqZr7LxV1sNpKhGjDdSaQeWcYbRnMtUiOomF4uT3Lk',
  registration_client_uri: `${exampleOrigin}/v1/oauth2/register/${exampleId}`,
  redirect_uris: ['https://notes.example.com/callback'],
  token_endpoint_auth_method: 'client_secret_basic' as const,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  client_name: 'Example Notes',
}

export const getRegistration = endpoint({
  ...shared,
  method: 'GET',
  summary: 'Read a registration',
  description:
    'For the client itself, with its `registration_access_token` as Bearer token (RFC 7592 §2.1). The secret is not repeated. Needs `idp_registration_management_enabled`.',
  errors: [registrationTokenInvalid],
  input: z.object(inPath),
  output: z.object(registrationAnswer),
  example: { input: { registered_client_id: exampleRegistered.client_id }, output: exampleRegistered },
  async handle(input, context) {
    const { app, token, current } = await managed(input.registered_client_id, context)
    return answer(app, current, token, context)
  },
})

/** RFC 7592 §2.2: these are for the server to say. */
const notForClients = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const

export const replaceRegistrationEndpoint = endpoint({
  ...shared,
  method: 'PUT',
  summary: 'Replace a registration',
  description:
    'All of it: what is left out is removed (RFC 7592 §2.2). A client with a secret keeps it and stays one; without `token_endpoint_auth_method` it is `client_secret_basic`.',
  errors: [registrationTokenInvalid, invalidRedirectUri, invalidClientMetadata, invalidSoftwareStatement],
  invalid: invalidMembers,
  input: z.object({
    ...inPath,
    ...registrationMembers,
    client_id: z.unknown().optional().describe('If it is sent, the own one.'),
    client_secret: z.unknown().optional().describe('If it is sent, the own one: it cannot be chosen.'),
    registration_access_token: z.unknown().optional().describe('Not to be sent.'),
    registration_client_uri: z.unknown().optional().describe('Not to be sent.'),
    client_secret_expires_at: z.unknown().optional().describe('Not to be sent.'),
    client_id_issued_at: z.unknown().optional().describe('Not to be sent.'),
  }),
  output: z.object(registrationAnswer),
  example: {
    input: {
      registered_client_id: exampleRegistered.client_id,
      client_name: 'Example Notes',
      redirect_uris: ['https://notes.example.com/callback', 'https://notes.example.com/other'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    output: {
      ...exampleRegistered,
      redirect_uris: ['https://notes.example.com/callback', 'https://notes.example.com/other'],
    },
  },
  async handle(input, context) {
    const { app, token, project } = await managed(input.registered_client_id, context)
    const strange = notForClients.find((name) => input[name] !== undefined)
    if (strange !== undefined) throw invalidClientMetadata({ problem: `${strange} is not for the client to say.` })
    if (input.client_id !== undefined && input.client_id !== app.id)
      throw invalidClientMetadata({ problem: 'client_id is not that of the path.' })
    const { client_secret: secret } = input
    if (secret !== undefined && !(typeof secret === 'string' && secretMatches(app, secret)))
      throw invalidClientMetadata({ problem: 'client_secret is not the one that was issued, and cannot be chosen.' })
    const metadata = registered(input, project, 'client_secret_basic')
    if (metadata.token_endpoint_auth_method === 'none')
      throw invalidClientMetadata({ problem: 'a client with a secret cannot become public. Register a new one.' })
    await replaceRegistration(context.db, { ...app, ...saidBy(metadata) }, JSON.stringify(metadata))
    return answer(app, metadata, token, context)
  },
})

export const deleteRegistrationOfClient = endpoint({
  ...shared,
  method: 'DELETE',
  succeeds: 204,
  summary: 'Delete a registration',
  description: 'The client is gone, with everything that users granted it (RFC 7592 §2.3). Answers 204 without a body.',
  errors: [registrationTokenInvalid],
  input: z.object(inPath),
  output: z.object({}),
  example: { input: { registered_client_id: exampleRegistered.client_id }, output: {} },
  async handle(input, context) {
    const { app } = await managed(input.registered_client_id, context)
    await deleteClient(context.db, app.projectId, app.id)
    return {}
  },
})

interface Managed {
  readonly app: ConnectedApp
  readonly project: Project
  readonly token: string
  /** What is registered now, whoever changed it. */
  readonly current: Registered
}

/** The client whose token this is. Which of the three is wrong, client, token or project, is not told. */
async function managed(clientId: string, context: Context): Promise<Managed> {
  const { authorization } = context.http.headers
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(String(authorization ?? ''))?.[1]
  // RFC 6750 §3.1: without credentials the challenge names no error.
  if (token === undefined) throw registrationTokenInvalid({ headers: { 'www-authenticate': 'Bearer' } })
  const refused = registrationTokenInvalid({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
  const found = await findManaged(context.db, clientId, token)
  const project = found && (await context.projects.byId(found.app.projectId))
  if (!found || !project?.settings.idp_registration_management_enabled) throw refused
  const { name, redirectUrls } = found.app
  const { client_name: _, ...rest } = readRegistered(found.registration)
  const current = { ...rest, redirect_uris: [...redirectUrls], ...(name !== '' && { client_name: name }) }
  return { app: found.app, project, token, current }
}

const answer = (app: ConnectedApp, metadata: Registered, token: string, context: Context) => ({
  ...basics(app),
  ...management(app, token, context),
  ...metadata,
})
