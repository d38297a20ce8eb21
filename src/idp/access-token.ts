/** Access tokens: RS256 JWTs that a protected resource can verify on its own (RFC 9068, docs/wire/idp.md). */
import type { ConnectedApp } from '../connected-apps/index.ts'
import { signJwt, verifyJwt } from '../crypto/jwt.ts'
import type { Context } from '../kernel/endpoint.ts'
import { issuerOf, type Project } from '../projects/index.ts'
import type { User } from '../users/index.ts'
import { findLiveGrant, type TokenOfGrant } from './access-token-store.ts'
import { type Grant, grantIdOf, newTokenId } from './grant.ts'
import type { Extent, GrantAndUser } from './grant-store.ts'
import type { OwnClaims } from './user-claims.ts'

type ProjectContext = Context & { readonly project: Project }

export interface AccessTokenRequest {
  readonly app: ConnectedApp
  readonly grant: Grant
  readonly user: User
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  /** From the client's templates: rendered before anything is written, because that can fail. */
  readonly own: OwnClaims
}

export interface SignedAccessToken {
  readonly token: string
  /** In seconds. */
  readonly expiresIn: number
}

/** Signs one access token. */
export async function signAccessToken(
  { keys, now, project, baseUrl }: ProjectContext,
  { app, grant, user, scopes, resources, own }: AccessTokenRequest,
): Promise<SignedAccessToken> {
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const expiresIn = app.accessTokenMinutes * 60
  const claims = {
    ...own.inAccessToken,
    iss: issuerOf(project, baseUrl),
    sub: user.id,
    // Always a list: two official clients fail on a text. The project is in it because all of them look for it.
    aud: [project.id, ...(app.accessTokenCustomAudience ? [app.accessTokenCustomAudience] : []), ...resources],
    client_id: app.id,
    scope: scopes.join(' '),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + expiresIn,
    jti: newTokenId(grant.id),
  }
  return { token: await signJwt(keys, project.id, claims, project.settings.idp_access_token_type), expiresIn }
}

/** What an access token of this project says, once it is known to be good. */
export interface VerifiedAccessToken extends TokenOfGrant {
  readonly subject: string
  readonly scopes: readonly string[]
  /** In seconds, as it stands in the token. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** Every claim. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Reads an access token of the project that is neither malformed nor expired; whether it was revoked is not asked. ID tokens
 * and session JWTs are none: they lack `client_id`, or their audience is another.
 */
export async function readAccessToken(
  { keys, now, project, baseUrl }: ProjectContext,
  token: string,
): Promise<VerifiedAccessToken | undefined> {
  // Of either type: the project’s setting may have changed while tokens are alive.
  const expected = { issuer: issuerOf(project, baseUrl), audience: project.id, now, anyType: true }
  const claims = await verifyJwt(keys, project.id, token, expected)
  if (!claims) return undefined
  const { jti, client_id, sub, scope, iat, exp } = claims
  if (typeof jti !== 'string' || typeof client_id !== 'string' || typeof sub !== 'string') return undefined
  if (typeof scope !== 'string' || iat === undefined || exp === undefined) return undefined
  const scopes = scope.split(' ').filter((one) => one !== '')
  const about = { tokenId: jti, grantId: grantIdOf(jti), clientId: client_id, subject: sub }
  return { ...about, scopes, issuedAt: iat, expiresAt: exp, claims }
}

export interface LiveAccessToken extends GrantAndUser {
  readonly token: VerifiedAccessToken
}

/** The same with its grant and user; `undefined` once the token or its grant was revoked, or its user or client deleted. */
export async function liveAccessToken(
  context: ProjectContext,
  token: string,
  extent: Extent,
): Promise<LiveAccessToken | undefined> {
  const read = await readAccessToken(context, token)
  const found = read && (await findLiveGrant(context.db, context.project.id, read, extent))
  return found && { ...found, token: read }
}
