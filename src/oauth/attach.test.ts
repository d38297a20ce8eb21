import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'
import { startMockProviders } from './mock-providers.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: attach: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })
  const attach = (app: TestApp, body: Record<string, unknown>) => app.call('POST', '/v1/oauth/attach', { body })
  const newUser = async (app: TestApp, body: Record<string, unknown>) =>
    (await app.call('POST', '/v1/users', { body })).body.user_id

  on('takes exactly one of user_id, session_token and session_jwt', async (app) => {
    const type = async (body: Record<string, unknown>) =>
      (await attach(app, { provider: 'google', ...body })).body.error_type
    assert.equal(await type({}), 'no_user_selection_arguments')
    assert.equal(await type({ user_id: 'a', session_token: 'b' }), 'too_many_user_selection_arguments')
    assert.equal(await type({ session_token: 'b', session_jwt: 'c' }), 'too_many_user_selection_arguments')
    assert.equal(await type({ user_id: 'nobody' }), 'user_not_found')
    assert.equal(await type({ session_token: 'A'.repeat(44) }), 'session_not_found')
    assert.equal((await attach(app, { provider: 'myspace', user_id: 'a' })).body.error_type, 'invalid_oauth_provider')
    assert.equal((await attach(app, { user_id: 'a' })).body.error_type, 'bad_request')
  })

  on('works by user ID and by external ID', async (app) => {
    const userId = await newUser(app, { email: 'a@example.com', external_id: 'customer|1' })
    for (const user_id of [userId, 'customer|1']) {
      const { status, body } = await attach(app, { provider: 'github', user_id })
      assert.equal(status, 200)
      assert.match(body.oauth_attach_token, /^[A-Za-z0-9_-]{44}$/)
    }
    const rows = await app.app.db.query.selectFrom('oauth_attach_tokens').select('user_id').execute()
    assert.deepEqual(new Set(rows.map(({ user_id }) => user_id)), new Set([userId]))
  })

  on('check 38: a public token or no credentials make no attach token', async (app) => {
    const userId = await newUser(app, { email: 'a@example.com' })
    const auth = { username: app.project.publicToken, password: app.project.publicToken }
    for (const credentials of [false, auth] as const) {
      const { status } = await app.call('POST', '/v1/oauth/attach', {
        body: { provider: 'google', user_id: userId },
        auth: credentials,
      })
      assert.ok(status === 401 || status === 400)
    }
  })

  test(`${database.name}: attach: the account joins the user, whatever its address, once and for one provider`, async () => {
    await using app = await testApp({ database: await database.fresh() })
    await using mock = await startMockProviders(app)
    const origin = await app.listen()
    const open = (provider: string, token: string, browser = new TestBrowser()) => {
      const url = new URL(`/v1/public/oauth/${provider}/start`, origin)
      url.search = new URLSearchParams({ public_token: app.project.publicToken, oauth_attach_token: token }).toString()
      return browser.open(url)
    }
    const attachToken = async (user_id: string) =>
      (await attach(app, { provider: 'google', user_id })).body.oauth_attach_token
    const error = (body: string) => JSON.parse(body).error_type
    const user = await newUser(app, { email: 'owner@example.com' })
    const other = await newUser(app, { email: 'other@example.com' })

    const token = await attachToken(user)
    assert.equal(error((await open('github', token)).body), 'invalid_oauth_attach_token', 'another provider')
    const landed = await open('google', token)
    assert.equal(landed.url.pathname, '/login', 'attaching is a login')
    const login = await app.call('POST', '/v1/oauth/authenticate', {
      body: { token: landed.url.searchParams.get('token') },
    })
    assert.equal(login.body.user_id, user)
    assert.deepEqual(
      login.body.user.emails.map(({ email }: { email: string }) => email),
      ['owner@example.com', 'ada@example.com'],
    )
    assert.equal(error((await open('google', token)).body), 'invalid_oauth_attach_token', 'used')

    assert.equal(
      (await open('google', await attachToken(user))).url.pathname,
      '/login',
      'its own account again is a login',
    )
    assert.equal(
      error((await open('google', await attachToken(other))).body),
      'oauth_registration_belongs_to_another_user',
      'an account never moves',
    )
    mock.person = { subject: '55', email: 'owner@example.com', verified: true }
    const late = await attachToken(other)
    app.clock.advance({ minutes: 5 })
    assert.equal(error((await open('google', late)).body), 'invalid_oauth_attach_token', 'expired')

    const address = await attachToken(other)
    const joined = await open('google', address)
    const second = await app.call('POST', '/v1/oauth/authenticate', {
      body: { token: joined.url.searchParams.get('token') },
    })
    assert.equal(second.body.user_id, other, 'the target decides, not the address')
    assert.deepEqual(
      second.body.user.emails.map(({ email }: { email: string }) => email),
      ['other@example.com'],
    )
  })

  test(`${database.name}: attach: a reload of the consent page takes the token over, and one login uses it up`, async () => {
    await using app = await testApp({ database: await database.fresh() })
    await using mock = await startMockProviders(app)
    const origin = await app.listen()
    const user = await newUser(app, { email: 'owner@example.com' })
    const { oauth_attach_token } = (await attach(app, { provider: 'google', user_id: user })).body
    const url = new URL('/v1/public/oauth/google/start', origin)
    url.search = new URLSearchParams({ public_token: app.project.publicToken, oauth_attach_token }).toString()
    const browser = new TestBrowser()
    const atProvider = () => browser.open(url, (next) => next.origin !== origin)
    const [first, reloaded] = [await atProvider(), await atProvider()]
    assert.equal((await browser.open(reloaded.url)).url.pathname, '/login')
    assert.equal(JSON.parse((await browser.open(first.url)).body).error_type, 'invalid_oauth_attach_token')
    assert.equal(mock.person.subject, '100200300')
  })
}

test('400 oauth_config_not_found: nothing is attached to a provider without credentials', async () => {
  await using app = await testApp({ settings: { playProviders: false } })
  const { status, body } = await app.call('POST', '/v1/oauth/attach', { body: { provider: 'google', user_id: 'x' } })
  assert.deepEqual([status, body.error_type], [400, 'oauth_config_not_found'])
  assert.match(body.error_message, /OAuth config/)
  const apple = await app.call('POST', '/v1/oauth/attach', { body: { provider: 'apple', user_id: 'x' } })
  assert.deepEqual([apple.status, apple.body.error_type], [400, 'apple_oauth_config_not_found'])
})
