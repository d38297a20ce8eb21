/** All SQL of grants, of the consent behind them, and of authorization codes. */
import { type ConnectedApp, clientFromRow } from '../connected-apps/index.ts'
import { hashToken } from '../crypto/token.ts'
import { type Dialect, type Queries, reading, writing } from '../db/open.ts'
import { type User, userFromRow, userWithLists, type WholeUserRow } from '../users/index.ts'
import { type Ending, type Grant, keptAfterwards, mostFailedVerifiers } from './grant.ts'

export interface GrantRow {
  readonly grant_id: string
  readonly grant_project_id: string
  readonly client_id: string
  readonly session_id: string | null
  readonly scopes: string
  readonly resources: string
  readonly nonce: string | null
  readonly auth_time: number
  readonly grant_created_at: number
  readonly ended_at: number | null
  readonly ended_because: string | null
}

/** Select list of a grant, the table being `grants g`. */
const grantColumns = `g.grant_id, g.project_id as grant_project_id, g.client_id, g.session_id, g.scopes, g.resources,
  g.nonce, g.auth_time, g.created_at as grant_created_at, g.ended_at, g.ended_because`

/** How much of the grant's user is read: what the granted scopes let the client know, or everything. */
export type Extent = 'scopes' | 'whole'

interface Selection {
  readonly columns: string
  readonly from: string
  readonly where: string
  /** The parameter, e.g. `$3`, that is an `Extent`. */
  readonly extent: string
}

/** A statement that reads something with its grant and the grant's user. */
export const withGrantAndUser = ({ columns, from, where, extent }: Selection): Readonly<Record<Dialect, string>> => {
  // Scopes are a JSON array of names. A match too many would only read what is not used.
  const granted = (scope: string) => `${extent} = 'whole' or g.scopes like '%"${scope}"%'`
  const wanted = { emails: granted('email'), phoneNumbers: granted('phone'), registrations: granted('profile') }
  const select = (dialect: Dialect) => `select ${columns}${columns && ','} ${grantColumns},
    ${userWithLists(dialect, wanted)}
    from ${from} join users u on u.user_id = g.user_id where ${where}`
  return { sqlite: select('sqlite'), postgres: select('postgres') }
}

export interface GrantAndUser {
  readonly grant: Grant
  /** Read for `scopes`, the lists that no granted scope tells the client of are empty. */
  readonly user: User
}

export const grantAndUser = (row: GrantRow & WholeUserRow): GrantAndUser => ({
  grant: grantFromRow(row),
  user: userFromRow(row),
})

const grantFromRow = (row: GrantRow & { readonly user_id: string }): Grant => ({
  id: row.grant_id,
  projectId: row.grant_project_id,
  clientId: row.client_id,
  userId: row.user_id,
  sessionId: row.session_id ?? undefined,
  scopes: JSON.parse(row.scopes),
  resources: JSON.parse(row.resources),
  nonce: row.nonce ?? undefined,
  authTime: row.auth_time,
  createdAt: row.grant_created_at,
  endedAt: row.ended_at ?? undefined,
  endedBecause: (row.ended_because as Ending | null) ?? undefined,
})

const insertStatement = writing(
  'grants_insert',
  `insert into grants (grant_id, project_id, client_id, user_id, session_id, scopes, resources, nonce, auth_time,
     created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
)

/** `expiresAt`: when the last token that it can give so far expires, in ms. */
export async function insertGrant(tx: Queries, grant: Grant, expiresAt: number): Promise<void> {
  await tx.run(insertStatement, [
    grant.id,
    grant.projectId,
    grant.clientId,
    grant.userId,
    grant.sessionId ?? null,
    JSON.stringify(grant.scopes),
    JSON.stringify(grant.resources),
    grant.nonce ?? null,
    grant.authTime,
    grant.createdAt,
    expiresAt,
  ])
}

/** How far, in ms, a grant is extended beyond what is needed, so that it need not be again at each refresh of a day. */
const extendedBy = 86_400_000

/** $1 expiry in ms, $2 grant id. May lag: it only says how long the row is kept. */
export const grantExtended = writing(
  'grants_extend',
  `update grants set expires_at = cast($1 as bigint) + ${extendedBy} where grant_id = $2 and expires_at < $1`,
)

/** The same at once, in the transaction that makes a token which lasts that long. */
export async function extendGrant(tx: Queries, grantId: string, expiresAt: number): Promise<void> {
  await tx.run(grantExtended, [expiresAt, grantId])
}

const endStatement = writing(
  'grants_end',
  'update grants set ended_at = $1, ended_because = $2 where grant_id = $3 and ended_at is null',
)

/** Ends a grant with all of its tokens. The first reason stays. */
export async function endGrant(db: Queries, grantId: string, because: Ending, now: number): Promise<void> {
  await db.run(endStatement, [now, because, grantId])
}

// Consent.

const consentStatement = reading<{ scopes: string }>(
  'consents_read',
  'select scopes from consents where user_id = $1 and client_id = $2',
)

/** What the user agreed to last time. */
export async function rememberedScopes(
  db: Queries,
  userId: string,
  clientId: string,
): Promise<readonly string[] | undefined> {
  const row = await db.first(consentStatement, [userId, clientId])
  return row && JSON.parse(row.scopes)
}

const rememberStatement = writing(
  'consents_put',
  `insert into consents (user_id, client_id, project_id, scopes, granted_at) values ($1, $2, $3, $4, $5)
   on conflict (user_id, client_id) do update set scopes = excluded.scopes, granted_at = excluded.granted_at`,
)

/** Notes the scopes of a completed flow in place of those of the last one. */
export async function rememberConsent(tx: Queries, grant: Grant): Promise<void> {
  await tx.run(rememberStatement, [
    grant.userId,
    grant.clientId,
    grant.projectId,
    JSON.stringify(grant.scopes),
    grant.createdAt,
  ])
}

const forgetStatement = writing(
  'consents_delete',
  'delete from consents where user_id = $1 and client_id = $2 and project_id = $3',
)
const endAllStatement = writing(
  'grants_end_all',
  `update grants set ended_at = $1, ended_because = $2
   where user_id = $3 and client_id = $4 and project_id = $5 and ended_at is null`,
)

/** Takes a user's consent to a client back, with every grant that came of it. False: there was none. */
export async function revokeConsent(
  tx: Queries,
  { projectId, userId, clientId }: Pick<Grant, 'projectId' | 'userId' | 'clientId'>,
  now: number,
): Promise<boolean> {
  await tx.run(endAllStatement, [now, 'consent_revoked', userId, clientId, projectId])
  return (await tx.run(forgetStatement, [userId, clientId, projectId])) === 1
}

/** The apps that a user completed a flow with, and the scopes of the last one. */
export async function appsOfUser(
  db: Queries,
  projectId: string,
  userId: string,
): Promise<readonly { readonly app: ConnectedApp; readonly scopes: readonly string[] }[]> {
  const rows = await db.query
    .selectFrom('consents')
    .innerJoin('connected_apps', 'connected_apps.client_id', 'consents.client_id')
    .selectAll('connected_apps')
    .select(['consents.scopes', 'consents.granted_at'])
    .where('consents.user_id', '=', userId)
    .where('consents.project_id', '=', projectId)
    .orderBy('consents.granted_at', 'desc')
    .orderBy('consents.client_id')
    .execute()
  return rows.map((row) => ({ app: clientFromRow(row), scopes: JSON.parse(row.scopes) }))
}

// Authorization codes.

const insertCodeStatement = writing(
  'authorization_codes_insert',
  `insert into authorization_codes (code_hash, project_id, grant_id, redirect_uri, code_challenge, failed_attempts,
     created_at, expires_at) values ($1, $2, $3, $4, $5, 0, $6, $7)`,
)

export interface NewCode {
  readonly code: string
  readonly projectId: string
  readonly grantId: string
  readonly redirectUri: string
  readonly codeChallenge: string | undefined
  readonly createdAt: number
  readonly expiresAt: number
}

export async function insertCode(tx: Queries, made: NewCode): Promise<void> {
  await tx.run(insertCodeStatement, [
    hashToken(made.code),
    made.projectId,
    made.grantId,
    made.redirectUri,
    made.codeChallenge ?? null,
    made.createdAt,
    made.expiresAt,
  ])
}

interface CodeRow {
  readonly code_hash: string
  readonly redirect_uri: string
  readonly code_challenge: string | null
  readonly failed_attempts: number
  readonly code_expires_at: number
  readonly consumed_at: number | null
}

const readCodeStatement = reading<CodeRow & GrantRow & WholeUserRow>(
  'authorization_codes_read',
  withGrantAndUser({
    columns: `c.code_hash, c.redirect_uri, c.code_challenge, c.failed_attempts, c.expires_at as code_expires_at,
      c.consumed_at`,
    from: 'authorization_codes c join grants g on g.grant_id = c.grant_id',
    where: 'c.code_hash = $1 and c.project_id = $2',
    extent: '$3',
  }),
)

export interface PresentedCode extends GrantAndUser {
  readonly hash: string
  readonly redirectUri: string
  readonly codeChallenge: string | undefined
  readonly failedAttempts: number
  readonly expiresAt: number
  readonly isUsed: boolean
}

export async function readCode(
  db: Queries,
  projectId: string,
  code: string,
  extent: Extent,
): Promise<PresentedCode | undefined> {
  const row = await db.first(readCodeStatement, [hashToken(code), projectId, extent])
  return (
    row && {
      ...grantAndUser(row),
      hash: row.code_hash,
      redirectUri: row.redirect_uri,
      codeChallenge: row.code_challenge ?? undefined,
      failedAttempts: row.failed_attempts,
      expiresAt: row.code_expires_at,
      isUsed: row.consumed_at !== null,
    }
  )
}

const consumeCodeStatement = writing(
  'authorization_codes_consume',
  `update authorization_codes set consumed_at = $1 where code_hash = $2 and consumed_at is null and failed_attempts < $3
     and exists (select 1 from grants g where g.grant_id = authorization_codes.grant_id and g.ended_at is null)`,
)

/**
 * Uses a code up: true for exactly one caller. A second one sees false, which is a replay; so does whoever comes when the
 * consent has just been withdrawn, or after too many wrong verifiers, however many of them were sent at once. In the
 * transaction that stores what the code gives, so that a crash leaves either both or neither.
 */
export async function consumeCode(tx: Queries, { hash }: Pick<PresentedCode, 'hash'>, now: number): Promise<boolean> {
  return (await tx.run(consumeCodeStatement, [now, hash, mostFailedVerifiers])) === 1
}

const failCodeStatement = writing(
  'authorization_codes_fail',
  'update authorization_codes set failed_attempts = failed_attempts + 1 where code_hash = $1',
)

/** Counts a wrong verifier. */
export async function countFailedVerifier(db: Queries, { hash }: Pick<PresentedCode, 'hash'>): Promise<void> {
  await db.run(failCodeStatement, [hash])
}

/** Deletes what has expired. Grants, codes and refresh tokens stay a while longer, so that one can ask why they ended. */
export async function sweepGrants(db: Queries, now: number): Promise<void> {
  await db.query
    .deleteFrom('authorization_codes')
    .where('expires_at', '<', now - keptAfterwards)
    .execute()
  await db.query
    .deleteFrom('refresh_tokens')
    .where('expires_at', '<', now - keptAfterwards)
    .execute()
  await db.query.deleteFrom('spent_access_tokens').where('expires_at', '<', now).execute()
  await db.query
    .deleteFrom('grants')
    .where('expires_at', '<', now - keptAfterwards)
    .execute()
}
