/** `grant_type=authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6). */
import { isCodeVerifier, verifierMatches } from '../crypto/pkce.ts'
import { newToken } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import * as errors from './errors.ts'
import { mostFailedVerifiers, refreshLifetime } from './grant.ts'
import { consumeCode, countFailedVerifier, endGrant, type PresentedCode, readCode } from './grant-store.ts'
import { insertRefreshToken } from './refresh-store.ts'
import { narrowedResources, signTokens } from './token-answer.ts'
import { type Redeem, requireApp, required, type TokenInput } from './token-request.ts'
import { extentFor, ownClaims } from './user-claims.ts'

export const redeemAuthorizationCode: Redeem = async (input, client, context) => {
  const { app, project } = requireApp(client, 'authorization_code')
  const { db, now } = context
  const code = required(input, 'code')
  const presented = await readCode(db, project.id, code, extentFor(app))
  // A code of another client is not used up by asking for it (security check 19).
  if (!presented || presented.grant.clientId !== app.id) throw errors.codeNotFound()
  await requireProof(presented, input, context)
  const { grant, user } = presented
  const time = now.getTime()
  if (presented.isUsed) {
    // Whoever could have redeemed it does so again: one of the two is not the client (RFC 6749 §4.1.2).
    await endGrant(db, grant.id, 'code_replayed', time)
    throw errors.codeNotFound()
  }
  if (grant.endedBecause === 'consent_revoked') throw errors.consentRevoked()
  if (grant.endedAt !== undefined) throw errors.codeNotFound()
  if (presented.expiresAt <= time) throw errors.codeExpired()
  const resources = narrowedResources(input, grant, project)
  const { scopes, nonce } = grant
  const request = { app, grant, user, scopes, resources, own: ownClaims(app, user, scopes), nonce }

  const refreshToken = grant.scopes.includes('offline_access') ? newToken() : undefined
  const write = db.transaction(async (tx) => {
    if (!(await consumeCode(tx, presented, time))) return false
    if (refreshToken !== undefined) {
      const expiresAt = time + refreshLifetime
      await insertRefreshToken(tx, {
        token: refreshToken,
        projectId: project.id,
        grantId: grant.id,
        createdAt: time,
        expiresAt,
      })
    }
    return true
  })
  // The signatures, by far the longest part, are computed on other threads while the write commits.
  const [isFirst, tokens] = await Promise.all([write, signTokens(context, project, request)])
  if (!isFirst) {
    await endGrant(db, grant.id, 'code_replayed', time)
    throw errors.codeNotFound()
  }
  return refreshToken === undefined ? tokens : { ...tokens, refresh_token: refreshToken }
}

/** The code’s other half: the redirect URI and the verifier of the request that it was made for. */
async function requireProof(
  presented: PresentedCode,
  { redirect_uri, code_verifier }: TokenInput,
  { db }: Context,
): Promise<void> {
  const { redirectUri, codeChallenge, failedAttempts } = presented
  if (codeChallenge === undefined && code_verifier !== undefined) throw errors.verifierNotExpected()
  // OAuth 2.1 §4.1.3 drops the redirect URI, because PKCE does what it was for; without PKCE it is still needed.
  const isMissing = redirect_uri === undefined
  if (isMissing ? codeChallenge === undefined : redirect_uri !== redirectUri) {
    throw errors.redirectUriMismatch({
      details: { expected: redirectUri, received: (redirect_uri ?? '').slice(0, 500) },
    })
  }
  if (codeChallenge === undefined) return
  if (failedAttempts >= mostFailedVerifiers) throw errors.codeNotFound()
  if (code_verifier === undefined) throw errors.verifierExpected()
  if (!isCodeVerifier(code_verifier)) throw errors.invalidVerifier()
  if (verifierMatches(code_verifier, codeChallenge)) return
  await countFailedVerifier(db, presented)
  throw errors.verifierMismatch({ left: mostFailedVerifiers - failedAttempts - 1 })
}
