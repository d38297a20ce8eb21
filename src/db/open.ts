/** From a database URL to a `Db`. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Db } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

export type { Db, Dialect, Queries } from './database.ts'
export { isUniqueViolation, reading, writing } from './database.ts'
export { LaggingWrites } from './lagging.ts'
export { migrate, requireCurrentSchema, SchemaError, schemaState } from './migrate.ts'
export { settle } from './settle.ts'

export interface DatabaseSettings {
  /** `postgres://…`, `:memory:`, or the path of a SQLite file, with or without `sqlite:` before it. */
  readonly url: string
  /** Whether an acknowledged write must survive power loss, not just the end of the process. SQLite only. */
  readonly powerLossSafe: boolean
  /** Most connections to PostgreSQL from this process. */
  readonly connections: number
}

/** Opens the database; creates a SQLite file and its folder where they do not exist. Does not migrate. */
export function openDatabase({ url, powerLossSafe, connections }: DatabaseSettings): Db {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres({ url, connections })
  const path = url.replace(/^sqlite:(\/\/)?/, '')
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  return openSqlite({ path, synchronous: powerLossSafe ? 'FULL' : 'NORMAL' })
}
