/** Finding M2M clients by their fields. */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Position } from '../crypto/cursor.ts'
import type { Db, Dialect } from '../db/open.ts'
import type { Tables } from '../db/tables.ts'
import type { M2mClient } from './m2m-client.ts'
import type { Filter, M2mQuery } from './query.ts'
import { m2mClientFromRow } from './store.ts'

export interface FoundM2mClients {
  /** How many match, on all pages. */
  readonly total: number
  /** At most `most` that come after the position, newest first. */
  readonly clients: readonly M2mClient[]
}

export async function searchM2mClients(
  db: Db,
  projectId: string,
  query: M2mQuery,
  after: Position | undefined,
  most: number,
): Promise<FoundM2mClients> {
  let matching = db.query.selectFrom('m2m_clients').where('project_id', '=', projectId)
  if (query.filters.length > 0) {
    matching = matching.where((eb) => {
      const conditions = query.filters.map((filter) => condition(eb, filter, db.dialect))
      return query.operator === 'AND' ? eb.and(conditions) : eb.or(conditions)
    })
  }
  const { count } = await matching.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  const remaining = after
    ? matching.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created_at', 'client_id'), '<', tuple(after.createdAt, after.id)),
      )
    : matching
  const rows = await remaining
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('client_id', 'desc')
    .limit(most)
    .execute()
  return { total: Number(count), clients: rows.map(m2mClientFromRow) }
}

function condition(
  eb: ExpressionBuilder<Tables, 'm2m_clients'>,
  { name, values }: Filter,
  dialect: Dialect,
): Expression<SqlBool> {
  return name === 'scopes' ? holdsOne[dialect](values) : eb(name, 'in', values)
}

/** Whether the JSON array of scopes holds one of the values. */
const holdsOne: Readonly<Record<Dialect, (values: readonly string[]) => Expression<SqlBool>>> = {
  sqlite: (values) =>
    sql<SqlBool>`exists (select 1 from json_each(m2m_clients.scopes) held where held.value in (${sql.join(values)}))`,
  postgres: (values) =>
    sql<SqlBool>`exists (select 1 from jsonb_array_elements_text(m2m_clients.scopes::jsonb) held (value)
      where held.value in (${sql.join(values)}))`,
}
