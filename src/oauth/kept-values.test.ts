/** Provider tokens at rest and registrations that go: kept only where the project says so, and only as long as the registration. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'

async function login(app: TestApp, origin: string, parameters: Record<string, string> = {}) {
  const start = new URL('/v1/public/oauth/google/start', origin)
  const query = { public_token: app.project.publicToken, provider_persona: 'verified', ...parameters }
  start.search = new URLSearchParams(query).toString()
  const { url } = await new TestBrowser().open(start)
  const token = url.searchParams.get('token')
  const body = { token, session_duration_minutes: 60 }
  return { landed: url.pathname, ...(await app.call('POST', '/v1/oauth/authenticate', { body })).body }
}

const keep = async ({ app }: TestApp, oauth_keep_provider_tokens: boolean) => {
  await app.db.query
    .updateTable('projects')
    .set({ settings: JSON.stringify({ oauth_keep_provider_tokens }) })
    .execute()
  app.projects.forget()
}

const values = ({ call }: TestApp, id: string) => call('GET', `/v1/users/oauth/${id}/provider_values`)

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp, origin: string) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app, await app.listen())
    })

  on('provider tokens are dropped after authenticate unless the project keeps them, sealed', async (app, origin) => {
    const first = await login(app, origin)
    const id = first.oauth_user_registration_id
    const none = await values(app, id)
    assert.deepEqual([none.status, none.body.error_type], [404, 'provider_values_not_kept'])
    const stored = await app.app.db.query.selectFrom('oauth_tokens').selectAll().execute()
    assert.deepEqual(
      stored.map((row) => row.provider_values_sealed),
      [''],
    )

    await keep(app, true)
    const second = await login(app, origin)
    const { status, body } = await values(app, id)
    assert.equal(status, 200)
    assert.deepEqual(body.provider_values, second.provider_values)
    const [row] = await app.app.db.query.selectFrom('oauth_registrations').selectAll().execute()
    const sealed = row?.provider_values_sealed ?? ''
    for (const secret of [second.provider_values.access_token, second.provider_values.refresh_token]) {
      assert.ok(sealed !== '' && !sealed.includes(secret), 'sealed at rest')
    }

    await keep(app, false)
    await login(app, origin)
    assert.equal((await values(app, id)).body.error_type, 'provider_values_not_kept', 'the next login drops them')
  })

  on('a refresh token that comes with the first consent only outlives later logins', async (app, origin) => {
    await keep(app, true)
    const { db, sealer } = app.app
    const first = await login(app, origin)
    const id = first.oauth_user_registration_id
    const { keepValues } = await import('./provider-values.ts')
    const later = { access_token: 'newer', refresh_token: '', id_token: '', scopes: ['openid'] }
    await db.transaction((tx) => keepValues(tx, { sealer, projectId: app.project.id, registrationId: id }, later))
    const { body } = await values(app, id)
    assert.equal(body.provider_values.access_token, 'newer')
    assert.equal(body.provider_values.refresh_token, first.provider_values.refresh_token)
  })

  on('values sealed under a lost key count as not kept, and the next login keeps new ones', async (app, origin) => {
    await keep(app, true)
    const { oauth_user_registration_id: id } = await login(app, origin)
    const { query } = app.app.db
    await query.updateTable('oauth_registrations').set({ provider_values_sealed: 'v1.lost' }).execute()
    assert.equal((await values(app, id)).body.error_type, 'provider_values_not_kept')
    await login(app, origin)
    assert.equal((await values(app, id)).status, 200)
  })

  on(
    'a deleted registration is gone; the next login makes a new one and finds the user by the address',
    async (app, origin) => {
      const first = await login(app, origin)
      const id = first.oauth_user_registration_id
      const { status, body } = await app.call('DELETE', `/v1/users/oauth/${id}`, { body: {} })
      assert.equal(status, 200)
      assert.equal(body.user_id, first.user_id)
      assert.deepEqual(body.user.providers, [])
      assert.equal(body.user.emails.length, 1, 'the address stays')
      const again = await app.call('DELETE', `/v1/users/oauth/${id}`, { body: {} })
      assert.deepEqual([again.status, again.body.error_type], [404, 'oauth_user_registration_not_found'])
      const malformed = await app.call('DELETE', '/v1/users/oauth/google')
      assert.deepEqual([malformed.status, malformed.body.error_type], [400, 'invalid_oauth_user_registration_id'])
      const next = await login(app, origin)
      assert.notEqual(next.oauth_user_registration_id, id)
      assert.equal(next.user_id, first.user_id)
      assert.equal(next.landed, '/login')
    },
  )

  on('check 52: another project can neither delete a registration nor read its tokens', async (app, origin) => {
    await keep(app, true)
    const { oauth_user_registration_id: id } = await login(app, origin)
    const auth = await givenOtherProject(app)
    for (const [method, path] of [
      ['DELETE', `/v1/users/oauth/${id}`],
      ['GET', `/v1/users/oauth/${id}/provider_values`],
    ] as const) {
      const { status, body } = await app.call(method, path, { auth })
      assert.deepEqual([status, body.error_type], [404, 'oauth_user_registration_not_found'])
    }
    assert.equal((await values(app, id)).status, 200)
    const malformed = await values(app, 'google')
    assert.equal(malformed.body.error_type, 'invalid_oauth_user_registration_id')
  })

  on('check 43: a deleted user’s login tokens and registrations are gone with them', async (app, origin) => {
    const start = new URL('/v1/public/oauth/google/start', origin)
    start.search = new URLSearchParams({
      public_token: app.project.publicToken,
      provider_persona: 'verified',
    }).toString()
    const first = await login(app, origin)
    const pending = (await new TestBrowser().open(start)).url.searchParams.get('token')
    await app.call('DELETE', `/v1/users/${first.user_id}`)
    const session = await app.call('POST', '/v1/sessions/authenticate', {
      body: { session_token: first.session_token },
    })
    assert.equal(session.body.error_type, 'session_not_found')
    const jwt = await app.call('POST', '/v1/sessions/authenticate', { body: { session_jwt: first.session_jwt } })
    assert.equal(jwt.body.error_type, 'session_not_found')
    const late = await app.call('POST', '/v1/oauth/authenticate', { body: { token: pending } })
    assert.equal(late.body.error_type, 'oauth_token_not_found')
    assert.deepEqual(await app.app.db.query.selectFrom('oauth_registrations').selectAll().execute(), [])
  })
}
