/** Native logins with an ID token, from a backend and from the app itself. Tokens are made by the sandbox. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'

interface Scene {
  readonly app: TestApp
  readonly publicToken: string
  mint(provider: string, more?: Record<string, unknown>): Promise<string>
  backend(provider: string, body: Record<string, unknown>): ReturnType<TestApp['call']>
  /** Calls the app's own route, with a session or without one. */
  frontend(provider: string, body: Record<string, unknown>, session?: string): ReturnType<TestApp['call']>
}

async function scene(database: (typeof testDatabases)[number]): Promise<Scene & AsyncDisposable> {
  const app = await testApp({ database: await database.fresh() })
  // The sandbox is a server like any other to the code that fetches its keys.
  await app.listen()
  const { publicToken } = app.project
  return {
    app,
    publicToken,
    async mint(provider, more = {}) {
      const { body, text } = await app.call('POST', `/sandbox/${provider}/id_token`, { auth: false, body: more })
      assert.ok(body.id_token, text)
      return body.id_token
    },
    backend: (provider, body) => app.call('POST', `/v1/oauth/${provider}/id_token/authenticate`, { body }),
    frontend: (provider, body, session = publicToken) =>
      app.call('POST', `/sdk/v1/oauth/${provider}/id_token/authenticate`, {
        body,
        auth: { username: publicToken, password: session },
      }),
    [Symbol.asyncDispose]: () => app.close(),
  }
}

const sha256 = (text: string, form: 'base64' | 'hex') => createHash('sha256').update(text).digest(form)

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: id_token: ${name}`, async () => {
      await using made = await scene(database)
      await run(made)
    })

  for (const provider of ['google', 'apple']) {
    on(`${provider}: the first login makes a user with a session, the second finds them`, async (s) => {
      const first = await s.backend(provider, {
        id_token: await s.mint(provider, { persona: 'verified:ada@example.com' }),
        session_duration_minutes: 60,
        session_custom_claims: { plan: 'pro' },
      })
      assert.equal(first.status, 200, first.text)
      const { body } = first
      assert.equal(body.user_created, true)
      assert.equal(body.reset_sessions, false)
      assert.equal(body.user_session.user_id, body.user_id)
      assert.deepEqual(body.user_session.custom_claims, { plan: 'pro' })
      assert.equal(body.user_session.authentication_factors[0].delivery_method, `oauth_${provider}`)
      assert.equal(body.user.providers[0].oauth_user_registration_id, body.oauth_user_registration_id)
      assert.equal(body.user.emails[0].verified, true)
      const again = await s.backend(provider, {
        id_token: await s.mint(provider, { persona: 'verified:ada@example.com' }),
        session_token: body.session_token,
      })
      assert.equal(again.body.user_created, false)
      assert.equal(again.body.user_id, body.user_id)
      assert.equal(again.body.session_token, body.session_token)
      assert.equal(again.body.user_session.authentication_factors.length, 1)
      const none = await s.backend(provider, { id_token: await s.mint(provider) })
      assert.deepEqual([none.body.session_token, none.body.session_jwt, none.body.user_session], ['', '', undefined])
    })

    on(`${provider}: the same through /sdk/v1: wrapped in data, with session, user and __user`, async (s) => {
      const { status, body, text } = await s.frontend(provider, {
        id_token: await s.mint(provider),
        session_duration_minutes: 60,
      })
      assert.equal(status, 200, text)
      assert.deepEqual(Object.keys(body), ['data'])
      const { data } = body
      assert.equal(data.status_code, 200)
      assert.match(data.request_id, /^request-id-test-/)
      assert.deepEqual(data.__user, data.user)
      assert.equal(data.session.user_id, data.user_id)
      assert.equal(data.user_created, true)
      // The app's own session gains the factor of another provider; one that has ended does not matter.
      const other = provider === 'google' ? 'apple' : 'google'
      const more = { session_duration_minutes: 60 }
      const stacked = await s.frontend(other, { id_token: await s.mint(other), ...more }, data.session_token)
      assert.equal(stacked.body.data.session_token, data.session_token)
      assert.equal(stacked.body.data.session.authentication_factors.length, 2)
      const stale = await s.frontend(other, { id_token: await s.mint(other), ...more }, 'A'.repeat(44))
      assert.equal(stale.status, 200)
      assert.notEqual(stale.body.data.session_token, data.session_token)
    })

    on(`${provider}: tokens that do not hold are refused, each by its name, and leave nothing behind`, async (s) => {
      const good = await s.mint(provider)
      const ownAudience = provider === 'google' ? 'sandbox-google-native-client' : 'com.example.app'
      const [header = '', payload = '', signature = ''] = good.split('.')
      const forged = Buffer.from(JSON.stringify({ alg: 'none', kid: 'x' })).toString('base64url')
      const cases: [string, string][] = [
        ['id_token_invalid', ''],
        ['id_token_invalid', 'abc'],
        ['id_token_invalid', `${header}.${payload}.`],
        ['id_token_invalid', `${header}.${payload}.${signature.slice(0, -4)}AAAA`],
        ['id_token_invalid', `${forged}.${payload}.`],
        ['id_token_invalid', 'a.'.repeat(20_000)],
        ['id_token_invalid', await s.mint(provider, { persona: 'wrong-issuer' })],
        ['id_token_invalid', await s.mint('slack', { audience: ownAudience })],
        ['id_token_expired', await s.mint(provider, { persona: 'expired-id-token' })],
        ['id_token_incorrect_audience', await s.mint(provider, { audience: 'somebody-else' })],
        ['id_token_nonce_invalid', await s.mint(provider, { persona: 'wrong-nonce' })],
      ]
      for (const [type, token] of cases) {
        for (const answer of [
          await s.backend(provider, { id_token: token }),
          await s.frontend(provider, { id_token: token, session_duration_minutes: 5 }),
        ]) {
          assert.equal(answer.status, 400)
          assert.equal(answer.body.error_type, type, `${token.slice(0, 80)} ${answer.text}`)
        }
      }
      assert.deepEqual(await s.app.app.db.query.selectFrom('users').selectAll().execute(), [], 'check 23')
    })

    on(`${provider}: an attach token adds the account to its user, once`, async (s) => {
      const { userId } = await givenSession(s.app)
      const attach = await s.app.call('POST', '/v1/oauth/attach', { body: { provider, user_id: userId } })
      const { oauth_attach_token } = attach.body
      for (const route of [
        s.backend,
        (name: string, body: object) => s.frontend(name, { ...body, session_duration_minutes: 5 }),
      ]) {
        const other = await route(provider === 'google' ? 'apple' : 'google', {
          id_token: await s.mint(provider === 'google' ? 'apple' : 'google'),
          oauth_attach_token,
        })
        assert.equal(other.body.error_type, 'invalid_oauth_attach_token', 'another provider')
      }
      const joined = await s.backend(provider, { id_token: await s.mint(provider), oauth_attach_token })
      assert.equal(joined.body.user_id, userId)
      assert.equal(joined.body.user_created, false)
      const used = await s.backend(provider, { id_token: await s.mint(provider), oauth_attach_token })
      assert.equal(used.body.error_type, 'invalid_oauth_attach_token')

      const somebody = await s.app.call('POST', '/v1/users', { body: { email: 'other@example.com' } })
      for (const route of [
        s.backend,
        (name: string, body: object) => s.frontend(name, { ...body, session_duration_minutes: 5 }),
      ]) {
        const made = await s.app.call('POST', '/v1/oauth/attach', {
          body: { provider, user_id: somebody.body.user_id },
        })
        const refused = await route(provider, { id_token: await s.mint(provider), ...made.body })
        assert.equal(refused.body.error_type, 'oauth_registration_belongs_to_another_user')
      }
    })

    on(`${provider}: without credentials nobody logs in`, async (s) => {
      await using app = await testApp({ settings: { playProviders: false } })
      const id_token = await s.mint(provider)
      const type = provider === 'google' ? 'oauth_config_not_found' : 'apple_oauth_config_not_found'
      const path = `oauth/${provider}/id_token/authenticate`
      const auth = { username: app.project.publicToken, password: app.project.publicToken }
      const backend = await app.call('POST', `/v1/${path}`, { body: { id_token } })
      const body = { id_token, session_duration_minutes: 5 }
      const frontend = await app.call('POST', `/sdk/v1/${path}`, { body, auth })
      assert.deepEqual([backend.body.error_type, frontend.body.error_type], [type, type])
    })

    on(`${provider}: keys that cannot be fetched log nobody in, and say so`, async (s) => {
      // Nothing listens where this one is told to find the sandbox's keys.
      await using deaf = await testApp()
      const id_token = await s.mint(provider)
      const path = `oauth/${provider}/id_token/authenticate`
      const auth = { username: deaf.project.publicToken, password: deaf.project.publicToken }
      const body = { id_token, session_duration_minutes: 5 }
      for (const answer of [
        await deaf.call('POST', `/v1/${path}`, { body }),
        await deaf.call('POST', `/sdk/v1/${path}`, { body, auth }),
      ]) {
        assert.deepEqual([answer.status, answer.body.error_type], [400, 'oauth_flow_callback_error'], answer.text)
        assert.match(answer.body.error_message, /keys could not be fetched/)
      }
    })

    on(`${provider}: session arguments are checked as everywhere`, async (s) => {
      const id_token = await s.mint(provider)
      const type = async (more: Record<string, unknown>) =>
        (await s.backend(provider, { id_token, ...more })).body.error_type
      assert.equal(await type({ session_duration_minutes: 4 }), 'invalid_session_duration_minutes')
      assert.equal(await type({ session_token: 'a', session_jwt: 'b' }), 'too_many_session_arguments')
      assert.equal(await type({ session_token: 'A'.repeat(44) }), 'session_not_found')
      assert.equal(await type({ session_jwt: 'x' }), 'unable_to_parse_session_jwt')
      const claims = (session_custom_claims: object) => type({ session_duration_minutes: 5, session_custom_claims })
      assert.equal(await claims({ a: 'x'.repeat(5_000) }), 'custom_claims_too_large')
      assert.equal(await claims({ 'https://stytch.com/session': {} }), 'stytch_claims_in_custom_claims')
      const short = await s.frontend(provider, { id_token, session_duration_minutes: 4 })
      assert.equal(short.body.error_type, 'invalid_session_duration_minutes')
      const settings = '{"frontend_max_session_minutes":60}'
      await s.app.app.db.query.updateTable('projects').set({ settings }).execute()
      s.app.app.projects.forget()
      const long = await s.frontend(provider, { id_token, session_duration_minutes: 61 })
      assert.deepEqual([long.status, long.body.error_type], [400, 'invalid_session_duration'])
      assert.match(long.body.error_message, /60 minutes/)
    })
  }

  on('google: the nonce is the token’s own; a token without one needs none', async (s) => {
    const bound = await s.mint('google', { nonce: 'n-1' })
    for (const nonce of [undefined, 'n-2', '', sha256('n-1', 'base64')]) {
      assert.equal((await s.backend('google', { id_token: bound, nonce })).body.error_type, 'id_token_nonce_invalid')
    }
    assert.equal((await s.backend('google', { id_token: bound, nonce: 'n-1' })).status, 200)
    const free = await s.mint('google')
    assert.equal(
      (await s.backend('google', { id_token: free, nonce: 'n-1' })).body.error_type,
      'id_token_nonce_invalid',
    )
    assert.equal((await s.backend('google', { id_token: free })).status, 200)
  })

  on('apple: the token holds the SHA-256 of the nonce, and the name comes from the app', async (s) => {
    for (const form of ['base64', 'hex'] as const) {
      const id_token = await s.mint('apple', { nonce: sha256('raw', form) })
      const wrong = await s.backend('apple', { id_token, nonce: sha256('raw', form) })
      assert.equal(wrong.body.error_type, 'id_token_nonce_invalid')
      assert.equal((await s.backend('apple', { id_token, nonce: 'raw' })).status, 200)
    }
    const persona = 'private-relay:grace@example.com'
    const name = { first_name: 'Grace', last_name: 'Hopper' }
    const first = await s.backend('apple', { id_token: await s.mint('apple', { persona }), name })
    assert.deepEqual(first.body.user.name, { first_name: 'Grace', middle_name: '', last_name: 'Hopper' })
    const later = await s.backend('apple', { id_token: await s.mint('apple', { persona }), name: { first_name: 'X' } })
    assert.equal(later.body.user.name.first_name, 'Grace', 'a name is never overwritten')
  })

  on('apple: missing_apple_app_id: the web client’s ID is no app’s', async (s) => {
    const web = await s.backend('apple', { id_token: await s.mint('apple', { audience: 'web' }) })
    assert.equal(web.body.error_type, 'id_token_incorrect_audience')
    const { db, sealer, projects } = s.app.app
    const { credentialsPurpose } = await import('../projects/store.ts')
    const credentials = sealer.seal('{"client_secret":"unused"}', credentialsPurpose(s.app.project.id, 'apple'))
    const row = { project_id: s.app.project.id, provider: 'apple', client_id: 'com.example.web', settings: '{}' }
    await db.query
      .insertInto('provider_configs')
      .values({ ...row, credentials_sealed: credentials })
      .execute()
    projects.forget()
    const id_token = await s.mint('apple')
    const missing = await s.backend('apple', { id_token })
    assert.equal(missing.body.error_type, 'missing_apple_app_id')
    const frontend = await s.frontend('apple', { id_token, session_duration_minutes: 5 })
    assert.equal(frontend.body.error_type, 'missing_apple_app_id')
  })

  on('check 34: a native login that proves a claimed address ends the sessions of whoever claimed it', async (s) => {
    const claimed = await s.app.call('POST', '/v1/users', { body: { email: 'ada@example.com' } })
    const attach = await s.app.call('POST', '/v1/oauth/attach', {
      body: { provider: 'google', user_id: claimed.body.user_id },
    })
    const squatter = await s.backend('google', {
      id_token: await s.mint('google', { persona: 'no-email:Squatter' }),
      session_duration_minutes: 60,
      ...attach.body,
    })
    assert.equal(squatter.body.user_id, claimed.body.user_id)
    const owner = await s.backend('apple', {
      id_token: await s.mint('apple', { persona: 'verified:ada@example.com' }),
      session_token: squatter.body.session_token,
      session_duration_minutes: 60,
    })
    assert.equal(owner.body.user_id, claimed.body.user_id)
    assert.equal(owner.body.reset_sessions, true)
    assert.notEqual(owner.body.session_token, squatter.body.session_token, 'check 44: the presented session ended too')
    const gone = await s.app.call('POST', '/v1/sessions/authenticate', {
      body: { session_token: squatter.body.session_token },
    })
    assert.equal(gone.body.error_type, 'session_not_found')
  })

  on('twenty first logins with one account at once make one user', async (s) => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, () => s.mint('google', { persona: 'verified:a@example.com' })),
    )
    const answers = await Promise.all(
      tokens.map((id_token) => s.backend('google', { id_token, session_duration_minutes: 5 })),
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal(new Set(answers.map(({ body }) => body.user_id)).size, 1)
    assert.equal(answers.filter(({ body }) => body.user_created).length, 1)
  })
}
