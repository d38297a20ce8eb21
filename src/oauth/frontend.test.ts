/** What browsers and apps may do with nothing but a public token, and from where. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { api } from '../api.ts'
import { operations } from '../kernel/endpoint.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'
import { startMockProviders } from './mock-providers.fixture.ts'

const frontend = operations(api).filter(({ endpoint }) => endpoint.auth === 'frontend')

interface Request {
  readonly user?: string
  readonly password?: string
  readonly origin?: string
  readonly body?: object
}

const call = (app: TestApp, path: string, { user, password, origin, body = {} }: Request = {}, method = 'POST') =>
  app.call(method, path, {
    auth: { username: user ?? app.project.publicToken, password: password ?? app.project.publicToken },
    body,
    headers: origin === undefined ? {} : { origin },
  })

const settings = async ({ app }: TestApp, value: object) => {
  await app.db.query
    .updateTable('projects')
    .set({ settings: JSON.stringify(value) })
    .execute()
  app.projects.forget()
}

const loginToken = async (app: TestApp, origin: string, persona = 'verified') => {
  const start = new URL('/v1/public/oauth/google/start', origin)
  start.search = new URLSearchParams({ public_token: app.project.publicToken, provider_persona: persona }).toString()
  return (await new TestBrowser().open(start)).url.searchParams.get('token') ?? ''
}

for (const { name, endpoint } of frontend) {
  test(`${name}: the public token, the origin and the project decide who may call`, async () => {
    await using app = await testApp()
    const type = async (request: Request) => (await call(app, endpoint.path, request, endpoint.method)).body.error_type
    const none = await app.call(endpoint.method, endpoint.path, { auth: false, body: {} })
    assert.deepEqual([none.status, none.body.error_type], [400, 'public_token_required'])
    assert.equal(await type({ user: app.project.id }), 'invalid_public_token_id')
    const unknown = { user: 'public-token-test-11111111-1111-4111-8111-111111111111' }
    assert.equal(await type(unknown), 'public_token_not_found')
    for (const origin of [
      'https://evil.example',
      'null',
      'https://localhost.evil.example',
      'http://localhost:3000.evil',
    ]) {
      assert.equal(await type({ origin }), 'bad_domain_for_stytch_sdk', origin)
    }
    await settings(app, { frontend_enabled: false })
    const closed = await call(app, endpoint.path, {}, endpoint.method)
    assert.deepEqual([closed.status, closed.body.error_type], [401, 'endpoint_not_authorized_for_sdk'])
    // A secret is no public token: a leaked frontend request never carries more than it needs.
    const secret = { user: app.project.id, password: app.project.secret }
    assert.equal(await type(secret), 'invalid_public_token_id')
  })
}

test('a page at home in the project can read answers and failures; the preflight names what it may send', async () => {
  await using app = await testApp()
  await settings(app, { frontend_origins: ['https://shop.example'] })
  const origins = ['http://localhost:3000', 'http://127.0.0.1:5173', 'https://shop.example', 'http://[::1]:8080']
  for (const origin of origins) {
    const { status, headers, body } = await call(app, '/sdk/v1/oauth/attach', { origin, body: { provider: 'google' } })
    assert.deepEqual([status, body.error_type], [401, 'user_unauthenticated'], origin)
    assert.equal(headers['access-control-allow-origin'], origin)
    assert.equal(headers['access-control-allow-credentials'], 'true')
    assert.equal(headers.vary, 'Origin')
    const preflight = await app.call('OPTIONS', '/sdk/v1/oauth/attach', { auth: false, headers: { origin } })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers['access-control-allow-origin'], origin)
    assert.equal(preflight.headers['access-control-allow-methods'], 'POST, OPTIONS')
    for (const name of ['authorization', 'content-type', 'x-sdk-client', 'x-sdk-parent-host', 'x-stytch-oauth-type']) {
      assert.ok(String(preflight.headers['access-control-allow-headers']).includes(name), name)
    }
  }
  const backend = await app.call('OPTIONS', '/v1/oauth/attach', {
    auth: false,
    headers: { origin: 'https://shop.example' },
  })
  assert.equal(backend.headers['access-control-allow-origin'], undefined, 'the backend API is not for pages')
})

test('in a live project the frontend is closed until it is opened, and loopback is no home', async () => {
  await using app = await testApp()
  await app.app.db.query.updateTable('projects').set({ environment: 'live' }).execute()
  app.app.projects.forget()
  const body = { provider: 'google' }
  const type = async (request: Request) =>
    (await call(app, '/sdk/v1/oauth/attach', { body, ...request })).body.error_type
  assert.equal(await type({}), 'endpoint_not_authorized_for_sdk')
  await settings(app, { frontend_enabled: true })
  assert.equal(await type({}), 'user_unauthenticated')
  assert.equal(await type({ origin: 'http://localhost:5173' }), 'bad_domain_for_stytch_sdk')
  assert.equal(await type({ origin: 'http://localhost:3000' }), 'user_unauthenticated', 'a redirect URL lives there')
})

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp, origin: string) => Promise<void>) =>
    test(`${database.name}: frontend: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app, await app.listen())
    })

  on('a login is authenticated with the public token: session, tokens and user in data', async (app, origin) => {
    const token = await loginToken(app, origin)
    const { status, body, text } = await call(app, '/sdk/v1/oauth/authenticate', {
      origin: 'http://localhost:3000',
      body: { token, session_duration_minutes: 60 },
    })
    assert.equal(status, 200, text)
    const { data } = body
    assert.equal(data.status_code, 200)
    assert.deepEqual(data.session, data.user_session)
    assert.deepEqual(data.user, data.__user)
    assert.equal(data.session.attributes.ip_address, '127.0.0.1', 'the caller is the person’s own device')
    assert.ok(data.provider_values.access_token)
    const backend = await app.call('POST', '/v1/sessions/authenticate', { body: { session_token: data.session_token } })
    assert.equal(backend.body.user.user_id, data.user_id)
    const used = await call(app, '/sdk/v1/oauth/authenticate', { body: { token, session_duration_minutes: 60 } })
    assert.deepEqual([used.status, used.body.error_type], [400, 'oauth_token_not_found'])
  })

  on('what is wrong with the token, the verifier or the duration has the backend’s names', async (app, origin) => {
    const authenticate = (body: object) => call(app, '/sdk/v1/oauth/authenticate', { body })
    const token = await loginToken(app, origin)
    const type = async (more: object) =>
      (await authenticate({ token, session_duration_minutes: 5, ...more })).body.error_type
    assert.equal(await type({ session_duration_minutes: undefined }), 'invalid_session_duration_minutes')
    assert.equal(await type({ session_duration_minutes: 4 }), 'invalid_session_duration_minutes')
    assert.equal(await type({ code_verifier: 'v'.repeat(43) }), 'pkce_did_not_expect_code_verifier')
    await settings(app, { frontend_max_session_minutes: 30 })
    assert.equal(await type({ session_duration_minutes: 31 }), 'invalid_session_duration')

    const { createHash } = await import('node:crypto')
    const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url')
    const start = new URL('/v1/public/oauth/google/start', origin)
    start.search = new URLSearchParams({
      public_token: app.project.publicToken,
      provider_persona: 'verified',
      code_challenge: challenge,
    }).toString()
    const bound = (await new TestBrowser().open(start)).url.searchParams.get('token')
    const verifier = async (code_verifier?: string) =>
      (await authenticate({ token: bound, session_duration_minutes: 5, code_verifier })).body.error_type
    assert.equal(await verifier(), 'pkce_expected_code_verifier')
    assert.equal(await verifier('short'), 'invalid_pkce_code_verifier')
    assert.equal(await verifier('w'.repeat(43)), 'pkce_mismatch')
    assert.equal(await verifier('v'.repeat(43)), undefined)
  })

  on('check 38: attach needs a live session; the public token alone makes no attach token', async (app) => {
    const session = await givenSession(app)
    const attach = (password: string | undefined, provider = 'google') =>
      call(app, '/sdk/v1/oauth/attach', { ...(password && { password }), body: { provider, user_id: session.userId } })
    for (const password of [undefined, 'A'.repeat(44), session.jwt, app.project.secret]) {
      const { status, body } = await attach(password)
      assert.deepEqual([status, body.error_type], [401, 'user_unauthenticated'])
    }
    const { status, body } = await attach(session.token)
    assert.equal(status, 200)
    assert.match(body.data.oauth_attach_token, /^[\w-]{44}$/)
    assert.equal((await attach(session.token, 'myspace')).body.error_type, 'invalid_oauth_provider')
    const [row] = await app.app.db.query.selectFrom('oauth_attach_tokens').selectAll().execute()
    assert.equal(row?.user_id, session.userId)
  })
}

test('a login is refused whose provider was removed, and one whose account joined another user meanwhile', async () => {
  await using app = await testApp({ settings: { playProviders: false } })
  await using mock = await startMockProviders(app)
  const origin = await app.listen()
  const open = async (more: Record<string, string> = {}) => {
    const start = new URL('/v1/public/oauth/google/start', origin)
    const code_challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url')
    start.search = new URLSearchParams({ public_token: app.project.publicToken, code_challenge, ...more }).toString()
    return (await new TestBrowser().open(start)).url.searchParams.get('token') ?? ''
  }
  const finish = async (token: string) => {
    const body = { token, session_duration_minutes: 5, code_verifier: 'v'.repeat(43) }
    return (await call(app, '/sdk/v1/oauth/authenticate', { body })).body.error_type
  }
  const [one, other] = [await givenSession(app), await givenSession(app)]
  const attachToken = async ({ token }: { token: string }) =>
    (await call(app, '/sdk/v1/oauth/attach', { password: token, body: { provider: 'google' } })).body.data
  // Both were attached before either was authenticated: the account belongs to whoever came back first.
  const first = await open(await attachToken(one))
  const second = await open(await attachToken(other))
  assert.equal(await finish(first), undefined)
  assert.equal(await finish(second), 'oauth_registration_belongs_to_another_user')

  mock.person = { subject: '7' }
  const orphan = await open()
  await app.app.db.query.deleteFrom('provider_configs').where('provider', '=', 'google').execute()
  app.app.projects.forget()
  assert.equal(await finish(orphan), 'oauth_config_not_found')
})

test('without credentials for a provider there is nothing to attach and nothing to authenticate', async () => {
  await using app = await testApp({ settings: { playProviders: false } })
  const { token } = await givenSession(app)
  const attach = async (provider: string) =>
    (await call(app, '/sdk/v1/oauth/attach', { password: token, body: { provider } })).body.error_type
  assert.equal(await attach('google'), 'oauth_config_not_found')
  assert.equal(await attach('apple'), 'apple_oauth_config_not_found')
})
