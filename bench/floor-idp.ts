/** The floor of the authorization server: each grant in as few statements and signatures as the same schema allows. */
import type { IncomingHttpHeaders } from 'node:http'
import { type Row, sameHash, seal, seeded, sha, signed, store, token, verified } from './floor-parts.ts'

const { projectId } = seeded
const { issuer } = seeded.idp
const month = 30 * 86_400_000
const refreshLifetime = 3 * month

/** The access token, and the ID token, which holds the other's hash. */
async function tokensOf(grant: Row, now: number) {
  const iat = Math.floor(now / 1000)
  const scopes: readonly string[] = JSON.parse(String(grant.scopes))
  const about = { iss: issuer, sub: grant.user_id, iat, nbf: iat, exp: iat + 3600 }
  const access_token = await signed({
    ...about,
    aud: [projectId, ...JSON.parse(String(grant.resources))],
    client_id: grant.client_id,
    scope: scopes.join(' '),
    jti: String(grant.grant_id) + token().slice(0, 21),
  })
  const id_token = await signed({
    ...about,
    aud: [grant.client_id],
    auth_time: Math.floor(Number(grant.auth_time) / 1000),
    at_hash: Buffer.from(sha(access_token), 'base64url').subarray(0, 16).toString('base64url'),
  })
  return { access_token, token_type: 'Bearer', expires_in: 3600, scope: scopes.join(' '), id_token }
}

const insertRefresh =
  'insert into refresh_tokens (token_hash, project_id, grant_id, created_at, expires_at) values ($1, $2, $3, $4, $5)'
/** A grant of a public client, with the user who gave it, found by one of its codes or tokens. */
const grantOf = (of: string) =>
  `select x.*, g.grant_id, g.client_id, g.user_id, g.scopes, g.resources, g.auth_time
   from ${of} x join grants g on g.grant_id = x.grant_id join users u on u.user_id = g.user_id
   join connected_apps a on a.client_id = g.client_id`
const alive = `x.project_id = $2 and g.client_id = $3 and g.ended_at is null and x.expires_at > $4
   and a.client_type like '%_public'`
const codeSql = `${grantOf('authorization_codes')} where x.code_hash = $1 and ${alive} and x.consumed_at is null`
const refreshSql = `${grantOf('refresh_tokens')} where x.token_hash = $1 and ${alive} and x.used_at is null`

async function redeemCode(form: URLSearchParams) {
  const now = Date.now()
  const code = sha(form.get('code') ?? '')
  const grant = await store.first(codeSql, [code, projectId, form.get('client_id') ?? '', now])
  if (!grant || grant.redirect_uri !== form.get('redirect_uri')) throw new Error('no code')
  if (!sameHash(sha(form.get('code_verifier') ?? ''), grant.code_challenge)) throw new Error('verifier')
  const refresh_token = token()
  const [changes, tokens] = await Promise.all([
    store.write([
      ['update authorization_codes set consumed_at = $1 where code_hash = $2 and consumed_at is null', [now, code]],
      [insertRefresh, [sha(refresh_token), projectId, String(grant.grant_id), now, now + refreshLifetime]],
    ]),
    tokensOf(grant, now),
  ])
  if (changes !== 2) throw new Error('used twice')
  return { ...tokens, refresh_token }
}

async function refresh(form: URLSearchParams) {
  const now = Date.now()
  const used = sha(form.get('refresh_token') ?? '')
  const grant = await store.first(refreshSql, [used, projectId, form.get('client_id') ?? '', now])
  if (!grant) throw new Error('no refresh token')
  const refresh_token = token()
  const sealed = seal(refresh_token, `successor of refresh token ${used}`)
  const expires = now + refreshLifetime
  const [changes, tokens] = await Promise.all([
    store.write([
      [
        'update refresh_tokens set used_at = $1, successor_sealed = $2 where token_hash = $3 and used_at is null',
        [now, sealed, used],
      ],
      [insertRefresh, [sha(refresh_token), projectId, String(grant.grant_id), now, expires]],
      ['update grants set expires_at = $1 where grant_id = $2', [expires, String(grant.grant_id)]],
    ]),
    tokensOf(grant, now),
  ])
  if (changes !== 3) throw new Error('used twice')
  return { ...tokens, refresh_token }
}

function basic({ authorization = '' }: IncomingHttpHeaders): readonly [id: string, secret: string] {
  const [id = '', secret = ''] = Buffer.from(authorization.slice(6), 'base64').toString().split(':')
  return [id, secret]
}

async function clientCredentials(form: URLSearchParams, headers: IncomingHttpHeaders) {
  const [id, secret] = basic(headers)
  const client = await store.first(
    'select client_secret_hash, scopes, status from m2m_clients where project_id = $1 and client_id = $2',
    [projectId, id],
  )
  if (!client || !sameHash(sha(secret), client.client_secret_hash) || client.status !== 'active')
    throw new Error('client')
  const scope = form.get('scope') ?? ''
  if (!JSON.parse(String(client.scopes)).includes(scope)) throw new Error('scope')
  const iat = Math.floor(Date.now() / 1000)
  const access_token = await signed({
    iss: issuer, sub: id, aud: [projectId], client_id: id, scope, iat, nbf: iat, exp: iat + 3600, jti: token().slice(0, 43),
  }) // biome-ignore format: a block
  return { access_token, token_type: 'Bearer', expires_in: 3600, scope }
}

/** Of a token that is neither revoked nor expired, and whose grant is alive. */
const liveSql = `select g.client_id, u.first_name, u.middle_name, u.last_name,
    (select e.address from user_emails e where e.user_id = u.user_id order by e.created_at limit 1) as email,
    (select e.verified from user_emails e where e.user_id = u.user_id order by e.created_at limit 1) as verified
  from grants g join users u on u.user_id = g.user_id
  where g.grant_id = $1 and g.project_id = $2 and g.ended_at is null
    and not exists (select 1 from spent_access_tokens s where s.token_id = $3 and s.use = 'revoked')`

async function live(token: string): Promise<{ readonly claims: ReturnType<typeof verified>; readonly row: Row }> {
  const claims = verified(token)
  if (claims.exp * 1000 <= Date.now() || claims.iss !== issuer) throw new Error('expired')
  const row = await store.first(liveSql, [claims.jti.slice(0, 22), projectId, claims.jti])
  if (!row) throw new Error('revoked')
  return { claims, row }
}

async function introspect(form: URLSearchParams, headers: IncomingHttpHeaders) {
  const [id, secret] = basic(headers)
  const client = await store.first('select client_secret_hash from connected_apps where client_id = $1', [id])
  if (!client || !sameHash(sha(secret), client.client_secret_hash)) throw new Error('client')
  const { claims } = await live(form.get('token') ?? '')
  return claims.client_id === id ? { ...claims, token_type: 'access_token', active: true } : { active: false }
}

async function userinfo({ authorization = '' }: IncomingHttpHeaders) {
  const { claims, row } = await live(authorization.slice(7))
  return {
    sub: claims.sub,
    email: row.email,
    email_verified: row.verified === 1,
    name: `${row.first_name} ${row.last_name}`,
    given_name: row.first_name,
    family_name: row.last_name,
  }
}

const at = `${issuer}/v1/oauth2`
const methods = ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt']
const metadata = {
  issuer,
  authorization_endpoint: `${at}/authorize`, token_endpoint: `${at}/token`, userinfo_endpoint: `${at}/userinfo`,
  jwks_uri: `${issuer}/.well-known/jwks.json`, registration_endpoint: `${at}/register`, introspection_endpoint: `${at}/introspect`,
  revocation_endpoint: `${at}/revoke`, end_session_endpoint: `${at}/logout`, client_id_metadata_document_supported: true,
  authorization_response_iss_parameter_supported: true, response_types_supported: ['code'], response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'], code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: methods, token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA'],
  introspection_endpoint_auth_methods_supported: methods, revocation_endpoint_auth_methods_supported: methods,
  scopes_supported: ['openid', 'profile', 'email', 'phone', 'offline_access'],
  claims_supported: [
    'iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'auth_time', 'nonce', 'at_hash', 'name', 'given_name', 'family_name', 'middle_name',
    'picture', 'locale', 'email', 'email_verified', 'phone_number', 'phone_number_verified',
  ],
  prompt_values_supported: ['none', 'login', 'consent'], subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'], claims_parameter_supported: false, request_parameter_supported: false,
  request_uri_parameter_supported: false, service_documentation: `${issuer}/openapi.json`,
} // biome-ignore format: a document reads best as a block

const grants: Record<string, typeof clientCredentials> = {
  authorization_code: redeemCode,
  refresh_token: refresh,
  client_credentials: clientCredentials,
}
type Post = (form: URLSearchParams, headers: IncomingHttpHeaders) => Promise<object>
export const oauthPosts: Readonly<Record<string, Post>> = {
  '/v1/oauth2/token': async (form, headers) => {
    const grant = grants[form.get('grant_type') ?? '']
    if (!grant) throw new Error('grant type')
    return grant(form, headers)
  },
  '/v1/oauth2/introspect': introspect,
}
export const oauthGets: Readonly<Record<string, (headers: IncomingHttpHeaders) => Promise<object>>> = {
  '/v1/oauth2/userinfo': userinfo,
  '/.well-known/openid-configuration': async () => metadata,
}
