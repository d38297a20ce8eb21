/** Whether a token is good: what a resource server is told, and what nobody else is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import {
  basic,
  bothPaths,
  credentialsOf,
  givenClient,
  givenM2mClient,
  idpScene,
  projectSettings,
  type Scene,
} from './idp.fixture.ts'

for (const database of testDatabases) {
  /** On each path of the endpoint in turn, which is the same to the caller. */
  const on = (
    name: string,
    run: (scene: Scene, ask: (form: Record<string, string>) => ReturnType<Scene['post']>) => Promise<void>,
  ) => {
    for (const at of [0, 1]) {
      test(`${database.name}: introspect: ${name} (${['by client', 'by project'][at]})`, async () => {
        await using s = await idpScene(database)
        await run(s, (form) => s.post(bothPaths(s, 'introspect')[at] ?? '', { ...credentialsOf(s.client), ...form }))
      })
    }
  }
  const isInactive = ({ status, body }: Awaited<ReturnType<Scene['post']>>, why: string) => {
    const { request_id, ...rest } = body
    assert.deepEqual([status, rest], [200, { active: false, status_code: 200 }], why)
    assert.match(request_id, /^request-id-test-/)
  }

  on('an access token is described by its own claims, as the vendor’s clients read them [B4]', async (s, ask) => {
    const client = await givenClient(s.app, {
      accessTokenTemplate: '{"plan": "pro", "active": false, "token_type": "x"}',
    })
    const { access_token } = (await s.tokens({ resources: ['https://mcp.example/mcp'] }, client)).body
    const { status, body, headers } = await ask({ token: access_token, ...credentialsOf(client) })
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'no-store')
    const { request_id: _, status_code: __, active, token_type, ...claims } = body
    assert.deepEqual([active, token_type], [true, 'access_token'])
    const { active: ___, token_type: ____, ...own } = decodeJwt(access_token)
    assert.deepEqual(claims, own)
    assert.deepEqual(Object.keys(claims).sort(), [
      'aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'nbf', 'plan', 'scope', 'sub',
    ]) // biome-ignore format: a list of names reads best as a block
    assert.deepEqual(claims.aud, [s.app.project.id, 'https://mcp.example/mcp'])
  })

  on('a refresh token is described likewise, a used one is not good [B4]', async (s, ask) => {
    const { refresh_token } = (await s.tokens({ resources: ['https://mcp.example/mcp'] })).body
    const { request_id: _, ...rest } = (await ask({ token: refresh_token })).body
    assert.deepEqual(rest, {
      status_code: 200,
      active: true,
      sub: s.session.userId,
      scope: 'openid offline_access',
      client_id: s.client.id,
      aud: [s.app.project.id, 'https://mcp.example/mcp'],
      iss: 'http://localhost',
      exp: 1_767_225_600 + 90 * 86_400,
      iat: 1_767_225_600,
      nbf: 1_767_225_600,
      token_type: 'refresh_token',
    })
    await s.refresh(refresh_token)
    isInactive(await ask({ token: refresh_token }), 'used')
  })

  on('a wrong hint does not matter [B6]', async (s, ask) => {
    const { access_token, refresh_token } = (await s.tokens()).body
    for (const token_type_hint of ['refresh_token', 'access_token', 'id_token', '', 'x']) {
      for (const token of [access_token, refresh_token]) {
        assert.equal((await ask({ token, token_type_hint })).body.active, true)
      }
    }
  })

  on('check 68: of a token that is not good nothing is said but that [B3]', async (s, ask) => {
    const { access_token, refresh_token, id_token } = (await s.tokens()).body
    const revoked = (await s.tokens()).body
    for (const token of [revoked.access_token, revoked.refresh_token])
      await s.post('/v1/oauth2/revoke', { token, ...credentialsOf(s.client) })
    const other = await givenClient(s.app)
    const ofOther = (await s.tokens({}, other)).body
    const cases = {
      'an ID token': id_token,
      'a session': s.session.token,
      'a session JWT': s.session.jwt,
      nothing: 'x',
      'an access token cut off': access_token.slice(0, -1),
      'revoked access': revoked.access_token,
      'revoked refresh': revoked.refresh_token,
      'another client’s access token': ofOther.access_token,
      'another client’s refresh token': ofOther.refresh_token,
      dots: '..',
      huge: `${'a'.repeat(20_000)}.a.a`,
    }
    for (const [why, token] of Object.entries(cases)) isInactive(await ask({ token }), why)
    s.app.clock.advance({ minutes: 60 })
    isInactive(await ask({ token: access_token }), 'expired access')
    s.app.clock.advance({ days: 90 })
    isInactive(await ask({ token: refresh_token }), 'expired refresh')
  })

  on('check 68: it takes a client’s credentials, or the project’s [B3]', async (s, ask) => {
    const { access_token } = (await s.tokens()).body
    const { status, body, headers } = await ask({ token: access_token, client_id: '' })
    assert.deepEqual([status, body.error, 'active' in body], [401, 'invalid_client', false])
    assert.match(String(headers['www-authenticate']), /^Basic/)
    const missing = await ask({ token_type_hint: 'access_token' })
    assert.deepEqual([missing.status, missing.body.error], [400, 'invalid_request'])
  })

  on('check 48, J5: only RS256 by the project’s own key is believed [J5, J4]', async (s, ask) => {
    const { access_token } = (await s.tokens()).body
    const claims = decodeJwt(access_token)
    const { keys } = (await s.app.call('GET', '/.well-known/jwks.json', { auth: false })).body
    const header = { typ: 'JWT', kid: keys[0].kid }
    const [, payload = '', signature = ''] = access_token.split('.')
    const head = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const forged = [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(Buffer.from(keys[0].n)),
      `${head({ ...header, alg: 'none' })}.${payload}.`,
      `${head({ ...header, alg: 'RS256', jku: 'http://127.0.0.1:1/' })}.${payload}.${signature}`,
      `${head({ alg: 'RS256', typ: 'JWT' })}.${payload}.${signature}`,
      `${head({ ...header, alg: 'RS256', kid: 'a\u0000b' })}.${payload}.${signature}`,
    ]
    for (const token of forged) isInactive(await ask({ token }), token.slice(0, 80))
    assert.equal((await ask({ token: access_token })).body.active, true)
  })

  on('an M2M client may ask about its own tokens, which outlive its rest but not its end', async (s, ask) => {
    const client = await givenM2mClient(s)
    const { access_token } = (await s.token({ grant_type: 'client_credentials', ...credentialsOf(client) })).body
    const own = { token: access_token, ...credentialsOf(client) }
    const { body } = await ask(own)
    assert.deepEqual([body.active, body.sub, body.scope], [true, client.id, 'read:users'])
    isInactive(await ask({ token: access_token }), 'another client')
    const byProject = () => {
      const { id, secret } = s.app.project
      return s.post('/v1/oauth2/introspect', { token: access_token }, basic(id, secret))
    }
    await s.app.call('PUT', `/v1/m2m/clients/${client.id}`, { body: { status: 'inactive' } })
    assert.equal((await byProject()).body.active, true)
    await s.app.call('DELETE', `/v1/m2m/clients/${client.id}`)
    isInactive(await byProject(), 'deleted')
  })

  on('nothing is good any more once client, user or consent is gone', async (s, ask) => {
    const client = await givenClient(s.app)
    const mine = (await s.tokens()).body
    const its = (await s.tokens({}, client)).body
    await s.app.call('DELETE', `/v1/connected_apps/clients/${client.id}`)
    const { id, secret } = s.app.project
    for (const token of [its.access_token, its.refresh_token]) {
      isInactive(await s.post('/v1/oauth2/introspect', { token }, basic(id, secret)), 'deleted client')
    }
    await s.app.call('POST', `/v1/users/${s.session.userId}/connected_apps/${s.client.id}/revoke`)
    for (const token of [mine.access_token, mine.refresh_token]) isInactive(await ask({ token }), 'withdrawn consent')
  })

  test(`${database.name}: introspect: check 51, 52: a token of one project is nothing to another`, async () => {
    await using s = await idpScene(database)
    const other = await givenOtherProject(s.app)
    await projectSettings(s.app, {})
    const { access_token, refresh_token } = (await s.tokens()).body
    for (const token of [access_token, refresh_token]) {
      for (const path of ['/v1/oauth2/introspect', `/v1/public/${other.username}/oauth2/introspect`]) {
        isInactive(await s.post(path, { token }, basic(other.username, other.password)), path)
      }
      const crossed = await s.post(
        `/v1/public/${s.app.project.id}/oauth2/introspect`,
        { token },
        basic(other.username, other.password),
      )
      assert.equal(crossed.status, 401)
    }
  })

  test(`${database.name}: introspect: pages of other origins may not read it [B7]`, async () => {
    await using s = await idpScene(database)
    for (const path of bothPaths(s, 'introspect')) {
      const { headers } = await s.post(
        path,
        { token: 'x', ...credentialsOf(s.client) },
        { origin: 'https://page.example' },
      )
      assert.equal(headers['access-control-allow-origin'], undefined)
      const asked = await s.app.call('OPTIONS', path, { auth: false, headers: { origin: 'https://page.example' } })
      assert.equal(asked.headers['access-control-allow-origin'], undefined)
    }
  })
}
