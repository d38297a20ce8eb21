/** Counting and listing the Connected Apps of a project. */
import type { Position } from '../crypto/cursor.ts'
import type { Queries } from '../db/open.ts'
import type { ConnectedApp } from './connected-app.ts'
import { clientFromRow } from './store.ts'

export const countClients = async (db: Queries, projectId: string): Promise<number> =>
  Number((await counting(db, projectId).executeTakeFirstOrThrow()).count)

/** Only those that the project made itself, by the API or its file. */
export const countOwnClients = async (db: Queries, projectId: string): Promise<number> => {
  const own = counting(db, projectId).where('creation_method', 'in', ['api', 'project_file'])
  return Number((await own.executeTakeFirstOrThrow()).count)
}

const counting = ({ query }: Queries, projectId: string) =>
  query
    .selectFrom('connected_apps')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)

/** At most `most` clients that come after a position, newest first. */
export async function listClients(
  db: Queries,
  projectId: string,
  after: Position | undefined,
  most: number,
): Promise<readonly ConnectedApp[]> {
  let query = db.query.selectFrom('connected_apps').selectAll().where('project_id', '=', projectId)
  if (after) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('created_at', 'client_id'), '<', tuple(after.createdAt, after.id)),
    )
  }
  const rows = await query.orderBy('created_at', 'desc').orderBy('client_id', 'desc').limit(most).execute()
  return rows.map(clientFromRow)
}
