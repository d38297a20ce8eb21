/** All SQL of the signing keys. */
import type { Queries } from '../db/open.ts'
import type { SigningKeysTable } from '../db/tables.ts'

export type SigningKeyRow = SigningKeysTable

/** Keys to be published: all but retired ones whose overlap is over; the current one first. */
export async function readKeys(db: Queries, projectId: string, now: number): Promise<readonly SigningKeyRow[]> {
  return db.query
    .selectFrom('signing_keys')
    .selectAll()
    .where('project_id', '=', projectId)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .orderBy('slot')
    .orderBy('created_at', 'desc')
    .execute()
}

/** Adds keys; one whose slot is taken is left out, so that of two processes that make a first pair one wins. */
export async function insertKeys(db: Queries, rows: readonly SigningKeyRow[]): Promise<void> {
  await db.query
    .insertInto('signing_keys')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Retires the current key, if there is one, and lets the next one take its place. The private half is forgotten. */
export async function promoteNextKey(db: Queries, projectId: string, expiresAt: number): Promise<void> {
  await db.query
    .updateTable('signing_keys')
    .set({ slot: 'retired', private_sealed: '', expires_at: expiresAt })
    .where('project_id', '=', projectId)
    .where('slot', '=', 'current')
    .execute()
  await db.query
    .updateTable('signing_keys')
    .set({ slot: 'current' })
    .where('project_id', '=', projectId)
    .where('slot', '=', 'next')
    .execute()
}

/** Withdraws the current key: what it signed is refused from now on. */
export async function removeCurrentKey(db: Queries, projectId: string): Promise<void> {
  await db.query.deleteFrom('signing_keys').where('project_id', '=', projectId).where('slot', '=', 'current').execute()
}

export async function deleteExpiredKeys(db: Queries, now: number): Promise<void> {
  await db.query.deleteFrom('signing_keys').where('expires_at', '<=', now).execute()
}
