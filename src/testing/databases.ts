/** The databases that store contracts run on: SQLite in memory, and a PostgreSQL when `npm test` has started one. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'

export interface TestDatabase {
  readonly name: 'sqlite' | 'postgres'
  /** Makes a fresh, empty database and gives its URL. */
  fresh(): Promise<string>
}

const server = process.env.SELVAGE_TEST_POSTGRES

const sqlite: TestDatabase = { name: 'sqlite', fresh: async () => ':memory:' }

const postgres = (url: string): TestDatabase => ({
  name: 'postgres',
  async fresh() {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`create database ${name}`)
    await client.end()
    const made = new URL(url)
    made.pathname = name
    return made.href
  },
})

/** Every database at hand. `npm test` makes sure that PostgreSQL is among them. */
export const testDatabases: readonly TestDatabase[] = server === undefined ? [sqlite] : [sqlite, postgres(server)]
