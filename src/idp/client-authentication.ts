/** Who calls an OAuth endpoint: a Connected App, an M2M client, or the project itself (RFC 6749 §2.3, docs/wire/idp.md). */
import { noteFailure, type Step } from '../attempts/index.ts'
import {
  type ConnectedApp,
  clientKeys,
  findClient,
  isMetadataUrl,
  isPublic,
  resolveMetadataClient,
  secretMatches,
  wireClientId,
} from '../connected-apps/index.ts'
import { verifyClientAssertion } from '../crypto/client-assertion.ts'
import { hashToken, isId } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { ApiError } from '../kernel/errors.ts'
import { addressKey, type Limit } from '../kernel/rate-limit.ts'
import { findM2mClient, type M2mClient, m2mSecretMatches } from '../m2m/index.ts'
import { issuerOf, type Project, projectOfIssuer } from '../projects/index.ts'
import { spendAssertion } from './assertion-store.ts'
import { type Claim, type ClientCredentials, claims } from './client-credentials.ts'
import { endpointsOf } from './endpoints.ts'
import * as errors from './errors.ts'

export type Client =
  | { readonly kind: 'app'; readonly app: ConnectedApp; readonly project: Project }
  | { readonly kind: 'm2m'; readonly client: M2mClient; readonly project: Project }

/** Where the client calls: which project the path names, if it does, and what the attempt is remembered as. */
export interface Place {
  readonly projectId: string | undefined
  readonly step: Step
}

/** Guessing is slowed down per client and address; the client's own servers elsewhere do not notice. */
const failures: Limit = { name: 'client authentication', most: 60, window: 60_000 }

/** Errors of `authenticateClient`. */
export const clientErrors = [errors.invalidClient, errors.twoAuthentications]

/**
 * Authenticates the client of a request, each by the way that its kind allows: a secret, an assertion, or nothing for a
 * public client. Throws `invalid_client` with a challenge (RFC 6749 §5.2), `two_client_authentications`, and
 * `too_many_requests` after sixty failures within a minute.
 */
export async function authenticateClient(
  context: Context,
  credentials: ClientCredentials,
  place: Place,
): Promise<Client> {
  const { http, limits, now } = context
  const readings = claims(http.headers.authorization, credentials)
  const [{ id }] = readings
  const key = `${id.slice(0, 300)} ${addressKey(http.ip)}`
  limits.requireRoom(failures, key, now)
  let refusal: unknown
  for (const claim of readings) {
    try {
      return await authenticate(context, claim, place)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      refusal = error
    }
  }
  limits.take(failures, key, now)
  throw refusal
}

async function authenticate(context: Context, claim: Claim, place: Place): Promise<Client> {
  // Read once: it also says which project.
  const app = isId('connected-app', claim.id) ? await findClient(context.db, claim.id) : undefined
  const project = await projectOf(context, app, place.projectId)
  try {
    // Hashed in any case: an unknown client costs what a wrong secret does.
    hashToken(claim.proof)
    const client = project && (await find(context, project, { id: claim.id, app }))
    if (!client) throw refused('it is unknown. A client that registered itself registers again.')
    if (client.kind === 'm2m') requireSecret(client.client, claim)
    else await requireRegisteredWay(context, client, claim)
    return client
  } catch (error) {
    if (project && error instanceof ApiError) {
      noteFailure(context, { projectId: project.id, step: place.step, clientId: claim.id }, error)
    }
    throw error
  }
}

const refused = (problem: string, cause?: unknown): ApiError => errors.invalidClient({ problem }, { cause })

/** The project in the path, or of the Connected App, or else the one of the bare origin. */
async function projectOf(
  context: Context,
  app: ConnectedApp | undefined,
  inPath: string | undefined,
): Promise<Project | undefined> {
  const projectId = inPath ?? app?.projectId
  if (projectId !== undefined) return context.projects.byId(projectId)
  try {
    return await projectOfIssuer(context)
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

/** What no client is called need not reach the database, which could not even take every text. */
const printable = /^[\x21-\x7e]{1,128}$/

async function find(
  context: Context,
  project: Project,
  { id, app }: { readonly id: string; readonly app: ConnectedApp | undefined },
): Promise<Client | undefined> {
  if (isMetadataUrl(id)) return { kind: 'app', app: await findByMetadata(context, project, id), project }
  if (app) return app.projectId === project.id ? { kind: 'app', app, project } : undefined
  const client = printable.test(id) ? await findM2mClient(context.db, project.id, id) : undefined
  return client && { kind: 'm2m', client, project }
}

async function findByMetadata(context: Context, project: Project, url: string): Promise<ConnectedApp> {
  try {
    return await resolveMetadataClient(context, project, url, 'token')
  } catch (error) {
    throw error instanceof ApiError ? refused(error.message, error) : error
  }
}

function requireSecret(client: M2mClient, { method, proof }: Claim): void {
  if (method === 'private_key_jwt') throw refused('an M2M client authenticates with its secret.')
  if (method === 'none' || !m2mSecretMatches(client, proof)) throw refused('the secret is missing or wrong.')
  if (client.status !== 'active') throw refused('it is inactive.')
}

async function requireRegisteredWay(
  context: Context,
  { app, project }: Extract<Client, { kind: 'app' }>,
  { method, proof }: Claim,
): Promise<void> {
  const registered = app.tokenEndpointAuthMethod
  if (registered === 'private_key_jwt' || method === 'private_key_jwt') {
    if (registered !== method) throw refused(`it registered for ${registered ?? 'a secret'}, and used ${method}.`)
    return requireAssertion(context, { app, project }, proof)
  }
  if (isPublic(app)) {
    if (method !== 'none') throw refused('it is a public client, which has no secret. Send none.')
    return
  }
  if (method === 'none') throw refused('its secret is missing.')
  if (registered !== undefined && registered !== method) {
    throw refused(`it registered for ${registered}, and used ${method}.`)
  }
  if (!secretMatches(app, proof)) throw refused('the secret is wrong.')
}

/** RFC 7523 §3: signed by the client, for this server, good for minutes, and once. */
async function requireAssertion(
  context: Context,
  { app, project }: { readonly app: ConnectedApp; readonly project: Project },
  assertion: string,
): Promise<void> {
  const { db, now, baseUrl } = context
  const issuer = issuerOf(project, baseUrl)
  const ownPath = `${baseUrl}/v1/public/${project.id}/oauth2/token`
  const verdict = await verifyClientAssertion(assertion, {
    keys: (kid) => keysOf(context, app, kid),
    client: wireClientId(app),
    audiences: [issuer, `${endpointsOf(project, baseUrl)}/token`, ownPath],
    now,
  })
  if ('rejected' in verdict) throw refused(`the client_assertion is refused: ${verdict.rejected}.`, verdict.cause)
  const spent = { projectId: project.id, clientId: app.id, ...verdict }
  if (!(await spendAssertion(db, spent))) throw refused('the client_assertion was used before. Sign one per request.')
}

async function keysOf(context: Context, app: ConnectedApp, kid: string | undefined): Promise<readonly object[]> {
  try {
    return (await clientKeys(context, app, kid)).keys
  } catch (error) {
    throw error instanceof ApiError ? refused(error.message, error) : error
  }
}
