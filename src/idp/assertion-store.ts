/** All SQL of client assertions that were used. */
import { hashToken } from '../crypto/token.ts'
import { type Queries, writing } from '../db/open.ts'

const spendStatement = writing(
  'client_assertions_spend',
  `insert into spent_assertions (project_id, issuer, assertion_id, expires_at) values ($1, $2, $3, $4)
   on conflict do nothing`,
)

export interface SpentAssertion {
  readonly projectId: string
  readonly clientId: string
  /** Its `jti`. */
  readonly id: string
  /** Until when, in ms, it has to be remembered. */
  readonly expiresAt: number
}

/** True for exactly one caller. A crash right after it means that the client signs another assertion. */
export async function spendAssertion(
  db: Queries,
  { projectId, clientId, id, expiresAt }: SpentAssertion,
): Promise<boolean> {
  return (await db.run(spendStatement, [projectId, `client ${clientId}`, hashToken(id), Math.ceil(expiresAt)])) === 1
}
