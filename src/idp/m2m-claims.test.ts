/** Claims of a project's own in the tokens of M2M clients. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { idpScene } from './idp.fixture.ts'

test('the project’s template adds claims about the client and from the request, and never replaces the server’s own', async () => {
  const template =
    '{"tier": {{ client.trusted_metadata.tier }}, "tenant": {{ request.tenant }}, "secret": {{ request.client_secret }}, "sub": "x"}'
  await using s = await idpScene(undefined, { m2m_access_token_template_content: template })
  const { body } = await s.app.call('POST', '/v1/m2m/clients', {
    body: { scopes: ['read:users'], trusted_metadata: { tier: 'gold' } },
  })
  const { client_id, client_secret } = body.m2m_client
  const answer = await s.token({ grant_type: 'client_credentials', client_id, client_secret, tenant: 't-1' })
  const claims = decodeJwt(answer.body.access_token)
  assert.deepEqual([claims.tier, claims.tenant, claims.secret, claims.sub], ['gold', 't-1', null, client_id])
})

test('400 jwt_template_failed: claims that are too large give no token', async () => {
  const template = '{"all": {{ client.trusted_metadata }}, "again": {{ client.trusted_metadata }}}'
  await using s = await idpScene(undefined, { m2m_access_token_template_content: template })
  const { body } = await s.app.call('POST', '/v1/m2m/clients', {
    body: { scopes: ['read:users'], trusted_metadata: { much: 'x'.repeat(3_000) } },
  })
  const { client_id, client_secret } = body.m2m_client
  const answer = await s.token({ grant_type: 'client_credentials', client_id, client_secret })
  assert.deepEqual([answer.status, answer.body.error_type], [400, 'jwt_template_failed'])
})
