/** Who may call the endpoints of OAuth clients: token, introspection and revocation, each under both of its paths. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestAnswer } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import {
  basic, bothPaths, type Client, credentialsOf, type Form, givenClient, givenM2mClient, idpScene, projectSettings, type Scene,
} from './idp.fixture.ts' // biome-ignore format: a list of names reads best as a block

/** Every endpoint that authenticates clients, with what it needs beside that. */
const endpoints = (s: Scene): readonly { readonly path: string; readonly rest: Form }[] => [
  ...bothPaths(s, 'token').map((path) => ({ path, rest: { grant_type: 'refresh_token', refresh_token: 'x' } })),
  ...bothPaths(s, 'introspect').map((path) => ({ path, rest: { token: 'x' } })),
  ...bothPaths(s, 'revoke').map((path) => ({ path, rest: { token: 'x' } })),
]

/** Whether the client was let in: what comes then is a 200, or a refusal of the made-up refresh token. */
const isIn = ({ status, body }: TestAnswer): boolean =>
  status === 200 || ['idp_refresh_token_not_found', 'unauthorized_client'].includes(body.error_type)

const isOut = (answer: TestAnswer, problem: RegExp): void => {
  const { status, body, headers, text } = answer
  assert.deepEqual([status, body.error, body.error_type], [401, 'invalid_client', 'invalid_client'], text)
  assert.match(body.error_description, problem)
  assert.match(body.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  assert.match(String(headers['www-authenticate']), /^Basic realm="selvage"/)
  assert.equal(headers['cache-control'], 'no-store')
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: client authentication: ${name}`, async () => {
      await using scene = await idpScene(database)
      await run(scene)
    })

  on('check 29: a client with a secret is let in by header or body, and by nothing less [C9, C14, A1]', async (s) => {
    const client = await givenClient(s.app, { type: 'third_party' })
    const wrong = 'w'.repeat(44)
    for (const { path, rest } of endpoints(s)) {
      const { id, secret } = client
      assert.ok(isIn(await s.post(path, { ...rest, client_id: id, client_secret: secret })))
      assert.ok(isIn(await s.post(path, rest, basic(id, secret))))
      assert.ok(isIn(await s.post(path, { ...rest, client_id: id }, basic(id, secret))))
      isOut(await s.post(path, { ...rest, client_id: id }), /its secret is missing/)
      isOut(await s.post(path, { ...rest, client_id: id, client_secret: '' }), /its secret is missing/)
      isOut(await s.post(path, { ...rest, client_id: id, client_secret: wrong }), /the secret is wrong/)
      isOut(await s.post(path, rest, basic(id, wrong)), /the secret is wrong/)
      isOut(await s.post(path, rest, basic(id, '')), /its secret is missing/)
      isOut(await s.post(path, rest), /no client_id was sent/)
      isOut(await s.post(path, { ...rest, client_id: 'nobody' }), /it is unknown/)
      isOut(await s.post(path, { ...rest, client_id: id.replace(/.$/, 'x') }), /it is unknown/)
    }
  })

  on('a public client is let in by its name alone; a secret from one is refused [C9]', async (s) => {
    for (const { path, rest } of endpoints(s)) {
      const { id } = s.client
      assert.ok(isIn(await s.post(path, { ...rest, client_id: id })))
      assert.ok(isIn(await s.post(path, { ...rest, client_id: id, client_secret: '' })))
      assert.ok(isIn(await s.post(path, rest, basic(id, ''))))
      isOut(await s.post(path, { ...rest, client_id: id, client_secret: 'x' }), /it is a public client/)
      isOut(await s.post(path, rest, basic(id, 'x')), /it is a public client/)
    }
  })

  on('check 29: a client that registered one way is not let in by another [C9]', async (s) => {
    const make = (tokenEndpointAuthMethod: string) =>
      givenClient(s.app, { type: 'third_party', tokenEndpointAuthMethod })
    const [inHeader, inBody] = [await make('client_secret_basic'), await make('client_secret_post')]
    for (const { path, rest } of endpoints(s)) {
      const header = (one: Client) => s.post(path, rest, basic(one.id, one.secret))
      const body = (one: Client) => s.post(path, { ...rest, ...credentialsOf(one) })
      assert.ok(isIn(await header(inHeader)))
      assert.ok(isIn(await body(inBody)))
      isOut(await header(inBody), /registered for client_secret_post/)
      isOut(await body(inHeader), /registered for client_secret_basic/)
    }
  })

  on('400 two_client_authentications: one client, two secrets [C9]', async (s) => {
    const { id, secret } = await givenClient(s.app, { type: 'third_party' })
    for (const { path, rest } of endpoints(s)) {
      const twice: readonly Form[] = [{ client_id: id, client_secret: secret }, { client_secret: secret }]
      for (const more of twice) {
        const { status, body } = await s.post(path, { ...rest, ...more }, basic(id, secret))
        assert.deepEqual([status, body.error, body.error_type], [400, 'invalid_request', 'two_client_authentications'])
      }
    }
  })

  on('Basic credentials may be form-encoded or plain [C10]', async (s) => {
    const own = { client_id: 'svc|reports@eu-1.~+', client_secret: 'k3Q!x 9z+%41"\\p' }
    await s.app.call('POST', '/v1/m2m/clients', { body: { scopes: ['read:users'], ...own } })
    const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
    for (const path of bothPaths(s, 'token')) {
      const get = (id: string, secret: string) => s.post(path, { grant_type: 'client_credentials' }, basic(id, secret))
      assert.equal((await get(encode(own.client_id), encode(own.client_secret))).status, 200)
      assert.equal((await get(own.client_id, own.client_secret)).status, 200)
      assert.equal((await get(encodeURIComponent(own.client_id), encodeURIComponent(own.client_secret))).status, 200)
      isOut(await get(own.client_id, 'wrong'), /missing or wrong/)
    }
  })

  on('the project’s credentials beside a client’s own do not count, alone they are enough to introspect', async (s) => {
    const { id, secret } = s.app.project
    const client = await givenM2mClient(s)
    const project = basic(id, secret)
    for (const path of bothPaths(s, 'token')) {
      const asked = { grant_type: 'client_credentials', ...credentialsOf(client) }
      const beside = await s.post(path, asked, project)
      assert.equal(beside.status, 200, beside.text)
      assert.equal((await s.post(path, asked, basic('somebody', 'else'))).status, 200)
      isOut(await s.post(path, { grant_type: 'client_credentials' }, project), /it is unknown/)
    }
    const { access_token } = (await s.tokens()).body
    for (const path of bothPaths(s, 'introspect')) {
      assert.equal((await s.post(path, { token: access_token }, project)).body.active, true)
      assert.equal((await s.post(path, { token: access_token, ...credentialsOf(client) }, project)).body.active, true)
      const wrong = await s.post(path, { token: access_token, client_id: s.client.id }, basic(id, 'wrong'))
      assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client'])
      assert.match(String(wrong.headers['www-authenticate']), /^Basic/)
    }
  })

  on('during a rotation both secrets are good, afterwards one [A1]', async (s) => {
    const { id, secret } = await givenClient(s.app, { type: 'third_party' })
    const path = `/v1/connected_apps/clients/${id}/secrets/rotate`
    const next = (await s.app.call('POST', `${path}/start`)).body.connected_app.next_client_secret
    const asked = (client_secret: string) =>
      s.token({ grant_type: 'refresh_token', refresh_token: 'x', client_id: id, client_secret })
    assert.ok(isIn(await asked(secret)))
    assert.ok(isIn(await asked(next)))
    await s.app.call('POST', path)
    isOut(await asked(secret), /the secret is wrong/)
    assert.ok(isIn(await asked(next)))
  })

  on('check 66: an unknown client is told no more than that, a deleted one the same', async (s) => {
    const client = await givenClient(s.app, { type: 'third_party' })
    await s.app.call('DELETE', `/v1/connected_apps/clients/${client.id}`)
    for (const { path, rest } of endpoints(s)) {
      const gone = await s.post(path, { ...rest, ...credentialsOf(client) })
      const never = await s.post(path, { ...rest, ...credentialsOf(client), client_id: client.id.replace(/.$/, 'f') })
      isOut(gone, /it is unknown/)
      assert.deepEqual({ ...gone.body, request_id: '' }, { ...never.body, request_id: '' })
    }
  })

  on('check 52: clients of one project are unknown under another', async (s) => {
    const { username } = await givenOtherProject(s.app)
    const app = await givenClient(s.app, { type: 'third_party' })
    const m2m = await givenM2mClient(s)
    for (const client of [app, m2m, s.client]) {
      for (const name of ['token', 'introspect', 'revoke']) {
        const path = `/v1/public/${username}/oauth2/${name}`
        const rest = { grant_type: 'client_credentials', token: 'x', ...credentialsOf(client) }
        isOut(await s.post(path, rest), /it is unknown/)
      }
    }
    // Two projects claim the bare origin now: whose M2M client that is, nobody can say.
    isOut(await s.token({ grant_type: 'client_credentials', ...credentialsOf(m2m) }), /it is unknown/)
    const path = `/v1/public/${s.app.project.id}/oauth2/token`
    assert.equal((await s.post(path, { grant_type: 'client_credentials', ...credentialsOf(m2m) })).status, 200)
    assert.ok(isIn(await s.token({ grant_type: 'refresh_token', refresh_token: 'x', ...credentialsOf(app) })))
  })

  on('an inactive M2M client gets nothing', async (s) => {
    const client = await givenM2mClient(s)
    await s.app.call('PUT', `/v1/m2m/clients/${client.id}`, { body: { status: 'inactive' } })
    for (const { path, rest } of endpoints(s)) {
      isOut(await s.post(path, { ...rest, ...credentialsOf(client) }), /it is inactive/)
      isOut(await s.post(path, { ...rest, client_id: client.id }), /missing or wrong/)
    }
  })

  on('check 46: odd Authorization headers and client IDs are 401, never a fault', async (s) => {
    const odd = [
      'Basic',
      'Basic ',
      'Basic =',
      'Basic Og==',
      'Basic !!!!',
      'Bearer x',
      'Basic AAAA',
      `Basic ${'A'.repeat(5_000)}`,
      'x',
    ]
    const names = [
      'a\u0000b',
      '%00',
      '%',
      '%zz',
      '\ud800',
      'ü',
      ' ',
      "' or 1=1 --",
      'x'.repeat(5_000),
      '__proto__',
      '://',
      'http://',
      'https://x',
    ]
    for (const { path, rest } of endpoints(s)) {
      for (const authorization of odd) isOut(await s.post(path, rest, { authorization }), /./)
      for (const name of names) {
        isOut(await s.post(path, rest, basic(name, 'x')), /./)
        if (!name.includes('\u0000')) isOut(await s.post(path, { ...rest, client_id: name, client_secret: 'x' }), /./)
      }
    }
  })

  on('check 67: after sixty failures in a minute a client and address waits; others do not [C24]', async (s) => {
    const client = await givenClient(s.app, { type: 'third_party' })
    for (const name of ['token', 'introspect', 'revoke']) {
      const [path = ''] = bothPaths(s, name)
      const form = { token: 'x', grant_type: 'refresh_token', refresh_token: 'x' }
      const guess = (secret: string, headers = {}) =>
        s.post(path, { ...form, client_id: client.id, client_secret: secret }, headers)
      for (let times = 0; times < 60; times++) isOut(await guess(`guess ${times}`), /the secret is wrong/)
      const { status, headers, body } = await guess(client.secret, { 'x-forwarded-for': '203.0.113.9' })
      assert.deepEqual([status, body.error, body.error_type], [429, 'temporarily_unavailable', 'too_many_requests'])
      assert.equal(headers['retry-after'], '60')
      assert.ok(isIn(await s.post(path, { ...form, client_id: s.client.id })), 'another client')
      s.app.clock.advance({ seconds: 60 })
      assert.ok(isIn(await guess(client.secret)))
      for (let times = 0; times < 100; times++) assert.ok(isIn(await guess(client.secret)), 'success is not counted')
    }
  })

  on('failed authentications are remembered for the developer, and no secret with them', async (s) => {
    const client = await givenClient(s.app, { type: 'third_party' })
    for (const { path, rest } of endpoints(s)) {
      await s.post(path, { ...rest, client_id: client.id, client_secret: 'a-wrong-secret-of-some-length' })
      await s.post(path, { ...rest, client_id: 'nobody' })
      s.app.clock.advance({ seconds: 1 })
    }
    await s.app.app.flush()
    const { body, text } = await s.app.call('GET', '/v1/oauth/attempts?limit=100')
    const seen = body.attempts.map((one: { step: string; client_id: string }) => `${one.step} ${one.client_id}`)
    for (const step of ['token', 'introspect', 'revoke']) {
      for (const id of [client.id, 'nobody'])
        assert.equal(seen.filter((one: string) => one === `${step} ${id}`).length, 2)
    }
    assert.doesNotMatch(text, /a-wrong-secret/)
  })

  on(
    'check 67: what is sent twice is refused, what is empty is absent, what is unknown is ignored [C7, C8]',
    async (s) => {
      await projectSettings(s.app, {})
      const { id } = s.client
      for (const { path, rest } of endpoints(s)) {
        const twice = await s.post(path, { ...rest, client_id: [id, id] })
        assert.deepEqual([twice.status, twice.body.error], [400, 'invalid_request'])
        const more = { client_id: id, audience: 'x', code: '', code_verifier: '', token_type_hint: '' }
        assert.ok(isIn(await s.post(path, { ...rest, ...more })))
        const get = await s.app.call('GET', `${path}?client_id=${id}`, { auth: false })
        assert.deepEqual([get.status, get.body.error_type], [405, 'method_not_allowed'])
        for (const [type, text] of [
          ['text/plain', 'client_id=x'],
          ['multipart/form-data; boundary=x', '--x--'],
          ['application/xml', '<a/>'],
          ['', 'a=b'],
          ['application/json', '[]'],
          ['application/json', '{'],
          ['application/json', '"x"'],
          ['application/json', '{"client_id":{}}'],
        ] as const) {
          // biome-ignore format: pairs in a row
          const odd = await s.app.call('POST', path, { auth: false, body: text, headers: { 'content-type': type } })
          assert.deepEqual([odd.status, odd.body.error], [400, 'invalid_request'], `${type} ${text}`)
        }
        const json = await s.app.call('POST', path, {
          auth: false,
          body: { ...rest, client_id: id, client_secret: null },
        })
        assert.ok(isIn(json), json.text)
      }
    },
  )
}
