/** ID tokens made on demand, for tests of native logins. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { testApp } from '../testing/app.ts'

test('an ID token is made for whom and for which app the caller says', async () => {
  await using app = await testApp()
  const mint = async (provider: string, body: object) =>
    app.call('POST', `/sandbox/${provider}/id_token`, { auth: false, body })
  const { body } = await mint('google', { persona: 'unverified:ada@example.com', nonce: 'n-1', audience: 'web' })
  const { email, email_verified, nonce, aud } = decodeJwt(body.id_token)
  assert.deepEqual([email, email_verified, nonce, aud], ['ada@example.com', false, 'n-1', 'sandbox-google-client'])
  const own = decodeJwt((await mint('apple', { audience: 'com.example.app' })).body.id_token)
  assert.deepEqual([own.aud, 'nonce' in own], ['com.example.app', false])

  const refusals: [number, string, string, object][] = [
    [404, 'sandbox_provider_unknown', 'myspace', {}],
    [400, 'sandbox_persona_unknown', 'google', { persona: 'nobody' }],
    [400, 'sandbox_no_id_tokens', 'github', {}],
  ]
  for (const [status, type, provider, input] of refusals) {
    const refused = await mint(provider, input)
    assert.deepEqual([refused.status, refused.body.error_type], [status, type])
  }
})
