import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CataloguedOperation, Schema } from '../catalogue.ts'
import { search, searchIndex } from './search.ts'

const text: Schema = { type: 'string' }

function operation(method: CataloguedOperation['method'], path: string, name: string, summary: string, more = {}) {
  const flatName = name.replace(/\.(\w)/g, (_, first: string) => first.toUpperCase())
  return {
    name, flatName, method, path, summary, product: 'oauth', auth: 'project', kind: 'call', isOAuth: false, isWrapped: false,
  status: 200,
  isBare: false,
    description: '', input: { properties: {} }, places: {}, exactlyOne: [], output: { properties: {} }, errors: [], ...more,
  } as const satisfies CataloguedOperation // biome-ignore format: what a test does not look at
}

const index = searchIndex(
  [
    operation('POST', '/v1/oauth/authenticate', 'oauth.authenticate', 'Authenticate a finished login', {
      contractId: 'api_oauth_v1_Authenticate',
      flatName: 'apiOauthV1Authenticate',
      input: { properties: { token: text, code_verifier: text } },
      output: { properties: { user: { type: 'object', properties: { user_id: text } } } },
      errors: ['pkce_mismatch', 'oauth_token_not_found'],
    }),
    operation('POST', '/v1/oauth/attach', 'oauth.attach', 'Make a token that adds a provider to a user'),
    operation('GET', '/v1/users/{user_id}', 'users.get', 'Get a user', { description: 'By ID or by external ID.' }),
    operation('DELETE', '/v1/users/{user_id}', 'users.delete', 'Delete a user', { errors: ['user_not_found'] }),
    operation('GET', '/v1/users/search', 'users.search', 'Search users'),
    operation('GET', '/v1/sessions', 'sessions.get', 'List a user’s sessions', {
      input: { properties: { user_id: text, token_type: text } },
    }),
  ],
  {
    flows: [{ name: 'attach', title: 'Attach a second provider' }],
    guides: [{ name: 'mcp', title: 'MCP in ten minutes' }],
  },
)

const names = (query: string) => search(index, query).map(({ entry: { place } }) => ('name' in place ? place.name : ''))
const first = (query: string) => names(query)[0]
const why = (query: string) => search(index, query)[0]?.reasons.map(({ kind, found }) => `${kind}: ${found}`)

test('found by any of its names, as it is written anywhere', () => {
  for (const name of [
    'oauth.authenticate',
    'client.oauth.authenticate({',
    'stytch.oauth.authenticate',
    'apiOauthV1Authenticate',
    'api_oauth_v1_Authenticate',
    'APIOAUTHV1AUTHENTICATE',
  ]) {
    assert.equal(first(name), 'oauth.authenticate', name)
  }
})

test('an exact name comes before a prefix, a word before a field, a field before an error', () => {
  assert.deepEqual(names('users.get'), ['users.get'])
  assert.deepEqual(names('oauth.a'), ['oauth.authenticate', 'oauth.attach'])
  assert.deepEqual(names('token'), ['oauth.attach', 'oauth.authenticate', 'sessions.get'])
  assert.deepEqual(names('user_id').slice(-2), ['oauth.authenticate', 'sessions.get'], 'fields after paths')
  assert.equal(names('user').at(-1), 'oauth.authenticate', 'a field is the weakest of these')
})

test('found by a path, also by one with real values and with an origin in front', () => {
  assert.equal(first('/v1/oauth/attach'), 'oauth.attach')
  assert.equal(first('v1/oauth/attach'), 'oauth.attach')
  assert.deepEqual(names('/v1/users/user-test-1'), ['users.get', 'users.delete'])
  assert.equal(first('http://localhost:4100/v1/users/user-test-1?x=1'), 'users.get')
  assert.equal(first('/v1/users/search'), 'users.search', 'written out before a placeholder')
  assert.equal(first('DELETE /v1/users/user-test-1'), 'users.delete')
  assert.deepEqual(names('/v1/users/a/b/c'), [])
})

test('found by a field, nested ones too, and by an error, and says so', () => {
  assert.deepEqual(why('code_verifier'), ['field: code_verifier'])
  assert.deepEqual(why('codeVerifier'), ['field: code_verifier'])
  assert.deepEqual(why('user.user_id'), ['field: user.user_id'])
  assert.deepEqual(why('pkce_mismatch'), ['error: pkce_mismatch'])
  assert.deepEqual(why('pkce'), ['error: pkce_mismatch'])
  assert.deepEqual(why('external'), ['text: By ID or by external ID.'])
})

test('every word has to be found, each for its own reason', () => {
  assert.deepEqual(why('authenticate verifier'), ['title: Authenticate a finished login', 'field: code_verifier'])
  assert.deepEqual(names('authenticate nonsense'), [])
})

test('flows and guides are found by their titles', () => {
  assert.deepEqual(search(index, 'mcp')[0]?.entry.place, { kind: 'guide', name: 'mcp' })
  assert.deepEqual(search(index, 'second')[0]?.entry.place, { kind: 'flow', name: 'attach' })
})

test('nothing asked, nothing found; and no more than is wanted', () => {
  assert.deepEqual(search(index, '  '), [])
  assert.deepEqual(search(index, '…'), [])
  assert.equal(search(index, 'user', 2).length, 2)
})
