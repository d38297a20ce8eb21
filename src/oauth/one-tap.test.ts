/** Google One Tap, as the frame of the vendor's browser client speaks it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'

const origin = 'http://localhost:3000'

const start = (app: TestApp, headers: Record<string, string> = { origin }) =>
  app.call('GET', `/v1/public/oauth/google/onetap/start?public_token=${app.project.publicToken}`, {
    auth: false,
    headers,
  })

interface Begun {
  readonly csrf: string
  readonly cookie: string
}

async function begin(app: TestApp): Promise<Begun> {
  const { body, headers } = await start(app)
  return { csrf: body.stytch_csrf_token, cookie: String(headers['set-cookie']).split(';')[0] ?? '' }
}

const mint = async (app: TestApp, more: object = {}) =>
  (await app.call('POST', '/sandbox/google/id_token', { auth: false, body: { audience: 'web', ...more } })).body
    .id_token

/** No content type is set by the client, so the browser sends text. */
const submit = (app: TestApp, cookie: string, body: object, headers: Record<string, string> = {}) =>
  app.call('POST', `/v1/oauth/callback/${app.project.callbackId}`, {
    auth: false,
    body: JSON.stringify(body),
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      'x-stytch-oauth-type': 'google-one-tap',
      origin,
      cookie,
      ...headers,
    },
  })

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: one tap: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await app.listen()
      await run(app)
    })

  on('start answers unwrapped and sets a cookie that the page can read', async (app) => {
    const { status, headers, body } = await start(app)
    assert.equal(status, 200)
    assert.equal(body.google_client_id, 'sandbox-google-client')
    assert.equal(body.oauth_callback_id, app.project.callbackId)
    const pattern = /^stytch_csrf_private_token=([\w-]{44}); Path=\/; Max-Age=3600; SameSite=Lax$/
    assert.equal(pattern.exec(String(headers['set-cookie']))?.[1], body.stytch_csrf_token)
    assert.equal(headers['access-control-allow-origin'], origin)
  })

  on('a credential logs in: new users go to the signup URL, known ones to the login URL', async (app) => {
    const { csrf, cookie } = await begin(app)
    const first = await submit(app, cookie, { id_token: await mint(app), stytch_csrf_token: csrf })
    assert.equal(first.status, 200, first.text)
    assert.equal(first.body.status_code, 200)
    const landed = new URL(first.body.redirect_url)
    assert.equal(`${landed.origin}${landed.pathname}`, app.project.signupUrl)
    assert.equal(landed.searchParams.get('stytch_token_type'), 'oauth')
    const token = landed.searchParams.get('token')
    const { body } = await app.call('POST', '/v1/oauth/authenticate', { body: { token, session_duration_minutes: 5 } })
    assert.equal(body.provider_type, 'Google')
    const { access_token, refresh_token, id_token } = body.provider_values
    assert.deepEqual([access_token, refresh_token], ['', ''])
    assert.equal(id_token.split('.').length, 3)
    const again = await submit(app, cookie, {
      id_token: await mint(app),
      stytch_csrf_token: csrf,
      login_redirect_url: app.project.loginUrl,
      signup_redirect_url: '',
    })
    assert.equal(new URL(again.body.redirect_url).pathname, '/login')
  })

  on('check 22: without the cookie, with another or a made-up one nobody logs in', async (app) => {
    const { csrf, cookie } = await begin(app)
    const other = await begin(app)
    const id_token = await mint(app)
    const cases: readonly (readonly [string, string])[] = [
      ['', csrf],
      [other.cookie, csrf],
      [`stytch_csrf_private_token=${'A'.repeat(44)}`, 'A'.repeat(44)],
      [cookie, other.csrf],
      [cookie.slice(0, -1), csrf.slice(0, -1)],
    ]
    for (const [sent, token] of cases) {
      const { status, body } = await submit(app, sent, { id_token, stytch_csrf_token: token })
      assert.deepEqual([status, body.error_type], [400, 'oauth_state_mismatch'])
    }
    // Check 45: a value that was made for the binding of redirects is none for One Tap.
    const login = `/v1/public/oauth/google/start?public_token=${app.project.publicToken}`
    const binding = String((await app.call('GET', login, { auth: false })).headers['set-cookie']).split(/[=;]/)[1] ?? ''
    const borrowed = await submit(app, `stytch_csrf_private_token=${binding}`, { id_token, stytch_csrf_token: binding })
    assert.equal(borrowed.body.error_type, 'oauth_state_mismatch')
    assert.deepEqual(await app.app.db.query.selectFrom('users').selectAll().execute(), [])
  })

  on('credentials that do not hold, foreign pages and unregistered URLs are refused', async (app) => {
    const { csrf, cookie } = await begin(app)
    const type = async (more: object, headers = {}) =>
      (await submit(app, cookie, { stytch_csrf_token: csrf, id_token: await mint(app), ...more }, headers)).body
        .error_type
    assert.equal(await type({ id_token: 'abc' }), 'id_token_invalid')
    assert.equal(await type({ id_token: await mint(app, { persona: 'expired-id-token' }) }), 'id_token_expired')
    assert.equal(await type({ id_token: await mint(app, { audience: 'x' }) }), 'id_token_incorrect_audience')
    assert.equal(await type({ id_token: '' }), 'oauth_invalid_callback_request')
    assert.equal(await type({ stytch_csrf_token: undefined }), 'oauth_invalid_callback_request')
    assert.equal(await type({ login_redirect_url: 'https://evil.example/' }), 'no_match_for_provided_oauth_url')
    assert.equal(await type({}, { origin: 'https://evil.example' }), 'bad_domain_for_stytch_sdk')
    await app.app.db.query.updateTable('projects').set({ settings: '{"oauth_pkce_required":true}' }).execute()
    app.app.projects.forget()
    assert.equal(await type({}), 'pkce_required_for_native_callback')
    await app.app.db.query.updateTable('projects').set({ settings: '{"frontend_enabled":false}' }).execute()
    app.app.projects.forget()
    assert.equal(await type({}), 'endpoint_not_authorized_for_sdk')
  })

  on('where it cannot start, the page learns why', async (app) => {
    const { query } = app.app.db
    const type = async (headers?: Record<string, string>) => {
      app.app.projects.forget()
      return (await start(app, headers)).body.error_type
    }
    assert.equal(await type({ origin: 'https://evil.example' }), 'bad_domain_for_stytch_sdk')
    const raw = (publicToken: string) =>
      app.call('GET', `/v1/public/oauth/google/onetap/start?public_token=${publicToken}`, { auth: false })
    assert.equal((await raw('')).body.error_type, 'public_token_required')
    assert.equal((await raw('x')).body.error_type, 'invalid_public_token_id')
    const unknown = await raw('public-token-test-11111111-1111-4111-8111-111111111111')
    assert.equal(unknown.body.error_type, 'public_token_not_found')
    await query.deleteFrom('redirect_urls').where('type', '=', 'SIGNUP').execute()
    assert.equal(await type(), 'no_signup_redirect_urls_set')
    await query.deleteFrom('redirect_urls').execute()
    // With no redirect URL left, loopback is still at home in a test project.
    assert.equal(await type(), 'no_login_redirect_urls_set')
    await query.updateTable('projects').set({ settings: '{"frontend_enabled":false}' }).execute()
    assert.equal(await type(), 'endpoint_not_authorized_for_sdk')
  })
}

test('one tap: a project without Google says so', async () => {
  await using app = await testApp({ settings: { playProviders: false } })
  assert.equal((await start(app)).body.error_type, 'oauth_config_not_found')
})

test('one tap: the preflight of the callback lets the special header through', async () => {
  await using app = await testApp()
  const path = `/v1/oauth/callback/${app.project.callbackId}`
  const { status, headers } = await app.call('OPTIONS', path, { auth: false, headers: { origin } })
  assert.equal(status, 204)
  assert.match(String(headers['access-control-allow-headers']), /x-stytch-oauth-type/)
  const form = await app.call('POST', path, { auth: false, body: {}, headers: { origin } })
  assert.equal(form.headers['access-control-allow-origin'], undefined, 'a provider’s form is no page’s to read')
})
