/** SQL of clients that registered themselves. Tokens come in plain and are only ever stored hashed. */
import { hashToken } from '../crypto/token.ts'
import { type Queries, reading } from '../db/open.ts'
import type { ConnectedAppsTable } from '../db/tables.ts'
import type { ConnectedApp } from './connected-app.ts'
import { saidColumns } from './introduced-store.ts'
import { clientFromRow } from './store.ts'

const byHashStatement = reading<ConnectedAppsTable>(
  'connected_apps_by_registration',
  'select * from connected_apps where project_id = $1 and registration_hash = $2',
)

/** The public client of the project that registered with equal metadata. */
export async function findByRegistrationHash(
  db: Queries,
  projectId: string,
  hash: string,
): Promise<ConnectedApp | undefined> {
  const row = await db.first(byHashStatement, [projectId, hash])
  return row && clientFromRow(row)
}

const byTokenStatement = reading<ConnectedAppsTable>(
  'connected_apps_by_registration_token',
  'select * from connected_apps where client_id = $1 and registration_token_hash = $2',
)

/** The client that this token manages, with what it registered as JSON. */
export async function findManaged(
  db: Queries,
  clientId: string,
  token: string,
): Promise<{ readonly app: ConnectedApp; readonly registration: string } | undefined> {
  const row = await db.first(byTokenStatement, [clientId, hashToken(token)])
  return row && { app: clientFromRow(row), registration: row.registration ?? '{}' }
}

/** Replaces what a client registered. Its type, secrets and what the project set for it stay. */
export async function replaceRegistration(db: Queries, app: ConnectedApp, registration: string): Promise<void> {
  await db.query
    .updateTable('connected_apps')
    .set({ ...saidColumns(app), registration })
    .where('client_id', '=', app.id)
    .where('project_id', '=', app.projectId)
    .execute()
}
