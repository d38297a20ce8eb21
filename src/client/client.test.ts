import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { createClient, SelvageError } from './index.ts'

test('the typed client logs a person in, uses every kind of parameter, and throws typed errors', async () => {
  await using app = await testApp()
  const baseUrl = await app.listen()
  const client = createClient({ baseUrl, projectId: app.project.id, secret: app.project.secret })
  const start = `${baseUrl}/v1/public/oauth/github/start?public_token=${app.project.publicToken}&provider_persona=verified:ada@example.com`
  const token = (await new TestBrowser().open(start)).url.searchParams.get('token') ?? ''

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
    assert.match(error.requestId, /^request-id-/)
    assert.match(error.errorUrl, /#user_not_found$/)
    return true
  })
  const abort = AbortSignal.abort()
  await assert.rejects(client.users.get({ user_id: 'x' }, { signal: abort }), { name: 'AbortError' })
})

test('pages and redirects are for browsers: the client has no method for them', async () => {
  const client = createClient({ baseUrl: 'http://localhost', projectId: 'p', secret: 's' })
  assert.deepEqual(Object.keys(client.oauth).sort(), [
    'appleIdToken',
    'attach',
    'attempts',
    'authenticate',
    'googleIdToken',
  ])
  assert.ok(!('frontend' in client), 'a secret is never sent where a public token is meant')
  assert.ok(!('reference' in client))
})
