/** All SQL of tokens and assertions that were used up. */
import { hashToken } from '../crypto/token.ts'
import { type Queries, writing } from '../db/open.ts'

const spendStatement = writing(
  'spent_assertions_insert',
  `insert into spent_assertions (project_id, issuer, assertion_id, expires_at) values ($1, $2, $3, $4)
   on conflict (project_id, issuer, assertion_id) do nothing`,
)

export interface Spent {
  readonly projectId: string
  readonly issuer: string
  readonly tokenId: string
  /** Until when, in ms, it has to be remembered. */
  readonly expiresAt: number
}

/**
 * Uses a token up: true for exactly one caller, whom the others wait for. Undone with its transaction, so that a failure
 * later on does not use the token up.
 */
export async function spend(tx: Queries, { projectId, issuer, tokenId, expiresAt }: Spent): Promise<boolean> {
  const parameters = [projectId, `trusted token of ${issuer}`, hashToken(tokenId), Math.ceil(expiresAt)]
  return (await tx.run(spendStatement, parameters)) === 1
}

/** Forgets what would be refused for its age alone. */
export async function sweepSpentAssertions(db: Queries, now: number): Promise<void> {
  await db.query.deleteFrom('spent_assertions').where('expires_at', '<=', now).execute()
}
