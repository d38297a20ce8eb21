/** The API by which a test says who logs in next. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SandboxClient, sandboxClient } from './client.fixture.ts'

const on = (name: string, run: (client: SandboxClient) => Promise<void>) =>
  test(`script: ${name}`, async () => {
    await using client = await sandboxClient()
    await run(client)
  })

const add = ({ app }: SandboxClient, body: object) => app.call('POST', '/sandbox/personas', { auth: false, body })

const list = async ({ app }: SandboxClient) =>
  (await app.call('GET', '/sandbox/personas', { auth: false })).body.personas

on('a scripted persona logs in once, in order, then the page is back', async (client) => {
  await add(client, { persona: 'denied' })
  const { status, body } = await add(client, { persona: 'verified:ada@example.com' })
  assert.equal(status, 200)
  assert.deepEqual(body.personas, [
    { persona: 'denied', times: 1 },
    { persona: 'verified:ada@example.com', times: 1 },
  ])
  assert.equal((await client.redirected('google')).get('error'), 'access_denied')
  assert.ok((await client.redirected('github')).get('code'))
  assert.equal((await client.authorize('google')).status, 200)
})

on('a line can be for one provider only, and for several logins', async (client) => {
  await add(client, { provider: 'github', persona: 'denied', times: 2 })
  assert.equal((await client.authorize('google')).status, 200)
  await client.redirected('github')
  assert.deepEqual(await list(client), [{ provider: 'github', persona: 'denied', times: 1 }])
  await client.redirected('github')
  assert.deepEqual(await list(client), [])
})

on('a persona in the URL goes first and leaves the script alone', async (client) => {
  await add(client, { persona: 'denied' })
  assert.ok((await client.redirected('google', { persona: 'verified' })).get('code'))
  assert.equal((await list(client)).length, 1)
})

on('DELETE empties it', async (client) => {
  await add(client, { persona: 'denied', times: 10_000 })
  const { status, body } = await client.app.call('DELETE', '/sandbox/personas', { auth: false })
  assert.equal(status, 200)
  assert.deepEqual(body.personas, [])
  assert.equal((await client.authorize('google')).status, 200)
})

on('what does not fit is refused and adds nothing', async (client) => {
  const refusals: [number, string, object][] = [
    [400, 'bad_request', {}],
    [400, 'bad_request', { persona: 1 }],
    [400, 'bad_request', { persona: 'verified', times: 0 }],
    [400, 'bad_request', { persona: 'verified', times: 10_001 }],
    [400, 'sandbox_persona_unknown', { persona: 'nobody' }],
    [404, 'sandbox_provider_unknown', { persona: 'verified', provider: 'myspace' }],
  ]
  for (const [status, type, body] of refusals) {
    const answer = await add(client, body)
    assert.equal(answer.status, status)
    assert.equal(answer.body.error_type, type)
  }
  assert.deepEqual(await list(client), [])
})

on('400 sandbox_script_full: the hundredth line is the last', async (client) => {
  for (let line = 0; line < 100; line++) assert.equal((await add(client, { persona: 'verified' })).status, 200)
  const { status, body } = await add(client, { persona: 'verified' })
  assert.equal(status, 400)
  assert.equal(body.error_type, 'sandbox_script_full')
})
