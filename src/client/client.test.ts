/** The typed client against a whole server, over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { clientAt, playedServer, playedSurroundings, success } from './client.fixture.ts'
import { clientFor } from './create.ts'
import { createClient, SelvageError } from './index.ts'
import { routes } from './routes.ts'

const clientOf = ({ project }: TestApp, baseUrl: string) =>
  createClient({ baseUrl, projectId: project.id, secret: project.secret })

async function loginToken({ project }: TestApp, baseUrl: string): Promise<string> {
  const start = `${baseUrl}/v1/public/oauth/github/start?public_token=${project.publicToken}&provider_persona=verified:ada@example.com`
  return (await new TestBrowser().open(start)).url.searchParams.get('token') ?? ''
}

test('the typed client logs a person in, uses every kind of parameter, and throws typed errors', async () => {
  await using app = await testApp()
  const baseUrl = await app.listen()
  const client = clientOf(app, baseUrl)
  const token = await loginToken(app, baseUrl)

  const login = await client.oauth.authenticate({ token, session_duration_minutes: 60 })
  assert.equal(login.status_code, 200)
  assert.equal(login.user.emails[0]?.email, 'ada@example.com')
  const updated = await client.users.update({
    user_id: login.user_id,
    external_id: 'a|b',
    trusted_metadata: { plan: 'pro' },
  })
  assert.equal(updated.user.external_id, 'a|b')
  assert.equal((await client.users.get({ user_id: 'a|b' })).user_id, login.user_id, 'a path parameter is encoded')
  assert.equal((await client.sessions.get({ user_id: 'a|b' })).sessions.length, 1, 'a query parameter too')
  assert.equal((await client.health.live()).status, 'ok')
  await client.users.delete({ user_id: 'a|b' })

  await assert.rejects(client.users.get({ user_id: 'a|b' }), (error) => {
    assert.ok(error instanceof SelvageError)
    assert.deepEqual([error.statusCode, error.errorType], [404, 'user_not_found'])
    assert.ok(error.is('session_not_found', 'user_not_found'))
    assert.ok(!error.is('session_not_found'))
    assert.match(error.message, /user/i)
    assert.match(error.requestId, /^request-id-/)
    assert.match(error.errorUrl, /#user_not_found$/)
    return true
  })
})

test('flat names are the same operations', async () => {
  await using app = await testApp()
  const baseUrl = await app.listen()
  const client = clientOf(app, baseUrl)
  const { user_id } = await client.apiUserV1Create({ email: 'ada@example.com' })
  const { oauth_attach_token } = await client.apiOauthV1Attach({ provider: 'google', user_id })
  assert.match(oauth_attach_token, /^[\w-]{44}$/)
  assert.equal(client.apiOauthV1Attach, client.oauth.attach)
  assert.equal(client.apiIdpV1IdpOauthAuthorizeStart, client.idp.oauth.authorizeStart)
  assert.equal(client.oauthAttempts, client.oauth.attempts)
})

test('the client has every route twice, and nothing else', () => {
  const client = clientAt('http://localhost')
  const members = (value: object, prefix: string): readonly string[] =>
    Object.entries(value).flatMap(([name, one]) =>
      typeof one === 'function' ? [prefix + name] : members(one, `${prefix}${name}.`),
    )
  const expected = Object.entries(routes).flatMap(([name, { flat }]) => [name, flat])
  assert.deepEqual([...members(client, '')].sort(), [...expected].sort())
  assert.deepEqual(
    Object.keys(client.oauth).sort(),
    ['appleIdToken', 'attach', 'attempts', 'authenticate', 'googleIdToken'],
    'pages and redirects are for browsers',
  )
  assert.ok(!('frontend' in client), 'a secret is never sent where a public token is meant')
})

test('every item of every page, asked for as they are wanted', async () => {
  await using app = await testApp()
  const client = clientOf(app, await app.listen())
  const names = ['first', 'second', 'third', 'fourth', 'fifth']
  for (const client_name of names) {
    await client.connectedApp.clients.create({ client_type: 'third_party_public', client_name })
    app.clock.advance({ seconds: 1 })
  }
  const seen: string[] = []
  for await (const item of client.connectedApp.clients.search.all({ limit: 2 })) seen.push(item.client_name)
  assert.deepEqual(seen, names.toReversed())
  const { value } = await client.apiConnectedappsV1ConnectedAppsClientsSearch.all().next()
  assert.equal(value?.client_name, 'fifth')
  const machine = await client.m2m.clients.create({ scopes: ['read:documents'] })
  for await (const { client_id } of client.m2m.clients.search.all()) {
    assert.equal(client_id, machine.m2m_client.client_id)
  }
  assert.deepEqual(await client.oauth.attempts.all({ outcome: 'failed', limit: 1 }).next(), {
    value: undefined,
    done: true,
  })
})

test('whoever stops early asks for no further page', async () => {
  const page = (next_cursor?: string) => ({
    status: 200,
    body: JSON.stringify({ connected_apps: [{}, {}], results_metadata: { total: 9, next_cursor }, status_code: 200 }),
  })
  await using server = await playedServer(page('c1'), page('c2'), page())
  const client = clientAt(server.origin)
  let count = 0
  for await (const _ of client.connectedApp.clients.search.all()) if (++count === 3) break
  assert.equal(server.requests.length, 2)
})

test('an aborted call rejects with the reason, before it is sent and while it waits', async () => {
  await using server = await playedServer('silence')
  const client = clientAt(server.origin)
  await assert.rejects(client.users.get({ user_id: 'x' }, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.equal(server.requests.length, 0)
  const controller = new AbortController()
  const arrival = server.arrival()
  const call = client.users.get({ user_id: 'x' }, { signal: controller.signal })
  await arrival
  controller.abort(new Error('The page was left.'))
  await assert.rejects(call, { message: 'The page was left.' })
  assert.equal(server.requests.length, 1, 'and is not sent again')
})

test('a call that takes too long ends with an error that says so', async () => {
  await using server = await playedServer('silence')
  const surroundings = playedSurroundings()
  const arrival = server.arrival()
  const call = clientAt(server.origin, surroundings).users.get({ user_id: 'x' }, { timeoutMs: 1_500 })
  await arrival
  surroundings.expire()
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof SelvageError && error.is('timed_out'))
    assert.match(error.message, /1500 ms/)
    assert.equal(error.statusCode, 0)
    return true
  })
})

test('the secret goes only where it is asked for, and a bearer token takes its place', async () => {
  await using server = await playedServer(success)
  const client = clientAt(server.origin)
  const sent = async (call: Promise<unknown>) => {
    await call
    return server.requests.at(-1)?.headers.authorization
  }
  const basic = `Basic ${btoa('project-test-1:secret-test-1')}`
  assert.equal(await sent(client.users.get({ user_id: 'x' })), basic)
  assert.equal(await sent(client.idp.introspect({ token: 'x' })), basic, 'the project may ask about every token')
  assert.equal(await sent(client.idp.token({ grant_type: 'refresh_token' })), undefined)
  assert.equal(await sent(client.sessions.jwks({ project_id: 'x' })), undefined)
  assert.equal(await sent(client.idp.userinfo({}, { bearerToken: 'abc' })), 'Bearer abc')
})

test('headers of the caller are sent, and replace none of the client’s own', async () => {
  await using server = await playedServer(success)
  const headers = { 'x-tenant': 'a', Authorization: 'Basic other', 'content-type': 'text/plain' }
  const credentials = { projectId: 'project-test-1', secret: 'secret-test-1' }
  const client = clientFor(playedSurroundings())({ baseUrl: server.origin, ...credentials, headers })
  await client.sessions.revoke({ session_id: 'x' })
  const [request] = server.requests
  assert.equal(request?.headers['x-tenant'], 'a')
  assert.equal(request?.headers.authorization, `Basic ${btoa('project-test-1:secret-test-1')}`)
  assert.equal(request?.headers['content-type'], 'application/json')
})

test('without a secret there are the operations that need none, and they work', async () => {
  await using app = await testApp()
  const client = createClient({ baseUrl: await app.listen() })
  assert.ok(!('users' in client))
  const { keys } = await client.sessions.jwks({ project_id: app.project.id })
  assert.ok(keys.length > 0)
  const metadata = await client.idp.discovery.openid()
  const registered = await client.connectedApp.registration.register({
    redirect_uris: ['https://notes.example.com/callback'],
    token_endpoint_auth_method: 'none',
  })
  assert.equal(registered.status_code, 201)
  assert.equal(metadata.registration_endpoint, `${metadata.issuer}/v1/oauth2/register`)
  await assert.rejects(client.idp.userinfo({}, { bearerToken: 'eyJhbGciOi.x.y' }), { statusCode: 401 })
})

test('a deletion that answers with nothing is a success', async () => {
  await using server = await playedServer({ status: 204 })
  const client = clientAt(server.origin)
  const answer = await client.connectedApp.registration.delete({ registered_client_id: 'x' }, { bearerToken: 'y' })
  assert.deepEqual(answer, { status_code: 204, request_id: '' })
})

test('settings that cannot work are refused at once', () => {
  const credentials = { projectId: 'project-test-1', secret: 'secret-test-1' }
  for (const baseUrl of ['', 'login.example.com', 'ftp://a.example', 'https://a.example/v1', 'https://a.example?x=1']) {
    assert.throws(() => createClient({ baseUrl, ...credentials }), /origin of the server/, baseUrl)
  }
  createClient({ baseUrl: 'https://a.example/', ...credentials })
  assert.throws(() => createClient({ baseUrl: 'https://a.example', projectId: 'p', secret: '' }), /environment/)
  // A program without types, whose environment lacks both.
  const unset = { baseUrl: 'https://a.example', projectId: undefined, secret: undefined }
  assert.throws(() => createClient(unset as never), /environment/)
})

test('in a browser a secret is refused', () => {
  const inBrowser = clientFor(playedSurroundings({ isBrowser: true }))
  const baseUrl = 'https://a.example'
  assert.throws(() => inBrowser({ baseUrl, projectId: 'p', secret: 's' }), /backend/)
  assert.ok(inBrowser({ baseUrl }).sessions.jwks)
})

test('no value of a path parameter leads to another operation', async () => {
  await using server = await playedServer(success)
  const client = clientAt(server.origin)
  for (const user_id of ['.', '..', '']) {
    await assert.rejects(client.users.deleteExternalId({ user_id }), /users.deleteExternalId needs user_id/)
  }
  assert.equal(server.requests.length, 0)
  await client.users.deleteExternalId({ user_id: '../x?y=1#z/%2e' })
  assert.equal(server.requests[0]?.url, '/v1/users/..%2Fx%3Fy%3D1%23z%2F%252e/external_id')
})

test('what is absent stays out of the query', async () => {
  await using server = await playedServer(success)
  const client = clientAt(server.origin)
  await client.oauth.attempts({ client_id: undefined, limit: 5 })
  assert.equal(server.requests[0]?.url, '/v1/oauth/attempts?limit=5')
})

/** Never called: the type checker reads it. */
export async function types(baseUrl: string): Promise<void> {
  const client = createClient({ baseUrl, projectId: 'p', secret: 's' })
  // @ts-expect-error: a field is missing
  await client.oauth.attach({ user_id: 'x' })
  // @ts-expect-error: no operation has this field
  await client.apiOauthV1Attach({ provider: 'google', user: 'x' })
  // @ts-expect-error: a login has no such member
  ;(await client.apiOauthV1Authenticate({ token: 'x' })).session_id
  // @ts-expect-error: pages are not called
  client.oauth.start
  // @ts-expect-error: nor by their flat name
  client.oauthStart
  // @ts-expect-error: it has no pages
  client.users.get.all
  // @ts-expect-error: it finds the cursors by itself
  client.m2m.clients.search.all({ cursor: 'x' })
  for await (const { scopes } of client.apiM2MV1M2MClientsSearch.all()) scopes satisfies readonly string[]
  // @ts-expect-error: a name that no error has
  new SelvageError({ statusCode: 0, errorType: 'x', message: '' }).is('sesion_not_found')
  const open = createClient({ baseUrl })
  // @ts-expect-error: it needs the secret
  open.oauth.attach
  // @ts-expect-error: so does its flat name
  open.apiOauthV1Attach
  // @ts-expect-error: a secret without its project
  createClient({ baseUrl, secret: 's' })
}
