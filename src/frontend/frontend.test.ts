/** The session and the user of a browser or app, over plain HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'

const as = (app: TestApp, password = app.project.publicToken) => ({
  auth: { username: app.project.publicToken, password },
  headers: { origin: 'http://localhost:3000' },
})

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: frontend: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('a session is refreshed without a body, lengthened when asked, and ended once and for all', async (app) => {
    const { token, sessionId } = await givenSession(app)
    const authenticate = (body?: object, password = token) =>
      app.call('POST', '/sdk/v1/sessions/authenticate', { ...as(app, password), ...(body && { body }) })
    const plain = await authenticate()
    assert.equal(plain.status, 200)
    assert.equal(plain.body.data.session.session_id, sessionId)
    assert.equal(plain.body.data.session_token, token)
    assert.deepEqual(plain.body.data.user, plain.body.data.__user)
    assert.equal(
      (await authenticate({ session_duration_minutes: 120 })).body.data.session.expires_at,
      '2026-01-01T02:00:00Z',
    )
    assert.equal(
      (await authenticate({ session_duration_minutes: 4 })).body.error_type,
      'invalid_session_duration_minutes',
    )
    await app.app.db.query.updateTable('projects').set({ settings: '{"frontend_max_session_minutes":60}' }).execute()
    app.app.projects.forget()
    assert.equal((await authenticate({ session_duration_minutes: 61 })).body.error_type, 'invalid_session_duration')
    const none = await authenticate({}, app.project.publicToken)
    assert.deepEqual([none.status, none.body.error_type], [404, 'session_not_found'])

    for (let times = 0; times < 2; times++) {
      const revoked = await app.call('POST', '/sdk/v1/sessions/revoke', as(app, token))
      assert.deepEqual([revoked.status, revoked.body.data.status_code], [200, 200])
    }
    assert.equal((await authenticate()).body.error_type, 'session_not_found')
  })

  on('the user is who the session says; without one there is none', async (app) => {
    const { token, userId } = await givenSession(app)
    const me = await app.call('GET', '/sdk/v1/users/me', as(app, token))
    assert.equal(me.body.data.user_id, userId)
    const nobody = await app.call('GET', '/sdk/v1/users/me', as(app))
    assert.deepEqual([nobody.status, nobody.body.error_type], [401, 'user_unauthenticated'])
  })

  on('of two deletions that would leave no way in, one is refused, also when they come at once', async (app) => {
    const { token, userId } = await givenSession(app)
    const { insertRegistration } = await import('../users/index.ts')
    const { newId } = await import('../crypto/token.ts')
    const ids = ['google', 'github'].map((provider) => ({ id: newId('oauth-user', 'test'), provider }))
    for (const { id, provider } of ids) {
      const row = { id, projectId: app.project.id, userId, provider, subject: '1', emailId: undefined }
      const rest = { profilePictureUrl: '', locale: '', createdAt: app.clock.now() }
      await app.app.db.transaction((tx) => insertRegistration(tx, { ...row, ...rest }))
    }
    const remove = (id: string, password = token) => app.call('DELETE', `/sdk/v1/users/oauth/${id}`, as(app, password))
    assert.equal((await remove('google')).body.error_type, 'invalid_oauth_user_registration_id')
    assert.equal((await remove(ids[0]?.id ?? '', app.project.publicToken)).body.error_type, 'user_unauthenticated')
    const stranger = await remove('oauth-user-test-11111111-1111-4111-8111-111111111111')
    assert.deepEqual([stranger.status, stranger.body.error_type], [404, 'oauth_user_registration_not_found'])
    const answers = await Promise.all(ids.map(({ id }) => remove(id)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400])
    const refused = answers.find(({ status }) => status === 400)
    assert.equal(refused?.body.error_type, 'cannot_delete_last_primary_factor')
    const done = answers.find(({ status }) => status === 200)
    assert.deepEqual(done?.body.data.user, done?.body.data.__user)
    assert.equal(done?.body.data.user.providers.length, 1)
  })
}

test('bootstrap answers what a client reads, whatever password comes along', async () => {
  await using app = await testApp()
  const path = `/sdk/v1/projects/bootstrap/${app.project.publicToken}`
  for (const password of [app.project.publicToken, 'A'.repeat(44)]) {
    const { status, body } = await app.call('GET', path, as(app, password))
    assert.equal(status, 200)
    const { data } = body
    assert.deepEqual(
      [data.project_name, data.cname_domain, data.password_config, data.captcha_settings, data.vertical],
      ['Test', null, null, { enabled: false }, 'CONSUMER'],
    )
    assert.equal(data.pkce_required_for_oauth, true)
  }
})

test('events are taken, whatever they hold, and what is missing under /sdk/v1 is told readably', async () => {
  await using app = await testApp()
  const headers = { origin: 'http://localhost:3000' }
  for (const body of [[{ event: {} }], 'x', '', { a: 1 }]) {
    assert.equal((await app.call('POST', '/sdk/v1/events', { auth: false, headers, body })).status, 200)
  }
  const missing = await app.call('POST', '/sdk/v1/magic_links/authenticate', { ...as(app), body: {} })
  assert.deepEqual([missing.status, missing.body.error_type], [404, 'route_not_found'])
  assert.equal(missing.headers['access-control-allow-origin'], headers.origin)
  const preflight = await app.call('OPTIONS', '/sdk/v1/magic_links/authenticate', { auth: false, headers })
  assert.equal(preflight.status, 204)
})
