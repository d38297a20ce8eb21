/**
 * The peer: `oidc-provider` with its in-memory adapter, set up for the same work: RS256 JWT access tokens of the same
 * lifetime, PKCE, rotating refresh tokens, the same clients, users, codes and paths. Prints its origin.
 */
import { createPrivateKey, hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type Adapter, Provider } from 'oidc-provider'
import type { Seeded } from './seed.ts'

const [, , seedFile = ''] = process.argv
const seeded: Seeded = JSON.parse(readFileSync(seedFile, 'utf8'))
const { idp } = seeded
/** The resource that access tokens are for; only such ones can be JWTs here. */
const resource = 'https://api.example.com'
const resourceScopes = ['notes:read', idp.jobScope]
const hour = 3_600
const day = 24 * hour

// Its own adapter, on a map: by itself it forgets all but the newest 1,000 to 2,000 entries.
const memory = new URL('../node_modules/oidc-provider/lib/adapters/memory_adapter.js', import.meta.url).href
const { default: MemoryAdapter }: { default: new (model: string, store: Map<string, unknown>) => Adapter } =
  await import(memory)
const entries = new Map<string, unknown>()

const signingKey = createPrivateKey(seeded.privateKeyPem).export({ format: 'jwk' })
const userNumbers = new Map(seeded.userIds.map((id, at) => [id, at]))
const code = { response_types: ['code' as const], redirect_uris: [idp.redirectUri] }
const provider = new Provider(idp.issuer, {
  adapter: (model) => new MemoryAdapter(model, entries),
  jwks: { keys: [{ ...signingKey, kty: 'RSA', kid: seeded.keyId, alg: 'RS256', use: 'sig' }] },
  clients: [
    {
      ...code,
      client_id: idp.publicClientId,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    {
      ...code,
      client_id: idp.confidential.id,
      client_secret: idp.confidential.secret,
      grant_types: ['authorization_code', 'refresh_token'],
    },
    {
      client_id: idp.m2m.id,
      client_secret: idp.m2m.secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  scopes: ['openid', 'offline_access', 'profile', 'email'],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'given_name', 'family_name'],
  },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `user${userNumbers.get(id)}@example.com`,
      email_verified: true,
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
    }),
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: resourceScopes.join(' '),
        audience: resource,
        accessTokenTTL: hour,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  ttl: {
    AccessToken: hour,
    AuthorizationCode: hour,
    ClientCredentials: hour,
    Grant: 90 * day,
    IdToken: hour,
    RefreshToken: 90 * day,
  },
  routes: {
    token: '/v1/oauth2/token',
    userinfo: '/v1/oauth2/userinfo',
    introspection: '/v1/oauth2/introspect',
    jwks: `/v1/sessions/jwks/${seeded.projectId}`,
  },
  cookies: { keys: ['bench'] },
})
provider.on('server_error', (_context, error) => console.error(error))
provider.on('grant.error', (_context, error) => console.error(error))

const clientOf = async (id: string) => {
  const client = await provider.Client.find(id)
  if (!client) throw new Error(`No client ${id}.`)
  return client
}
const publicClient = await clientOf(idp.publicClientId)
const confidential = await clientOf(idp.confidential.id)

/** Gives the user's consent, as at the end of an authorization. */
async function consent(accountId: string, clientId: string, scope: string): Promise<string> {
  const grant = new provider.Grant({ accountId, clientId })
  grant.addOIDCScope(scope)
  grant.addResourceScope(resource, resourceScopes.join(' '))
  return grant.save()
}
const user = (at: number) => seeded.userIds[at % seeded.userIds.length] ?? ''
const authTime = Math.floor(Date.now() / 1000)
const offline = 'openid offline_access'

/** What a code and a refresh token of the public client have in common. */
async function ofPublicClient(at: number) {
  const accountId = user(at)
  const grantId = await consent(accountId, idp.publicClientId, offline)
  return {
    accountId,
    grantId,
    gty: 'authorization_code',
    authTime,
    client: publicClient,
    scope: `${offline} notes:read`,
    resource,
  }
}
const codeChallenge = hash('sha256', idp.verifier, 'base64url')
for (const [at, jti] of idp.codes.entries()) {
  const request = { redirectUri: idp.redirectUri, codeChallenge, codeChallengeMethod: 'S256' }
  await new provider.AuthorizationCode({ ...(await ofPublicClient(at)), ...request, jti }).save()
}
for (const [at, jti] of idp.refreshTokens.entries()) {
  await new provider.RefreshToken({ ...(await ofPublicClient(at)), jti }).save()
}
// Not for the resource, because neither userinfo nor introspection takes a JWT here.
for (const [at, jti] of idp.opaqueTokens.entries()) {
  const scope = 'openid email profile'
  const grantId = await consent(user(at), idp.confidential.id, scope)
  const ofWhom = { accountId: user(at), client: confidential, grantId, gty: 'authorization_code' }
  const token = new provider.AccessToken({ ...ofWhom, scope, jti })
  await Object.assign(token, { format: 'opaque' }).save()
}

const server = createServer(provider.callback())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://localhost:${typeof address === 'object' ? address?.port : 0}`)
})
process.on('SIGTERM', () => process.exit(0))
