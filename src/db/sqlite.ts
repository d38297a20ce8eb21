/**
 * SQLite through `node:sqlite`, with group commit: all writes of one turn of the event loop share one transaction and
 * one fsync, and each promise resolves only after that COMMIT. So full durability costs a busy server next to nothing,
 * while a crash loses no write that was acknowledged.
 *
 * Two connections. The writer holds the open group; the reader sees only what is committed, so no answer can rest on a
 * write that might still be lost. An in-memory database has one connection: it has nothing to lose.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { CommitQueue } from './commit-queue.ts'
import type { Db, Queries, SqlValue, Statement } from './database.ts'
import type { Tables } from './tables.ts'

export interface SqliteSettings {
  /** File path, or `:memory:`. */
  readonly path: string
  /** FULL: an acknowledged write survives power loss. NORMAL: it survives the process being killed. */
  readonly synchronous: 'FULL' | 'NORMAL'
}

/** How long, in ms, opening the file and reading wait where SQLite needs it for a moment; they hardly ever do. */
const busyTimeout = 5_000
/** Builder queries kept prepared per connection; the hot statements are kept apart and never evicted. */
const preparedQueries = 200

export function openSqlite({ path, synchronous }: SqliteSettings): Db {
  const open = (readOnly: boolean) => {
    const connection = new DatabaseSync(path, { readOnly, timeout: busyTimeout })
    if (!readOnly)
      connection.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma foreign_keys = on`)
    connection.exec('pragma cache_size = -32000')
    // SQLite would sleep on this thread; the queue waits for other processes beside it.
    if (!readOnly) connection.exec('pragma busy_timeout = 0')
    return new Connection(connection)
  }
  const writer = open(false)
  const reader = path === ':memory:' ? writer : open(true)
  const commits = new CommitQueue(writer)
  const query = new Kysely<Tables>({ dialect: dialect(new GroupingDriver(reader, writer, commits)) })
  const inside = queriesOn(writer)

  return {
    dialect: 'sqlite',
    query,
    async first<Row>(statement: Statement<Row>, parameters: readonly SqlValue[]) {
      if (!statement.writes) return reader.get(statement, parameters)
      return commits.write(() => writer.get(statement, parameters))
    },
    run: (statement, parameters) => commits.write(() => writer.run(statement, parameters)),
    transaction: (work) => commits.unit(() => work(inside)),
    async ping() {
      reader.database.prepare('select 1').get()
    },
    async close() {
      await commits.idle()
      if (reader !== writer) reader.database.close()
      writer.database.close()
    },
  }
}

/** One `DatabaseSync` with its prepared statements. */
class Connection {
  readonly database: DatabaseSync
  readonly #statements = new Map<Statement, StatementSync>()
  readonly #queries = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.database = database
  }

  get<Row>(statement: Statement<Row>, parameters: readonly SqlValue[]): Row | undefined {
    return this.#prepared(statement).get(...parameters) as Row | undefined
  }

  run(statement: Statement, parameters: readonly SqlValue[]): number {
    return Number(this.#prepared(statement).run(...parameters).changes)
  }

  get isTransaction(): boolean {
    return this.database.isTransaction
  }

  /** Begins or ends a transaction or savepoint; prepared too, because they come with every write. */
  control(sql: string): void {
    this.#query(sql).run()
  }

  execute<Row>({ sql, parameters }: CompiledQuery): QueryResult<Row> {
    const statement = this.#query(sql)
    const values = parameters as readonly SqlValue[]
    if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] }
    const { changes } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes) }
  }

  #prepared(statement: Statement): StatementSync {
    const known = this.#statements.get(statement)
    if (known) return known
    // SQLite numbers its parameters with `?1`; `$1` would be a name.
    const made = this.database.prepare(statement.sql.sqlite.replace(/\$(\d+)/g, '?$1'))
    this.#statements.set(statement, made)
    return made
  }

  #query(sql: string): StatementSync {
    const known = this.#queries.get(sql)
    if (known) return known
    const made = this.database.prepare(sql)
    // A Map iterates in insertion order, so this drops the oldest.
    if (this.#queries.size >= preparedQueries) this.#queries.delete(this.#queries.keys().next().value ?? '')
    this.#queries.set(sql, made)
    return made
  }
}

const dialect = (driver: Driver) => ({
  // Both databases have transactional DDL; kysely's adapter is careful on behalf of other SQLite drivers.
  createAdapter: () =>
    new (class extends SqliteAdapter {
      override get supportsTransactionalDdl() {
        return true
      }
      // The drivers here take turns where turns are needed; kysely's would hold reads up behind a waiting transaction.
      override get supportsMultipleConnections() {
        return true
      }
    })(),
  createDriver: () => driver,
  createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})

/** Lets the query builder take part in the group commit. */
class GroupingDriver implements Driver {
  readonly #reader: Connection
  readonly #writer: Connection
  readonly #commits: CommitQueue
  readonly #releases = new WeakMap<DatabaseConnection, () => void>()

  constructor(reader: Connection, writer: Connection, commits: CommitQueue) {
    this.#reader = reader
    this.#writer = writer
    this.#commits = commits
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
  async releaseConnection(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection: DatabaseConnection = {
      executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
        if (this.#releases.has(connection)) return this.#writer.execute(query)
        if (query.query.kind === 'SelectQueryNode') return this.#reader.execute(query)
        return this.#commits.write(() => this.#writer.execute<Row>(query))
      },
      // biome-ignore lint/correctness/useYield: kysely's interface asks for it; nothing here streams
      async *streamQuery() {
        throw new Error('Streaming is not supported: read pages with a limit instead.')
      },
    }
    return connection
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    this.#releases.set(connection, await this.#commits.lock())
    this.#writer.control('savepoint unit')
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    this.#end(connection, ['release unit'])
    await this.#commits.committed()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite may have undone the whole group already (CommitQueue.savepoint).
    this.#end(connection, this.#writer.isTransaction ? ['rollback to unit', 'release unit'] : [])
  }

  #end(connection: DatabaseConnection, controls: readonly string[]): void {
    try {
      for (const control of controls) this.#writer.control(control)
    } finally {
      this.#releases.get(connection)?.()
      this.#releases.delete(connection)
    }
  }
}

/** Statements and builder queries that run on the writer inside an already open unit. */
function queriesOn(writer: Connection): Queries {
  const inside: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery) => writer.execute<Row>(query),
    // biome-ignore lint/correctness/useYield: kysely's interface asks for it; nothing here streams
    async *streamQuery() {
      throw new Error('Streaming is not supported: read pages with a limit instead.')
    },
  }
  const never = async () => {
    throw new Error('This is a transaction already; use its `tx` for everything inside.')
  }
  const driver: Driver = {
    init: async () => {},
    destroy: async () => {},
    acquireConnection: async () => inside,
    releaseConnection: async () => {},
    beginTransaction: never,
    commitTransaction: never,
    rollbackTransaction: never,
  }
  let query: Kysely<Tables> | undefined
  return {
    // Hot transactions use prepared statements only; the builder is made when first asked for.
    get query() {
      query ??= new Kysely<Tables>({ dialect: dialect(driver) })
      return query
    },
    first: async (statement, parameters) => writer.get(statement, parameters),
    run: async (statement, parameters) => writer.run(statement, parameters),
  }
}
