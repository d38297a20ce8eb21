/** SQL of clients that introduce themselves. */
import { type Db, type Queries, reading, writing } from '../db/open.ts'
import type { ConnectedAppsTable } from '../db/tables.ts'
import type { ConnectedApp } from './connected-app.ts'
import { unusedLifetime } from './introduction.ts'
import { clientFromRow, rowFromClient } from './store.ts'

/** What is kept of such a client beside what every client has. */
export type IntroducedColumns = Pick<
  ConnectedAppsTable,
  'metadata_document' | 'metadata_fresh_until' | 'registration' | 'registration_hash' | 'registration_token_hash'
>

export const noColumns: IntroducedColumns = {
  metadata_document: null,
  metadata_fresh_until: null,
  registration: null,
  registration_hash: null,
  registration_token_hash: null,
}

const lockStatement = writing('connected_apps_lock', 'update projects set name = name where project_id = $1')

const countStatement = reading<{ count: number }>(
  'connected_apps_count_introduced',
  `select cast(count(*) as integer) as count from connected_apps where project_id = $1
   and creation_method in ('dynamic_client_registration', 'client_id_metadata_document')`,
)

/**
 * Adds a client unless `find` finds it. Such additions to one project go one after another, so that of two equal ones the
 * second finds what the first has added, and nobody passes the limit. `undefined`: the project has `most` of them already.
 */
export function addIntroduced(
  db: Db,
  app: ConnectedApp,
  columns: IntroducedColumns,
  { most, find }: { readonly most: number; readonly find?: (tx: Queries) => Promise<ConnectedApp | undefined> },
): Promise<ConnectedApp | undefined> {
  return db.transaction(async (tx) => {
    // A write that changes nothing holds the row on PostgreSQL; on SQLite the transaction holds everything anyway.
    await tx.run(lockStatement, [app.projectId])
    const known = await find?.(tx)
    if (known) return known
    const { count = 0 } = (await tx.first(countStatement, [app.projectId])) ?? {}
    if (count >= most) return undefined
    await tx.query
      .insertInto('connected_apps')
      .values({ ...rowFromClient(app), ...columns })
      .execute()
    return app
  })
}

const byMetadataUrlStatement = reading<ConnectedAppsTable>(
  'connected_apps_introduced_by_metadata_url',
  'select * from connected_apps where project_id = $1 and client_id_metadata_url = $2',
)

export interface MetadataClient {
  readonly app: ConnectedApp
  /** When its document has to be fetched again, in ms. */
  readonly freshUntil: number
}

/** The client that calls itself by this URL in the project. */
export async function findMetadataClient(
  db: Queries,
  projectId: string,
  url: string,
): Promise<MetadataClient | undefined> {
  const row = await db.first(byMetadataUrlStatement, [projectId, url])
  return row && { app: clientFromRow(row), freshUntil: row.metadata_fresh_until ?? 0 }
}

/** The columns of what a client may say of itself and change later. */
export function saidColumns(app: ConnectedApp) {
  const { client_name, redirect_urls, post_logout_redirect_urls, logo_url, token_endpoint_auth_method } =
    rowFromClient(app)
  return { client_name, redirect_urls, post_logout_redirect_urls, logo_url, token_endpoint_auth_method }
}

/** Takes over what a newer document says. Only of a client that a document made: no other record is ever overwritten. */
export async function updateFromMetadata(
  db: Queries,
  app: ConnectedApp,
  { metadata_document, metadata_fresh_until }: IntroducedColumns,
): Promise<void> {
  await db.query
    .updateTable('connected_apps')
    .set({ ...saidColumns(app), metadata_document, metadata_fresh_until })
    .where('client_id', '=', app.id)
    .where('project_id', '=', app.projectId)
    .where('creation_method', '=', 'client_id_metadata_document')
    .execute()
}

const documentStatement = reading<{ metadata_document: string | null; metadata_fresh_until: number | null }>(
  'connected_apps_metadata_document',
  'select metadata_document, metadata_fresh_until from connected_apps where client_id = $1 and project_id = $2',
)

/** The document of a client as last fetched. */
export async function readMetadataDocument(
  db: Queries,
  { id, projectId }: Pick<ConnectedApp, 'id' | 'projectId'>,
): Promise<{ readonly document: Record<string, unknown>; readonly freshUntil: number } | undefined> {
  const row = await db.first(documentStatement, [id, projectId])
  if (!row || row.metadata_document === null) return undefined
  return { document: JSON.parse(row.metadata_document), freshUntil: row.metadata_fresh_until ?? 0 }
}

/**
 * Deletes clients that introduced themselves more than a day ago and with which no user ever completed a flow. Never one
 * that somebody has granted anything to: its users would meet an unknown client.
 */
export async function sweepRegistrations(db: Db, now: number): Promise<void> {
  await db.query
    .deleteFrom('connected_apps')
    .where('creation_method', 'in', ['dynamic_client_registration', 'client_id_metadata_document'])
    .where('first_used_at', 'is', null)
    .where('created_at', '<', now - unusedLifetime)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('grants').select('grant_id').whereRef('grants.client_id', '=', 'connected_apps.client_id')),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('consents').select('user_id').whereRef('consents.client_id', '=', 'connected_apps.client_id'),
        ),
      ),
    )
    .execute()
}
