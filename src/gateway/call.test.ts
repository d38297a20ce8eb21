/** Calls from the page: names, profiles, credentials, what passes and what does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../api.ts'
import { operations } from '../kernel/endpoint.ts'
import { flatName } from '../kernel/operation-name.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'
import {
  type GatewayScene,
  gatewayScene,
  loggedIn,
  logInWith,
  operatorPassword,
  production,
  productionScene,
  profileSecret,
} from './gateway.fixture.ts'

const projectId = 'project-test-00000000-0000-4000-8000-000000000000'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: GatewayScene) => Promise<void>) =>
    test(`${database.name}: gateway: ${name}`, async () => {
      await using scene = await gatewayScene({ database })
      await run(scene)
    })

  on('a project’s operation works without credentials of the caller, and tells nothing of those it used', async (s) => {
    const created = await s.byPage('users.create', { args: { email: 'ada@example.com' } })
    assert.equal(created.status, 200)
    assert.match(created.body.user_id, /^user-test-/)
    const read = await s.byPage('users.get', { args: { user_id: created.body.user_id } })
    assert.equal(read.body.emails[0].email, 'ada@example.com')
    assert.equal(read.headers['x-content-type-options'], 'nosniff')
    assert.equal(read.headers['cache-control'], 'no-store')
  })

  on('an operation of browsers has the profile’s public token, and the session that comes along', async (s) => {
    const session = await givenSession(s.app)
    const me = await s.byPage('frontend.users.me', { session_token: session.token })
    assert.deepEqual([me.status, me.body.data.user_id], [200, session.userId])
    const nobody = await s.byPage('frontend.users.me')
    assert.equal(nobody.status, 401)
    // Cookies of the browser are not passed on: they are of whoever sits in front of it.
    const cookie = `stytch_session=${session.token}`
    assert.equal((await s.byPage('frontend.users.me', {}, { cookie })).status, 401)
  })

  on('lists travel in the query, and identifiers with odd characters in the path', async (s) => {
    const external_id = 'a.b|c-d_e'
    const { body } = await s.byPage('users.create', { args: { email: 'ada@example.com', external_id } })
    assert.equal((await s.byPage('users.get', { args: { user_id: external_id } })).body.user_id, body.user_id)
    const attempts = await s.byPage('oauth.attempts', { args: { outcome: 'failed', limit: 3 } })
    assert.deepEqual([attempts.status, attempts.body.attempts], [200, []])
    const away = await s.byPage('users.get', { args: { user_id: '../../reference/profiles?x=#' } })
    assert.deepEqual([away.status, away.body.error_type], [404, 'user_not_found'])
  })
}

test('an operation is known by its place, by its flat name and by its ID in the contract', async () => {
  await using scene = await gatewayScene()
  const { endpoint } = operations(api).find(({ name }) => name === 'users.get') ?? assert.fail()
  const names = ['users.get', flatName('users.get', endpoint), endpoint.contractId ?? 'users.get']
  for (const name of names) {
    const { body } = await scene.byPage(name, { args: { user_id: 'nobody' } })
    assert.equal(body.error_type, 'user_not_found', name)
  }
})

test('404 operation_not_callable: unknown names, pages, documents, and the gateway itself', async () => {
  await using scene = await gatewayScene()
  const pages = ['oauth.start', 'idp.pages.consent', 'reference.explorer', 'reference.logIn', 'reference.logOut']
  const documents = ['reference.catalogue', 'reference.openApi', 'sandbox.avatar']
  const itself = ['reference.gateway', 'reference.profiles', 'tools.call', 'tools.list']
  const unknown = [
    'nothing',
    'users',
    'constructor',
    '__proto__',
    'toString',
    'https:%2F%2Fevil.example%2F',
    'a'.repeat(300),
  ]
  for (const name of [...pages, ...documents, ...itself, ...unknown]) {
    const { status, body } = await scene.byPage(name)
    assert.deepEqual([status, body.error_type], [404, 'operation_not_callable'], name)
  }
})

test('check 56: no address comes from the caller: whatever is asked for, only operations of this server run', async () => {
  await using scene = await gatewayScene()
  const urls = ['http://169.254.169.254/', '//evil.example/v1/users', '/v1/users', '..%2Fv1%2Fusers']
  for (const url of urls) {
    const asOperation = await scene.byPage(encodeURIComponent(url))
    assert.equal(asOperation.status, 404, url)
    const asMember = await scene.byPage('users.get', {
      args: { user_id: url, base_url: url, host: url },
      base_url: url,
    })
    assert.equal(asMember.body.error_type, 'user_not_found', url)
    assert.ok(asMember.body.error_url.startsWith('http://localhost/docs/'), url)
  }
})

test('several profiles: each by its name, the first without one; 404 profile_not_found for others', async () => {
  const wrong = { name: 'wrong', projectId, secret: 'secret-test-of-nobody-at-all-00000' }
  const right = { name: 'right', projectId, secret: profileSecret }
  await using scene = await gatewayScene({ settings: { gateway: { profiles: [wrong, right] } } })
  const statusBy = async (profile?: string) =>
    (await scene.byPage('users.get', { profile, args: { user_id: 'x' } })).status
  assert.deepEqual([await statusBy('right'), await statusBy('wrong'), await statusBy()], [404, 401, 401])
  for (const operation of ['users.get', 'idp.jwks', 'frontend.users.me', 'oauth.startOneTap']) {
    const { body } = await scene.byPage(operation, { profile: 'Right', args: { user_id: 'x' } })
    assert.equal(body.error_type, 'profile_not_found', operation)
  }
  const { body } = await scene.get('/reference/profiles')
  assert.deepEqual(
    body.profiles.map(({ name }: { name: string }) => name),
    ['wrong', 'right'],
  )
})

test('a profile whose project is not here is listed without a public token, and its calls are refused by the operation', async () => {
  const gone = {
    name: 'gone',
    projectId: `project-live-${'1'.repeat(8)}-1111-4111-8111-${'1'.repeat(12)}`,
    secret: 's'.repeat(24),
  }
  await using scene = await gatewayScene({ settings: { gateway: { profiles: [gone] } } })
  const { body } = await scene.get('/reference/profiles')
  assert.deepEqual(body.profiles, [{ name: 'gone', project_id: gone.projectId, environment: 'live' }])
  assert.equal(
    (await scene.byPage('users.get', { args: { user_id: 'x' } })).body.error_type,
    'unauthorized_credentials',
  )
  for (const operation of ['frontend.users.me', 'oauth.startOneTap']) {
    assert.equal((await scene.byPage(operation)).body.error_type, 'public_token_required', operation)
  }
})

test('a Basic challenge comes under a name at which no browser asks for the secret; others come under their own', async () => {
  const wrong = { name: 'wrong', projectId, secret: 'secret-test-of-nobody-at-all-00000' }
  await using scene = await gatewayScene({ settings: { gateway: { profiles: [wrong] } } })
  const basic = await scene.byPage('users.get', { args: { user_id: 'x' } })
  assert.equal(basic.status, 401)
  assert.equal(basic.headers['www-authenticate'], undefined)
  assert.equal(basic.headers['x-www-authenticate'], 'Basic realm="selvage", charset="UTF-8"')
  const bearer = await scene.byPage('idp.userinfo', { bearer_token: 'a.b.c' })
  assert.equal(bearer.status, 401)
  assert.match(String(bearer.headers['www-authenticate']), /^Bearer error="invalid_token"/)
})

test('cookies that an operation sets are not given to the page', async () => {
  await using scene = await gatewayScene()
  const { status, headers, body } = await scene.byPage('oauth.startOneTap')
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(headers['set-cookie'], undefined)
})

test('arguments that no request could carry are 400, never 5xx', async () => {
  await using scene = await gatewayScene()
  const problems: readonly (readonly [unknown, RegExp])[] = [
    [{}, /user_id: a value is required/],
    [{ user_id: '' }, /user_id: a value is required/],
    [{ user_id: null }, /user_id: a value is required/],
    [{ user_id: ['a'] }, /user_id: a value is required/],
    [{ user_id: 'ü'.repeat(100) }, /user_id: it is too long/],
    [{ user_id: '\ud800' }, /user_id: it is not valid Unicode/],
    [{ user_id: '\u0000' }, /NUL/],
  ]
  for (const [args, problem] of problems) {
    const { status, body } = await scene.byPage('users.get', { args })
    assert.deepEqual([status, body.error_type], [400, 'bad_request'])
    assert.match(body.error_message, problem)
  }
  for (const body of [{ args: [] }, { args: 'x' }, { profile: 1 }, { session_token: {} }, '[]', '{', '"x"']) {
    assert.equal((await scene.byPage('users.get', body)).status, 400, JSON.stringify(body))
  }
  // `__proto__` is a name like any other, and is dropped (check 64).
  const odd = await scene.byPage('users.get', '{"args":{"__proto__":{"user_id":"x"}}}')
  assert.equal(odd.status, 400)
})

test('no answer and no log line holds the secret, the Authorization header, the operator’s password, or a session', async () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  await using scene = await productionScene({ settings: { log: { level: 'trace', destination } } })
  const session = await givenSession(scene.app)
  const operator = await loggedIn(scene)
  const program = { host: operator.host, authorization: `Bearer ${operatorPassword}` }
  const token = await scene.csrfToken(operator)
  const bodies = [
    { args: { user_id: session.userId } },
    { args: { user_id: 'x' }, session_token: session.token, bearer_token: session.token },
    { args: {}, profile: 'nobody' },
    { args: { user_id: 7, session_token: session.token } },
    '{',
  ]
  const answers: string[] = []
  const calls = ['users.get', 'users.update', 'sessions.authenticate', 'frontend.users.me', 'idp.userinfo', 'nothing']
  for (const operation of calls) {
    for (const body of bodies) {
      answers.push((await scene.byPage(operation, body, operator)).text)
      answers.push((await scene.byPage(operation, body, { ...operator, 'x-csrf-token': 'x' })).text)
      answers.push((await scene.byTool(operation, body, program)).text)
    }
  }
  answers.push((await logInWith(scene.app, `${operatorPassword}?`)).text)
  // A fault of the server, in the middle of an operation.
  await scene.app.app.db.query.schema.alterTable('users').renameTo('users_elsewhere').execute()
  const fault = await scene.byPage('users.create', { args: { email: 'a@example.com' } }, operator)
  assert.deepEqual([fault.status, fault.body.error_type], [500, 'internal_server_error'])
  answers.push(fault.text)
  const credentials = Buffer.from(`${projectId}:${profileSecret}`).toString('base64')
  const nowhere = [profileSecret, credentials, operatorPassword, operator.cookie.split('=')[1] ?? '']
  for (const secret of nowhere) assert.ok(!answers.join('\n').includes(secret), 'in an answer')
  for (const secret of [...nowhere, token, session.token]) assert.ok(!lines.join('\n').includes(secret), 'in the log')
  assert.ok(
    lines.some((line) => line.includes('"operation":"users.get"')),
    'the operation has a log line of its own',
  )
  assert.ok(lines.some((line) => line.includes('"operation":"reference.gateway"')))
})

test('in production a client may call so often in a minute; in development there is no limit', async () => {
  await using scene = await productionScene({ settings: { trustedProxies: ['127.0.0.1'] } })
  const operator = await loggedIn(scene)
  const csrf = { 'x-csrf-token': await scene.csrfToken(operator) }
  const call = (address: string) =>
    scene.byPage('health.live', {}, { ...operator, ...csrf, 'x-forwarded-for': address })
  for (let count = 0; count < 240; count++) assert.equal((await call('203.0.113.7')).status, 200)
  const { status, body, headers } = await call('203.0.113.7')
  assert.deepEqual([status, body.error_type, headers['retry-after']], [429, 'too_many_requests', '60'])
  const program = { host: operator.host, authorization: `Bearer ${operatorPassword}`, 'x-forwarded-for': '203.0.113.7' }
  assert.equal((await scene.byTool('health.live', {}, program)).status, 429, 'tools count with the page')
  assert.equal((await call('203.0.113.8')).status, 200)
  scene.app.clock.advance({ minutes: 1 })
  assert.equal((await call('203.0.113.7')).status, 200)

  await using open = await gatewayScene()
  const token = { 'x-csrf-token': await open.csrfToken() }
  for (let count = 0; count < 250; count++) assert.equal((await open.byPage('health.live', {}, token)).status, 200)
})

test('limits of the operations themselves count the caller’s address', async () => {
  await using scene = await gatewayScene({ settings: { trustedProxies: ['127.0.0.1'] } })
  const token = { 'x-csrf-token': await scene.csrfToken() }
  const register = (address: string) =>
    scene.byPage(
      'connectedApp.registration.register',
      { args: { redirect_uris: ['https://client.example/callback'] } },
      { ...token, 'x-forwarded-for': address },
    )
  let answer = await register('203.0.113.7')
  for (let count = 0; count < 200 && answer.status === 201; count++) answer = await register('203.0.113.7')
  assert.deepEqual([answer.status, answer.body.error_type], [429, 'too_many_requests'])
  assert.match(String(answer.headers['retry-after']), /^\d+$/)
  assert.equal((await register('203.0.113.8')).status, 201)
})

test('addresses in answers are those of the base URL, as over HTTP', async () => {
  await using scene = await productionScene()
  const operator = await loggedIn(scene)
  const { body } = await scene.byPage('users.get', { args: { user_id: 'x' } }, operator)
  assert.equal(body.error_url, `${production}/docs/errors#user_not_found`)
})
