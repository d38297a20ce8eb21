/** Whether the user of a session may do something: asked of the server, and decided by the client on its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import stytch from 'stytch'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'

const policy = {
  roles: [
    {
      role_id: 'stytch_user',
      description: '',
      permissions: [{ resource_id: 'documents', actions: ['read'] }],
    },
    {
      role_id: 'editor',
      description: '',
      permissions: [{ resource_id: 'documents', actions: ['*'] }],
    },
    { role_id: 'admin', description: '', permissions: [{ resource_id: 'billing', actions: ['pay'] }] },
  ],
  resources: [
    { resource_id: 'documents', description: '', actions: ['read', 'write'] },
    { resource_id: 'billing', description: '', actions: ['pay'] },
  ],
  scopes: [],
}

const check = (resource_id: string, action: string) => ({ authorization_check: { resource_id, action } })

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: authorization_check: ${name}`, async () => {
      // Local verification compares with the machine's clock.
      await using app = await testApp({ database: await database.fresh(), now: new Date().toISOString() })
      await app.app.db.query
        .updateTable('projects')
        .set({ rbac_policy: JSON.stringify(policy) })
        .execute()
      app.app.projects.forget()
      await run(app)
    })
  const givenEditor = async (app: TestApp) => {
    const session = await givenSession(app)
    await app.call('PUT', `/v1/users/${session.userId}`, { body: { roles: ['editor', 'retired'] } })
    return session
  }

  on('the verdict names every role that grants it; without a check there is none', async (app) => {
    const { token, jwt } = await givenEditor(app)
    const ask = async (body: object) => (await app.call('POST', '/v1/sessions/authenticate', { body })).body
    const both = await ask({ session_token: token, ...check('documents', 'read') })
    assert.deepEqual(both.verdict, { authorized: true, granting_roles: ['stytch_user', 'editor'] })
    const one = await ask({ session_jwt: jwt, ...check('documents', 'write') })
    assert.deepEqual(one.verdict, { authorized: true, granting_roles: ['editor'] })
    assert.equal('verdict' in (await ask({ session_token: token })), false)
    assert.equal('verdict' in (await ask({ session_token: token, authorization_check: null })), false)
  })

  on('a refusal is 403, says what was compared, and leaves the session as it was', async (app) => {
    const { token, userId } = await givenEditor(app)
    const before = await app.app.db.query.selectFrom('sessions').selectAll().execute()
    const ask = (resource: string, action: string, more = {}) =>
      app.call('POST', '/v1/sessions/authenticate', {
        body: { session_token: token, ...check(resource, action), ...more },
      })
    const longer = { session_duration_minutes: 600, session_custom_claims: { plan: 'pro' } }
    const refused = await ask('billing', 'pay', longer)
    assert.deepEqual([refused.status, refused.body.error_type], [403, 'consumer_session_authorization_error'])
    assert.deepEqual(refused.body.error_details, {
      resource_id: 'billing',
      action: 'pay',
      roles: ['stytch_user', 'editor', 'retired'],
      is_declared: true,
    })
    for (const [resource, action] of [
      ['Documents', 'read'],
      ['documents ', 'read'],
      ['*', 'read'],
      ['', ''],
      ['nowhere', 'read'],
      ['billing', '*'],
      ['__proto__', 'constructor'],
    ] as const) {
      assert.equal((await ask(resource, action, longer)).status, 403, `${resource} ${action}`)
    }
    await app.app.flush()
    assert.deepEqual(await app.app.db.query.selectFrom('sessions').selectAll().execute(), before)
    const malformed = await app.call('POST', '/v1/sessions/authenticate', {
      body: { session_token: token, authorization_check: { resource_id: 'documents' } },
    })
    assert.deepEqual([malformed.status, malformed.body.error_type], [400, 'bad_request'])
    const unknown = { session_token: 'x', ...check('documents', 'read') }
    assert.equal((await app.call('POST', '/v1/sessions/authenticate', { body: unknown })).status, 404)
    // Roles are read anew each time: whoever loses one loses what it granted at once.
    assert.equal((await ask('documents', 'write')).status, 200)
    await app.call('PUT', `/v1/users/${userId}`, { body: { roles: [] } })
    assert.equal((await ask('documents', 'write')).status, 403)
  })

  on('the official client is told by the server, and comes to the same by itself', async (app) => {
    const { token } = await givenEditor(app)
    const env = `${await app.listen()}/`
    const warn = console.warn
    console.warn = () => {}
    const client = new stytch.Client({ project_id: app.project.id, secret: app.project.secret, env })
    console.warn = warn
    const remote = await client.sessions.authenticate({ session_token: token, ...check('documents', 'write') })
    assert.deepEqual(remote.verdict, { authorized: true, granting_roles: ['editor'] })
    await assert.rejects(
      client.sessions.authenticate({ session_token: token, ...check('billing', 'pay') }),
      (error) => {
        assert.ok(error instanceof stytch.StytchError)
        assert.deepEqual([error.status_code, error.error_type], [403, 'consumer_session_authorization_error'])
        return true
      },
    )
    const { session_jwt } = remote
    const permitted = { session_jwt, ...check('documents', 'write') }
    const forbidden = { session_jwt, ...check('billing', 'pay') }
    const local = await client.sessions.authenticateJwtLocal(permitted)
    assert.deepEqual(local.roles, ['stytch_user', 'editor', 'retired'])
    await assert.rejects(client.sessions.authenticateJwtLocal(forbidden), { code: 'invalid_permissions' })
    const either = await client.sessions.authenticateJwt(permitted)
    assert.equal(either.session.session_id, remote.session.session_id)
    await assert.rejects(client.sessions.authenticateJwt(forbidden))
    const forced = await client.sessions.authenticateJwt({ ...permitted, max_token_age_seconds: 0 })
    assert.equal(forced.session.session_id, remote.session.session_id)
    await assert.rejects(client.sessions.authenticateJwt({ ...forbidden, max_token_age_seconds: 0 }), {
      error_type: 'consumer_session_authorization_error',
    })
  })
}

test('authorization_check: the sandbox session of a test project is checked like any other', async () => {
  await using app = await testApp()
  await app.app.db.query
    .updateTable('projects')
    .set({ rbac_policy: JSON.stringify(policy) })
    .execute()
  app.app.projects.forget()
  const session_token = 'WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY'
  const ask = (resource: string, action: string) =>
    app.call('POST', '/v1/sessions/authenticate', { body: { session_token, ...check(resource, action) } })
  assert.deepEqual((await ask('documents', 'read')).body.verdict.granting_roles, ['stytch_user'])
  assert.equal((await ask('documents', 'write')).status, 403)
})
