/** All SQL of M2M clients. */
import { type Queries, reading } from '../db/open.ts'
import type { M2mClientsTable } from '../db/tables.ts'
import type { M2mClient, M2mSecret } from './m2m-client.ts'

const readStatement = reading<M2mClientsTable>(
  'm2m_clients_read',
  'select * from m2m_clients where project_id = $1 and client_id = $2',
)

export async function findM2mClient(db: Queries, projectId: string, clientId: string): Promise<M2mClient | undefined> {
  const row = await db.first(readStatement, [projectId, clientId])
  return row && m2mClientFromRow(row)
}

const m2mClientFromRow = (row: M2mClientsTable): M2mClient => ({
  id: row.client_id,
  projectId: row.project_id,
  name: row.client_name,
  description: row.client_description,
  status: row.status,
  scopes: JSON.parse(row.scopes),
  trustedMetadata: JSON.parse(row.trusted_metadata),
  secret: { hash: row.client_secret_hash, lastFour: row.client_secret_last_four },
  nextSecret: nextSecretFrom(row),
  createdAt: row.created_at,
})

const nextSecretFrom = (row: M2mClientsTable): M2mSecret | undefined =>
  row.next_client_secret_hash === null
    ? undefined
    : { hash: row.next_client_secret_hash, lastFour: row.next_client_secret_last_four ?? '' }
