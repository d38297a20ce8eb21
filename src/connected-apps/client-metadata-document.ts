/**
 * Clients whose ID is the URL of a document about themselves (draft-ietf-oauth-client-id-metadata-document-02,
 * docs/wire/client-registration.md).
 */
import { noteAttempt, noteFailure } from '../attempts/index.ts'
import { newId } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { type ClientMetadata, type Key, metadataUrlProblem, publicKeys } from './client-metadata.ts'
import type { ConnectedApp } from './connected-app.ts'
import * as errors from './errors.ts'
import {
  addIntroduced,
  findMetadataClient,
  type IntroducedColumns,
  type MetadataClient,
  noColumns,
  readMetadataDocument,
  updateFromMetadata,
} from './introduced-store.ts'
import { mostIntroduced, stranger, takesMetadataDocuments } from './introduction.ts'

export type Resolving = Pick<Context, 'db' | 'now' | 'lagging' | 'egress' | 'metadataDocuments'>

/** What `resolveMetadataClient` may throw. */
export const metadataClientErrors = [
  errors.connectedAppNotFound,
  errors.metadataDocumentsNotEnabled,
  errors.metadataUrlInvalid,
  errors.metadataDocumentUnavailable,
  errors.metadataDocumentInvalid,
  errors.tooManyConnectedApps,
] as const

/**
 * The client that calls itself by this URL. To `authorize`, its document has to be fresh, or the site down: what it says
 * then is from before. For a `token` nothing is fetched: whoever got a grant can use it up (draft §4.4). Throws one of
 * `metadataClientErrors`.
 */
export async function resolveMetadataClient(
  context: Resolving,
  project: Project,
  url: string,
  use: 'authorize' | 'token' = 'authorize',
): Promise<ConnectedApp> {
  if (!takesMetadataDocuments(project)) throw errors.metadataDocumentsNotEnabled()
  const problem = metadataUrlProblem(url, (one) => context.egress.problem(one))
  if (problem !== undefined) throw errors.metadataUrlInvalid({ problem }, { details: { received: url.slice(0, 300) } })
  const known = await findMetadataClient(context.db, project.id, url)
  if (known && (use === 'token' || !needsFetch(known, context.now))) return known.app
  if (use === 'token') throw errors.connectedAppNotFound()
  return fetchClient(context, project, url, known)
}

/** A record that people made is theirs, whatever its URL says (security check 59). */
const needsFetch = ({ app, freshUntil }: MetadataClient, now: Date): boolean =>
  app.creationMethod === 'client_id_metadata_document' && freshUntil <= now.getTime()

async function fetchClient(
  context: Resolving,
  project: Project,
  url: string,
  known: MetadataClient | undefined,
): Promise<ConnectedApp> {
  const attempt = { projectId: project.id, step: 'metadata_document', clientId: url } as const
  const outcome = await context.metadataDocuments.read(url)
  if ('failure' in outcome) {
    noteFailure(context, attempt, outcome.failure)
    if (known && outcome.isPassing) return known.app
    throw outcome.failure
  }
  noteAttempt(context, { ...attempt, outcome: 'ok' })
  const columns = columnsOf(outcome)
  if (known) {
    const app = { ...known.app, ...saidBy(outcome.metadata) }
    await updateFromMetadata(context.db, app, columns)
    return app
  }
  const app = newClient(project, url, outcome.metadata, context.now)
  const most = mostIntroduced(project)
  const find = async (tx: Parameters<typeof findMetadataClient>[0]) =>
    (await findMetadataClient(tx, project.id, url))?.app
  const added = await addIntroduced(context.db, app, columns, { most, find })
  if (!added) throw errors.tooManyConnectedApps({ most })
  return added
}

const columnsOf = ({
  metadata,
  freshUntil,
}: {
  readonly metadata: ClientMetadata
  readonly freshUntil: number
}): IntroducedColumns => ({
  ...noColumns,
  metadata_document: JSON.stringify(metadata.document),
  metadata_fresh_until: freshUntil,
})

/** The part of a client that its document may say. */
const saidBy = ({ name, redirectUrls, postLogoutRedirectUrls, logoUrl, authMethod }: ClientMetadata) => ({
  name,
  redirectUrls,
  postLogoutRedirectUrls,
  logoUrl,
  tokenEndpointAuthMethod: authMethod,
})

const newClient = (project: Project, url: string, metadata: ClientMetadata, now: Date): ConnectedApp => ({
  ...stranger,
  ...saidBy(metadata),
  id: newId('connected-app', project.environment),
  projectId: project.id,
  type: 'third_party_public',
  accessTokenTemplate: '',
  creationMethod: 'client_id_metadata_document',
  secret: undefined,
  metadataUrl: url,
  createdAt: now.getTime(),
})

export interface ClientKeys {
  readonly keys: readonly Key[]
}

/**
 * The public keys that a client signs its assertions with (RFC 7523 §3): from its document, or from where that points. With
 * `kid`, a set that lacks it is asked for again, as often as is decent. Throws `client_keys_unavailable`.
 */
export async function clientKeys(
  context: Resolving,
  app: ConnectedApp,
  kid: string | undefined = undefined,
): Promise<ClientKeys> {
  if (app.tokenEndpointAuthMethod !== 'private_key_jwt')
    throw errors.clientKeysUnavailable({ problem: 'it did not register for private_key_jwt.' })
  const { jwks, jwks_uri } = await currentDocument(context, app, kid)
  if (typeof jwks_uri !== 'string') return { keys: publicKeys(jwks) }
  try {
    return { keys: publicKeys(await context.metadataDocuments.keySets.get(jwks_uri, kid ?? '')) }
  } catch (cause) {
    throw errors.clientKeysUnavailable({ problem: 'its jwks_uri does not answer with a key set.' }, { cause })
  }
}

/** The document as last fetched; fetched again if it has gone stale and lacks the key. */
async function currentDocument(context: Resolving, app: ConnectedApp, kid: string | undefined) {
  const kept = await readMetadataDocument(context.db, app)
  const lacksKey = !publicKeys(kept?.document.jwks).some((key) => kid === undefined || key.kid === kid)
  if (kept && (kept.document.jwks === undefined || !lacksKey || kept.freshUntil > context.now.getTime()))
    return kept.document
  const outcome = app.metadataUrl === undefined ? undefined : await context.metadataDocuments.read(app.metadataUrl)
  if (!outcome || 'failure' in outcome) return kept?.document ?? {}
  await updateFromMetadata(context.db, { ...app, ...saidBy(outcome.metadata) }, columnsOf(outcome))
  return outcome.metadata.document
}
