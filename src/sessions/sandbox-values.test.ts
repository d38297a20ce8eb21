/** The published sandbox values, through the unmodified official client too. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import stytch from 'stytch'
import { testApp } from '../testing/app.ts'

const user = 'user-test-e3795c81-f849-4167-bfda-e4a6e9c280fd'
const good = {
  oauth: 'hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g',
  session: 'WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY',
}
const bad = '59cnLELtq5cFVS6uYK9f-pAWzBkhqZl8AvLhbhOvKNWw'

test('the official client: the session that succeeds, its JWT verified locally, and the one that fails', async () => {
  await using app = await testApp({ now: new Date().toISOString() })
  const origin = await app.listen()
  const warn = console.warn
  console.warn = () => {}
  const client = new stytch.Client({ project_id: app.project.id, secret: app.project.secret, env: `${origin}/` })
  console.warn = warn
  const answer = await client.sessions.authenticate({ session_token: good.session })
  assert.equal(answer.session_token, good.session)
  assert.equal(answer.session.started_at, '2021-08-28T00:41:58.935673Z')
  assert.equal(answer.session.user_id, user)
  const local = await client.sessions.authenticateJwtLocal({ session_jwt: answer.session_jwt })
  assert.equal(local.user_id, user)
  await assert.rejects(client.sessions.authenticate({ session_token: bad }), {
    status_code: 404,
    error_type: 'session_not_found',
  })
})

test('the official client: the OAuth token that succeeds, with and without a session, and the one that fails', async () => {
  await using app = await testApp()
  const call = (body: object) => app.call('POST', '/v1/oauth/authenticate', { body })
  const plain = await call({ token: good.oauth })
  assert.deepEqual([plain.status, plain.body.user_id, plain.body.session_token], [200, user, ''])
  assert.equal(plain.body.provider_type, 'Google')
  const started = await call({ token: good.oauth, session_duration_minutes: 60 })
  assert.equal(started.body.session_token, good.session)
  assert.equal(started.body.user_session.user_id, user)
  assert.equal((await call({ token: good.oauth })).status, 200, 'as often as it is asked for')
  const failed = await call({ token: bad })
  assert.deepEqual([failed.status, failed.body.error_type], [400, 'oauth_token_not_found'])
})

test('the sandbox user is in no list, and live projects know nothing of all this', async () => {
  await using app = await testApp()
  const listed = await app.call('GET', `/v1/sessions?user_id=${user}`)
  assert.deepEqual([listed.status, listed.body.error_type], [404, 'user_not_found'])
  await app.app.db.query.updateTable('projects').set({ environment: 'live' }).execute()
  app.app.projects.forget()
  const session = await app.call('POST', '/v1/sessions/authenticate', { body: { session_token: good.session } })
  assert.deepEqual([session.status, session.body.error_type], [404, 'session_not_found'])
  const oauth = await app.call('POST', '/v1/oauth/authenticate', { body: { token: good.oauth } })
  assert.deepEqual([oauth.status, oauth.body.error_type], [400, 'oauth_token_not_found'])
})
