/** `grant_type=refresh_token` (RFC 6749 §6, RFC 9700 §4.14): rotation for public clients, safe against lost answers. */
import { isPublic } from '../connected-apps/index.ts'
import { newToken } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { rolesOf } from '../users/index.ts'
import * as errors from './errors.ts'
import { endings, refreshLifetime } from './grant.ts'
import { endGrant, extendGrant, grantExtended } from './grant-store.ts'
import {
  insertRefreshToken,
  type PresentedRefreshToken,
  readRefreshToken,
  refreshTokenExtended,
  useRefreshToken,
} from './refresh-store.ts'
import { judgeScopes, scopeList } from './scope.ts'
import { narrowedResources, signTokens } from './token-answer.ts'
import { type Redeem, requireApp, required, type TokenInput } from './token-request.ts'
import { extentFor, ownClaims } from './user-claims.ts'

export const redeemRefreshToken: Redeem = async (input, client, context) => {
  const { app, project } = requireApp(client, 'refresh_token')
  const { db, now } = context
  const token = required(input, 'refresh_token')
  const presented = await readRefreshToken(db, project.id, token, extentFor(app))
  // Another client's token is not told from one that never was, and comes to no harm (RFC 6749 §10.4).
  if (!presented || presented.grant.clientId !== app.id) throw errors.refreshTokenNotFound()
  requireAlive(presented, now.getTime())
  const { grant, user } = presented
  // What the user may no longer give is dropped: roles may have changed since.
  const stillGrantable = judgeScopes(grant.scopes, { app, project, roles: rolesOf(user) })
  const held = stillGrantable.filter(({ isGrantable }) => isGrantable).map(({ scope }) => scope)
  const scopes = narrowed(input, held)
  const resources = narrowedResources(input, grant, project)
  const request = { app, grant, user, scopes, resources, own: ownClaims(app, user, scopes), nonce: undefined }

  const next = isPublic(app) ? rotate(token, presented, { context, project }) : keep(presented, context)
  const [successor, tokens] = await Promise.all([next, signTokens(context, project, request)])
  return successor === undefined ? tokens : { ...tokens, refresh_token: successor }
}

function requireAlive({ grant, expiresAt }: PresentedRefreshToken, now: number): void {
  if (grant.endedBecause === 'consent_revoked') throw errors.consentRevoked()
  if (grant.endedBecause === 'refresh_token_reused') throw errors.refreshTokenAlreadyUsed()
  if (grant.endedBecause !== undefined) {
    const details = { ended_because: grant.endedBecause, ended_at: new Date(grant.endedAt ?? 0).toISOString() }
    throw errors.grantEnded({ reason: endings[grant.endedBecause] }, { details })
  }
  if (expiresAt <= now) throw errors.refreshTokenExpired()
}

/** RFC 6749 §6: a refresh can ask for less, never for more. */
function narrowed({ scope }: TokenInput, held: readonly string[]): readonly string[] {
  const wanted = scopeList(scope)
  if (wanted.length === 0) return held
  const outside = wanted.find((one) => !held.includes(one))
  if (outside !== undefined)
    throw errors.scopeNotGranted({ scope: outside.slice(0, 128) }, { details: { granted: held } })
  return wanted
}

/** What a sealed successor is bound to. */
const successorPurpose = ({ hash }: PresentedRefreshToken): string => `successor of refresh token ${hash}`

/**
 * The successor of a public client's token. Whoever comes first gets a new one; whoever comes again within the grace time,
 * because the answer was lost or because two processes share the token, gets the same; later it is taken for stolen, and
 * everything that came of the authorization ends (RFC 9700 §4.14.2).
 */
async function rotate(
  token: string,
  presented: PresentedRefreshToken,
  { context, project }: { readonly context: Context; readonly project: Project },
): Promise<string> {
  const { db, now, sealer } = context
  if (presented.usedAt !== undefined) return again(presented, { context, project })
  const time = now.getTime()
  const successor = newToken()
  const successorSealed = sealer.seal(successor, successorPurpose(presented))
  const grantId = presented.grant.id
  const expiresAt = time + refreshLifetime
  const isFirst = await db.transaction(async (tx) => {
    if (!(await useRefreshToken(tx, { hash: presented.hash, successorSealed, now: time }))) return false
    await insertRefreshToken(tx, { token: successor, projectId: project.id, grantId, createdAt: time, expiresAt })
    // A grant's expiry only grows, so what was read tells whether there is anything to do: there is once a day.
    if (presented.grantExpiresAt < expiresAt) await extendGrant(tx, grantId, expiresAt)
    return true
  })
  if (isFirst) return successor
  // Somebody was faster, or the grant ended at this moment: read again what became of it.
  const current = await readRefreshToken(db, project.id, token)
  if (!current) throw errors.refreshTokenNotFound()
  requireAlive(current, time)
  return again(current, { context, project })
}

async function again(
  presented: PresentedRefreshToken,
  { context, project }: { readonly context: Context; readonly project: Project },
): Promise<string> {
  const { db, now, sealer } = context
  const { usedAt = 0, successorSealed, grant } = presented
  const grace = project.settings.idp_refresh_grace_seconds * 1_000
  if (successorSealed !== undefined && now.getTime() - usedAt <= grace) {
    return sealer.open(successorSealed, successorPurpose(presented))
  }
  await endGrant(db, grant.id, 'refresh_token_reused', now.getTime())
  throw errors.refreshTokenAlreadyUsed()
}

/** A client with a secret keeps its token, which lasts three months from its last use. That may be written a second later. */
async function keep({ hash, grant }: PresentedRefreshToken, { lagging, now }: Context): Promise<undefined> {
  const expiresAt = now.getTime() + refreshLifetime
  lagging.note(`refresh token ${hash}`, refreshTokenExtended, [expiresAt, hash])
  lagging.note(`grant ${grant.id}`, grantExtended, [expiresAt, grant.id])
}
