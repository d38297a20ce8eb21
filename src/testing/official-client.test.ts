/** The unmodified official Node client against a listening server, on both databases. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import stytch from 'stytch'
import { type TestApp, testApp } from './app.ts'
import { TestBrowser } from './browser.ts'
import { testDatabases } from './databases.ts'

interface Scene {
  readonly app: TestApp
  readonly client: InstanceType<typeof stytch.Client>
  readonly login: (persona: string, parameters?: Record<string, string>) => Promise<string>
}

/** The client warns about unusual base URLs, rightly; here it is meant. */
function withoutWarning<T>(make: () => T): T {
  const warn = console.warn
  console.warn = () => {}
  try {
    return make()
  } finally {
    console.warn = warn
  }
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: official client: ${name}`, async () => {
      // Local verification compares with the machine's clock.
      await using app = await testApp({ database: await database.fresh(), now: new Date().toISOString() })
      const origin = await app.listen()
      const client = withoutWarning(
        () => new stytch.Client({ project_id: app.project.id, secret: app.project.secret, env: `${origin}/` }),
      )
      const login = async (persona: string, parameters: Record<string, string> = {}) => {
        const url = new URL('/v1/public/oauth/google/start', origin)
        url.search = new URLSearchParams({
          public_token: app.project.publicToken,
          provider_persona: persona,
          ...parameters,
        }).toString()
        return (await new TestBrowser().open(url)).url.searchParams.get('token') ?? ''
      }
      await run({ app, client, login })
    })

  on('users: create, get, update, delete, by either ID', async ({ client }) => {
    const created = await client.users.create({
      email: 'ada@example.com',
      external_id: 'customer|1',
      name: { first_name: 'Ada' },
      trusted_metadata: { plan: 'free', trial: true },
    })
    assert.equal(created.status_code, 200)
    assert.equal(created.user.emails[0]?.email_id, created.email_id)
    const found = await client.users.get({ user_id: 'customer|1' })
    assert.equal(found.user_id, created.user_id)
    assert.equal(found.name?.first_name, 'Ada')
    const updated = await client.users.update({
      user_id: created.user_id,
      name: { last_name: 'Lovelace' },
      trusted_metadata: { plan: 'pro', trial: null },
    })
    assert.deepEqual(updated.user.trusted_metadata, { plan: 'pro' })
    assert.deepEqual(updated.user.name, { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' })
    await client.users.deleteExternalId({ user_id: 'customer|1' })
    assert.equal((await client.users.delete({ user_id: created.user_id })).user_id, created.user_id)
    await assert.rejects(client.users.get({ user_id: created.user_id }), (error: unknown) => {
      assert.ok(error instanceof stytch.StytchError)
      assert.equal(error.status_code, 404)
      assert.equal(error.error_type, 'user_not_found')
      assert.ok(error.error_message && error.error_url && error.request_id)
      return true
    })
  })

  on(
    'oauth: authenticate and attach; sessions: authenticate, get, revoke, local and remote JWT',
    async ({ app, client, login }) => {
      const authenticated = await client.oauth.authenticate({
        token: await login('verified:ada@example.com'),
        session_duration_minutes: 60,
        session_custom_claims: { plan: 'pro' },
      })
      assert.equal(authenticated.provider_type, 'Google')
      assert.equal(authenticated.user_session?.user_id, authenticated.user_id)

      const { oauth_attach_token } = await client.oauth.attach({
        provider: 'google',
        session_jwt: authenticated.session_jwt,
      })
      const attached = await client.oauth.authenticate({
        token: await login('no-email', { oauth_attach_token }),
        session_token: authenticated.session_token,
      })
      assert.equal(attached.user_id, authenticated.user_id)
      assert.equal(attached.user.providers.length, 2)
      assert.equal(attached.user_session?.authentication_factors.length, 2)

      const byToken = await client.sessions.authenticate({ session_token: authenticated.session_token })
      assert.deepEqual(byToken.session.custom_claims, { plan: 'pro' })
      const byJwt = await client.sessions.authenticate({
        session_jwt: byToken.session_jwt,
        session_duration_minutes: 30,
      })
      assert.equal(byJwt.session_token, authenticated.session_token)

      const local = await client.sessions.authenticateJwtLocal({ session_jwt: byJwt.session_jwt })
      assert.equal(local.session_id, byJwt.session.session_id)
      assert.equal(local.user_id, authenticated.user_id)
      assert.deepEqual(local.custom_claims, { plan: 'pro' })
      assert.deepEqual(local.roles, ['stytch_user'])
      const either = await client.sessions.authenticateJwt({ session_jwt: byJwt.session_jwt })
      assert.equal(either.session.session_id, byJwt.session.session_id)

      const jwks = await client.sessions.getJWKS({ project_id: app.project.id })
      assert.equal(jwks.keys.length, 2)
      assert.equal((await client.sessions.get({ user_id: authenticated.user_id })).sessions.length, 1)
      await client.sessions.revoke({ session_jwt: byJwt.session_jwt })
      await assert.rejects(client.sessions.authenticate({ session_token: authenticated.session_token }), {
        error_type: 'session_not_found',
      })
      await assert.rejects(client.sessions.authenticate({ session_jwt: byJwt.session_jwt }), {
        error_type: 'session_not_found',
      })
    },
  )
}
