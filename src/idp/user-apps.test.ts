/** The apps that a user let in: seen, and turned away. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject, givenSession } from '../testing/given.ts'
import { givenClient, idpScene, projectSettings, type Scene } from './idp.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: a user’s apps: ${name}`, async () => {
      await using scene = await idpScene(database)
      await run(scene)
    })

  const frontend = (s: Scene, method: string, path: string, session?: string) => {
    const { publicToken } = s.app.project
    return s.app.call(method, `/sdk/v1/users/connected_apps${path}`, {
      auth: { username: publicToken, password: session ?? publicToken },
      ...(method === 'POST' && { body: {} }),
    })
  }

  on('those with a completed flow are listed, with the scopes of the last one; declining lists nothing', async (s) => {
    const other = await givenClient(s.app, {
      type: 'first_party',
      name: 'Own',
      logoUrl: 'https://own.example/logo.png',
    })
    await s.authorize({ consent_granted: false, code_challenge: 'c'.repeat(43) })
    const list = async () =>
      (await s.app.call('GET', `/v1/users/${s.session.userId}/connected_apps`)).body.connected_apps
    assert.deepEqual(await list(), [])
    await s.tokens()
    await s.tokens({ scopes: ['openid', 'profile'] })
    s.app.clock.advance({ minutes: 1 })
    await s.tokens({ scopes: ['openid'] }, other)
    assert.deepEqual(await list(), [
      {
        connected_app_id: other.id,
        name: 'Own',
        description: 'Takes notes',
        client_type: 'first_party',
        logo_url: 'https://own.example/logo.png',
        scopes_granted: 'openid',
      },
      {
        connected_app_id: s.client.id,
        name: 'Notes',
        description: 'Takes notes',
        client_type: 'third_party_public',
        scopes_granted: 'openid profile',
      },
    ])
    assert.deepEqual((await frontend(s, 'GET', '', s.session.token)).body.data.connected_apps, await list())
  })

  on('revoking kills every token of the app for this user, at once, and only theirs', async (s) => {
    const [first, second] = [(await s.tokens()).body, (await s.tokens()).body]
    const { code, verifier } = await s.code()
    const path = `/v1/users/${s.session.userId}/connected_apps/${s.client.id}/revoke`
    assert.equal((await s.app.call('POST', path, { body: {} })).status, 200)
    for (const { refresh_token } of [first, second]) {
      const { status, body } = await s.refresh(refresh_token)
      assert.deepEqual([status, body.error, body.error_type], [400, 'invalid_grant', 'connected_app_consent_revoked'])
    }
    const late = { grant_type: 'authorization_code', code, code_verifier: verifier, client_id: s.client.id }
    assert.equal((await s.token(late)).body.error_type, 'connected_app_consent_revoked')
    const headers = { authorization: `Bearer ${first.access_token}` }
    assert.equal((await s.app.call('GET', '/v1/oauth2/userinfo', { auth: false, headers })).status, 401)
    const again = await s.app.call('POST', path, { body: {} })
    assert.deepEqual([again.status, again.body.error_type], [404, 'connected_app_not_found'])
  })

  on('the user who is logged in can do the same; whoever is not cannot', async (s) => {
    await s.tokens()
    const revoke = (session?: string) => frontend(s, 'POST', `/${s.client.id}/revoke`, session)
    for (const answer of [await revoke(), await frontend(s, 'GET', '')]) {
      assert.deepEqual([answer.status, answer.body.error_type], [401, 'user_unauthenticated'])
    }
    assert.equal((await revoke(s.session.token)).status, 200)
    assert.equal((await revoke(s.session.token)).body.error_type, 'connected_app_not_found')
  })

  on('check 52: nobody’s user, and another project’s, are not found', async (s) => {
    await s.tokens()
    const auth = await givenOtherProject(s.app)
    for (const [path, credentials] of [
      ['/v1/users/nobody', undefined],
      [`/v1/users/${s.session.userId}`, auth],
    ] as const) {
      const settings = credentials ? { auth: credentials } : {}
      const list = await s.app.call('GET', `${path}/connected_apps`, settings)
      const revoke = await s.app.call('POST', `${path}/connected_apps/${s.client.id}/revoke`, { ...settings, body: {} })
      assert.deepEqual([list.status, list.body.error_type], [404, 'user_not_found'])
      assert.deepEqual([revoke.status, revoke.body.error_type], [404, 'user_not_found'])
    }
  })

  test(`${database.name}: a user’s apps: a browser needs the public token, a known origin and a live session`, async () => {
    await using s = await idpScene(database)
    const { publicToken } = s.app.project
    for (const [method, path] of [
      ['GET', '/sdk/v1/users/connected_apps'],
      ['POST', `/sdk/v1/users/connected_apps/${s.client.id}/revoke`],
    ] as const) {
      const refused = async (username: string, password: string, origin = 'http://localhost:3000') =>
        (await s.app.call(method, path, { auth: { username, password }, headers: { origin } })).body.error_type
      const { token } = s.session
      assert.equal(await refused('', token), 'public_token_required')
      assert.equal(await refused('x', token), 'invalid_public_token_id')
      assert.equal(await refused(publicToken.replace(/0/g, '1'), token), 'public_token_not_found')
      assert.equal(await refused(publicToken, token, 'https://evil.example'), 'bad_domain_for_stytch_sdk')
      assert.equal(await refused(publicToken, publicToken), 'user_unauthenticated')
      await projectSettings(s.app, { frontend_enabled: false })
      assert.equal(await refused(publicToken, token), 'endpoint_not_authorized_for_sdk')
      await projectSettings(s.app, {})
    }
  })

  on('turning one away leaves other apps and other users alone, and the user is asked anew', async (s) => {
    const other = await givenClient(s.app)
    const somebody = await givenSession(s.app)
    const mine = (await s.tokens()).body
    const ofOther = (await s.tokens({}, other)).body
    const ofSomebody = (await s.tokens({ session_token: somebody.token })).body
    await s.app.call('POST', `/v1/users/${s.session.userId}/connected_apps/${s.client.id}/revoke`)
    const isActive = async (token: string, client = s.client) =>
      (await s.post('/v1/oauth2/introspect', { token, client_id: client.id })).body.active
    assert.equal(await isActive(mine.access_token), false)
    assert.equal(await isActive(ofOther.access_token, other), true)
    assert.equal(await isActive(ofSomebody.access_token), true)
    const { body } = await s.authorize({ scopes: ['openid'], consent_granted: false, code_challenge: 'c'.repeat(43) })
    assert.match(body.redirect_uri, /error=access_denied/)
  })
}
