/** What the rows of the authorization server need: clients, and one grant for each code and token. */

import { type ConnectedApp, insertClient } from '../src/connected-apps/index.ts'
import { signJwt } from '../src/crypto/jwt.ts'
import type { Keyring } from '../src/crypto/keyring.ts'
import { codeChallenge } from '../src/crypto/pkce.ts'
import { hashToken, newId, newToken } from '../src/crypto/token.ts'
import type { Db, Queries } from '../src/db/open.ts'
import { newGrantId, newTokenId, refreshLifetime } from '../src/idp/grant.ts'
import { insertM2mClient } from '../src/m2m/store.ts'

/** What is the same for all servers and all rows. */
const common = {
  /** Known before a server has a port: it stands in tokens that are made before it starts. */
  issuer: 'http://localhost',
  redirectUri: 'https://client.example/callback',
  verifier: 'v'.repeat(43),
  /** What the M2M client asks for. */
  jobScope: 'jobs:run',
}
const { issuer, redirectUri, verifier, jobScope } = common
/** Signing one costs as much as a request, so few are introspected over and over. */
const accessTokens = 1_000
const chunk = 400

interface Credentials {
  readonly id: string
  readonly secret: string
}

export type SeededIdp = typeof common & {
  readonly publicClientId: string
  readonly confidential: Credentials
  readonly m2m: Credentials
  /** Single use: one per request; the user is the one at the same place of the list of users, which starts over. */
  readonly codes: readonly string[]
  /** Single use. */
  readonly refreshTokens: readonly string[]
  /** JWTs of the confidential client, with `openid email profile`. */
  readonly accessTokens: readonly string[]
  /** The same for a server whose access tokens of that kind are opaque. */
  readonly opaqueTokens: readonly string[]
}

export interface Seeding {
  readonly db: Db
  readonly keys: Keyring
  readonly projectId: string
  readonly userIds: readonly string[]
  /** How many codes, and how many refresh tokens. */
  readonly count: number
  readonly now: Date
}

interface SeededGrant {
  readonly id: string
  readonly userId: string
  readonly clientId: string
  readonly scopes: readonly string[]
}

export async function seedIdp({ db, keys, projectId, userIds, count, now }: Seeding): Promise<SeededIdp> {
  const time = now.getTime()
  const expires_at = time + 3_600_000
  const confidential = { id: newId('connected-app', 'test'), secret: newToken() }
  const m2m = { id: newId('m2m-client', 'test'), secret: newToken() }
  const publicClientId = newId('connected-app', 'test')
  const grantsOf = (clientId: string, scopes: readonly string[], many: number) =>
    Array.from({ length: many }, (_, at) => ({
      id: newGrantId(),
      userId: userIds[at % userIds.length] ?? '',
      clientId,
      scopes,
    }))
  const offline = ['openid', 'offline_access']
  const withCode = grantsOf(publicClientId, offline, count)
  const withRefreshToken = grantsOf(publicClientId, offline, count)
  const withAccessToken = grantsOf(confidential.id, ['openid', 'email', 'profile'], accessTokens)
  const codes = withCode.map(newToken)
  const refreshTokens = withRefreshToken.map(newToken)

  await db.transaction(async (tx) => {
    await insertClient(tx, app(publicClientId, projectId, time))
    await insertClient(tx, app(confidential.id, projectId, time, confidential.secret))
    await insertM2mClient(tx, m2mClient(m2m, projectId, time))
    for (const grants of [withCode, withRefreshToken, withAccessToken]) await insertGrants(tx, projectId, grants, time)
    for (const some of chunks(withCode.map((grant, at) => ({ grant, code: codes[at] ?? '' })))) {
      const rows = some.map(({ grant, code }) => ({
        code_hash: hashToken(code),
        project_id: projectId,
        grant_id: grant.id,
        redirect_uri: redirectUri,
        code_challenge: codeChallenge(verifier),
        failed_attempts: 0,
        created_at: time,
        expires_at,
        consumed_at: null,
      }))
      await tx.query.insertInto('authorization_codes').values(rows).execute()
    }
    for (const some of chunks(withRefreshToken.map((grant, at) => ({ grant, token: refreshTokens[at] ?? '' })))) {
      const rows = some.map(({ grant, token }) => ({
        token_hash: hashToken(token),
        project_id: projectId,
        grant_id: grant.id,
        created_at: time,
        expires_at: time + refreshLifetime,
        used_at: null,
        successor_sealed: null,
      }))
      await tx.query.insertInto('refresh_tokens').values(rows).execute()
    }
  })
  const iat = Math.floor(time / 1000)
  const signed = withAccessToken.map(({ id, userId, scopes }) =>
    signJwt(keys, projectId, {
      iss: issuer,
      sub: userId,
      aud: [projectId],
      client_id: confidential.id,
      scope: scopes.join(' '),
      iat,
      nbf: iat,
      exp: iat + 3_600,
      jti: newTokenId(id),
    }),
  )
  return {
    ...common,
    publicClientId,
    confidential,
    m2m,
    codes,
    refreshTokens,
    accessTokens: await Promise.all(signed),
    opaqueTokens: withAccessToken.map(newToken),
  }
}

async function insertGrants(
  tx: Queries,
  project_id: string,
  grants: readonly SeededGrant[],
  time: number,
): Promise<void> {
  for (const some of chunks(grants)) {
    const rows = some.map(({ id, userId, clientId, scopes }) => ({
      grant_id: id,
      project_id,
      client_id: clientId,
      user_id: userId,
      session_id: null,
      scopes: JSON.stringify(scopes),
      resources: '[]',
      nonce: null,
      auth_time: time,
      created_at: time,
      expires_at: time + refreshLifetime,
      ended_at: null,
      ended_because: null,
    }))
    await tx.query.insertInto('grants').values(rows).execute()
  }
}

/** A client of the app's own people; public without a secret. */
const app = (id: string, projectId: string, createdAt: number, secret?: string): ConnectedApp => ({
  id,
  projectId,
  type: secret === undefined ? 'third_party_public' : 'third_party',
  name: 'Notes',
  description: 'Takes notes',
  redirectUrls: [redirectUri],
  postLogoutRedirectUrls: [],
  logoUrl: undefined,
  fullAccessAllowed: false,
  bypassConsentForOfflineAccess: false,
  accessTokenMinutes: 60,
  accessTokenCustomAudience: undefined,
  accessTokenTemplate: '',
  idTokenTemplate: '',
  creationMethod: 'api',
  tokenEndpointAuthMethod: undefined,
  secret: secret === undefined ? undefined : { hash: hashToken(secret), lastFour: secret.slice(-4) },
  nextSecret: undefined,
  metadataUrl: undefined,
  firstUsedAt: createdAt,
  createdAt,
})

const m2mClient = ({ id, secret }: Credentials, projectId: string, createdAt: number) => ({
  id,
  projectId,
  name: 'Night jobs',
  description: '',
  status: 'active' as const,
  scopes: [jobScope],
  trustedMetadata: {},
  creationMethod: 'api' as const,
  secret: { hash: hashToken(secret), lastFour: secret.slice(-4) },
  nextSecret: undefined,
  createdAt,
})

function chunks<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / chunk) }, (_, at) => all.slice(at * chunk, (at + 1) * chunk))
}
