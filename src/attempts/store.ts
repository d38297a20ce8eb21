/** All SQL of attempts. Bounded per project: the newest of each kind stay, so that successes cannot push failures out. */
import { type Dialect, type Queries, writing } from '../db/open.ts'
import type { OauthAttemptsTable } from '../db/tables.ts'
import { type Attempt, type Step, succeeded } from './attempt.ts'
import { redactClientId } from './redact.ts'

/** Most attempts that a project keeps of those that succeeded, and of those that failed: a thousand in all. */
export const mostOfAKind = 500
/** How long, in ms, an attempt is kept: 7 days. */
export const lifetime = 7 * 86_400_000

/** $1 attempt, $2 project, $3 time in ms, $4 step, $5 client, $6 outcome, $7 JSON of the rest. */
export const insertAttempt = writing(
  'oauth_attempts_insert',
  `insert into oauth_attempts (attempt_id, project_id, at, step, client_id, outcome, details)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict (attempt_id) do nothing`,
)

const ofAKind = (comparison: '=' | '<>') => {
  const surplus = `select attempt_id from oauth_attempts where project_id = $1 and outcome ${comparison} '${succeeded}'
    order by attempt_id desc limit 100000 offset ${mostOfAKind}`
  const sql = (dialect: Dialect) => {
    // Two processes may tidy at once: neither waits for rows that the other has taken.
    const rows = dialect === 'postgres' ? `select attempt_id from (${surplus}) surplus` : surplus
    const locked =
      dialect === 'postgres'
        ? `select attempt_id from oauth_attempts where attempt_id in (${rows}) order by attempt_id for update skip locked`
        : rows
    return `delete from oauth_attempts where attempt_id in (${locked})`
  }
  return { sqlite: sql('sqlite'), postgres: sql('postgres') }
}

/** Deletes what a project ($1) has too many of. */
export const trimSuccesses = writing('oauth_attempts_trim_successes', ofAKind('='))
export const trimFailures = writing('oauth_attempts_trim_failures', ofAKind('<>'))

/** Deletes attempts that are too old or too many. */
export async function sweepAttempts(db: Queries, now: number): Promise<void> {
  await db.query
    .deleteFrom('oauth_attempts')
    .where('at', '<=', now - lifetime)
    .execute()
  const projects = await db.query.selectFrom('oauth_attempts').select('project_id').distinct().execute()
  for (const { project_id } of projects) {
    await db.run(trimSuccesses, [project_id])
    await db.run(trimFailures, [project_id])
  }
}

export interface AttemptFilter {
  /** As the client sends it. */
  readonly clientId?: string | undefined
  readonly step?: Step | undefined
  readonly outcome?: 'ok' | 'failed' | undefined
  /** The id of an attempt: only older ones are listed. */
  readonly before?: string | undefined
  readonly limit: number
}

/** The attempts of a project that fit, the newest first. */
export async function listAttempts(
  db: Queries,
  projectId: string,
  { clientId, step, outcome, before, limit }: AttemptFilter,
  now: number,
): Promise<readonly Attempt[]> {
  const rows = await db.query
    .selectFrom('oauth_attempts')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('at', '>', now - lifetime)
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', redactClientId(clientId ?? '')))
    .$if(step !== undefined, (query) => query.where('step', '=', step ?? ''))
    .$if(outcome !== undefined, (query) => query.where('outcome', outcome === 'ok' ? '=' : '<>', succeeded))
    .$if(before !== undefined, (query) => query.where('attempt_id', '<', before ?? ''))
    .orderBy('attempt_id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(attemptFromRow)
}

/** What stands as JSON in the column `details`. */
export type Remembered = Pick<Attempt, 'message' | 'fix' | 'details'>

function attemptFromRow(row: OauthAttemptsTable): Attempt {
  const { message, fix, details }: Remembered = JSON.parse(row.details)
  return {
    id: row.attempt_id,
    projectId: row.project_id,
    at: row.at,
    // Written by `noteAttempt` only, which takes no other.
    step: row.step as Step,
    clientId: row.client_id ?? undefined,
    outcome: row.outcome,
    message,
    fix,
    details,
  }
}
