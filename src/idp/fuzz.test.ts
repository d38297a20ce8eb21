/**
 * Thousands of authorize and token requests, made of right and hostile parts, and what must hold for every answer: nothing
 * fails inside, nobody is sent anywhere but to a registered redirect URI, no code without consent, no token without the code,
 * its client and its verifier, and every failure is one that an OAuth client can read. What is right is decided here anew,
 * without the code under test. On SQLite only, for speed.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { givenOtherProject } from '../testing/given.ts'
import { type Client, givenClient, givenM2mClient, idpScene, pkcePair, type Scene } from './idp.fixture.ts'

/** A failure prints it, and the path to the request that failed. Another seed sends other requests. */
const seed = Number(process.env.SELVAGE_TEST_SEED ?? 20_260_101)
const runs = { authorize: 5_000, token: 5_000, ask: 1_500 }
/** In so many rounds, so that old and new codes and tokens meet. */
const rounds = 25

// Parts.

const hostileTexts = [
  '', ' ', '<svg onload=alert(1)>', '"><script>', '\r\nSet-Cookie: a=b', '%0d%0aLocation:%20x', '//evil.example', '/\\evil',
  'https://evil.example/', 'javascript:alert(1)', 'data:text/html,x', '@evil.example', '__proto__', 'constructor', 'toString',
  '../..', '%2e%2e', '%', '%zz', '%00', '\u0000', '\u2028', '\ud800', '\u202e', 'ａ', '😀', '{}', '{problem}', '$&', '*', 'null',
  'undefined', 'NaN', '[]', '{"a":1}', '1e999', "' or 1=1 --", '&code=forged', '#x', '?x', ',', 'a b', 'a\tb', '"', '\\', 'ü',
] // biome-ignore format: a list of texts reads best as a block
const hostile: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...hostileTexts), weight: 6 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 30 }), weight: 2 },
  { arbitrary: fc.integer({ min: 100, max: 9_000 }).map((length) => 'x'.repeat(length)), weight: 1 },
)
/** Not even a text, in JSON. */
const misshapen = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom({ __proto__: 1 }, [[]], -0))
/** Mostly the first, so that one hostile part at a time meets a request that is right otherwise. */
const often = <T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: unusual, weight: 1 })
const absent = fc.constant(undefined)

const bends: readonly ((uri: string, at: number, text: string) => string)[] = [
  (uri) => `${uri}/`,
  (uri) => `${uri}#x`,
  (uri) => `${uri}?x=1`,
  (uri) => uri.toUpperCase(),
  (uri) => ` ${uri}`,
  (uri, _, text) => uri + text,
  (uri, _, text) => text + uri,
  (uri) => uri.replace('://', '://evil.example/'),
  (uri) => uri.replace('://', '://evil.example@'),
  (uri) => uri.replace(/:\/\/([^/?]*)/, '://$1@evil.example'),
  (uri) => uri.replace(/:\/\/([^/?]*)/, '://$1.evil.example'),
  (uri) => uri.replace(/:\/\/([^/?:]*)(:\d+)?/, '://$1:4711'),
  (uri) => uri.replace(/:\/\/([^/?:]*)(:\d+)?/, '://$1'),
  (uri) => uri.replace('127.0.0.1', 'localhost'),
  (uri) => uri.replace('127.0.0.1', '127.1'),
  (uri) => uri.replace('https', 'http'),
  (uri) => uri.replace('/c', '/%63'),
  (uri) => uri.replace('/c', '/x/../c'),
  (uri, at) => uri.slice(0, at % (uri.length + 1)),
  (uri, at, text) => uri.slice(0, at % uri.length) + text + uri.slice(at % uri.length),
]

// The world that requests meet.

const registered: readonly (readonly string[])[] = [
  ['https://client.example/callback'],
  ['https://client.example/cb?tenant=a%20b&x', 'https://second.example/cb'],
  ['http://127.0.0.1/cb', 'http://localhost:3000/cb?from=cli', 'com.example.app:/cb'],
  ['https://own.example/callback'],
]
const scopeNames = ['openid', 'profile', 'email', 'phone', 'offline_access', 'full_access', 'read:notes', 'fly']

interface IssuedCode {
  readonly code: string
  readonly client: number
  readonly redirectUri: string
  readonly verifier: string | undefined
  readonly scopes: readonly string[]
  used: boolean
  failures: number
}

interface World {
  readonly scene: Scene
  readonly clients: readonly Client[]
  readonly m2m: Client
  readonly foreign: readonly string[]
  readonly codes: IssuedCode[]
  readonly refreshTokens: { readonly token: string; readonly client: number; readonly scopes: readonly string[] }[]
  readonly accessTokens: string[]
  /** Per client, what the user agreed to last. */
  readonly agreed: Map<number, readonly string[]>
  readonly seen: Map<string, number>
}

const isPublic = (client: number) => client !== 1
const isFirstParty = (client: number) => client === 3

async function world(scene: Scene): Promise<World> {
  const types = ['third_party_public', 'third_party', 'third_party_public', 'first_party_public'] as const
  const clients: Client[] = []
  for (const [at, type] of types.entries()) {
    clients.push(await givenClient(scene.app, { type, redirectUrls: registered[at] ?? [] }))
  }
  const m2m = await givenM2mClient(scene)
  const auth = await givenOtherProject(scene.app)
  const made = await scene.app.call('POST', '/v1/connected_apps/clients', {
    auth,
    body: { client_type: 'third_party_public', redirect_urls: registered[0] },
  })
  const foreign = [made.body.connected_app.client_id, auth.username, 'https://client.example/client.json', 'nobody']
  const rest = { codes: [], refreshTokens: [], accessTokens: [], agreed: new Map(), seen: new Map() }
  return { scene, clients, m2m, foreign, ...rest }
}

function note({ seen }: World, what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1)
}

interface Sent {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
}

let address = 0

async function send(w: World, { path, headers, payload }: Sent) {
  // From another address each time: nobody here is slowed down.
  address = (address + 1) % 65_536
  const remoteAddress = `10.1.${address >> 8}.${address & 255}`
  const response = await w.scene.app.app.http.inject({ method: 'POST', url: path, headers, payload, remoteAddress })
  note(w, 'requests')
  assert.ok(response.statusCode < 500, `${response.statusCode} ${response.body}`)
  assert.equal(response.headers.location, undefined)
  assert.match(String(response.headers['content-type']), /^application\/json/)
  for (const value of Object.values(response.headers)) assert.doesNotMatch(String(value), /[\r\n]|evil/)
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(response.body) }
}

/** RFC 6749 §5.2 and RFC 9110 §11.6.1, for every failure of an endpoint that OAuth clients call. */
function requireReadable({ status, headers, body }: Awaited<ReturnType<typeof send>>): void {
  assert.equal(headers['cache-control'], 'no-store')
  if (status === 200) return
  assert.match(body.error, /^[a-z_]+$/)
  assert.match(body.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  assert.match(body.error_uri, /^http:\/\/localhost\/docs\/errors#[a-z_]+$/)
  assert.equal(typeof body.error_type, 'string')
  if (status === 401) assert.match(String(headers['www-authenticate']), /^(Basic|Bearer)( |$)/)
  if (body.error === 'invalid_client') assert.equal(status, 401)
}

// Authorize.

const authorizePlan = fc.record({
  way: fc.constantFrom('/v1/idp/oauth/authorize', '/v1/idp/oauth/authorize/start', '/sdk/v1/idp/oauth/authorize/submit'),
  client: fc.nat(3),
  clientId: often(absent, fc.oneof(fc.nat(3), hostile, misshapen)),
  uri: fc.nat(2),
  bends: often<readonly [number, number, string][]>(fc.constant([]), fc.array(fc.tuple(fc.nat(bends.length - 1), fc.nat(200), hostile), { minLength: 1, maxLength: 2 }), 2),
  redirectUri: often(absent, fc.oneof(hostile, misshapen)),
  responseType: often(fc.constant<unknown>('code'), fc.oneof(fc.constantFrom('token', 'code token', 'id_token'), hostile, misshapen)),
  scopes: often<unknown>(
    fc.uniqueArray(fc.constantFrom('openid', 'profile', 'email', 'offline_access'), { minLength: 1, maxLength: 4 }),
    fc.oneof(fc.array(fc.oneof(fc.constantFrom(...scopeNames), hostile), { maxLength: 4 }), misshapen),
    5,
  ),
  prompt: often<unknown>(absent, fc.oneof(fc.constantFrom('consent', 'none', 'login consent'), hostile, misshapen), 4),
  state: fc.oneof(absent, hostile),
  nonce: fc.oneof(absent, hostile),
  challenge: fc.oneof({ arbitrary: fc.constant('right'), weight: 8 }, { arbitrary: absent, weight: 2 }, { arbitrary: hostile, weight: 1 }),
  resources: often<unknown>(absent, fc.oneof(fc.array(fc.oneof(hostile, fc.webUrl()), { maxLength: 3 }), misshapen), 4),
  consent: fc.oneof({ arbitrary: fc.constant<unknown>(true), weight: 5 }, { arbitrary: fc.constantFrom<unknown>(false, undefined), weight: 4 }, { arbitrary: misshapen, weight: 1 }),
  user: often<string>(fc.constantFrom('session', 'id', 'jwt'), fc.constantFrom('none', 'both', 'wrong')),
}) // biome-ignore format: one part a line
type AuthorizePlan = typeof authorizePlan extends fc.Arbitrary<infer Plan> ? Plan : never

const loopbackParts = /^(http:\/\/(?:127\.0\.0\.1|localhost))(?::\d{1,5})?(\/.*)$/

/** Byte for byte, but for the port of a loopback address. */
const isRegistered = (client: number, uri: string): boolean =>
  (registered[client] ?? []).some((one) => {
    if (one === uri) return true
    const [, host, rest] = loopbackParts.exec(uri) ?? []
    const [, ourHost, ourRest] = loopbackParts.exec(one) ?? []
    return host !== undefined && host === ourHost && rest === ourRest
  })

const usersOf = (s: Scene): Readonly<Record<string, Readonly<Record<string, string>>>> => ({
  session: { session_token: s.session.token },
  id: { user_id: s.session.userId },
  jwt: { session_jwt: s.session.jwt },
  none: {},
  both: { session_token: s.session.token, user_id: s.session.userId },
  wrong: { user_id: '\ud800%00' },
})

async function authorize(w: World, plan: AuthorizePlan): Promise<void> {
  const { scene, clients, foreign } = w
  const { project } = scene.app
  const uris = registered[plan.client] ?? []
  const right = uris[plan.uri % uris.length] ?? ''
  const bent = plan.bends.reduce((uri, [by, at, text]) => bends[by]?.(uri, at, text) ?? uri, right)
  const redirect_uri = plan.redirectUri ?? bent
  const { verifier, challenge } = pkcePair()
  const client_id =
    typeof plan.clientId === 'number' ? (foreign[plan.clientId] ?? 0) : (plan.clientId ?? clients[plan.client]?.id)
  const code_challenge = plan.challenge === 'right' ? challenge : plan.challenge
  const isFrontend = plan.way.startsWith('/sdk')
  const body = {
    client_id, redirect_uri, response_type: plan.responseType, scopes: plan.scopes, prompt: plan.prompt, state: plan.state,
    nonce: plan.nonce, code_challenge, resources: plan.resources, consent_granted: plan.consent,
    ...(!isFrontend && usersOf(scene)[plan.user]),
  } // biome-ignore format: a list of fields reads best as a block
  const credentials = isFrontend ? `${project.publicToken}:${scene.session.token}` : `${project.id}:${project.secret}`
  const headers = {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    'content-type': 'application/json',
  }
  const answer = await send(w, { path: plan.way, headers, payload: JSON.stringify(body) })
  const isStart = plan.way.endsWith('start')
  if (answer.status !== 200) {
    assert.equal(typeof answer.body.error_type, 'string')
    assert.equal('redirect_uri' in answer.body || 'authorization_code' in answer.body, false)
    return note(w, `refused: ${answer.body.error_type}`)
  }
  assert.equal(client_id, clients[plan.client]?.id)
  assert.ok(typeof redirect_uri === 'string' && isRegistered(plan.client, redirect_uri), String(redirect_uri))
  if (isStart) return note(w, 'started')
  const out = answer.body.data ?? answer.body
  requireLanding(w, plan, { sent: redirect_uri, landed: out.redirect_uri, code: out.authorization_code })
  const scopes = plan.scopes as readonly string[]
  if (out.authorization_code === undefined) return
  requireConsent(w, plan, scopes)
  if (isPublic(plan.client)) assert.equal(plan.challenge, 'right')
  w.agreed.set(plan.client, grantable(scopes))
  const proof = plan.challenge === 'right' ? verifier : undefined
  const { client } = plan
  w.codes.push({
    code: out.authorization_code,
    client,
    redirectUri: redirect_uri,
    verifier: proof,
    scopes,
    used: false,
    failures: 0,
  })
}

const grantable = (scopes: readonly string[]) => scopes.filter((scope) => scope !== 'full_access')

interface Landing {
  readonly sent: string
  readonly landed: string
  readonly code: string | undefined
}

/** The browser goes to the URI that was sent, with nothing but our parameters behind it. */
function requireLanding(w: World, plan: AuthorizePlan, { sent, landed, code }: Landing): void {
  assert.ok(landed.startsWith(`${sent}${sent.includes('?') ? '&' : '?'}`), landed)
  assert.match(landed, /^[\x21-\x7e]+$/)
  assert.ok(!landed.includes('#'))
  const added = new URLSearchParams(landed.slice(sent.length + 1))
  const state = plan.state ? ['state'] : []
  const own = code === undefined ? ['error', 'error_description'] : ['code']
  assert.deepEqual([...added.keys()], [...own, ...state, 'iss'])
  if (plan.state) assert.equal(added.get('state'), plan.state.toWellFormed())
  assert.equal(added.get('iss'), `http://localhost`)
  assert.equal(added.get('code'), code ?? null)
  note(w, code === undefined ? `sent back: ${added.get('error')}` : 'sent back: code')
}

/** A code without the user's word needs an earlier one that covers it. */
function requireConsent({ agreed }: World, plan: AuthorizePlan, scopes: readonly string[]): void {
  if (plan.consent === true) return
  const asksAnyway =
    String(plan.prompt ?? '')
      .split(' ')
      .includes('consent') || scopes.includes('offline_access')
  assert.ok(!asksAnyway, 'a code although the user had to be asked')
  if (isFirstParty(plan.client)) return
  const before = agreed.get(plan.client)
  assert.ok(
    before !== undefined && grantable(scopes).every((scope) => before.includes(scope)),
    'a code without consent',
  )
}

// Tokens.

const tokenPlan = fc.record({
  path: often<string>(fc.constantFrom('bare', 'project'), fc.constant('other')),
  grant: often<string>(fc.constantFrom('authorization_code', 'authorization_code', 'authorization_code', 'refresh_token', 'client_credentials'), hostile, 15),
  /** Which of the known codes and tokens, counted from the newest. */
  at: fc.nat(120),
  client: often<number | string>(fc.constant('its own'), fc.oneof(fc.nat(3), hostile, fc.constantFrom('foreign', 'm2m')), 6),
  proof: often<string>(fc.constant('right'), fc.oneof(fc.constantFrom('none', 'header', 'both'), hostile), 6),
  value: often<string | undefined>(absent, hostile),
  verifier: often<string | undefined>(fc.constant('right'), fc.oneof(absent, fc.constant('another'), hostile), 6),
  redirectUri: often<string | undefined>(fc.constantFrom('right', undefined), hostile),
  scope: often<string | undefined>(absent, fc.oneof(fc.constantFrom('openid', 'email openid', 'full_access', 'read:users'), hostile)),
  resource: often<readonly string[]>(fc.constant([]), fc.array(fc.oneof(hostile, fc.webUrl()), { maxLength: 3 })),
  more: often<readonly (readonly [string, string])[]>(fc.constant([]), fc.array(fc.tuple(fc.oneof(fc.constantFrom('code', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'project_id', '__proto__', 'request'), hostile), hostile), { maxLength: 2 }), 6),
  authorization: often<string | undefined>(absent, hostile.map((text) => `Basic ${text.replace(/[^\x20-\x7e]/g, '?').slice(0, 3_000)}`)),
  type: often<string>(fc.constantFrom('application/x-www-form-urlencoded', 'application/json'), fc.constantFrom('text/plain', 'application/x-www-form-urlencoded; charset=x', 'multipart/form-data')),
}) // biome-ignore format: one part a line
type TokenPlan = typeof tokenPlan extends fc.Arbitrary<infer Plan> ? Plan : never

const fromNewest = <T>(list: readonly T[], at: number): T | undefined =>
  list[list.length - 1 - (at % Math.max(list.length, 1))]

function clientOf(w: World, plan: TokenPlan, own: number | undefined): Client {
  const { clients, m2m, foreign } = w
  if (plan.client === 'its own') return plan.grant === 'client_credentials' ? m2m : (clients[own ?? 0] ?? m2m)
  if (plan.client === 'm2m') return m2m
  if (plan.client === 'foreign') return { id: foreign[0] ?? '', secret: '' }
  return typeof plan.client === 'number' ? (clients[plan.client] ?? m2m) : { id: plan.client, secret: '' }
}

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

async function token(w: World, plan: TokenPlan): Promise<void> {
  const code = plan.grant === 'authorization_code' ? fromNewest(w.codes, plan.at) : undefined
  const refresh = plan.grant === 'refresh_token' ? fromNewest(w.refreshTokens, plan.at) : undefined
  const client = clientOf(w, plan, code?.client ?? refresh?.client)
  const isInHeader = plan.proof === 'header' || plan.proof === 'both'
  const secret =
    plan.proof === 'right' || plan.proof === 'both'
      ? client.secret
      : isInHeader || plan.proof === 'none'
        ? ''
        : plan.proof
  const verifier =
    { right: code?.verifier, another: pkcePair().verifier }[plan.verifier ?? ''] ??
    (plan.verifier === 'right' ? undefined : plan.verifier)
  const pairs: [string, string | undefined][] = [
    ['grant_type', plan.grant],
    ['client_id', client.id],
    ['client_secret', secret],
    ['code', plan.value ?? code?.code],
    ['refresh_token', plan.value ?? refresh?.token],
    ['code_verifier', verifier],
    ['redirect_uri', plan.redirectUri === 'right' ? code?.redirectUri : plan.redirectUri],
    ['scope', plan.scope],
    ...plan.resource.map((one): [string, string] => ['resource', one]),
    ...plan.more.map(([name, value]): [string, string] => [name, value]),
  ]
  const given = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const payload =
    plan.type === 'application/json'
      ? JSON.stringify({ ...Object.fromEntries(given), resource: plan.resource })
      : new URLSearchParams(given).toString()
  const authorization = plan.authorization ?? (isInHeader ? basic(client.id, client.secret) : undefined)
  const { project } = w.scene.app
  const paths: Readonly<Record<string, string>> = {
    bare: '/v1/oauth2/token',
    project: `/v1/public/${project.id}/oauth2/token`,
    other: `/v1/public/${w.foreign[1]}/oauth2/token`,
  }
  const headers = { 'content-type': plan.type, ...(authorization !== undefined && { authorization }) }
  const answer = await send(w, { path: paths[plan.path] ?? '', headers, payload })
  requireReadable(answer)
  if (answer.status !== 200) {
    if (code && answer.body.error_type === 'pkce_mismatch') code.failures++
    return note(w, `no token: ${answer.body.error_type}`)
  }
  const isProven =
    given.some(([name, value]) => name === 'client_secret' && value === client.secret) ||
    authorization === basic(client.id, client.secret)
  requireEarned(w, plan, { client, isProven, code, refresh, verifier, body: answer.body })
}

interface Earned {
  readonly client: Client
  /** It sent its secret, if it has one. */
  readonly isProven: boolean
  readonly code: IssuedCode | undefined
  readonly refresh: World['refreshTokens'][number] | undefined
  readonly verifier: string | undefined
  readonly body: Readonly<Record<string, string>>
}

/** Whoever got a token had the right to. */
function requireEarned(w: World, plan: TokenPlan, { client, isProven, code, refresh, verifier, body }: Earned): void {
  const claims = decodeJwt(body.access_token ?? '')
  assert.notEqual(plan.path, 'other')
  assert.ok(isProven, 'a token without the secret')
  assert.equal(claims.client_id, client.id)
  note(w, `tokens: ${plan.grant}`)
  if (plan.grant === 'client_credentials') {
    assert.equal(client, w.m2m)
    return
  }
  assert.equal(client, w.clients[code?.client ?? refresh?.client ?? -1], 'tokens of another client')
  const scopes = String(claims.scope).split(' ')
  const allowed = code?.scopes ?? refresh?.scopes ?? []
  assert.ok(
    scopes.every((scope) => allowed.includes(scope)),
    'a scope that nobody agreed to',
  )
  assert.ok(!scopes.includes('full_access'))
  if (code) {
    assert.equal(plan.value, undefined)
    assert.equal(code.used, false, 'a code was redeemed twice')
    assert.ok(code.failures < 5)
    assert.equal(verifier || undefined, code.verifier, 'a code was redeemed without its verifier')
    if (plan.redirectUri) assert.equal(plan.redirectUri, 'right')
    code.used = true
  }
  w.accessTokens.push(body.access_token ?? '')
  const at = code?.client ?? refresh?.client ?? 0
  if (body.refresh_token !== undefined) w.refreshTokens.push({ token: body.refresh_token, client: at, scopes: allowed })
}

// Introspection, revocation, userinfo.

const askPlan = fc.record({
  name: fc.constantFrom('introspect', 'revoke', 'userinfo'),
  ofProject: fc.boolean(),
  client: often<string>(fc.constantFrom('0', '1', '2', 'm2m'), hostile, 3),
  token: often<string>(hostile, fc.constant('known'), 3),
  at: fc.nat(20),
  hint: fc.oneof(absent, hostile),
  authorization: often<string | undefined>(absent, hostile.map((text) => `Bearer ${text.replace(/[^\x20-\x7e]/g, '?').slice(0, 3_000)}`), 2),
}) // biome-ignore format: one part a line

async function ask(w: World, plan: typeof askPlan extends fc.Arbitrary<infer Plan> ? Plan : never): Promise<void> {
  const { project } = w.scene.app
  const client = plan.client === 'm2m' ? w.m2m : (w.clients[Number(plan.client)] ?? { id: plan.client, secret: '' })
  const value = plan.token === 'known' ? (fromNewest(w.accessTokens, plan.at) ?? '') : plan.token
  const pairs = Object.entries({
    token: value,
    access_token: value,
    client_id: client.id,
    client_secret: client.secret,
    token_type_hint: plan.hint,
  })
  const payload = new URLSearchParams(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString()
  const path = plan.ofProject ? `/v1/public/${project.id}/oauth2/${plan.name}` : `/v1/oauth2/${plan.name}`
  const { authorization } = plan
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(authorization !== undefined && { authorization }),
  }
  const answer = await send(w, { path, headers, payload })
  requireReadable(answer)
  note(w, `${plan.name} ${answer.status}`)
  if (answer.status !== 200 || plan.name === 'revoke') return
  if (plan.name === 'userinfo') assert.equal(plan.token, 'known')
  else if (answer.body.active) assert.equal(decodeJwt(value).client_id, client.id)
  else assert.deepEqual(Object.keys(answer.body).sort(), ['active', 'request_id', 'status_code'])
}

/** What must have happened, so that the rest says something. */
const reached = [
  'started', 'sent back: code', 'sent back: access_denied', 'tokens: authorization_code', 'tokens: refresh_token',
  'tokens: client_credentials', 'no token: invalid_client', 'no token: idp_auth_code_not_found', 'no token: pkce_mismatch',
  'no token: idp_refresh_token_not_found', 'no token: invalid_scope', 'no token: invalid_target', 'no token: bad_request',
  'no token: two_client_authentications', 'no token: unsupported_grant_type', 'no token: unauthorized_client',
  'refused: connected_app_not_found', 'refused: connected_app_supplied_redirect_url_not_found_in_client',
  'refused: invalid_pkce_code_challenge', 'refused: oauth_invalid_scope_requested', 'refused: bad_request',
  'refused: pkce_required_for_idp_authorization_flow', 'introspect 200', 'introspect 401', 'revoke 200', 'revoke 401',
  'userinfo 200', 'userinfo 401', 'userinfo 400',
] // biome-ignore format: a list of names reads best as a block

test('check 1, 3, 4, 9, 11, 16: thousands of hostile requests get no fault, no stranger’s redirect and no token [C2, C3, C15]', async (t) => {
  await using scene = await idpScene()
  const w = await world(scene)
  let round = 0
  const holds = <Plan>(plan: fc.Arbitrary<Plan>, numRuns: number, run: (w: World, plan: Plan) => Promise<void>) =>
    // The world remembers earlier requests, so a shorter sequence would be another one.
    fc.assert(
      fc.asyncProperty(plan, (made) => run(w, made)),
      { seed: seed + round, numRuns, endOnFailure: true },
    )
  for (; round < rounds; round++) {
    const share = (all: number) => all / rounds
    await holds(authorizePlan, share(runs.authorize), authorize)
    await holds(tokenPlan, share(runs.token), token)
    await holds(askPlan, share(runs.ask), ask)
  }
  const sent = w.seen.get('requests') ?? 0
  t.diagnostic(`${sent} requests`)
  assert.ok(sent >= 10_000)
  const stored = await scene.app.app.db.query.selectFrom('authorization_codes').selectAll().execute()
  assert.equal(stored.length, w.codes.length, 'a code that nobody was told of')
  assert.deepEqual(
    reached.filter((what) => !w.seen.has(what)),
    [],
    'never happened',
  )
})
