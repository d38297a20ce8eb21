/** All SQL of Connected Apps themselves. What users agree to is in `idp/`. */
import { type Queries, reading, writing } from '../db/open.ts'
import type { ConnectedAppsTable } from '../db/tables.ts'
import type { ClientSecret, ConnectedApp } from './connected-app.ts'
import type { ClientSettings } from './settings.ts'

const byIdStatement = reading<ConnectedAppsTable>(
  'connected_apps_by_id',
  'select * from connected_apps where client_id = $1',
)

/** The client with this id, in whichever project; its own `projectId` says which. */
export async function findClient(db: Queries, clientId: string): Promise<ConnectedApp | undefined> {
  const row = await db.first(byIdStatement, [clientId])
  return row && clientFromRow(row)
}

/** The client with this id, if it is one of the project's. */
export async function findClientOf(
  db: Queries,
  projectId: string,
  clientId: string,
): Promise<ConnectedApp | undefined> {
  const app = await findClient(db, clientId)
  return app?.projectId === projectId ? app : undefined
}

export function clientFromRow(row: ConnectedAppsTable): ConnectedApp {
  return {
    id: row.client_id,
    projectId: row.project_id,
    type: row.client_type,
    name: row.client_name,
    description: row.client_description,
    redirectUrls: JSON.parse(row.redirect_urls),
    postLogoutRedirectUrls: JSON.parse(row.post_logout_redirect_urls),
    logoUrl: row.logo_url ?? undefined,
    fullAccessAllowed: row.full_access_allowed === 1,
    bypassConsentForOfflineAccess: row.bypass_consent_for_offline_access === 1,
    accessTokenMinutes: row.access_token_expiry_minutes,
    accessTokenCustomAudience: row.access_token_custom_audience ?? undefined,
    accessTokenTemplate: row.access_token_template_content,
    idTokenTemplate: row.id_token_template_content,
    creationMethod: row.creation_method,
    tokenEndpointAuthMethod: row.token_endpoint_auth_method ?? undefined,
    secret: secretFrom(row.client_secret_hash, row.client_secret_last_four),
    nextSecret: secretFrom(row.next_client_secret_hash, row.next_client_secret_last_four),
    metadataUrl: row.client_id_metadata_url ?? undefined,
    firstUsedAt: row.first_used_at ?? undefined,
    createdAt: row.created_at,
  }
}

const secretFrom = (hash: string | null, lastFour: string | null): ClientSecret | undefined =>
  hash === null ? undefined : { hash, lastFour: lastFour ?? '' }

/** The columns that a `ConnectedApp` has a member for. */
export const rowFromClient = (
  app: ConnectedApp,
): Omit<
  ConnectedAppsTable,
  'metadata_document' | 'metadata_fresh_until' | 'registration' | 'registration_hash' | 'registration_token_hash'
> => ({
  client_id: app.id,
  project_id: app.projectId,
  client_type: app.type,
  client_name: app.name,
  client_description: app.description,
  redirect_urls: JSON.stringify(app.redirectUrls),
  post_logout_redirect_urls: JSON.stringify(app.postLogoutRedirectUrls),
  logo_url: app.logoUrl ?? null,
  full_access_allowed: app.fullAccessAllowed ? 1 : 0,
  bypass_consent_for_offline_access: app.bypassConsentForOfflineAccess ? 1 : 0,
  access_token_expiry_minutes: app.accessTokenMinutes,
  access_token_custom_audience: app.accessTokenCustomAudience ?? null,
  access_token_template_content: app.accessTokenTemplate,
  id_token_template_content: app.idTokenTemplate,
  creation_method: app.creationMethod,
  token_endpoint_auth_method: app.tokenEndpointAuthMethod ?? null,
  client_secret_hash: app.secret?.hash ?? null,
  client_secret_last_four: app.secret?.lastFour ?? null,
  next_client_secret_hash: app.nextSecret?.hash ?? null,
  next_client_secret_last_four: app.nextSecret?.lastFour ?? null,
  client_id_metadata_url: app.metadataUrl ?? null,
  first_used_at: app.firstUsedAt ?? null,
  created_at: app.createdAt,
})

/** Fails with a unique violation where the project has a client of that metadata document already. */
export async function insertClient(tx: Queries, app: ConnectedApp): Promise<void> {
  await tx.query
    .insertInto('connected_apps')
    .values(emptyColumns(rowFromClient(app)))
    .execute()
}

const emptyColumns = (row: ReturnType<typeof rowFromClient>): ConnectedAppsTable => ({
  ...row,
  metadata_document: null,
  metadata_fresh_until: null,
  registration: null,
  registration_hash: null,
  registration_token_hash: null,
})

/** Changes what is given, in one statement: of two updates neither undoes the other. `undefined`: no such client. */
export async function updateClient(
  db: Queries,
  projectId: string,
  clientId: string,
  settings: ClientSettings,
): Promise<ConnectedApp | undefined> {
  const set = changedColumns(settings)
  if (Object.keys(set).length === 0) return findClientOf(db, projectId, clientId)
  const row = await db.query
    .updateTable('connected_apps')
    .set(set)
    .where('client_id', '=', clientId)
    .where('project_id', '=', projectId)
    .returningAll()
    .executeTakeFirst()
  return row && clientFromRow(row)
}

const changedColumns = (to: ClientSettings) => ({
  ...(to.name !== undefined && { client_name: to.name }),
  ...(to.description !== undefined && { client_description: to.description }),
  ...(to.redirectUrls && { redirect_urls: JSON.stringify(to.redirectUrls) }),
  ...(to.postLogoutRedirectUrls && { post_logout_redirect_urls: JSON.stringify(to.postLogoutRedirectUrls) }),
  ...(to.logoUrl !== undefined && { logo_url: to.logoUrl || null }),
  ...(to.fullAccessAllowed !== undefined && { full_access_allowed: to.fullAccessAllowed ? 1 : 0 }),
  ...(to.bypassConsentForOfflineAccess !== undefined && {
    bypass_consent_for_offline_access: to.bypassConsentForOfflineAccess ? 1 : 0,
  }),
  ...(to.accessTokenMinutes !== undefined && { access_token_expiry_minutes: to.accessTokenMinutes }),
  ...(to.accessTokenCustomAudience !== undefined && {
    access_token_custom_audience: to.accessTokenCustomAudience || null,
  }),
  ...(to.accessTokenTemplate !== undefined && { access_token_template_content: to.accessTokenTemplate }),
  ...(to.idTokenTemplate !== undefined && { id_token_template_content: to.idTokenTemplate }),
})

/** Deletes the client with its consents and grants: foreign keys cascade. True if there was one. */
export async function deleteClient(db: Queries, projectId: string, clientId: string): Promise<boolean> {
  const deleted = await db.query
    .deleteFrom('connected_apps')
    .where('client_id', '=', clientId)
    .where('project_id', '=', projectId)
    .returning('client_id')
    .execute()
  return deleted.length === 1
}

const usedStatement = writing(
  'connected_apps_used',
  'update connected_apps set first_used_at = $1 where client_id = $2 and first_used_at is null',
)

/** Notes that a user completed a flow: such a client is not swept. */
export async function noteFirstUse(tx: Queries, clientId: string, now: number): Promise<void> {
  await tx.run(usedStatement, [now, clientId])
}
