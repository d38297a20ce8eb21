/** Attacks on linking, from the side of who would lose the account. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'

interface Scene {
  readonly app: TestApp
  /** Logs somebody in up to the app, and gives the token that the app receives. */
  token(provider: string, persona: string, parameters?: Record<string, string>): Promise<string>
  authenticate(token: string, more?: Record<string, unknown>): ReturnType<TestApp['call']>
  attachToken(provider: string, userId: string): Promise<string>
}

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      const origin = await app.listen()
      await run({
        app,
        async token(provider, persona, parameters = {}) {
          const start = new URL(`/v1/public/oauth/${provider}/start`, origin)
          const query = { public_token: app.project.publicToken, provider_persona: persona, ...parameters }
          start.search = new URLSearchParams(query).toString()
          const { url, body } = await new TestBrowser().open(start)
          const token = url.searchParams.get('token')
          assert.ok(token, body)
          return token
        },
        authenticate: (token, more = {}) => app.call('POST', '/v1/oauth/authenticate', { body: { token, ...more } }),
        async attachToken(provider, user_id) {
          return (await app.call('POST', '/v1/oauth/attach', { body: { provider, user_id } })).body.oauth_attach_token
        },
      })
    })

  on(
    'check 34: whoever claimed an address and prepared ways back in has none left once its owner arrives',
    async (s) => {
      const { body: claimed } = await s.app.call('POST', '/v1/users', {
        body: { email: 'victim@example.com', phone_number: '+14155550123' },
      })
      const attacker = 'verified:attacker@example.com'
      const attach = await s.attachToken('google', claimed.user_id)
      const joined = await s.authenticate(await s.token('google', attacker, { oauth_attach_token: attach }), {
        session_duration_minutes: 60,
      })
      assert.equal(joined.body.user_id, claimed.user_id)
      const heldLogin = await s.token('google', attacker)
      const heldAttach = await s.attachToken('discord', claimed.user_id)

      const owner = await s.authenticate(await s.token('github', 'verified:victim@example.com'))
      assert.equal(owner.body.user_id, claimed.user_id)
      assert.equal(owner.body.reset_sessions, true)
      assert.deepEqual(
        owner.body.user.providers.map(({ provider_type }: { provider_type: string }) => provider_type),
        ['Github'],
      )
      assert.deepEqual(
        owner.body.user.emails.map(({ email, verified }: { email: string; verified: boolean }) => [email, verified]),
        [['victim@example.com', true]],
      )
      assert.deepEqual(owner.body.user.phone_numbers, [])

      assert.equal(
        (await s.authenticate(heldLogin)).body.error_type,
        'oauth_token_not_found',
        'a login that was kept back',
      )
      const late = new URLSearchParams({
        public_token: s.app.project.publicToken,
        provider_persona: attacker,
        oauth_attach_token: heldAttach,
      })
      const start = await s.app.call('GET', `/v1/public/oauth/discord/start?${late}`, { auth: false })
      assert.equal(start.body.error_type, 'invalid_oauth_attach_token')
      const session = await s.app.call('POST', '/v1/sessions/authenticate', {
        body: { session_token: joined.body.session_token },
      })
      assert.equal(session.body.error_type, 'session_not_found')
      const again = await s.authenticate(await s.token('google', attacker))
      assert.notEqual(again.body.user_id, claimed.user_id, 'the attacker’s own account is a stranger’s now')
    },
  )

  on('check 39: an account joins nobody before the app has authenticated the login with its verifier', async (s) => {
    const mallory = (await givenSession(s.app)).userId
    const verifier = 'mallory-keeps-this-verifier-to-herself-0123456789'
    // Mallory has the victim open a start URL with her attach token and her challenge.
    const token = await s.token('github', 'verified:victim@example.com', {
      oauth_attach_token: await s.attachToken('github', mallory),
      code_challenge: challengeOf(verifier),
    })
    // The victim's app finds that this is no login of its own.
    assert.equal((await s.authenticate(token, { code_verifier: 'v'.repeat(43) })).body.error_type, 'pkce_mismatch')
    assert.equal((await s.authenticate(token)).body.error_type, 'pkce_expected_code_verifier')
    const { body } = await s.app.call('GET', `/v1/users/${mallory}`)
    assert.deepEqual([body.providers, body.emails], [[], []])
    const victim = await s.authenticate(await s.token('github', 'verified:victim@example.com'))
    assert.notEqual(victim.body.user_id, mallory)
    // By now the account is somebody's, so even the right verifier moves nothing.
    const late = await s.authenticate(token, { code_verifier: verifier })
    assert.deepEqual([late.status, late.body.error_type], [400, 'oauth_registration_belongs_to_another_user'])
  })

  on(
    'an attached account joins when the login is authenticated: factor, address and provider tokens with it',
    async (s) => {
      await s.app.app.db.query
        .updateTable('projects')
        .set({ settings: '{"oauth_keep_provider_tokens":true}' })
        .execute()
      s.app.app.projects.forget()
      const session = await givenSession(s.app)
      const token = await s.token('google', 'verified:ada@example.com', {
        oauth_attach_token: await s.attachToken('google', session.userId),
      })
      const { status, body } = await s.authenticate(token, { session_token: session.token })
      assert.equal(status, 200)
      assert.equal(body.user_id, session.userId)
      assert.equal(body.user.emails[0].email, 'ada@example.com')
      assert.equal(body.user.providers[0].oauth_user_registration_id, body.oauth_user_registration_id)
      assert.equal(body.user_session.authentication_factors.length, 2)
      const kept = await s.app.call('GET', `/v1/users/oauth/${body.oauth_user_registration_id}/provider_values`)
      assert.deepEqual(kept.body.provider_values, body.provider_values)
      assert.equal((await s.authenticate(token)).body.error_type, 'oauth_token_not_found')
    },
  )

  on(
    'check 16: of thirty authentications of one attaching login at once, one succeeds and one account joins',
    async (s) => {
      const { userId } = await givenSession(s.app)
      const token = await s.token('google', 'verified', { oauth_attach_token: await s.attachToken('google', userId) })
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => s.authenticate(token, { session_duration_minutes: 5 })),
      )
      assert.deepEqual(
        answers.map(({ status }) => status).filter((status) => status === 200),
        [200],
      )
      assert.ok(answers.every(({ status, body }) => status === 200 || body.error_type === 'oauth_token_not_found'))
      assert.equal((await s.app.app.db.query.selectFrom('oauth_registrations').selectAll().execute()).length, 1)
    },
  )

  on('check 38: an attach token that a browser asked for starts only logins with PKCE', async (s) => {
    const session = await givenSession(s.app)
    const auth = { username: s.app.project.publicToken, password: session.token }
    const { body } = await s.app.call('POST', '/sdk/v1/oauth/attach', { auth, body: { provider: 'google' } })
    const start = (more: Record<string, string>) => {
      const query = { public_token: s.app.project.publicToken, ...body.data, ...more }
      return s.app.call('GET', `/v1/public/oauth/google/start?${new URLSearchParams(query)}`, { auth: false })
    }
    assert.equal((await start({})).body.error_type, 'pkce_required_for_native_callback')
    assert.equal((await start({ code_challenge: challengeOf('v'.repeat(43)) })).status, 302)
  })

  on(
    'several logins that join one session at once all leave their factor, and claims are merged, not lost',
    async (s) => {
      const session = await givenSession(s.app)
      const providers = ['google', 'github', 'discord', 'gitlab', 'slack', 'twitch']
      const tokens = []
      for (const provider of providers) {
        const attach = await s.attachToken(provider, session.userId)
        tokens.push(await s.token(provider, `no-email:${provider}`, { oauth_attach_token: attach }))
      }
      await Promise.all([
        ...tokens.map((token) => s.authenticate(token, { session_token: session.token })),
        ...['a', 'b', 'c'].map((name) =>
          s.app.call('POST', '/v1/sessions/authenticate', {
            body: { session_token: session.token, session_custom_claims: { [name]: 1 }, session_duration_minutes: 60 },
          }),
        ),
        s.app.call('POST', '/v1/sessions/authenticate', {
          body: { session_token: session.token, session_duration_minutes: 120 },
        }),
      ])
      const { body } = await s.app.call('GET', `/v1/sessions?user_id=${session.userId}`)
      const [now] = body.sessions
      assert.equal(now.authentication_factors.length, 1 + providers.length)
      assert.deepEqual(now.custom_claims, { a: 1, b: 1, c: 1 })
    },
  )

  on('an account that is deleted while somebody logs in with it is no failure of the server', async (s) => {
    for (let round = 0; round < 5; round++) {
      const first = await s.authenticate(await s.token('google', 'verified'))
      const [login] = await Promise.all([
        s.token('google', 'verified').catch((error: Error) => error.message),
        s.app.call('DELETE', `/v1/users/oauth/${first.body.oauth_user_registration_id}`),
      ])
      assert.ok(!login.includes('internal_server_error'), login)
    }
  })
}

test('an ID token of a login by redirect, which apps are given, is good for no login of its own', async () => {
  await using app = await testApp()
  const origin = await app.listen()
  const start = `${origin}/v1/public/oauth/google/start?public_token=${app.project.publicToken}&provider_persona=verified`
  const token = (await new TestBrowser().open(start)).url.searchParams.get('token')
  const login = await app.call('POST', '/v1/oauth/authenticate', { body: { token } })
  const { id_token } = login.body.provider_values
  const { nonce } = JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url').toString())
  for (const sent of [undefined, nonce]) {
    const native = await app.call('POST', '/v1/oauth/google/id_token/authenticate', { body: { id_token, nonce: sent } })
    assert.equal(native.body.error_type, 'id_token_nonce_invalid')
  }
  const begun = await app.call('GET', `/v1/public/oauth/google/onetap/start?public_token=${app.project.publicToken}`, {
    auth: false,
  })
  const tap = await app.call('POST', `/v1/oauth/callback/${app.project.callbackId}`, {
    auth: false,
    body: { id_token, stytch_csrf_token: begun.body.stytch_csrf_token },
    headers: { 'x-stytch-oauth-type': 'google-one-tap', cookie: String(begun.headers['set-cookie']) },
  })
  assert.equal(tap.body.error_type, 'id_token_invalid')
})

test('NUL has no place in a request: 400, with and without credentials, on every database', async () => {
  for (const database of testDatabases) {
    await using app = await testApp({ database: await database.fresh() })
    const paths = [
      '/v1/oauth/callback/%00?state=a&code=b',
      '/v1/sessions/jwks/%00',
      '/v1/public/oauth/%00/start',
      '/v1/users/%00',
    ]
    for (const path of paths) {
      const { status } = await app.call('GET', path)
      assert.equal(status, 400, path)
    }
    for (const [path, body] of [
      ['/v1/oauth/attach', { provider: 'google', user_id: 'a\u0000' }],
      ['/v1/users', { email: 'ada@example.com', name: { first_name: '\u0000' } }],
      ['/v1/sessions/revoke', { session_id: '\u0000' }],
    ] as const) {
      const answer = await app.call('POST', path, { body })
      assert.deepEqual([answer.status, answer.body.error_type], [400, 'bad_request'], path)
    }
  }
})
