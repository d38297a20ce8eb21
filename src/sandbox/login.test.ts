/** Whole logins through the sandbox, from the start URL to the app, over HTTP and on every database. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'

async function login(app: TestApp, origin: string, provider: string, parameters: Record<string, string> = {}) {
  const start = new URL(`/v1/public/oauth/${provider}/start`, origin)
  start.search = new URLSearchParams({ public_token: app.project.publicToken, ...parameters }).toString()
  return new TestBrowser().open(start)
}

async function user(app: TestApp, origin: string, provider: string, persona: string) {
  const { url, body } = await login(app, origin, provider, { provider_persona: persona })
  const token = url.searchParams.get('token')
  assert.ok(token, body)
  const answer = await app.call('POST', '/v1/oauth/authenticate', { body: { token } })
  assert.equal(answer.status, 200, answer.text)
  return { landed: `${url.origin}${url.pathname}`, ...answer.body }
}

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp, origin: string) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app, await app.listen())
    })

  for (const provider of ['google', 'github']) {
    on(
      `${provider}: verified, unverified and no-email log in; only a verified address is kept`,
      async (app, origin) => {
        const emails = async (persona: string) =>
          (await user(app, origin, provider, persona)).user.emails.map(({ email }: { email: string }) => email)
        assert.deepEqual(await emails('verified'), ['maya.okafor@example.com'])
        assert.deepEqual(await emails('unverified'), [])
        assert.deepEqual(await emails('no-email'), [])
      },
    )

    on(`${provider}: the same account comes back as the same user, at the login URL`, async (app, origin) => {
      const first = await user(app, origin, provider, 'verified:ada@example.com')
      const second = await user(app, origin, provider, 'verified:ada@example.com')
      assert.equal(first.landed, app.project.signupUrl)
      assert.equal(second.landed, app.project.loginUrl)
      assert.equal(second.user_id, first.user_id)
      assert.equal(second.provider_subject, first.provider_subject)
    })

    on(`${provider}: denied and error end at the server, saying which`, async (app, origin) => {
      for (const [persona, error] of [
        ['denied', 'access_denied'],
        ['error', 'server_error'],
      ] as const) {
        const { status, body } = await login(app, origin, provider, { provider_persona: persona })
        assert.equal(status, 400)
        assert.equal(JSON.parse(body).error_type, 'oauth_flow_callback_error')
        assert.equal(JSON.parse(body).error_details.provider_error, error)
      }
    })
  }

  on('the same verified address at two providers is one user', async (app, origin) => {
    const google = await user(app, origin, 'google', 'verified:ada@example.com')
    const github = await user(app, origin, 'github', 'verified:ada@example.com')
    assert.equal(github.user_id, google.user_id)
    assert.notEqual(github.provider_subject, google.provider_subject)
  })

  on('google: every value of the provider reaches the app', async (app, origin) => {
    const { provider_values } = await user(app, origin, 'google', 'verified')
    assert.match(provider_values.access_token, /^ya29\./)
    assert.match(provider_values.refresh_token, /^1\/\//)
    assert.equal(provider_values.id_token.split('.').length, 3)
    assert.equal(provider_values.expires_at, '2026-01-01T00:59:59Z')
  })

  on('a scripted persona logs in without a page', async (app, origin) => {
    await app.call('POST', '/sandbox/personas', { body: { persona: 'verified:ada@example.com' } })
    assert.ok((await login(app, origin, 'google')).url.searchParams.get('token'))
    assert.match((await login(app, origin, 'google')).body, /Who do you want to be/)
  })
}

test('slow: the token endpoint waits three seconds by the clock it is given', async () => {
  const waits: number[] = []
  const wait = async (milliseconds: number) => void waits.push(milliseconds)
  await using app = await testApp({ settings: { wait } })
  const origin = await app.listen()
  assert.equal((await user(app, origin, 'google', 'slow')).user.name.first_name, 'Wei')
  await user(app, origin, 'google', 'verified')
  assert.deepEqual(waits, [3_000])
})

test('a turned clock does not disturb a login: the sandbox lives by it too', async () => {
  await using app = await testApp({ now: '2031-05-05T00:00:00Z' })
  const origin = await app.listen()
  await user(app, origin, 'google', 'verified')
  app.clock.set('2024-02-29T23:59:59Z')
  await user(app, origin, 'google', 'verified')
})

test('serve: there is no sandbox, neither its pages nor a provider without credentials', async () => {
  await using app = await testApp({ settings: { profile: 'serve' } })
  const paths = [
    ['GET', '/sandbox/google/authorize'],
    ['POST', '/sandbox/google/authorize'],
    ['POST', '/sandbox/google/token'],
    ['GET', '/sandbox/google/jwks'],
    ['GET', '/sandbox/google/userinfo'],
    ['GET', '/sandbox/github/user'],
    ['GET', '/sandbox/github/user/emails'],
    ['GET', '/sandbox/avatars/MO.svg'],
    ['GET', '/sandbox/personas'],
    ['POST', '/sandbox/personas'],
    ['DELETE', '/sandbox/personas'],
    ['GET', '/dev/authenticate'],
    ['GET', '/dev/welcome'],
  ] as const
  for (const [method, path] of paths) {
    const { status, body } = await app.call(method, path, { auth: false })
    assert.equal(status, 404, path)
    assert.equal(body.error_type, 'route_not_found')
  }
  const start = `/v1/public/oauth/google/start?public_token=${app.project.publicToken}&provider_persona=verified`
  assert.equal((await app.call('GET', start, { auth: false })).body.error_type, 'oauth_config_not_found')
})
