import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserRequest } from './address.ts'

const start = {
  method: 'GET',
  path: '/v1/public/oauth/{provider}/start',
  places: { provider: 'path', public_token: 'query', custom_scopes: 'query' },
} as const
const base = 'http://localhost:4000'

test('a link carries the values where they travel, encoded', () => {
  const values = { provider: 'goo/gle', public_token: 'p', custom_scopes: 'a b' }
  assert.deepEqual(browserRequest(start, values, base), {
    url: 'http://localhost:4000/v1/public/oauth/goo%2Fgle/start?public_token=p&custom_scopes=a+b',
    fields: [],
    missing: [],
  })
})

test('what the path still lacks stands in braces and is named', () => {
  const { url, missing } = browserRequest(start, {}, base)
  assert.equal(url, 'http://localhost:4000/v1/public/oauth/{provider}/start')
  assert.deepEqual(missing, ['provider'])
})

test('a list is a parameter that repeats; a field that is unknown goes along', () => {
  const { url } = browserRequest(start, { provider: 'x', resource: ['a', 'b'], provider_prompt: true }, base)
  assert.equal(new URL(url).search, '?resource=a&resource=b&provider_prompt=true')
})

test('what is posted travels as the fields of a form', () => {
  const post = { method: 'POST', path: '/v1/oauth2/authorize', places: { client_id: 'body' } } as const
  assert.deepEqual(browserRequest(post, { client_id: 'c' }, base), {
    url: 'http://localhost:4000/v1/oauth2/authorize',
    fields: [['client_id', 'c']],
    missing: [],
  })
})
