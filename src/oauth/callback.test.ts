/** What a person and an app see when a login comes back: right, wrong, late, twice, or to a project that changed meanwhile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'

const start = (app: TestApp, origin: string, provider: string, parameters: Record<string, string> = {}) => {
  const url = new URL(`/v1/public/oauth/${provider}/start`, origin)
  url.search = new URLSearchParams({ public_token: app.project.publicToken, ...parameters }).toString()
  return url
}

const settings = async ({ app }: TestApp, value: object) => {
  await app.db.query
    .updateTable('projects')
    .set({ settings: JSON.stringify(value) })
    .execute()
  app.projects.forget()
}

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp, origin: string) => Promise<void>) =>
    test(`${database.name}: callback: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app, await app.listen())
    })

  on('with oauth_errors_to_app the app is told: error and description, and no token', async (app, origin) => {
    await settings(app, { oauth_errors_to_app: true })
    const failures = { denied: 'oauth_flow_callback_error', 'token-500': 'oauth_auth_code_error' }
    for (const [persona, type] of Object.entries(failures)) {
      const { url, status } = await new TestBrowser().open(start(app, origin, 'google', { provider_persona: persona }))
      assert.equal(status, 302)
      assert.equal(`${url.origin}${url.pathname}`, app.project.loginUrl)
      assert.equal(url.searchParams.get('stytch_token_type'), 'oauth')
      assert.equal(url.searchParams.get('error'), type)
      assert.match(url.searchParams.get('error_description') ?? '', /Google/)
      assert.equal(url.searchParams.get('token'), null)
    }
    const browser = new TestBrowser()
    const late = await browser.open(start(app, origin, 'google', { provider_persona: 'verified' }), (next) =>
      next.pathname.startsWith('/v1/oauth/callback'),
    )
    app.clock.advance({ minutes: 10 })
    assert.equal((await browser.open(late.url)).url.searchParams.get('error'), 'expired_oauth_response')
    const apple = await new TestBrowser().open(start(app, origin, 'apple', { provider_persona: 'denied' }))
    assert.equal(apple.status, 303)
    assert.equal(apple.url.searchParams.get('error'), 'oauth_flow_callback_error')
  })

  on('check 22: the app is never told of a login that another browser began', async (app, origin) => {
    await settings(app, { oauth_errors_to_app: true })
    const atCallback = (next: URL) => next.pathname.startsWith('/v1/oauth/callback')
    const begun = await new TestBrowser().open(start(app, origin, 'google', { provider_persona: 'denied' }), atCallback)
    const stranger = await new TestBrowser().open(begun.url)
    assert.equal(stranger.status, 400)
    assert.equal(JSON.parse(stranger.body).error_type, 'oauth_state_mismatch')
    const browser = new TestBrowser()
    const own = await browser.open(start(app, origin, 'google', { provider_persona: 'verified' }), atCallback)
    assert.ok((await browser.open(own.url)).url.searchParams.get('token'))
    const twice = await browser.open(own.url)
    assert.equal(twice.status, 400)
    assert.equal(JSON.parse(twice.body).error_type, 'oauth_state_used')
  })

  on(
    'a redirect URL that was removed meanwhile is not redirected to, and leaves neither user nor token',
    async (app, origin) => {
      const atCallback = (next: URL) => next.pathname.startsWith('/v1/oauth/callback')
      for (const told of [false, true]) {
        await settings(app, { oauth_errors_to_app: told })
        const browser = new TestBrowser()
        const begun = await browser.open(start(app, origin, 'google', { provider_persona: 'verified' }), atCallback)
        await app.app.db.query
          .updateTable('redirect_urls')
          .set({ url: 'https://moved.example/' })
          .where('type', '=', 'SIGNUP')
          .execute()
        await app.app.db.query
          .updateTable('redirect_urls')
          .set({ url: 'https://moved.example/login' })
          .where('type', '=', 'LOGIN')
          .execute()
        app.app.projects.forget()
        const { status, body } = await browser.open(begun.url)
        assert.equal(status, 400)
        assert.equal(JSON.parse(body).error_type, 'no_match_for_provided_oauth_url')
        for (const [type, url] of [
          ['LOGIN', app.project.loginUrl],
          ['SIGNUP', app.project.signupUrl],
        ] as const) {
          await app.app.db.query.updateTable('redirect_urls').set({ url }).where('type', '=', type).execute()
        }
      }
      assert.deepEqual(await app.app.db.query.selectFrom('users').selectAll().execute(), [])
      assert.deepEqual(await app.app.db.query.selectFrom('oauth_tokens').selectAll().execute(), [])
    },
  )

  on('apple: the answer arrives as a form; two tabs of one browser both log in', async (app, origin) => {
    const browser = new TestBrowser()
    const atCallback = (next: URL) => next.pathname.startsWith('/v1/oauth/callback')
    const tabs = ['ada', 'bob'].map((who) =>
      start(app, origin, 'apple', { provider_persona: `verified:${who}@example.com` }),
    )
    const pages = []
    for (const tab of tabs) pages.push(await browser.open(tab, atCallback))
    assert.ok(pages.every(({ body }) => body.includes('data-submits-itself')))
    for (const tab of tabs) {
      const { url, status } = await browser.open(tab)
      assert.equal(status, 303)
      assert.ok(url.searchParams.get('token'))
    }
  })

  on(
    'check 21: the state of one provider is worth nothing at another project’s callback, nor for another provider',
    async (app, origin) => {
      const { givenOtherProject } = await import('../testing/given.ts')
      await givenOtherProject(app)
      const browser = new TestBrowser()
      const begun = await browser.open(start(app, origin, 'github', { provider_persona: 'verified' }), (next) =>
        next.pathname.startsWith('/v1/oauth/callback'),
      )
      // Check 40: each project has a callback of its own.
      const foreign = new URL(begun.url)
      foreign.pathname = '/v1/oauth/callback/oauth-callback-test-99999999-9999-4999-8999-999999999999'
      assert.equal(JSON.parse((await browser.open(foreign)).body).error_type, 'oauth_invalid_state')
      // A code of Google's with the state of a GitHub login is exchanged at GitHub, which does not know it.
      const google = await browser.open(start(app, origin, 'google', { provider_persona: 'verified' }), (next) =>
        next.pathname.startsWith('/v1/oauth/callback'),
      )
      const mixed = new URL(begun.url)
      mixed.searchParams.set('code', google.url.searchParams.get('code') ?? '')
      assert.equal(JSON.parse((await browser.open(mixed)).body).error_type, 'oauth_auth_code_error')
    },
  )

  on(
    'check 39: a login that was begun with somebody’s attach token cannot be finished in another browser',
    async (app, origin) => {
      const { givenSession } = await import('../testing/given.ts')
      const { userId } = await givenSession(app)
      const { body } = await app.call('POST', '/v1/oauth/attach', { body: { provider: 'google', user_id: userId } })
      const attacker = new TestBrowser()
      const begun = await attacker.open(
        start(app, origin, 'google', { provider_persona: 'verified:victim@example.com', ...body }),
        (next) => next.pathname.startsWith('/v1/oauth/callback'),
      )
      const victim = await new TestBrowser().open(begun.url)
      assert.equal(JSON.parse(victim.body).error_type, 'oauth_state_mismatch')
      assert.deepEqual(await app.app.db.query.selectFrom('oauth_registrations').selectAll().execute(), [])
    },
  )
}

test('over https the cookie is __Host-, Secure and SameSite=None, so that Apple’s cross-site POST brings it along', async () => {
  await using app = await testApp({ settings: { baseUrl: 'https://login.example' } })
  const { headers } = await app.call('GET', start(app, 'https://login.example', 'apple').href.slice(21), {
    auth: false,
  })
  assert.match(
    String(headers['set-cookie']),
    /^__Host-stytch_csrf_private_token=[\w-]{44}; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=None$/,
  )
  const location = new URL(String(headers.location))
  assert.equal(location.searchParams.get('response_mode'), 'form_post')
  const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
  const post = (state: string, cookies: string) =>
    app.call('POST', `/v1/oauth/callback/${app.project.callbackId}`, {
      auth: false,
      body: new URLSearchParams({ state, error: 'user_cancelled_authorize' }).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://appleid.apple.com',
        cookie: cookies,
      },
    })
  const state = location.searchParams.get('state') ?? ''
  assert.equal((await post(state, '')).body.error_type, 'oauth_state_mismatch')
  const { body } = await post(state, cookie)
  assert.equal(body.error_type, 'oauth_flow_callback_error')
  assert.match(body.error_message, /access was declined/)
})

test('a person sees a calm page with request ID, what happened and what to do; a program gets JSON', async () => {
  await using app = await testApp()
  const origin = await app.listen()
  const url = start(app, origin, 'google', { provider_persona: 'denied' })
  const person = await new TestBrowser({ accept: 'text/html,*/*;q=0.8' }).open(url)
  assert.equal(person.status, 400)
  for (const part of [/request-id-test-/, /oauth_flow_callback_error/, /access was declined/, /Go back to the app/]) {
    assert.match(person.body, part)
  }
  const program = await new TestBrowser().open(url)
  assert.equal(JSON.parse(program.body).error_details.provider_error, 'access_denied')
})
