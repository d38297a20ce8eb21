/** Nothing that could be used again is remembered, whatever is handed in and under whatever name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId, newSecret, newToken } from '../crypto/token.ts'
import { redact, redactClientId, redactMembers, redactText } from './redact.ts'

const token = newToken()
const secret = newSecret('live')
const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.${newToken()}`
const verifier = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz'

test('tokens, codes, secrets and verifiers keep six characters, wherever they stand', () => {
  for (const opaque of [token, secret, jwt, verifier]) {
    for (const value of [
      opaque,
      `Bearer ${opaque}`,
      `code=${opaque}&state=x`,
      `"${opaque}"`,
      `https://app.example/cb?code=${opaque}#${opaque}`,
      `https://user:${opaque}@app.example/cb`,
      `https://app.example/cb/${opaque}`,
      `myapp://cb?x=${opaque}`,
      `${opaque} ${opaque}`,
    ]) {
      for (const name of ['', 'received', 'code', 'anything_else']) {
        const kept = JSON.stringify(redact({ [name]: [value, { deep: value }] }))
        assert.ok(!kept.includes(opaque.slice(0, 12)), `${name}: ${value} → ${kept}`)
      }
    }
    assert.ok(!JSON.stringify(redactMembers({ [opaque]: 1 })).includes(opaque.slice(0, 12)))
    assert.ok(!redactClientId(opaque).includes(opaque.slice(0, 12)))
  }
})

test('a short secret is known by its name', () => {
  for (const name of [
    'client_secret',
    'code',
    'code_verifier',
    'password',
    'refresh_token',
    'id_token_hint',
    'state',
  ]) {
    assert.equal(redactText('hunter22', name), 'hunter…')
    assert.equal(redactText('short', name), '…')
  }
})

test('what people compare stays readable', () => {
  for (const [name, value] of Object.entries({
    redirect_uri: 'https://app-git-feature-login-team-42.preview.example.app/oauth/callback?tab=1',
    received: 'http://127.0.0.1:53682/callback',
    scheme: 'com.example.app:/oauth',
    client_id: newId('connected-app', 'live'),
    resource: 'https://mcp.example.com/v1/mcp',
    scope: 'openid profile offline_access read:documents',
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    code_challenge_method: 'S256',
    sent_by: 'client_secret_basic',
    sentence: 'The client has not registered this address; compare it with those that are registered.',
    token_type: 'access_token',
    expires_in: 3_600,
    first: true,
  })) {
    assert.deepEqual(redact({ [name]: value }), { [name]: value })
  }
  assert.equal(redactClientId('https://app.example/client.json'), 'https://app.example/client.json')
  assert.equal(redactClientId('my-own-client-id-that-is-long'), 'my-own-client-id-that-is-long')
})

test('check 65: size, depth and odd values are bounded, and a megabyte is redacted in no time', () => {
  for (const text of [
    'a'.repeat(1_000_000),
    'eyJ'.repeat(300_000),
    'https://'.repeat(120_000),
    '?a='.repeat(300_000),
  ]) {
    const begun = performance.now()
    assert.ok(redactText(text).length <= 301)
    assert.ok(redactClientId(text).length <= 301)
    assert.ok(performance.now() - begun < 500, text.slice(0, 10))
  }
  assert.deepEqual(redact({ a: undefined, f: () => 1, n: null }), { a: undefined, f: undefined, n: null })
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`name${at}`, at]))
  assert.equal(Object.keys(redactMembers(many)).length, 20)
  const circle: Record<string, unknown> = {}
  circle.self = circle
  assert.ok(JSON.stringify(redact(circle)).length < 100)
})
