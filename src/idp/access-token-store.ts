/** Whether what an access token stands for is still there: one statement per question, asked at every use of a token. */
import { type Queries, reading } from '../db/open.ts'
import type { WholeUserRow } from '../users/index.ts'
import { type Extent, type GrantAndUser, type GrantRow, grantAndUser, withGrantAndUser } from './grant-store.ts'

/** What a token says of itself, once it is known to be good. */
export interface TokenOfGrant {
  readonly grantId: string
  readonly tokenId: string
  readonly clientId: string
}

/** $1 grant, $2 project, $3 client, $4 token. Grants go with their users and clients: foreign keys cascade. */
const isAlive = `g.grant_id = $1 and g.project_id = $2 and g.client_id = $3 and g.ended_at is null and not exists
  (select 1 from spent_access_tokens s where s.token_id = $4 and s.use = 'revoked' and s.project_id = $2)`

const aliveStatement = reading<{ grant_id: string }>('grants_alive', `select g.grant_id from grants g where ${isAlive}`)
const liveGrantStatement = reading<GrantRow & WholeUserRow>(
  'grants_live',
  withGrantAndUser({ columns: '', from: 'grants g', where: isAlive, extent: '$5' }),
)

const parameters = (projectId: string, { grantId, tokenId, clientId }: TokenOfGrant) => [
  grantId,
  projectId,
  clientId,
  tokenId,
]

/** Whether the token was not revoked, its grant has not ended, and its user and client are there. */
export async function isTokenAlive(db: Queries, projectId: string, token: TokenOfGrant): Promise<boolean> {
  return (await db.first(aliveStatement, parameters(projectId, token))) !== undefined
}

/** The grant of such a token, with its user. */
export async function findLiveGrant(
  db: Queries,
  projectId: string,
  token: TokenOfGrant,
  extent: Extent,
): Promise<GrantAndUser | undefined> {
  const row = await db.first(liveGrantStatement, [...parameters(projectId, token), extent])
  return row && grantAndUser(row)
}
