/**
 * Rotating the secret of an OAuth client, for each table of clients. Every step is one statement, so that of two that are
 * taken at once one finds nothing to change.
 */
import { hashToken } from '../crypto/token.ts'
import { type Queries, writing } from '../db/open.ts'
import type { Tables } from '../db/tables.ts'
import type { ClientSecret } from './connected-app.ts'

/** What is kept of a secret. */
export const keptSecret = (secret: string): ClientSecret => ({ hash: hashToken(secret), lastFour: secret.slice(-4) })

/** The steps for one table. Each resolves to the client as it is then, or to `undefined` where the step is not possible. */
export function secretRotation<Table extends 'connected_apps' | 'm2m_clients'>(table: Table) {
  const client = 'client_id = $1 and project_id = $2'
  const start = writing<Tables[Table]>(
    `${table}_rotation_start`,
    `update ${table} set next_client_secret_hash = $3, next_client_secret_last_four = $4
     where ${client} and client_secret_hash is not null and next_client_secret_hash is null returning *`,
  )
  const cancel = writing<Tables[Table]>(
    `${table}_rotation_cancel`,
    `update ${table} set next_client_secret_hash = null, next_client_secret_last_four = null
     where ${client} and next_client_secret_hash is not null returning *`,
  )
  const complete = writing<Tables[Table]>(
    `${table}_rotation_complete`,
    `update ${table} set client_secret_hash = next_client_secret_hash,
       client_secret_last_four = next_client_secret_last_four,
       next_client_secret_hash = null, next_client_secret_last_four = null
     where ${client} and next_client_secret_hash is not null returning *`,
  )
  return {
    /** Sets the next secret; from then on both are valid. */
    start: (db: Queries, projectId: string, clientId: string, secret: string) => {
      const { hash, lastFour } = keptSecret(secret)
      return db.first(start, [clientId, projectId, hash, lastFour])
    },
    /** Drops the next secret. */
    cancel: (db: Queries, projectId: string, clientId: string) => db.first(cancel, [clientId, projectId]),
    /** Makes the next secret the only one. */
    complete: (db: Queries, projectId: string, clientId: string) => db.first(complete, [clientId, projectId]),
  }
}
