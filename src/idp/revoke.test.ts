/** Taking tokens back: by the client that has them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { basic, bothPaths, credentialsOf, givenClient, givenM2mClient, idpScene, type Scene } from './idp.fixture.ts'

for (const database of testDatabases) {
  /** On each path of the endpoint in turn, which is the same to the caller. */
  const on = (
    name: string,
    run: (scene: Scene, revoke: (form: Record<string, string>) => ReturnType<Scene['post']>) => Promise<void>,
  ) => {
    for (const at of [0, 1]) {
      test(`${database.name}: revoke: ${name} (${['by client', 'by project'][at]})`, async () => {
        await using s = await idpScene(database)
        await run(s, (form) => s.post(bothPaths(s, 'revoke')[at] ?? '', { ...credentialsOf(s.client), ...form }))
      })
    }
  }
  const isActive = async (s: Scene, token: string, client = s.client): Promise<boolean> =>
    (await s.post('/v1/oauth2/introspect', { token, ...credentialsOf(client) })).body.active
  const userinfo = (s: Scene, token: string) =>
    s.app.call('GET', '/v1/oauth2/userinfo', { auth: false, headers: { authorization: `Bearer ${token}` } })

  on('a refresh token takes every token of the same authorization along, and no other [B5]', async (s, revoke) => {
    const first = (await s.tokens()).body
    const second = (await s.refresh(first.refresh_token)).body
    const another = (await s.tokens()).body
    const { status, body, headers } = await revoke({ token: second.refresh_token })
    assert.deepEqual([status, Object.keys(body).sort()], [200, ['request_id', 'status_code']])
    assert.equal(headers['cache-control'], 'no-store')
    for (const token of [first.access_token, second.access_token, second.refresh_token])
      assert.equal(await isActive(s, token), false)
    assert.equal((await userinfo(s, second.access_token)).status, 401)
    const dead = await s.refresh(second.refresh_token)
    assert.deepEqual(
      [dead.status, dead.body.error, dead.body.error_details.ended_because],
      [400, 'invalid_grant', 'revoked_by_client'],
    )
    assert.equal(await isActive(s, another.access_token), true)
    assert.equal((await s.refresh(another.refresh_token)).status, 200)
  })

  on('an access token ends alone, at once [B5]', async (s, revoke) => {
    const { access_token, refresh_token } = (await s.tokens()).body
    assert.equal((await userinfo(s, access_token)).status, 200)
    for (let times = 0; times < 2; times++) assert.equal((await revoke({ token: access_token })).status, 200)
    assert.equal(await isActive(s, access_token), false)
    assert.deepEqual(
      [(await userinfo(s, access_token)).status, (await userinfo(s, access_token)).body.error],
      [401, 'invalid_token'],
    )
    assert.equal((await s.refresh(refresh_token)).status, 200)
  })

  on('a wrong hint does not matter, and what is unknown is answered like what is known [B5, B6]', async (s, revoke) => {
    const shapes = new Set<string>()
    for (const token_type_hint of ['refresh_token', 'access_token', 'x']) {
      const { access_token, refresh_token, id_token } = (await s.tokens()).body
      for (const token of [access_token, refresh_token, id_token, 'x', '..', s.session.token, s.session.jwt]) {
        const { status, body } = await revoke({ token, token_type_hint })
        shapes.add(JSON.stringify([status, { ...body, request_id: '' }]))
      }
      assert.equal(await isActive(s, access_token), false)
      assert.equal(await isActive(s, refresh_token), false)
    }
    assert.equal(shapes.size, 1)
    const session = await s.app.call('POST', '/v1/sessions/authenticate', { body: { session_token: s.session.token } })
    assert.equal(session.status, 200, 'a session is no token of a client')
  })

  on('check 31: another client’s token is answered with 200 and stays alive [B5]', async (s, revoke) => {
    const other = await givenClient(s.app, { type: 'third_party' })
    const m2m = await givenM2mClient(s)
    const { access_token, refresh_token } = (await s.tokens({}, other)).body
    for (const token of [access_token, refresh_token]) {
      assert.equal((await revoke({ token })).status, 200)
      assert.equal((await revoke({ token, ...credentialsOf(m2m) })).status, 200)
      assert.equal(await isActive(s, token, other), true)
    }
    const unauthenticated = await revoke({ token: refresh_token, client_id: other.id })
    assert.deepEqual([unauthenticated.status, unauthenticated.body.error], [401, 'invalid_client'])
    assert.equal(await isActive(s, refresh_token, other), true)
    assert.equal((await revoke({ token: refresh_token, ...credentialsOf(other) })).status, 200)
    assert.equal(await isActive(s, access_token, other), false)
  })

  on('an M2M client and the project’s own credentials revoke as well', async (s, revoke) => {
    const m2m = await givenM2mClient(s)
    const { access_token } = (await s.token({ grant_type: 'client_credentials', ...credentialsOf(m2m) })).body
    assert.equal((await revoke({ token: access_token, ...credentialsOf(m2m) })).status, 200)
    assert.equal(await isActive(s, access_token, m2m), false)
    const tokens = (await s.tokens()).body
    const { id, secret } = s.app.project
    assert.equal((await s.post('/v1/oauth2/revoke', { token: tokens.refresh_token }, basic(id, secret))).status, 200)
    assert.equal(await isActive(s, tokens.refresh_token), false)
  })

  on('check 30: what could not be stored is never called revoked [B5]', async (s, revoke) => {
    const { access_token, refresh_token } = (await s.tokens()).body
    const { db } = s.app.app
    const run = db.run.bind(db)
    db.run = async () => {
      throw new Error('the disk is full')
    }
    for (const token of [access_token, refresh_token]) {
      const { status, body } = await revoke({ token })
      assert.deepEqual([status, body.error], [500, 'server_error'])
    }
    db.run = run
    for (const token of [access_token, refresh_token]) assert.equal(await isActive(s, token), true)
  })

  test(`${database.name}: revoke: check 52: a token of one project is nothing to another`, async () => {
    await using s = await idpScene(database)
    const other = await givenOtherProject(s.app)
    const { access_token, refresh_token } = (await s.tokens()).body
    for (const token of [access_token, refresh_token]) {
      for (const path of ['/v1/oauth2/revoke', `/v1/public/${other.username}/oauth2/revoke`]) {
        assert.equal((await s.post(path, { token }, basic(other.username, other.password))).status, 200)
      }
      assert.equal(await isActive(s, token), true)
    }
  })

  test(`${database.name}: revoke: pages of any origin may [B7]`, async () => {
    await using s = await idpScene(database)
    for (const path of bothPaths(s, 'revoke')) {
      const headers = { origin: 'https://page.example' }
      for (const form of [{ token: 'x', ...credentialsOf(s.client) }, { token: 'x' }]) {
        assert.equal((await s.post(path, form, headers)).headers['access-control-allow-origin'], '*')
      }
      assert.equal((await s.app.call('OPTIONS', path, { auth: false, headers })).status, 204)
    }
  })
}
