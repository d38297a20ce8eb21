/** A whole login over real HTTP, the provider played by a server that we did not write. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser, type Visit } from '../testing/browser.ts'
import { type TestDatabase, testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'
import { type MockProviders, startMockProviders } from './mock-providers.fixture.ts'

interface Scene extends AsyncDisposable {
  readonly app: TestApp
  readonly mock: MockProviders
  readonly origin: string
  /** Opens a start URL in a browser and follows it to the app, or to where it ends. */
  login(provider: string, parameters?: Record<string, string>, browser?: TestBrowser): Promise<Visit>
  /** The token of a login that ended at the app. */
  token(provider: string, parameters?: Record<string, string>): Promise<string>
  authenticate(token: string, more?: Record<string, unknown>): ReturnType<TestApp['call']>
}

async function scene(database: TestDatabase): Promise<Scene> {
  // A provider that loses its credentials must not be played by the sandbox here.
  const app = await testApp({ database: await database.fresh(), settings: { playProviders: false } })
  const mock = await startMockProviders(app)
  const origin = await app.listen()
  const made: Scene = {
    app,
    mock,
    origin,
    login(provider, parameters = {}, browser = new TestBrowser()) {
      const start = new URL(`/v1/public/oauth/${provider}/start`, origin)
      start.search = new URLSearchParams({ public_token: app.project.publicToken, ...parameters }).toString()
      return browser.open(start)
    },
    async token(provider, parameters) {
      const { url, body } = await made.login(provider, parameters)
      const token = url.searchParams.get('token')
      assert.ok(token, body)
      return token
    },
    authenticate: (token, more = {}) => app.call('POST', '/v1/oauth/authenticate', { body: { token, ...more } }),
    async [Symbol.asyncDispose]() {
      await app.close()
      await mock.stop()
    },
  }
  return made
}

const pkcePair = () => {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using made = await scene(database)
      await run(made)
    })

  on('a first login ends at the signup URL, a second one at the login URL, and both are the same user', async (s) => {
    const first = await s.login('google')
    assert.equal(`${first.url.origin}${first.url.pathname}`, s.app.project.signupUrl)
    assert.equal(first.url.searchParams.get('stytch_token_type'), 'oauth')
    assert.match(first.url.searchParams.get('token') ?? '', /^[A-Za-z0-9_-]{44}$/)
    const second = await s.login('google')
    assert.equal(`${second.url.origin}${second.url.pathname}`, s.app.project.loginUrl)
    const users = await Promise.all(
      [first, second].map(({ url }) => s.authenticate(url.searchParams.get('token') ?? '')),
    )
    assert.deepEqual(
      users.map(({ status }) => status),
      [200, 200],
    )
    assert.equal(users[0]?.body.user_id, users[1]?.body.user_id)
  })

  on('google: authenticate answers every field, from the verified ID token', async (s) => {
    const { status, body } = await s.authenticate(await s.token('google', { custom_scopes: 'calendar.read extra' }), {
      session_duration_minutes: 60,
      session_custom_claims: { plan: 'pro' },
    })
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(body.provider_type, 'Google')
    assert.equal(body.provider_subject, '100200300')
    assert.match(body.oauth_user_registration_id, /^oauth-user-test-/)
    assert.equal(body.reset_sessions, false)
    assert.match(body.session_token, /^[A-Za-z0-9_-]{44}$/)
    assert.deepEqual(body.user_session.custom_claims, { plan: 'pro' })
    assert.equal(body.user_session.user_id, body.user_id)
    const [factor] = body.user_session.authentication_factors
    assert.equal(factor.type, 'oauth')
    assert.equal(factor.delivery_method, 'oauth_google')
    assert.deepEqual(factor.google_oauth_factor, {
      id: body.oauth_user_registration_id,
      provider_subject: '100200300',
      email_id: body.user.emails[0].email_id,
    })
    assert.deepEqual(
      body.user.emails.map(({ email, verified }: { email: string; verified: boolean }) => ({ email, verified })),
      [{ email: 'ada@example.com', verified: true }],
    )
    assert.deepEqual(body.user.name, { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' })
    assert.deepEqual(body.user.providers, [
      {
        oauth_user_registration_id: body.oauth_user_registration_id,
        provider_type: 'Google',
        provider_subject: '100200300',
        profile_picture_url: 'https://images.example/ada.png',
        locale: '',
      },
    ])
    const values = body.provider_values
    assert.deepEqual(Object.keys(values).sort(), ['access_token', 'expires_at', 'id_token', 'refresh_token', 'scopes'])
    assert.ok(values.access_token && values.refresh_token && values.id_token)
    assert.match(values.expires_at, /^2026-01-01T01:00:00Z$/)
  })

  on(
    'google: the authorization request asks for the default and the custom scopes, in alphabetical order, with PKCE and nonce',
    async (s) => {
      await s.login('google', {
        custom_scopes: 'calendar.read,extra',
        provider_login_hint: 'ada@example.com',
        provider_state: 'mine',
        provider_client_id: 'x',
      })
      const names = [...s.mock.lastAuthorize.keys()]
      assert.deepEqual(names, [...names].sort())
      assert.equal(s.mock.lastAuthorize.get('scope'), 'openid email profile calendar.read extra')
      assert.equal(s.mock.lastAuthorize.get('access_type'), 'offline')
      assert.equal(s.mock.lastAuthorize.get('login_hint'), 'ada@example.com')
      assert.equal(s.mock.lastAuthorize.get('client_id'), 'google-client')
      assert.equal(
        s.mock.lastAuthorize.get('redirect_uri'),
        `${s.origin}/v1/oauth/callback/${s.app.project.callbackId}`,
      )
      assert.equal(s.mock.lastAuthorize.get('code_challenge_method'), 'S256')
      assert.match(s.mock.lastAuthorize.get('state') ?? '', /^[A-Za-z0-9_-]{44}$/)
      assert.ok(s.mock.lastAuthorize.get('nonce'))
      assert.equal(s.mock.lastExchange.client_secret, 'google-secret')
    },
  )

  on('github: identity from /user, address from /user/emails, no ID token', async (s) => {
    const { status, body } = await s.authenticate(await s.token('github'), { session_duration_minutes: 5 })
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(body.provider_type, 'Github')
    assert.equal(body.provider_subject, '100200300')
    assert.deepEqual(
      body.user.emails.map(({ email }: { email: string }) => email),
      ['ada@example.com'],
    )
    assert.equal(body.provider_values.id_token, '')
    assert.equal(body.provider_values.refresh_token, '')
    assert.deepEqual(body.provider_values.scopes, ['user:email', 'read:user'])
    assert.ok(body.user_session.authentication_factors[0].github_oauth_factor)
  })

  on('the same proven address at two providers is one user with two registrations', async (s) => {
    const google = await s.authenticate(await s.token('google'))
    const github = await s.authenticate(await s.token('github'))
    assert.equal(google.body.user_id, github.body.user_id)
    assert.deepEqual(
      github.body.user.providers.map(({ provider_type }: { provider_type: string }) => provider_type).sort(),
      ['Github', 'Google'],
    )
    assert.equal(github.body.user.emails.length, 1)
  })

  on('check 35: an unverified or absent address links nobody and is not stored', async (s) => {
    const owner = await s.authenticate(await s.token('google'))
    for (const [subject, bend] of Object.entries({ 2: { verified: false }, 3: { email: undefined } })) {
      const { email, ...rest } = s.mock.person
      s.mock.person = { ...rest, ...(email && { email }), ...bend, subject } as MockProviders['person']
      for (const provider of ['google', 'github']) {
        const { body } = await s.authenticate(await s.token(provider))
        assert.notEqual(body.user_id, owner.body.user_id)
        assert.deepEqual(body.user.emails, [])
        assert.equal(body.user_session, undefined)
        assert.equal(body.session_token, '')
        assert.equal(body.session_jwt, '')
      }
    }
  })

  on(
    'check 41: what one account of a provider proved is no proof for a second one with the same address',
    async (s) => {
      const owner = await s.authenticate(await s.token('google'))
      assert.equal(owner.body.user.emails[0].verified, true)
      const { email = '' } = s.mock.person
      for (const verified of [false, undefined]) {
        const person = { subject: `second-${verified}`, email }
        s.mock.person = verified === undefined ? person : { ...person, verified }
        const second = await s.authenticate(await s.token('google'))
        assert.notEqual(second.body.user_id, owner.body.user_id)
        assert.deepEqual(second.body.user.emails, [])
      }
      // Nor does the first account’s next login, whose address the provider no longer vouches for, give the second one a way in.
      s.mock.person = { subject: '100200300', email: 'moved@example.com', verified: false }
      assert.equal((await s.authenticate(await s.token('google'))).body.user_id, owner.body.user_id)
      s.mock.person = { subject: 'third', email: 'moved@example.com', verified: true }
      assert.notEqual((await s.authenticate(await s.token('google'))).body.user_id, owner.body.user_id)
    },
  )

  on(
    'check 34: a proven address takes over from a user who had only claimed it: sessions end, reset_sessions is true',
    async (s) => {
      const claimed = await s.app.call('POST', '/v1/users', { body: { email: 'ada@example.com' } })
      assert.equal(claimed.status, 200, claimed.text)
      s.mock.person = { subject: '7', email: 'ada@example.com', verified: false }
      const attach = await s.app.call('POST', '/v1/oauth/attach', {
        body: { provider: 'google', user_id: claimed.body.user_id },
      })
      const before = await s.authenticate(
        await s.token('google', { oauth_attach_token: attach.body.oauth_attach_token }),
        {
          session_duration_minutes: 60,
        },
      )
      assert.equal(before.body.user_id, claimed.body.user_id, before.text)
      s.mock.person = { subject: '8', email: 'ADA@example.com', verified: true }
      const { body } = await s.authenticate(await s.token('google'))
      assert.equal(body.user_id, claimed.body.user_id)
      assert.equal(body.reset_sessions, true)
      assert.equal(body.user.emails[0].verified, true)
      const session = await s.app.call('POST', '/v1/sessions/authenticate', {
        body: { session_token: before.body.session_token },
      })
      assert.equal(session.body.error_type, 'session_not_found')
    },
  )

  on('two tabs of one browser both log in', async (s) => {
    const browser = new TestBrowser()
    const start = () => {
      const url = new URL('/v1/public/oauth/google/start', s.origin)
      url.searchParams.set('public_token', s.app.project.publicToken)
      return browser.open(url, (next) => next.origin !== s.origin)
    }
    const [one, two] = [await start(), await start()]
    for (const { url } of [one, two]) assert.ok((await browser.open(url)).url.searchParams.get('token'))
  })

  on('checks 18 and 22: a callback without the cookie of the browser that started it is refused', async (s) => {
    const browser = new TestBrowser()
    const url = new URL(`/v1/public/oauth/google/start?public_token=${s.app.project.publicToken}`, s.origin)
    const provider = await browser.open(url, (next) => next.origin !== s.origin)
    const callback = await browser.open(provider.url, (next) => next.origin === s.origin)
    const stranger = await new TestBrowser().open(callback.url)
    assert.equal(stranger.status, 400)
    assert.equal(JSON.parse(stranger.body).error_type, 'oauth_state_mismatch')
    const other = new TestBrowser()
    await other.open(url, (next) => next.origin !== s.origin)
    assert.match(JSON.parse((await other.open(callback.url)).body).error_message, /belongs to another one/)
    assert.ok((await browser.open(callback.url)).url.searchParams.get('token'), 'the right browser still can')
    const replay = await browser.open(callback.url)
    assert.equal(JSON.parse(replay.body).error_type, 'oauth_state_used')
  })

  on('a callback after ten minutes is an expired_oauth_response', async (s) => {
    const browser = new TestBrowser()
    const url = new URL(`/v1/public/oauth/google/start?public_token=${s.app.project.publicToken}`, s.origin)
    const provider = await browser.open(url, (next) => next.origin !== s.origin)
    const callback = await browser.open(provider.url, (next) => next.origin === s.origin)
    s.app.clock.advance({ minutes: 10 })
    assert.equal(JSON.parse((await browser.open(callback.url)).body).error_type, 'expired_oauth_response')
  })

  on('a person who meets an error in a browser gets a page with the request ID, never a redirect', async (s) => {
    const { status, body, url } = await s.login(
      'google',
      { login_redirect_url: 'https://evil.example/<svg onload=alert(1)>' },
      new TestBrowser({ accept: 'text/html' }),
    )
    assert.equal(status, 400)
    assert.equal(url.origin, s.origin)
    assert.match(body, /request-id-test-/)
    assert.ok(!body.includes('<svg'))
  })

  on('PKCE: the verifier is demanded, checked, and five wrong ones burn the token', async (s) => {
    const { verifier, challenge } = pkcePair()
    const token = await s.token('google', { code_challenge: challenge })
    const error = async (more: Record<string, unknown>) => (await s.authenticate(token, more)).body.error_type
    assert.equal(await error({}), 'pkce_expected_code_verifier')
    assert.equal(await error({ code_verifier: 'short' }), 'invalid_pkce_code_verifier')
    for (let i = 0; i < 3; i++) assert.equal(await error({ code_verifier: pkcePair().verifier }), 'pkce_mismatch')
    assert.equal((await s.authenticate(token, { code_verifier: verifier })).status, 200, 'wrong ones did not use it up')

    const second = await s.token('google', { code_challenge: challenge })
    for (let i = 0; i < 5; i++) await s.authenticate(second, { code_verifier: pkcePair().verifier })
    const burnt = await s.authenticate(second, { code_verifier: verifier })
    assert.equal(burnt.body.error_type, 'oauth_token_not_found', 'check 13')

    const without = await s.token('google')
    assert.equal(
      (await s.authenticate(without, { code_verifier: verifier })).body.error_type,
      'pkce_did_not_expect_code_verifier',
    )
    assert.equal((await s.authenticate(without)).status, 200)
  })

  on('check 12: whatever method a start names, the challenge is compared as S256, never as plain text', async (s) => {
    const { verifier, challenge } = pkcePair()
    for (const code_challenge_method of ['plain', 'S256', 's256', 'none', '']) {
      const token = await s.token('google', { code_challenge: challenge, code_challenge_method })
      assert.equal((await s.authenticate(token, { code_verifier: challenge })).body.error_type, 'pkce_mismatch')
      assert.equal((await s.authenticate(token, { code_verifier: verifier })).status, 200)
    }
  })

  on('check 14: whichever operation takes the token, it demands the verifier', async (s) => {
    const { publicToken } = s.app.project
    const fromApp = (body: object) =>
      s.app.call('POST', '/sdk/v1/oauth/authenticate', {
        body: { session_duration_minutes: 5, ...body },
        auth: { username: publicToken, password: publicToken },
      })
    for (const redeem of [s.authenticate, (token: string, more: object = {}) => fromApp({ token, ...more })]) {
      const { verifier, challenge } = pkcePair()
      const token = await s.token('google', { code_challenge: challenge })
      assert.equal((await redeem(token)).body.error_type, 'pkce_expected_code_verifier')
      assert.equal((await redeem(token, { code_verifier: pkcePair().verifier })).body.error_type, 'pkce_mismatch')
      assert.equal((await redeem(token, { code_verifier: verifier })).status, 200)
    }
  })

  on('check 17: no value of one kind is taken for another, whoever it belongs to', async (s) => {
    const { userId, token: session, jwt } = await givenSession(s.app)
    const attach = await s.app.call('POST', '/v1/oauth/attach', { body: { provider: 'google', user_id: userId } })
    const begun = new URL('/v1/public/oauth/google/start', s.origin)
    begun.searchParams.set('public_token', s.app.project.publicToken)
    const atProvider = await new TestBrowser().open(begun, (next) => next.origin !== s.origin)
    const values: Record<string, string> = {
      'login token': await s.token('google'),
      'attach token': attach.body.oauth_attach_token,
      'session token': session,
      'session JWT': jwt,
      state: atProvider.url.searchParams.get('state') ?? '',
      'project secret': s.app.project.secret,
      'public token': s.app.project.publicToken,
    }
    const post = async (path: string, body: object) => (await s.app.call('POST', path, { body })).status
    const status = async (url: URL) => (await new TestBrowser().open(url)).status
    const at = (path: string, more: Record<string, string>) =>
      Object.assign(new URL(path, s.origin), { search: new URLSearchParams(more).toString() })
    const takers: Record<string, (value: string) => Promise<number>> = {
      'login token': (token) => post('/v1/oauth/authenticate', { token }),
      'attach token': (oauth_attach_token) =>
        status(at(begun.pathname, { public_token: s.app.project.publicToken, oauth_attach_token })),
      'session token': (session_token) => post('/v1/sessions/authenticate', { session_token }),
      'session JWT': (session_jwt) => post('/v1/sessions/authenticate', { session_jwt }),
      state: (state) => status(at(`/v1/oauth/callback/${s.app.project.callbackId}`, { state, code: 'x' })),
      'public token': (public_token) => status(at(begun.pathname, { public_token })),
      'project secret': async (password) =>
        (await s.app.call('GET', `/v1/users/${userId}`, { auth: { username: s.app.project.id, password } })).status,
    }
    for (const [kind, value] of Object.entries(values)) {
      assert.ok(value, kind)
      for (const [wanted, take] of Object.entries(takers)) {
        if (wanted === kind) continue
        const answered = await take(value)
        assert.ok(answered >= 400 && answered < 500, `a ${kind} was taken for a ${wanted}: ${answered}`)
      }
    }
    assert.equal(await takers['login token']?.(values['login token'] ?? ''), 200, 'and none of it used anything up')
  })

  on('400 oauth_token_not_found: unknown, used, expired, and another kind of token', async (s) => {
    const token = await s.token('google')
    const used = await s.authenticate(token, { session_duration_minutes: 5 })
    assert.equal(used.status, 200)
    const attach = await s.app.call('POST', '/v1/oauth/attach', {
      body: { provider: 'google', user_id: used.body.user_id },
    })
    const expired = await s.token('google')
    const values = [token, 'A'.repeat(44), 'x', used.body.session_token, attach.body.oauth_attach_token]
    s.app.clock.advance({ minutes: 5 })
    for (const value of [...values, expired]) {
      const { status, body } = await s.authenticate(value)
      assert.deepEqual([status, body.error_type], [400, 'oauth_token_not_found'], value)
    }
  })

  on('check 16: fifty authentications of one token at once: one succeeds', async (s) => {
    const token = await s.token('google')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => s.authenticate(token, { session_duration_minutes: 5 })),
    )
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.ok(answers.every(({ status, body }) => status === 200 || body.error_type === 'oauth_token_not_found'))
    const [{ count }] = (await s.app.app.db.query
      .selectFrom('sessions')
      .select((e) => e.fn.countAll<number>().as('count'))
      .execute()) as [{ count: number }]
    assert.equal(Number(count), 1)
  })

  on('ten first logins of one person at once make one user', async (s) => {
    const visits = await Promise.all(Array.from({ length: 10 }, () => s.login('google')))
    assert.equal(visits.filter(({ url }) => url.pathname === '/signup').length, 1)
    const users = await Promise.all(visits.map(({ url }) => s.authenticate(url.searchParams.get('token') ?? '')))
    assert.equal(new Set(users.map(({ body }) => body.user_id)).size, 1)
  })

  on('a session that is sent along gains the factor; one of another user is ignored', async (s) => {
    const first = await s.authenticate(await s.token('google'), { session_duration_minutes: 60 })
    const second = await s.authenticate(await s.token('github'), { session_token: first.body.session_token })
    assert.equal(second.body.user_session.session_id, first.body.user_session.session_id)
    assert.equal(second.body.session_token, first.body.session_token)
    assert.equal(second.body.user_session.authentication_factors.length, 2)
    assert.equal(second.body.user_session.expires_at, first.body.user_session.expires_at)
    const viaJwt = await s.authenticate(await s.token('google'), {
      session_jwt: first.body.session_jwt,
      session_duration_minutes: 120,
    })
    assert.equal(viaJwt.body.user_session.authentication_factors.length, 2, 'the same factor again is not a new one')
    assert.equal(viaJwt.body.user_session.expires_at, '2026-01-01T02:00:00Z')

    s.mock.person = { subject: '9', email: 'bob@example.com', verified: true }
    const other = await s.authenticate(await s.token('google'), { session_token: first.body.session_token })
    assert.equal(other.body.session_token, '')
    const both = await s.authenticate(await s.token('google'), { session_token: 'a', session_jwt: 'b' })
    assert.equal(both.body.error_type, 'too_many_session_arguments')
    const gone = await s.authenticate(await s.token('google'), { session_token: 'A'.repeat(44) })
    assert.deepEqual([gone.status, gone.body.error_type], [404, 'session_not_found'])
  })

  on('bad session arguments are refused before the token is used', async (s) => {
    const token = await s.token('google')
    for (const minutes of [4, 527_041, '60', 5.5]) {
      assert.equal(
        (await s.authenticate(token, { session_duration_minutes: minutes })).body.error_type,
        'invalid_session_duration_minutes',
      )
    }
    const big = { session_duration_minutes: 5, session_custom_claims: { a: 'x'.repeat(5_000) } }
    assert.equal((await s.authenticate(token, big)).body.error_type, 'custom_claims_too_large')
    const own = { session_duration_minutes: 5, session_custom_claims: { 'https://stytch.com/session': {} } }
    assert.equal((await s.authenticate(token, own)).body.error_type, 'stytch_claims_in_custom_claims')
    assert.equal((await s.authenticate(token, { session_jwt: 'x' })).body.error_type, 'unable_to_parse_session_jwt')
    assert.equal((await s.authenticate(token)).status, 200)
  })

  on('check 42: a provider that is removed while somebody logs in logs nobody in', async (s) => {
    const browser = new TestBrowser()
    const start = new URL(`/v1/public/oauth/google/start?public_token=${s.app.project.publicToken}`, s.origin)
    const provider = await browser.open(start, (next) => next.origin !== s.origin)
    const callback = await browser.open(provider.url, (next) => next.origin === s.origin)
    const token = await s.token('google')
    await s.app.app.db.query.deleteFrom('provider_configs').where('provider', '=', 'google').execute()
    s.app.app.projects.forget()
    assert.equal(JSON.parse((await browser.open(callback.url)).body).error_type, 'oauth_config_not_found')
    assert.equal((await s.authenticate(token)).body.error_type, 'oauth_config_not_found')
  })

  on(
    'what does not verify logs nobody in: nonce, issuer, audience, times, subject, claims of the token endpoint',
    async (s) => {
      const bends: ((claims: Record<string, unknown>) => void)[] = [
        (claims) => Object.assign(claims, { nonce: 'another' }),
        (claims) => Object.assign(claims, { nonce: undefined }),
        (claims) => Object.assign(claims, { iss: 'https://evil.example' }),
        (claims) => Object.assign(claims, { aud: 'another-client' }),
        (claims) => Object.assign(claims, { exp: 1 }),
        (claims) => Object.assign(claims, { sub: undefined }),
      ]
      for (const bend of bends) {
        s.mock.bendClaims = bend
        const { status, body } = await s.login('google')
        assert.equal(status, 400, String(bend))
        assert.match(JSON.parse(body).error_type, /^oauth_(auth_code|flow_callback)_error$/)
      }
      const users = await s.app.app.db.query.selectFrom('users').selectAll().execute()
      assert.deepEqual(users, [], 'check 23: no row without a completed exchange')
    },
  )

  on('each refusal of the token endpoint has its name', async (s) => {
    const expected = {
      invalid_client: 'oauth_token_exchange_invalid_client',
      invalid_request: 'oauth_token_exchange_invalid_request',
      invalid_scope: 'oauth_token_exchange_invalid_scope',
      unauthorized_client: 'oauth_token_exchange_unauthorized_client',
      invalid_grant: 'oauth_auth_code_error',
      __proto__: 'oauth_auth_code_error',
    }
    for (const [error, type] of Object.entries(expected)) {
      s.mock.bendTokens = (answer) =>
        Object.assign(answer, { statusCode: 400, body: { error, error_description: 'no' } })
      for (const provider of ['google', 'github']) {
        assert.equal(JSON.parse((await s.login(provider)).body).error_type, type)
      }
    }
    // GitHub answers errors with 200.
    s.mock.bendTokens = (answer) => Object.assign(answer, { body: { error: 'incorrect_client_credentials' } })
    assert.equal(JSON.parse((await s.login('github')).body).error_type, 'oauth_token_exchange_invalid_client')
  })

  on('what a provider says at the callback has its name, and its words are only data', async (s) => {
    const expected = {
      access_denied: 'oauth_flow_callback_error',
      server_error: 'oauth_flow_callback_error',
      invalid_scope: 'oauth_invalid_scope_requested',
      unauthorized_client: 'oauth_app_not_authorized',
    }
    for (const [error, type] of Object.entries(expected)) {
      const browser = new TestBrowser()
      const start = new URL(`/v1/public/oauth/google/start?public_token=${s.app.project.publicToken}`, s.origin)
      const { url } = await browser.open(start, (next) => next.origin !== s.origin)
      const callback = new URL(url.searchParams.get('redirect_uri') ?? '')
      callback.search = new URLSearchParams({
        state: url.searchParams.get('state') ?? '',
        error,
        error_description: '<b>no</b>',
      }).toString()
      const answer = JSON.parse((await browser.open(callback)).body)
      assert.equal(answer.error_type, type)
      assert.equal(answer.error_details.provider_error, error)
    }
  })

  on('the callback refuses what is not one: unknown id, no state, no code, made-up state', async (s) => {
    const path = `/v1/oauth/callback/${s.app.project.callbackId}`
    const type = async (target: string) => (await s.app.call('GET', target, { auth: false })).body.error_type
    assert.equal(await type('/v1/oauth/callback/oauth-callback-test-0?state=a&code=b'), 'invalid_callback_id')
    assert.equal(await type(path), 'oauth_invalid_callback_request')
    assert.equal(await type(`${path}?state=abc`), 'oauth_invalid_callback_request')
    assert.equal(await type(`${path}?code=abc`), 'oauth_invalid_callback_request')
    assert.equal(await type(`${path}?state=abc&code=abc`), 'oauth_invalid_state')
    assert.equal(await type(`${path}?state=abc&state=abd&code=abc`), 'bad_request')
  })

  on('a provider may answer with a form POST; the redirect is then a 303', async (s) => {
    const browser = new TestBrowser()
    const start = new URL(`/v1/public/oauth/google/start?public_token=${s.app.project.publicToken}`, s.origin)
    const provider = await browser.open(start, (next) => next.origin !== s.origin)
    const { url } = await browser.open(provider.url, (next) => next.origin === s.origin)
    const answer = await browser.post(`${url.origin}${url.pathname}`, Object.fromEntries(url.searchParams))
    assert.equal(answer.status, 303)
    assert.ok(answer.url.searchParams.get('token'))
  })
}
