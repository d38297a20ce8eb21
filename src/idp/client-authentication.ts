/** Who calls an OAuth endpoint: a Connected App, an M2M client, or the project itself (RFC 6749 §2.3, docs/wire/idp.md). */
import {
  type ConnectedApp,
  findClient,
  isMetadataUrl,
  isPublic,
  resolveMetadataClient,
  secretMatches,
} from '../connected-apps/index.ts'
import { hashToken, isId } from '../crypto/token.ts'
import { basicCredentials } from '../kernel/auth.ts'
import type { Context } from '../kernel/endpoint.ts'
import { ApiError } from '../kernel/errors.ts'
import { findM2mClient, type M2mClient, m2mSecretMatches } from '../m2m/index.ts'
import { type Project, projectOfIssuer } from '../projects/index.ts'
import * as errors from './errors.ts'

export type Client =
  | { readonly kind: 'app'; readonly app: ConnectedApp; readonly project: Project }
  | { readonly kind: 'm2m'; readonly client: M2mClient; readonly project: Project }

/** Members of the body that name a client. Empty ones count as absent (RFC 6749 §3.2). */
export interface ClientCredentials {
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
}

interface Presented {
  readonly id: string
  readonly secret: string | undefined
  readonly isBasic: boolean
}

/**
 * What the request presents. Two official clients send the project's credentials in the header beside the client's own in
 * the body: then the body counts. Throws `invalid_request` for two secrets of one client (RFC 6749 §2.3).
 */
function presented(
  header: string | readonly string[] | undefined,
  { client_id, client_secret }: ClientCredentials,
): Presented {
  const basic = basicCredentials(header)
  const inBody = { id: client_id || undefined, secret: client_secret || undefined }
  const inHeader = basic && { id: decoded(basic.username), secret: decoded(basic.password) || undefined }
  const isAboutAnother = inHeader && inBody.id !== undefined && inBody.id !== inHeader.id
  if (!inHeader || isAboutAnother || (inBody.id !== undefined && isId('project', inHeader.id))) {
    if (inBody.id === undefined) throw errors.invalidClient({ problem: 'no client_id was sent.' })
    return { id: inBody.id, secret: inBody.secret, isBasic: false }
  }
  if (inBody.secret !== undefined && inHeader.secret !== undefined) throw errors.twoAuthentications()
  return { id: inHeader.id, secret: inHeader.secret ?? inBody.secret, isBasic: inHeader.secret !== undefined }
}

/** RFC 6749 §2.3.1 wants credentials form-encoded before base64; some libraries leave that out. Our own need neither. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** The client with this id: of the project in the path, or of its own; any but a Connected App belongs to the bare origin's. */
async function find(context: Context, id: string, projectInPath: string | undefined): Promise<Client | undefined> {
  const { db, projects } = context
  if (isId('connected-app', id)) {
    const app = await findClient(db, id)
    const isElsewhere = projectInPath !== undefined && app?.projectId !== projectInPath
    const project = app && !isElsewhere ? await projects.byId(app.projectId) : undefined
    return app && project && { kind: 'app', app, project }
  }
  const project = await (projectInPath === undefined ? projectOfIssuer(context) : projects.byId(projectInPath))
  if (!project) return undefined
  if (isMetadataUrl(id))
    return { kind: 'app', app: await resolveMetadataClient(context, project, id, 'token'), project }
  const client = await findM2mClient(db, project.id, id)
  return client && { kind: 'm2m', client, project }
}

/** Whatever keeps a client from being found, it is unknown to whoever asks for tokens. */
async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

/**
 * Authenticates the client of a request, each by the way that its kind allows: a secret, or none for a public client. Throws
 * `invalid_client`, with a challenge where the credentials were in the header (RFC 6749 §5.2).
 */
export async function authenticateClient(
  context: Context,
  credentials: ClientCredentials,
  projectInPath?: string,
): Promise<Client> {
  const given = presented(context.http.headers.authorization, credentials)
  const refuse = (problem: string) =>
    errors.invalidClient({ problem }, given.isBasic ? { headers: { 'www-authenticate': 'Basic realm="selvage"' } } : {})
  // Hashed in any case: an unknown client costs what a wrong secret does.
  if (given.secret !== undefined) hashToken(given.secret)
  const client = await orUndefined(find(context, given.id, projectInPath))
  if (!client) throw refuse('it is unknown. A client that registered itself registers again.')
  if (client.kind === 'app') requireMethod(client.app, given, refuse)
  else requireSecret(client.client, given, refuse)
  return client
}

type Refuse = (problem: string) => ApiError

function requireSecret(client: M2mClient, { secret }: Presented, refuse: Refuse): void {
  if (secret === undefined || !m2mSecretMatches(client, secret)) throw refuse('the secret is missing or wrong.')
  if (client.status !== 'active') throw refuse('it is inactive.')
}

function requireMethod(app: ConnectedApp, given: Presented, refuse: Refuse): void {
  if (isPublic(app)) {
    if (given.secret !== undefined) throw refuse('it is a public client, which has no secret. Send none.')
    if (app.tokenEndpointAuthMethod === 'private_key_jwt') throw refuse('it must prove itself with private_key_jwt.')
    return
  }
  if (given.secret === undefined) throw refuse('its secret is missing.')
  const used = given.isBasic ? 'client_secret_basic' : 'client_secret_post'
  const registered = app.tokenEndpointAuthMethod
  if (registered !== undefined && registered !== used)
    throw refuse(`it registered for ${registered}, and used ${used}.`)
  if (!secretMatches(app, given.secret)) throw refuse('the secret is wrong.')
}
