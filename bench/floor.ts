/**
 * The floor: what the same work costs at least. A bare `node:http` server on the same schema, with hand-written prepared SQL,
 * one RS256 signature where one is due, group commit on SQLite, and answers of the same shape. No framework, no validation, no
 * logs, no metrics, no errors worth the name.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { oauthGets, oauthPosts } from './floor-idp.ts'
import {
  isPostgres,
  open,
  publicKey,
  type Row,
  sameHash,
  seal,
  seeded,
  sha,
  signed,
  store,
  time,
  token,
  verified,
} from './floor-parts.ts'

const { projectId } = seeded
const authorization = `Basic ${Buffer.from(`${projectId}:${seeded.secret}`).toString('base64')}`
const list = (members: string) =>
  isPostgres
    ? `coalesce(json_agg(json_build_object(${members}))::text, '[]')`
    : `json_group_array(json_object(${members}))`
const userColumns = `u.*, (select ${list(`'email_id', email_id, 'email', address, 'verified', verified`)} from user_emails e where e.user_id = u.user_id) as emails,
  (select ${list(`'oauth_user_registration_id', registration_id, 'provider_type', provider, 'provider_subject', subject, 'profile_picture_url', profile_picture_url, 'locale', locale`)} from oauth_registrations r where r.user_id = u.user_id) as providers`
const sessionSql = (by: string) =>
  `select s.session_id, s.token_sealed, s.started_at, s.expires_at, s.factors, ${userColumns} from sessions s join users u on u.user_id = s.user_id where s.${by} = $1 and s.project_id = $2 and s.expires_at > $3`

const userOf = (row: Row) => ({
  user_id: row.user_id, name: { first_name: row.first_name, middle_name: row.middle_name, last_name: row.last_name },
  emails: JSON.parse(String(row.emails)), phone_numbers: [], providers: JSON.parse(String(row.providers)), webauthn_registrations: [], biometric_registrations: [],
  totps: [], crypto_wallets: [], password: null, status: row.status, trusted_metadata: JSON.parse(String(row.trusted_metadata)),
  untrusted_metadata: JSON.parse(String(row.untrusted_metadata)), external_id: row.external_id ?? '', roles: ['stytch_user'], is_locked: false,
  lock_created_at: null, lock_expires_at: null, created_at: time(Number(row.created_at)),
}) // biome-ignore format: a block

interface Factor {
  readonly type: string
  readonly deliveryMethod: string
  readonly lastAuthenticatedAt: number
  readonly details: object
}
const factorOf = ({ type, deliveryMethod, lastAuthenticatedAt, details }: Factor) => ({
  type, delivery_method: deliveryMethod, last_authenticated_at: time(lastAuthenticatedAt), created_at: time(lastAuthenticatedAt), updated_at: time(lastAuthenticatedAt), ...details,
}) // biome-ignore format: a block

const sessionOf = (id: string, userId: string, started: number, expires: number, now: number, factors: readonly Factor[]) => ({
  session_id: id, user_id: userId, started_at: time(started), last_accessed_at: time(now), expires_at: time(expires), attributes: { ip_address: '', user_agent: '' },
  authentication_factors: factors.map(factorOf), custom_claims: {}, roles: ['stytch_user'],
}) // biome-ignore format: a block

function jwt(session: ReturnType<typeof sessionOf>, now: number): Promise<string> {
  const iat = Math.floor(now / 1000)
  const { session_id, user_id, custom_claims: _, ...rest } = session
  const claims = {
    aud: [projectId],
    exp: iat + 300,
    iat,
    iss: `stytch.com/${projectId}`,
    nbf: iat,
    sub: user_id,
    'https://stytch.com/session': { id: session_id, ...rest },
  }
  return signed(claims)
}

const touched = new Map<string, number>()
let flushing: Promise<unknown> = Promise.resolve()
setInterval(() => {
  // In one order, one after the other: overlapping batches would deadlock on PostgreSQL.
  const batch = [...touched]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([id, at]) =>
        [
          'update sessions set last_accessed_at = $1 where session_id = $2 and last_accessed_at < $1',
          [at, id],
        ] as const,
    )
  touched.clear()
  if (batch.length > 0) flushing = flushing.then(() => store.write(batch))
}, 1000)

async function authenticateSession(body: { session_token?: string; session_jwt?: string }) {
  const now = Date.now()
  let row: Row | undefined
  if (body.session_token !== undefined)
    row = await store.first(sessionSql('token_hash'), [sha(body.session_token), projectId, now])
  else {
    const claims = verified(String(body.session_jwt))
    row = await store.first(sessionSql('session_id'), [claims['https://stytch.com/session'].id, projectId, now])
  }
  if (!row) throw new Error('no session')
  const session = sessionOf(
    String(row.session_id),
    String(row.user_id),
    Number(row.started_at),
    Number(row.expires_at),
    now,
    JSON.parse(String(row.factors)),
  )
  touched.set(session.session_id, now)
  const session_token = body.session_token ?? open(String(row.token_sealed), `token of ${session.session_id}`)
  return { session, session_token, session_jwt: await jwt(session, now), user: userOf(row) }
}

async function authenticateLogin(body: { token: string; code_verifier: string; session_duration_minutes: number }) {
  const now = Date.now()
  const hashed = sha(body.token)
  const login = await store.first(
    'select t.user_id, t.registration_id, t.code_challenge, t.provider_values_sealed, r.subject from oauth_tokens t join oauth_registrations r on r.registration_id = t.registration_id where t.token_hash = $1 and t.project_id = $2 and t.consumed_at is null and t.expires_at > $3',
    [hashed, projectId, now],
  )
  if (!login || !sameHash(sha(body.code_verifier), login.code_challenge)) throw new Error('no login')
  const row = await store.first(`select ${userColumns} from users u where u.user_id = $1 and u.project_id = $2`, [
    String(login.user_id),
    projectId,
  ])
  if (!row) throw new Error('no user')
  const factors = [
    {
      type: 'oauth',
      deliveryMethod: 'oauth_google',
      lastAuthenticatedAt: now,
      createdAt: now,
      updatedAt: now,
      details: { google_oauth_factor: { id: login.registration_id, provider_subject: login.subject, email_id: '' } },
    },
  ]
  const expires = now + body.session_duration_minutes * 60_000
  const session = sessionOf(`session-test-${randomUUID()}`, String(row.user_id), now, expires, now, factors)
  const made = token()
  const [session_jwt] = await Promise.all([
    jwt(session, now),
    store.write([
      [
        `update oauth_tokens set consumed_at = $1, provider_values_sealed = '' where token_hash = $2 and consumed_at is null`,
        [now, hashed],
      ],
      [
        'insert into sessions (session_id, project_id, user_id, token_hash, token_sealed, started_at, last_accessed_at, expires_at, ip_address, user_agent, factors, custom_claims) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
        [
          session.session_id,
          projectId,
          session.user_id,
          sha(made),
          seal(made, `token of ${session.session_id}`),
          now,
          now,
          expires,
          '',
          '',
          JSON.stringify(factors),
          '{}',
        ],
      ],
    ]),
  ])
  const provider_values = JSON.parse(open(String(login.provider_values_sealed), `provider values ${hashed}`))
  return {
    user_id: row.user_id,
    provider_subject: login.subject,
    provider_type: 'Google',
    oauth_user_registration_id: login.registration_id,
    session_token: made,
    session_jwt,
    user_session: session,
    provider_values,
    user: userOf(row),
    reset_sessions: false,
  }
}

async function attach(body: { provider: string; user_id: string }) {
  const now = Date.now()
  const user = await store.first('select user_id from users where user_id = $1 and project_id = $2', [
    body.user_id,
    projectId,
  ])
  if (!user) throw new Error('no user')
  const made = token()
  await store.write([
    [
      'insert into oauth_attach_tokens (token_hash, project_id, user_id, provider, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)',
      [sha(made), projectId, body.user_id, body.provider, now, now + 300_000],
    ],
  ])
  return { oauth_attach_token: made }
}

async function start(query: string) {
  const now = Date.now()
  if (new URLSearchParams(query).get('public_token') !== seeded.publicToken) throw new Error('public token')
  const [state, browser, verifier, nonce] = [token(), token(), token(), token().slice(0, 22)]
  const target = 'https://app.example.com/authenticate'
  const callback = `http://localhost/v1/oauth/callback/oauth-callback-test-00000000-0000-4000-8000-000000000000`
  await store.write([
    [
      'insert into oauth_flows (state_hash, project_id, provider, browser_hash, redirect_uri, login_redirect_url, signup_redirect_url, scopes, code_challenge, attach_token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
      [
        sha(state),
        projectId,
        'google',
        sha(browser),
        callback,
        target,
        target,
        '["openid","email","profile"]',
        null,
        null,
        now,
        now + 600_000,
      ],
    ],
  ])
  const parameters = new URLSearchParams({
    access_type: 'offline',
    client_id: 'client',
    code_challenge: sha(verifier),
    code_challenge_method: 'S256',
    nonce,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid email profile',
    state,
  })
  return { location: `https://accounts.google.com/o/oauth2/v2/auth?${parameters}`, browser }
}

let keys: unknown
const published = async () => {
  if (keys === undefined) {
    const { n, e } = publicKey.export({ format: 'jwk' })
    const one = {
      kty: 'RSA',
      use: 'sig',
      key_ops: ['verify'],
      alg: 'RS256',
      kid: seeded.keyId,
      n,
      e,
      x5c: [],
      x5tS256: '',
    }
    keys = [one, { ...one, kid: createHash('sha256').update('next').digest('hex') }]
  }
  return { keys }
}

const posts: Record<string, (body: never) => Promise<object>> = {
  '/v1/sessions/authenticate': authenticateSession,
  '/v1/oauth/authenticate': authenticateLogin,
  '/v1/oauth/attach': attach,
}
const envelope = (body: object, status: number) =>
  JSON.stringify({ ...body, status_code: status, request_id: `request-id-test-${randomUUID()}` })
const json = { 'content-type': 'application/json' }
const cached = { ...json, 'cache-control': 'public, max-age=900' }

const server = createServer((request, response) => {
  const fail = (error: unknown) => response.writeHead(500).end(String(error))
  const answer = (made: Promise<object>, headers: Record<string, string> = json) =>
    void made.then((body) => response.writeHead(200, headers).end(envelope(body, 200)), fail)
  const [path = '', query = ''] = (request.url ?? '').split('?')
  if (request.method === 'GET') {
    const get = oauthGets[path]
    if (get) return answer(get(request.headers))
    if (path.startsWith('/v1/sessions/jwks/')) return answer(published(), cached)
    start(query).then(
      ({ location, browser }) =>
        response
          .writeHead(302, {
            ...json,
            location,
            'set-cookie': `stytch_csrf_private_token=${browser}; Path=/; HttpOnly; SameSite=Lax`,
          })
          .end(envelope({ redirect_url: location }, 302)),
      fail,
    )
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (data: Buffer) => chunks.push(data))
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString()
    const oauthPost = oauthPosts[path]
    if (oauthPost) return answer(oauthPost(new URLSearchParams(text), request.headers))
    if (request.headers.authorization !== authorization) return fail('credentials')
    const handle = posts[path]
    if (!handle) return fail('route')
    answer(handle(JSON.parse(text) as never))
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://localhost:${typeof address === 'object' ? address?.port : 0}`)
})
process.on('SIGTERM', () => process.exit(0))
