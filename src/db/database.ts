/**
 * What stores speak to. Two ways in, one connection behind them:
 * - `query`: the kysely builder, typed against `tables.ts`, for everything that is not hot;
 * - `first` and `run` with a `Statement`: SQL that is prepared once, for measured hot paths.
 *
 * Both databases keep the same promise: a write that has resolved survives `kill -9` and, unless configured otherwise,
 * power loss.
 */
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

export type SqlValue = string | number | null

export type Dialect = 'sqlite' | 'postgres'

/** The same text for both databases, or one for each where they differ (JSON aggregation, mostly). */
type Sql = string | Readonly<Record<Dialect, string>>

const forBoth = (sql: Sql): Readonly<Record<Dialect, string>> =>
  typeof sql === 'string' ? { sqlite: sql, postgres: sql } : sql

/**
 * One SQL statement with `$1`, `$2` … as parameters, in the subset that SQLite and PostgreSQL share. Declared once at
 * module level; each database prepares it on first use, under its name.
 */
export interface Statement<Row = unknown> {
  readonly name: string
  readonly sql: Readonly<Record<Dialect, string>>
  /** Whether it changes anything: only reading statements may run outside the commit queue. */
  readonly writes: boolean
  /** Carries the row type; never has a value. */
  readonly row?: Row
}

/** Declares a reading statement. */
export const reading = <Row>(name: string, sql: Sql): Statement<Row> => ({
  name,
  sql: forBoth(sql),
  writes: false,
})

/** Declares a writing statement; with `returning`, `first` gives the row it changed. */
export const writing = <Row = never>(name: string, sql: Sql): Statement<Row> => ({
  name,
  sql: forBoth(sql),
  writes: true,
})

/** Runs statements and builder queries; either the database itself or one open transaction. */
export interface Queries {
  readonly query: Kysely<Tables>
  /** The first row, or `undefined`. */
  first<Row>(statement: Statement<Row>, parameters: readonly SqlValue[]): Promise<Row | undefined>
  /** Runs a writing statement; resolves to the number of rows it changed. */
  run(statement: Statement, parameters: readonly SqlValue[]): Promise<number>
}

export interface Db extends Queries {
  readonly dialect: Dialect
  /**
   * Runs `work` as one atomic unit: all of it is durable when this resolves, none of it happened when it rejects.
   * `work` may await only its own `tx`: on SQLite everybody else's writes wait meanwhile.
   */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>
  /** Resolves when the database answers; for readiness probes. */
  ping(): Promise<void>
  close(): Promise<void>
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly db: Db
  }
}

/** True for a violation of a unique or primary key, on either database. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown }
  // SQLite: SQLITE_CONSTRAINT_PRIMARYKEY (1555), SQLITE_CONSTRAINT_UNIQUE (2067). PostgreSQL: unique_violation.
  return errcode === 2067 || errcode === 1555 || code === '23505'
}

/** True for a row that names one which is no longer there, on either database. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown }
  // SQLite: SQLITE_CONSTRAINT_FOREIGNKEY (787). PostgreSQL: foreign_key_violation.
  return errcode === 787 || code === '23503'
}
