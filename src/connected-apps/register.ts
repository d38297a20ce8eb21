/** `POST /v1/oauth2/register`: clients that register themselves (RFC 7591, docs/wire/client-registration.md). */
import { z } from 'zod'
import { noteAttempt, noteFailure } from '../attempts/index.ts'
import { hashToken, newId, newToken } from '../crypto/token.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { ApiError } from '../kernel/errors.ts'
import { addressKey, type Limit } from '../kernel/rate-limit.ts'
import {
  exampleProject,
  issuerIsAmbiguous,
  issuerUnknown,
  type Project,
  projectNotFound,
  projectOfIssuer,
} from '../projects/index.ts'
import type { ConnectedApp } from './connected-app.ts'
import * as errors from './errors.ts'
import { addIntroduced, type IntroducedColumns, noColumns } from './introduced-store.ts'
import { mostIntroduced, stranger, takesRegistrations } from './introduction.ts'
import {
  clientType,
  invalidMembers,
  type Registered,
  RegisteredMetadata,
  type RegistrationInput,
  registered,
  registrationHash,
  registrationMembers,
} from './registration.ts'
import { findByRegistrationHash } from './registration-store.ts'
import { keptSecret } from './secret-store.ts'

/** Per project and address: people do not register clients by the dozen (security check 61). */
const perCaller: Limit = { name: 'registration', most: 10, window: 60_000 }

/** What a client is told of its registration (RFC 7591 §3.2.1, RFC 7592 §3). */
export const registrationAnswer = {
  client_id: z.string(),
  client_id_issued_at: z.int().describe('In seconds.'),
  client_secret: z.string().optional().describe('Shown once. Only of a client that does not register as `none`.'),
  client_secret_expires_at: z.literal(0).optional().describe('Never.'),
  registration_access_token: z.string().optional().describe('Manages the registration. Shown once.'),
  registration_client_uri: z.string().optional().describe('Where.'),
  ...RegisteredMetadata,
}

const shared = {
  succeeds: 201,
  method: 'POST',
  auth: 'none',
  oauth: true,
  crossOrigin: 'public',
  invalid: invalidMembers,
  output: z.object(registrationAnswer),
} as const

const ownErrors = [
  errors.registrationNotEnabled,
  errors.invalidRedirectUri,
  errors.invalidClientMetadata,
  errors.invalidSoftwareStatement,
  errors.tooManyConnectedApps,
]

const exampleMembers = {
  client_name: 'Example Notes',
  redirect_uris: ['http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none',
}
const exampleAnswer = {
  client_id: 'connected-app-test-3f7d2a9e-1c4b-4f0a-9d6e-7b8a5c2e1f30',
  client_id_issued_at: 1767225600,
  redirect_uris: ['http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none' as const,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  client_name: 'Example Notes',
}

export const registerClient = endpoint({
  ...shared,
  path: '/v1/oauth2/register',
  summary: 'Register a client',
  description:
    'A client introduces itself and gets a client ID, without any credentials (RFC 7591). The project is the one that issues tokens under the bare origin. Equal registrations of public clients give the same client ID; the ports of loopback URLs make no difference. A client that no user completes a flow with within a day is deleted.',
  errors: [...ownErrors, issuerUnknown, issuerIsAmbiguous],
  input: z.object(registrationMembers),
  example: { input: exampleMembers, output: exampleAnswer },
  handle: async (input, context) => register(input, context, await projectOfIssuer(context)),
})

export const registerClientInProject = endpoint({
  ...shared,
  path: '/v1/public/{project_id}/oauth2/register',
  summary: 'Register a client with a project',
  description: 'The same for the project that the path names.',
  errors: [...ownErrors, projectNotFound],
  input: z.object({ ...registrationMembers, project_id: z.string() }),
  example: { input: { ...exampleMembers, project_id: exampleProject.id }, output: exampleAnswer },
  async handle(input, context) {
    const project = await context.projects.byId(input.project_id)
    if (!project) throw projectNotFound()
    return register(input, context, project)
  },
})

async function register(input: RegistrationInput, context: Context, project: Project): Promise<Answer> {
  const attempt = { projectId: project.id, step: 'registration' } as const
  try {
    if (!takesRegistrations(project)) throw errors.registrationNotEnabled()
    context.limits.spend(perCaller, `${project.id} ${addressKey(context.http.ip)}`, context.now)
    const metadata = registered(input, project)
    const isPublic = metadata.token_endpoint_auth_method === 'none'
    const answer = await (isPublic ? addPublic : addConfidential)(metadata, context, project)
    noteAttempt(context, { ...attempt, clientId: answer.client_id, outcome: 'ok', details: { ...metadata } })
    return answer
  } catch (error) {
    if (error instanceof ApiError) noteFailure(context, attempt, error)
    throw error
  }
}

type Answer = z.infer<z.ZodObject<typeof registrationAnswer>>

/** One client for all who register alike. Each is told its own loopback ports, which match anyway. */
async function addPublic(metadata: Registered, { db, now }: Context, project: Project): Promise<Answer> {
  const hash = registrationHash(metadata)
  const app =
    (await findByRegistrationHash(db, project.id, hash)) ??
    (await add(newClient(metadata, project, now), { registration_hash: hash }, metadata, { db, project }))
  return { ...basics(app), ...metadata }
}

async function addConfidential(metadata: Registered, context: Context, project: Project): Promise<Answer> {
  const secret = newToken()
  const token = project.settings.idp_registration_management_enabled ? newToken() : undefined
  const app = {
    ...newClient(metadata, project, context.now),
    secret: keptSecret(secret),
  }
  await add(app, { registration_token_hash: token === undefined ? null : hashToken(token) }, metadata, {
    db: context.db,
    project,
  })
  return {
    ...basics(app),
    client_secret: secret,
    client_secret_expires_at: 0,
    ...(token !== undefined && management(app, token, context)),
    ...metadata,
  }
}

async function add(
  app: ConnectedApp,
  columns: Partial<IntroducedColumns>,
  metadata: Registered,
  { db, project }: { readonly db: Context['db']; readonly project: Project },
): Promise<ConnectedApp> {
  const most = mostIntroduced(project)
  const hash = columns.registration_hash
  const find =
    hash == null
      ? undefined
      : (tx: Parameters<typeof findByRegistrationHash>[0]) => findByRegistrationHash(tx, project.id, hash)
  const whole = { ...noColumns, registration: JSON.stringify(metadata), ...columns }
  const added = await addIntroduced(db, app, whole, { most, ...(find && { find }) })
  if (!added) throw errors.tooManyConnectedApps({ most })
  return added
}

/** The part of a client that its registration may say. */
export const saidBy = (metadata: Registered) => ({
  name: metadata.client_name ?? '',
  redirectUrls: metadata.redirect_uris,
  postLogoutRedirectUrls: metadata.post_logout_redirect_uris ?? [],
  logoUrl: metadata.logo_uri,
  tokenEndpointAuthMethod: metadata.token_endpoint_auth_method,
})

const newClient = (metadata: Registered, project: Project, now: Date): ConnectedApp => ({
  ...stranger,
  ...saidBy(metadata),
  id: newId('connected-app', project.environment),
  projectId: project.id,
  type: clientType(metadata.token_endpoint_auth_method),
  accessTokenTemplate: project.settings.idp_dynamic_client_registration_access_token_template_content,
  creationMethod: 'dynamic_client_registration',
  secret: undefined,
  metadataUrl: undefined,
  createdAt: now.getTime(),
})

export const basics = ({ id, createdAt }: ConnectedApp) => ({
  client_id: id,
  client_id_issued_at: Math.floor(createdAt / 1_000),
})

/** Where and with what the client manages its registration (RFC 7592 §3). */
export const management = ({ id }: ConnectedApp, token: string, { baseUrl }: Pick<Context, 'baseUrl'>) => ({
  registration_access_token: token,
  registration_client_uri: `${baseUrl}/v1/oauth2/register/${id}`,
})
