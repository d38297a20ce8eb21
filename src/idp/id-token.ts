/** ID tokens: who logged in, for the client itself (OpenID Connect Core §2, docs/wire/idp.md). */
import { type ConnectedApp, wireClientId } from '../connected-apps/index.ts'
import { signJwt } from '../crypto/jwt.ts'
import { accessTokenHash } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { issuerOf, type Project } from '../projects/index.ts'
import type { User } from '../users/index.ts'
import { type Grant, idTokenLifetime } from './grant.ts'
import { personClaims } from './person-claims.ts'
import type { OwnClaims } from './user-claims.ts'

export interface IdTokenRequest {
  readonly app: ConnectedApp
  readonly grant: Grant
  readonly user: User
  readonly scopes: readonly string[]
  readonly accessToken: string
  readonly own: OwnClaims
  /** Only the first one of a login repeats it (OpenID Connect Core §12.2). */
  readonly nonce: string | undefined
}

/** Signs one ID token. */
export function signIdToken(
  { keys, now, project, baseUrl }: Context & { readonly project: Project },
  { app, grant, user, scopes, accessToken, own, nonce }: IdTokenRequest,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1_000)
  return signJwt(keys, project.id, {
    ...own.inIdToken,
    ...personClaims(user, scopes),
    iss: issuerOf(project, baseUrl),
    sub: user.id,
    // The name by which the client knows itself: it compares (OpenID Connect Core §3.1.3.7).
    aud: [wireClientId(app)],
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + idTokenLifetime / 1_000,
    auth_time: Math.floor(grant.authTime / 1_000),
    at_hash: accessTokenHash(accessToken),
    ...(nonce !== undefined && { nonce }),
  })
}
