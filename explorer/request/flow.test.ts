import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CataloguedOperation } from '../catalogue.ts'
import { destinations, fits, type Received, shortened, valuesIn, valuesInUrl } from './flow.ts'

type Operation = Parameters<typeof fits>[0]

function operation(name: string, fields: string, more: Partial<CataloguedOperation> = {}): Operation {
  const properties = Object.fromEntries(fields.split(' ').map((field) => [field, { type: 'string' }]))
  return {
    name,
    path: `/v1/${name.replaceAll('.', '/')}`,
    method: 'POST',
    kind: 'call',
    isOAuth: false,
    errors: [],
    input: { properties, required: [] },
    exactlyOne: [],
    ...more,
  }
}

const received = (name: string, value = 'v', from = 'oauth.authenticate'): Received => ({
  name,
  value,
  path: name,
  from,
})

test('an answer’s tokens and IDs are found wherever they stand, each once, and nothing else', () => {
  const body = {
    status_code: 200,
    request_id: 'request-id-test-1',
    session_token: 's',
    user_id: 'u',
    user: { user_id: 'u', name: { first_name: 'Ada' }, providers: [{ oauth_user_registration_id: 'o' }] },
    connected_app: { client_id: 'c', client_secret: 'x', client_secret_last_four: 'abcd' },
    provider_values: { access_token: 'of the provider' },
    reset_token: '',
    results_metadata: { next_cursor: 'n', total: 3 },
  }
  assert.deepEqual(
    valuesIn(body, 'x').map(({ path, value }) => `${path}=${value}`),
    [
      'session_token=s',
      'user_id=u',
      'user.providers.0.oauth_user_registration_id=o',
      'connected_app.client_id=c',
      'connected_app.client_secret=x',
      'results_metadata.next_cursor=n',
    ],
  )
})

test('of a long list the first few are enough', () => {
  const clients = Array.from({ length: 40 }, (_, at) => ({ client_id: `c${at}` }))
  assert.equal(valuesIn({ clients }, 'x').length, 5)
})

test('the URL that a login ended at gives its token, whether it stands in the query or behind the hash', () => {
  const found = (url: string) => valuesInUrl(url, 'oauth.start').map(({ name, value }) => `${name}=${value}`)
  assert.deepEqual(found('http://localhost:3000/login?stytch_token_type=oauth&token=t'), ['token=t'])
  assert.deepEqual(found('app://back#code=c&state=s'), ['code=c'])
  assert.deepEqual(found('not a URL'), [])
})

test('a value goes into the field of its name, or where it has another name', () => {
  const token = operation('idp.token', 'code client_id refresh_token', { isOAuth: true, path: '/v1/oauth2/token' })
  const cases: readonly (readonly [Operation, string, Received, boolean])[] = [
    [operation('sessions.authenticate', 'session_token'), 'session_token', received('session_token'), true],
    [operation('sessions.authenticate', 'session_token'), 'session_token', received('session_jwt'), false],
    [token, 'code', received('authorization_code'), true],
    [operation('oauth.callback', 'code'), 'code', received('authorization_code'), false],
    [operation('users.revoke', 'connected_app_id'), 'connected_app_id', received('client_id', 'connected-app-1'), true],
    [operation('idp.introspect', 'token', { isOAuth: true }), 'token', received('access_token'), true],
    [operation('idp.introspect', 'token', { isOAuth: true }), 'token', received('token'), false],
    [operation('oauth.authenticate', 'token'), 'token', received('token'), true],
    [operation('oauth.authenticate', 'token'), 'token', received('access_token'), false],
    [operation('idp.logout', 'id_token_hint'), 'id_token_hint', received('id_token'), true],
  ]
  for (const [to, field, value, isFit] of cases) {
    assert.equal(fits(to, field, value), isFit, `${value.name} to ${to.name} ${field}`)
  }
})

test('machine clients and Connected Apps are not mixed up; tokens are issued to both', () => {
  const [machine, app] = [received('client_id', 'm2m-client-test-1'), received('client_id', 'connected-app-test-1')]
  const takes = (path: string) =>
    [machine, app].map((client) => fits(operation('x', 'client_id', { path }), 'client_id', client))
  assert.deepEqual(takes('/v1/m2m/clients/{client_id}'), [true, false])
  assert.deepEqual(takes('/v1/connected_apps/clients/{client_id}'), [false, true])
  assert.deepEqual(takes('/v1/oauth2/token'), [true, true])
})

test('a cursor leads on in the list that it came from, and nowhere else', () => {
  const [clients, attempts] = [operation('m2m.clients.search', 'cursor'), operation('oauth.attempts', 'cursor')]
  const cursor = received('next_cursor', 'n', 'm2m.clients.search')
  assert.deepEqual([fits(clients, 'cursor', cursor), fits(attempts, 'cursor', cursor)], [true, false])
})

test('the sandbox is somebody else’s server: only its ID token is brought here', () => {
  const login = operation('oauth.googleIdToken.authenticate', 'id_token')
  const from = 'sandbox.idToken'
  assert.equal(fits(login, 'id_token', received('id_token', 'v', from)), true)
  assert.equal(fits(login, 'id_token', received('id_token', 'v', 'idp.token')), false)
  const exchange = operation('sessions.exchangeAccessToken', 'access_token')
  assert.equal(fits(exchange, 'access_token', received('access_token', 'v', 'sandbox.token')), false)
  assert.equal(fits(operation('sandbox.token', 'code'), 'code', received('authorization_code')), false)
})

test('the likeliest next step comes first: who asks for it, then who is about it; what ends something comes last', () => {
  const list = [
    operation('users.delete', 'user_id', {
      method: 'DELETE',
      input: { properties: { user_id: {} }, required: ['user_id'] },
    }),
    operation('oauth.attach', 'user_id provider', { exactlyOne: [['user_id']] }),
    operation('users.get', 'user_id', { input: { properties: { user_id: {} }, required: ['user_id'] } }),
    operation('users.page', 'user_id', { kind: 'document' }),
    operation('users.list', 'limit'),
  ]
  assert.deepEqual(destinations(received('user_id'), list), [
    { operation: 'users.get', field: 'user_id' },
    { operation: 'oauth.attach', field: 'user_id' },
    { operation: 'users.delete', field: 'user_id' },
  ])
})

test('an access token goes on as the bearer token of who asks for one', () => {
  const userinfo = operation('idp.userinfo', 'a', { errors: ['access_token_required'] })
  const client = operation('connectedApp.registration.get', 'a', { errors: ['registration_access_token_invalid'] })
  const list = [userinfo, client]
  assert.deepEqual(destinations(received('access_token', 'v', 'idp.token'), list), [{ operation: 'idp.userinfo' }])
  assert.deepEqual(destinations(received('registration_access_token', 'v', 'x'), list), [{ operation: client.name }])
})

test('of a long value its end is shown', () => {
  assert.deepEqual(['short', 'a'.repeat(30)].map(shortened), ['short', `…${'a'.repeat(8)}`])
})
