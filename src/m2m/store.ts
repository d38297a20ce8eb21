/** Reading and changing M2M clients. Every statement is scoped by project. */
import { type Db, isUniqueViolation, type Queries, reading, writing } from '../db/open.ts'
import type { M2mClientsTable } from '../db/tables.ts'
import { duplicateM2mClientId } from './errors.ts'
import type { M2mClient } from './m2m-client.ts'

const readStatement = reading<M2mClientsTable>(
  'm2m_clients_read',
  'select * from m2m_clients where project_id = $1 and client_id = $2',
)

export async function findM2mClient(db: Queries, projectId: string, clientId: string): Promise<M2mClient | undefined> {
  const row = await db.first(readStatement, [projectId, clientId])
  return row && m2mClientFromRow(row)
}

export const m2mClientFromRow = (row: M2mClientsTable): M2mClient => ({
  id: row.client_id,
  projectId: row.project_id,
  name: row.client_name,
  description: row.client_description,
  status: row.status,
  scopes: JSON.parse(row.scopes),
  trustedMetadata: JSON.parse(row.trusted_metadata),
  creationMethod: row.creation_method,
  secret: { hash: row.client_secret_hash, lastFour: row.client_secret_last_four },
  nextSecret:
    row.next_client_secret_hash === null
      ? undefined
      : { hash: row.next_client_secret_hash, lastFour: row.next_client_secret_last_four ?? '' },
  createdAt: row.created_at,
})

/** What can be changed. */
export type M2mSettings = Pick<M2mClient, 'name' | 'description' | 'status' | 'scopes' | 'trustedMetadata'>

const settingColumns = (client: M2mSettings) => ({
  client_name: client.name,
  client_description: client.description,
  status: client.status,
  scopes: JSON.stringify(client.scopes),
  trusted_metadata: JSON.stringify(client.trustedMetadata),
})

/** Throws `duplicate_m2m_client_id` where the project has that client: the primary key decides, so races are settled. */
export async function insertM2mClient(tx: Queries, client: M2mClient): Promise<void> {
  try {
    await tx.query
      .insertInto('m2m_clients')
      .values({
        project_id: client.projectId,
        client_id: client.id,
        ...settingColumns(client),
        client_secret_hash: client.secret.hash,
        client_secret_last_four: client.secret.lastFour,
        next_client_secret_hash: client.nextSecret?.hash ?? null,
        next_client_secret_last_four: client.nextSecret?.lastFour ?? null,
        creation_method: client.creationMethod,
        created_at: client.createdAt,
      })
      .execute()
  } catch (cause) {
    throw isUniqueViolation(cause) ? duplicateM2mClientId({ cause }) : cause
  }
}

// A write that changes nothing holds the row on PostgreSQL; on SQLite the transaction holds everything anyway.
const lockStatement = writing<M2mClientsTable>(
  'm2m_clients_lock',
  'update m2m_clients set status = status where project_id = $1 and client_id = $2 returning *',
)

/** Changes a client after reading it; of two changes the second one reads what the first has written. `undefined`: none. */
export function updateM2mClient(
  db: Db,
  projectId: string,
  clientId: string,
  change: (before: M2mClient) => Partial<M2mSettings>,
): Promise<M2mClient | undefined> {
  return db.transaction(async (tx) => {
    const row = await tx.first(lockStatement, [projectId, clientId])
    if (!row) return undefined
    const before = m2mClientFromRow(row)
    const after = { ...before, ...change(before) }
    await tx.query
      .updateTable('m2m_clients')
      .set(settingColumns(after))
      .where('project_id', '=', projectId)
      .where('client_id', '=', clientId)
      .execute()
    return after
  })
}

/** True if there was one. */
export async function deleteM2mClient(db: Queries, projectId: string, clientId: string): Promise<boolean> {
  const deleted = await db.query
    .deleteFrom('m2m_clients')
    .where('project_id', '=', projectId)
    .where('client_id', '=', clientId)
    .returning('client_id')
    .execute()
  return deleted.length === 1
}
