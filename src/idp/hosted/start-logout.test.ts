/** A logout page of the app's own: what it is told, and that nothing ends before the page ends it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../crypto/token.ts'
import { testDatabases } from '../../testing/databases.ts'
import { givenSession } from '../../testing/given.ts'
import { givenClient, idpScene, projectSettings, type Scene } from '../idp.fixture.ts'

const bye = 'https://client.example/bye'
const path = '/sdk/v1/oauth/logout/start'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: logout of a page of the app’s own: ${name}`, async () => {
      await using scene = await idpScene(database)
      const { query } = scene.app.app.db
      await query
        .updateTable('connected_apps')
        .set({ post_logout_redirect_urls: JSON.stringify([bye]) })
        .execute()
      await run(scene)
    })
  const start = (s: Scene, body: object, password = s.session.token) =>
    s.app.call('POST', path, {
      auth: { username: s.app.project.publicToken, password },
      headers: { origin: 'http://localhost:3000' },
      body: { client_id: s.client.id, post_logout_redirect_uri: bye, ...body },
    })
  const refusal = async (...given: Parameters<typeof start>) => {
    const { status, body } = await start(...given)
    return [status, body.error_type]
  }

  on('an ID token of who is logged in needs no question; expired ones neither [O11]', async (s) => {
    const { id_token } = (await s.tokens()).body
    const expected = { consent_required: false, redirect_uri: `${bye}?state=a+b` }
    for (const hours of [0, 3]) {
      s.app.clock.advance({ hours })
      const { token } = hours === 0 ? s.session : await longSession(s)
      const { status, body } = await start(s, { id_token_hint: id_token, state: 'a b' }, token)
      const { consent_required, redirect_uri, status_code } = body.data
      assert.deepEqual([status, { consent_required, redirect_uri }, status_code], [200, expected, 200])
    }
    const alive = await s.app.call('POST', '/v1/sessions/authenticate', {
      body: { session_token: (await longSession(s)).token },
    })
    assert.equal(alive.status, 200)
  })

  /** A session that is still alive, of the user of the scene. */
  const longSession = async (s: Scene) => {
    const made = await givenSession(s.app)
    const { query } = s.app.app.db
    await query.updateTable('sessions').set({ user_id: s.session.userId }).execute()
    return made
  }

  on('anything less needs one [O11]', async (s) => {
    const { id_token, access_token } = (await s.tokens()).body
    const somebody = await givenSession(s.app)
    const { publicToken } = s.app.project
    for (const [hint, password] of [
      [{}, undefined],
      [{ id_token_hint: '' }, undefined],
      [{ id_token_hint: 'x.y.z' }, undefined],
      [{ id_token_hint: `${id_token.slice(0, -4)}AAAA` }, undefined],
      [{ id_token_hint: id_token }, somebody.token],
      [{ id_token_hint: id_token }, publicToken],
      [{ id_token_hint: id_token }, 'x'],
    ] as const) {
      const { status, body } = await start(s, hint, password)
      assert.equal(status, 200, JSON.stringify(hint))
      assert.deepEqual([body.data.consent_required, body.data.redirect_uri], [true, bye])
    }
    assert.deepEqual(await refusal(s, { id_token_hint: access_token }), [400, 'id_token_hint_mismatch'])
  })

  on('a client or URI that is not known, and an ID token of another client', async (s) => {
    const { id_token } = (await s.tokens()).body
    const other = await givenClient(s.app, { postLogoutRedirectUrls: [bye] })
    assert.deepEqual(await refusal(s, { client_id: newId('connected-app', 'test') }), [404, 'connected_app_not_found'])
    for (const uri of [`${bye}/`, 'https://evil.example/', 'javascript:alert(1)', '/bye']) {
      const refused = await refusal(s, { post_logout_redirect_uri: uri, id_token_hint: id_token })
      assert.deepEqual(refused, [400, 'post_logout_redirect_uri_not_registered'], uri)
    }
    assert.deepEqual(await refusal(s, { client_id: other.id, id_token_hint: id_token }), [
      400,
      'id_token_hint_mismatch',
    ])
    for (const missing of [{ client_id: undefined }, { post_logout_redirect_uri: undefined }]) {
      assert.deepEqual(await refusal(s, missing), [400, 'bad_request'])
    }
  })

  on('a browser needs the public token and a known origin; a session it need not have', async (s) => {
    const { publicToken } = s.app.project
    const refused = async (username: string, origin = 'http://localhost:3000') => {
      const body = { client_id: s.client.id, post_logout_redirect_uri: bye }
      const auth = { username, password: s.session.token }
      return (await s.app.call('POST', path, { auth, headers: { origin }, body })).body.error_type
    }
    assert.equal(await refused(''), 'public_token_required')
    assert.equal(await refused('x'), 'invalid_public_token_id')
    assert.equal(await refused(publicToken.replace(/0/g, '1')), 'public_token_not_found')
    assert.equal(await refused(publicToken, 'https://evil.example'), 'bad_domain_for_stytch_sdk')
    assert.equal(await refused(publicToken), undefined)
    await projectSettings(s.app, { frontend_enabled: false })
    assert.equal(await refused(publicToken), 'endpoint_not_authorized_for_sdk')
  })

  on(
    'what browsers are told, the page and this agree on: the URI works at the end of a logout of its own',
    async (s) => {
      const { body } = await start(s, { state: 'x' })
      const query = new URLSearchParams({ client_id: s.client.id, post_logout_redirect_uri: bye, state: 'x' })
      const page = await s.app.call('GET', `/v1/oauth2/logout?${query}`, {
        auth: false,
        headers: { accept: 'text/html' },
      })
      assert.ok(page.text.includes(`href="${body.data.redirect_uri}"`), page.text)
    },
  )
}
