/** PostgreSQL through `pg`: a pool, named statements, and transactions on one client. */
import { Kysely, PostgresAdapter, PostgresDialect, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import pg from 'pg'
import type { Db, Queries, SqlValue, Statement } from './database.ts'
import type { Tables } from './tables.ts'

export interface PostgresSettings {
  readonly url: string
  /** Most connections that this process opens. */
  readonly connections: number
}

/** bigint columns are epoch milliseconds and counters, all below 2^53; `pg` would hand them over as strings. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** How long, in ms, a request waits for a free connection before it fails. */
const connectionTimeout = 10_000

export function openPostgres({ url, connections }: PostgresSettings): Db {
  const pool = new pg.Pool({ connectionString: url, max: connections, connectionTimeoutMillis: connectionTimeout })
  // A connection that dies must not end the process, neither while idle nor between two statements of a transaction: whoever
  // uses it next is told, and the pool opens another.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const query = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    dialect: 'postgres',
    query,
    ...statementsOn(pool),
    async transaction(work) {
      const client = await pool.connect()
      let broken: Error | undefined
      try {
        await client.query('begin')
        const value = await work(queriesOn(client))
        // After a failed statement that `work` took in its stride, PostgreSQL answers COMMIT by rolling back, without an error.
        const { command } = await client.query('commit')
        if (command === 'ROLLBACK') throw new Error('A statement of the transaction had failed; nothing was written.')
        return value
      } catch (error) {
        await client.query('rollback').catch((rollback: Error) => {
          broken = rollback
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    async ping() {
      await pool.query('select 1')
    },
    close: () => pool.end(),
  }
}

/** A pool or one client of it. */
interface Runner {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>
}

function statementsOn(runner: Runner): Pick<Queries, 'first' | 'run'> {
  const execute = (statement: Statement, parameters: readonly SqlValue[]) =>
    runner.query({ name: statement.name, text: statement.sql.postgres, values: [...parameters] })
  return {
    async first<Row>(statement: Statement<Row>, parameters: readonly SqlValue[]) {
      const { rows } = await execute(statement, parameters)
      return rows[0] as Row | undefined
    },
    async run(statement, parameters) {
      const { rowCount } = await execute(statement, parameters)
      return rowCount ?? 0
    },
  }
}

function queriesOn(client: pg.PoolClient): Queries {
  let query: Kysely<Tables> | undefined
  return {
    ...statementsOn(client),
    // Hot transactions use named statements only; the builder is made when first asked for.
    get query() {
      query ??= builderOn(client)
      return query
    },
  }
}

/** The query builder on a client whose transaction is already open. */
const builderOn = (client: pg.PoolClient): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () =>
        new PostgresDialect({
          pool: { connect: async () => ({ query: client.query.bind(client), release() {} }), end: async () => {} },
        } as never).createDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
