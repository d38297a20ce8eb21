/** All SQL of sessions. Tokens come in plain; they are stored hashed, and sealed for who presents the JWT. */
import { SealError, type Sealer } from '../crypto/seal.ts'
import { hashToken } from '../crypto/token.ts'
import { type Dialect, type Queries, reading, writing } from '../db/open.ts'
import type { SessionsTable } from '../db/tables.ts'
import { type User, userFromRow, type WholeUserRow, wholeUser } from '../users/index.ts'
import type { Session } from './session.ts'

interface SessionRow {
  readonly session_id: string
  readonly session_project_id: string
  readonly session_user_id: string
  readonly token_sealed: string
  readonly started_at: number
  readonly last_accessed_at: number
  readonly expires_at: number
  readonly ip_address: string
  readonly user_agent: string
  readonly factors: string
  readonly custom_claims: string
}

const columns = `s.session_id, s.project_id as session_project_id, s.user_id as session_user_id, s.token_sealed,
  s.started_at, s.last_accessed_at, s.expires_at, s.ip_address, s.user_agent, s.factors, s.custom_claims`

const selectLive = (condition: string): Readonly<Record<Dialect, string>> => {
  const select = (dialect: Dialect) => `select ${columns}, ${wholeUser(dialect)}
    from sessions s join users u on u.user_id = s.user_id
    where ${condition} and s.project_id = $2 and s.expires_at > $3`
  return { sqlite: select('sqlite'), postgres: select('postgres') }
}

const byTokenStatement = reading<SessionRow & WholeUserRow>('sessions_by_token', selectLive('s.token_hash = $1'))
const byIdStatement = reading<SessionRow & WholeUserRow>('sessions_by_id', selectLive('s.session_id = $1'))

export interface LiveSession {
  readonly session: Session
  readonly user: User
  /** The opaque token, sealed. */
  readonly tokenSealed: string
}

/** A session that has expired is the same as one that never was. */
export async function findByToken(
  db: Queries,
  projectId: string,
  token: string,
  now: number,
): Promise<LiveSession | undefined> {
  const row = await db.first(byTokenStatement, [hashToken(token), projectId, now])
  return row && liveFromRow(row)
}

export async function findById(
  db: Queries,
  projectId: string,
  id: string,
  now: number,
): Promise<LiveSession | undefined> {
  const row = await db.first(byIdStatement, [id, projectId, now])
  return row && liveFromRow(row)
}

const liveFromRow = (row: SessionRow & WholeUserRow): LiveSession => ({
  session: sessionFromRow(row),
  user: userFromRow(row),
  tokenSealed: row.token_sealed,
})

function sessionFromRow(row: Omit<SessionRow, 'token_sealed'>): Session {
  return {
    id: row.session_id,
    projectId: row.session_project_id,
    userId: row.session_user_id,
    startedAt: row.started_at,
    lastAccessedAt: row.last_accessed_at,
    expiresAt: row.expires_at,
    attributes: { ipAddress: row.ip_address, userAgent: row.user_agent },
    factors: JSON.parse(row.factors),
    customClaims: JSON.parse(row.custom_claims),
  }
}

const sessionFromTable = (row: SessionsTable): Session =>
  sessionFromRow({ ...row, session_project_id: row.project_id, session_user_id: row.user_id })

/** The live sessions of a user, the newest first. */
export async function sessionsOfUser(
  db: Queries,
  projectId: string,
  userId: string,
  now: number,
): Promise<readonly Session[]> {
  const rows = await db.query
    .selectFrom('sessions')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .orderBy('started_at', 'desc')
    .orderBy('session_id')
    .execute()
  return rows.map(sessionFromTable)
}

/** What a sealed session token is bound to. */
export const tokenPurpose = (sessionId: string): string => `token of ${sessionId}`

/** Opens the token of a session; `undefined` if the master key that sealed it is lost (docs/keys.md). */
export function openToken(sealer: Sealer, { session, tokenSealed }: LiveSession): string | undefined {
  try {
    return sealer.open(tokenSealed, tokenPurpose(session.id))
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}

const insertStatement = writing(
  'sessions_insert',
  `insert into sessions (session_id, project_id, user_id, token_hash, token_sealed, started_at, last_accessed_at, expires_at,
     ip_address, user_agent, factors, custom_claims)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
)

export async function insertSession(tx: Queries, sealer: Sealer, session: Session, token: string): Promise<void> {
  await tx.run(insertStatement, [
    session.id,
    session.projectId,
    session.userId,
    hashToken(token),
    sealer.seal(token, tokenPurpose(session.id)),
    session.startedAt,
    session.lastAccessedAt,
    session.expiresAt,
    session.attributes.ipAddress,
    session.attributes.userAgent,
    JSON.stringify(session.factors),
    JSON.stringify(session.customClaims),
  ])
}

const lockStatement = reading<SessionsTable>('sessions_lock', {
  sqlite: 'select * from sessions where session_id = $1',
  postgres: 'select * from sessions where session_id = $1 for update',
})

/** The session as it is now, held until the transaction ends; `undefined` if it was revoked. */
export async function lockSession(tx: Queries, sessionId: string): Promise<Session | undefined> {
  const row = await tx.first(lockStatement, [sessionId])
  return row && sessionFromTable(row)
}

const extendStatement = writing(
  'sessions_extend',
  'update sessions set last_accessed_at = $1, expires_at = $2 where session_id = $3',
)

/** Stores that a session was used and until when it counts, and touches nothing else; false if it was revoked meanwhile. */
export async function extendSession(db: Queries, { id, lastAccessedAt, expiresAt }: Session): Promise<boolean> {
  return (await db.run(extendStatement, [lastAccessedAt, expiresAt, id])) === 1
}

const prolongStatement = writing(
  'sessions_prolong',
  'update sessions set last_accessed_at = $1, expires_at = $2 where session_id = $3 and expires_at < $2',
)

/** The same for a session that lasts as long as it is used. One that lasts longer already is left alone. */
export async function prolongSession(db: Queries, { id, lastAccessedAt, expiresAt }: Session): Promise<void> {
  await db.run(prolongStatement, [lastAccessedAt, expiresAt, id])
}

const saveStatement = writing(
  'sessions_save',
  `update sessions set last_accessed_at = $1, expires_at = $2, factors = $3, custom_claims = $4 where session_id = $5`,
)

/** Stores what can change of a session that `lockSession` gave in the same transaction. */
export async function saveSession(tx: Queries, session: Session): Promise<void> {
  const { lastAccessedAt, expiresAt, factors, customClaims, id } = session
  await tx.run(saveStatement, [lastAccessedAt, expiresAt, JSON.stringify(factors), JSON.stringify(customClaims), id])
}

/** $1 time in ms, $2 session id. Lags behind by up to a second; never goes back. */
export const sessionAccessed = writing(
  'sessions_accessed',
  'update sessions set last_accessed_at = $1 where session_id = $2 and last_accessed_at < $1',
)

const revokeByIdStatement = writing(
  'sessions_revoke_by_id',
  'delete from sessions where session_id = $1 and project_id = $2',
)
const revokeByTokenStatement = writing(
  'sessions_revoke_by_token',
  'delete from sessions where token_hash = $1 and project_id = $2',
)

/** Ends a session at once, with its token and what its JWT could be exchanged for. Ending it twice changes nothing. */
export async function revokeById(db: Queries, projectId: string, sessionId: string): Promise<void> {
  await db.run(revokeByIdStatement, [sessionId, projectId])
}

export async function revokeByToken(db: Queries, projectId: string, token: string): Promise<void> {
  await db.run(revokeByTokenStatement, [hashToken(token), projectId])
}

const revokeOfUserStatement = writing(
  'sessions_revoke_of_user',
  'delete from sessions where user_id = $1 and project_id = $2',
)

/** Ends every session of a user. */
export async function deleteSessionsOfUser(tx: Queries, projectId: string, userId: string): Promise<void> {
  await tx.run(revokeOfUserStatement, [userId, projectId])
}

/** Deletes sessions that have expired. They count as absent already; this only frees their space. */
export async function sweepSessions(db: Queries, now: number): Promise<void> {
  await db.query.deleteFrom('sessions').where('expires_at', '<=', now).execute()
}
