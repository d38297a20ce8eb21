/** All SQL of refresh tokens and of access tokens that are no longer good. */
import { hashToken } from '../crypto/token.ts'
import { type Queries, reading, writing } from '../db/open.ts'
import type { WholeUserRow } from '../users/index.ts'
import { type Extent, type GrantAndUser, type GrantRow, grantAndUser, withGrantAndUser } from './grant-store.ts'

const insertStatement = writing(
  'refresh_tokens_insert',
  'insert into refresh_tokens (token_hash, project_id, grant_id, created_at, expires_at) values ($1, $2, $3, $4, $5)',
)

export interface NewRefreshToken {
  readonly token: string
  readonly projectId: string
  readonly grantId: string
  readonly createdAt: number
  readonly expiresAt: number
}

export async function insertRefreshToken(tx: Queries, made: NewRefreshToken): Promise<void> {
  await tx.run(insertStatement, [hashToken(made.token), made.projectId, made.grantId, made.createdAt, made.expiresAt])
}

interface RefreshRow {
  readonly token_hash: string
  readonly grant_expires_at: number
  readonly token_created_at: number
  readonly token_expires_at: number
  readonly used_at: number | null
  readonly successor_sealed: string | null
}

const readStatement = reading<RefreshRow & GrantRow & WholeUserRow>(
  'refresh_tokens_read',
  withGrantAndUser({
    columns: `t.token_hash, t.created_at as token_created_at, t.expires_at as token_expires_at, t.used_at,
      t.successor_sealed, g.expires_at as grant_expires_at`,
    from: 'refresh_tokens t join grants g on g.grant_id = t.grant_id',
    where: 't.token_hash = $1 and t.project_id = $2',
    extent: '$3',
  }),
)

export interface PresentedRefreshToken extends GrantAndUser {
  readonly hash: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly usedAt: number | undefined
  /** The token that it was answered with, sealed. */
  readonly successorSealed: string | undefined
  /** How long, in ms, its grant is kept; never less than was read. */
  readonly grantExpiresAt: number
}

export async function readRefreshToken(
  db: Queries,
  projectId: string,
  token: string,
  extent: Extent = 'scopes',
): Promise<PresentedRefreshToken | undefined> {
  const row = await db.first(readStatement, [hashToken(token), projectId, extent])
  return (
    row && {
      ...grantAndUser(row),
      hash: row.token_hash,
      createdAt: row.token_created_at,
      expiresAt: row.token_expires_at,
      usedAt: row.used_at ?? undefined,
      successorSealed: row.successor_sealed ?? undefined,
      grantExpiresAt: row.grant_expires_at,
    }
  )
}

const useStatement = writing(
  'refresh_tokens_use',
  `update refresh_tokens set used_at = $1, successor_sealed = $2
   where token_hash = $3 and used_at is null
     and exists (select 1 from grants g where g.grant_id = refresh_tokens.grant_id and g.ended_at is null)`,
)

/**
 * Rotates: true for exactly one caller, who then stores the successor in the same transaction. Whoever sees false reads again
 * and finds the successor that was given out, or that the grant has ended. A crash right after the commit loses only the
 * answer, and a retry gets the same one.
 */
export async function useRefreshToken(
  tx: Queries,
  { hash, successorSealed, now }: { readonly hash: string; readonly successorSealed: string; readonly now: number },
): Promise<boolean> {
  return (await tx.run(useStatement, [now, successorSealed, hash])) === 1
}

/** $1 expiry in ms, $2 hash. A token that is not rotated lasts from its last use; may lag. */
export const refreshTokenExtended = writing(
  'refresh_tokens_extend',
  'update refresh_tokens set expires_at = $1 where token_hash = $2 and expires_at < $1',
)

// Access tokens.

const spendStatement = writing(
  'spent_access_tokens_insert',
  `insert into spent_access_tokens (token_id, use, project_id, spent_at, expires_at) values ($1, $2, $3, $4, $5)
   on conflict do nothing`,
)

export interface SpentToken {
  readonly tokenId: string
  readonly use: 'revoked' | 'exchanged'
  readonly projectId: string
  readonly now: number
  /** When the token expires by itself, in ms. */
  readonly expiresAt: number
}

/** True for exactly one caller per token and use. */
export async function spendAccessToken(db: Queries, spent: SpentToken): Promise<boolean> {
  const { tokenId, use, projectId, now, expiresAt } = spent
  return (await db.run(spendStatement, [tokenId, use, projectId, now, expiresAt])) === 1
}

const isRevokedStatement = reading<{ token_id: string }>(
  'spent_access_tokens_revoked',
  `select token_id from spent_access_tokens where token_id = $1 and use = 'revoked' and project_id = $2`,
)

export async function isRevoked(db: Queries, projectId: string, tokenId: string): Promise<boolean> {
  return (await db.first(isRevokedStatement, [tokenId, projectId])) !== undefined
}
