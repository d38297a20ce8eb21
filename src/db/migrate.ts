/**
 * Numbered `.sql` files, applied in order, in one transaction, under a lock: any number of processes may start at once on
 * one database. Migrations are SQL and import nothing, so that a schema change of tomorrow cannot change what one of
 * yesterday meant.
 */
import { readdir, readFile } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Db } from './database.ts'

const folder = new URL('./migrations/', import.meta.url)
const files = /^\d{4}_\w+\.sql$/

export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

export interface SchemaState {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Applied migrations that this version of the program does not have: the database is newer. */
  readonly unknown: readonly string[]
}

async function ownMigrations(): Promise<Record<string, Migration>> {
  const names = (await readdir(folder)).filter((name) => files.test(name)).sort()
  const entries = names.map(async (name): Promise<[string, Migration]> => {
    const text = await readFile(new URL(name, folder), 'utf8')
    return [name.replace(/\.sql$/, ''), { up: (db) => execute(db, text) }]
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Runs one file: statements are separated by a semicolon at the end of a line. */
async function execute(db: Kysely<unknown>, text: string): Promise<void> {
  const code = text.replace(/^--.*$/gm, '')
  for (const statement of code.split(/;\s*$/m)) {
    if (statement.trim() !== '') await sql.raw(statement).execute(db)
  }
}

/** Compares the database with what this program knows, without changing anything. */
export async function schemaState(db: Db): Promise<SchemaState> {
  const own = Object.keys(await ownMigrations())
  const applied = await appliedMigrations(db)
  return {
    applied,
    pending: own.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !own.includes(name)),
  }
}

async function appliedMigrations(db: Db): Promise<readonly string[]> {
  const tables = await db.query.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return []
  const rows = await db.query.selectFrom('kysely_migration').select('name').orderBy('name').execute()
  return rows.map(({ name }) => name)
}

/** Refuses a database that a newer version of the program has changed: writing to it could lose what that one added. */
function refuseNewer({ unknown }: SchemaState): void {
  if (unknown.length === 0) return
  throw new SchemaError(
    `The database has migrations that this version of Selvage does not know (${unknown.join(', ')}). Start the newer version, or restore a backup from before it ran.`,
  )
}

/** Brings the database up to date. Resolves to the names of the migrations that this call applied. */
export async function migrate(db: Db): Promise<readonly string[]> {
  refuseNewer(await schemaState(db))
  const migrator = new Migrator({ db: db.query, provider: { getMigrations: ownMigrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error !== undefined) {
    throw new SchemaError(
      `The database could not be brought up to date: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    )
  }
  return (results ?? []).filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
}

/** For a start that was told not to migrate: refuses both a newer and an older schema. */
export async function requireCurrentSchema(db: Db): Promise<void> {
  const state = await schemaState(db)
  refuseNewer(state)
  if (state.pending.length === 0) return
  throw new SchemaError(
    `The database lacks ${state.pending.join(', ')}. Run "selvage migrate", or start without --no-migrate.`,
  )
}
