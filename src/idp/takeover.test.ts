/** What is left of apps that somebody let in before the owner of an address took the account over. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'
import { idpScene } from './idp.fixture.ts'

for (const database of testDatabases) {
  test(`${database.name}: check 34: apps that were let in before an address was proven are out again`, async () => {
    await using s = await idpScene(database)
    const origin = await s.app.listen()
    const { body: claimed } = await s.app.call('POST', '/v1/users', { body: { email: 'victim@example.com' } })
    const asClaimant = { session_token: undefined, user_id: claimed.user_id }
    const { body: tokens } = await s.tokens(asClaimant)
    assert.ok(tokens.refresh_token)
    const { code, verifier } = await s.code(asClaimant)

    const start = new URL('/v1/public/oauth/google/start', origin)
    const query = { public_token: s.app.project.publicToken, provider_persona: 'verified:victim@example.com' }
    start.search = new URLSearchParams(query).toString()
    const token = (await new TestBrowser().open(start)).url.searchParams.get('token')
    const owner = await s.app.call('POST', '/v1/oauth/authenticate', { body: { token } })
    assert.deepEqual([owner.body.user_id, owner.body.reset_sessions], [claimed.user_id, true])

    assert.equal((await s.refresh(tokens.refresh_token)).body.error, 'invalid_grant')
    const late = { grant_type: 'authorization_code', code, code_verifier: verifier, client_id: s.client.id }
    assert.equal((await s.token(late)).body.error, 'invalid_grant')
    const authorization = `Bearer ${tokens.access_token}`
    assert.equal(
      (await s.app.call('GET', '/v1/oauth2/userinfo', { auth: false, headers: { authorization } })).status,
      401,
    )
    const apps = await s.app.call('GET', `/v1/users/${claimed.user_id}/connected_apps`)
    assert.deepEqual(apps.body.connected_apps, [])
  })
}
