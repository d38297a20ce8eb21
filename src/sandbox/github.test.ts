/** The played GitHub, seen by a client that speaks HTTP to it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SandboxClient, sandboxClient } from './client.fixture.ts'

const on = (name: string, run: (client: SandboxClient) => Promise<void>) =>
  test(`github: ${name}`, async () => {
    await using client = await sandboxClient()
    await run(client)
  })

on('a login gives the three members that GitHub gives, scopes separated by commas', async (client) => {
  const { body } = await client.login('github', { scope: 'user:email read:user', access_type: 'offline' })
  assert.deepEqual(Object.keys(body), ['access_token', 'scope', 'token_type'])
  assert.match(body.access_token, /^gho_/)
  assert.equal(body.scope, 'user:email,read:user')
  assert.equal(body.token_type, 'bearer')
})

on('without Accept: application/json the token answer is a form', async (client) => {
  const { text, headers } = await client.token('github', { code: await client.code('github') }, { accept: '*/*' })
  assert.match(String(headers['content-type']), /^application\/x-www-form-urlencoded/)
  assert.match(new URLSearchParams(text).get('access_token') ?? '', /^gho_/)
})

on('persona verified: the profile hides the address, the list of addresses shows it', async (client) => {
  const { body } = await client.login('github')
  const user = (await client.get('/sandbox/github/user', body.access_token)).body
  assert.ok(Number.isSafeInteger(user.id))
  assert.equal(user.login, 'maya-okafor')
  assert.equal(user.name, 'Maya Okafor')
  assert.equal(user.avatar_url, 'http://localhost/sandbox/avatars/MO.svg')
  assert.equal(user.email, null)
  const emails = (await client.get('/sandbox/github/user/emails', body.access_token)).text
  assert.deepEqual(JSON.parse(emails), [
    { email: 'maya.okafor@example.com', primary: true, verified: true, visibility: 'private' },
  ])
})

on('persona unverified and no-email: an unverified address, an empty list', async (client) => {
  const emails = async (persona: string) => {
    const { body } = await client.login('github', { persona })
    return JSON.parse((await client.get('/sandbox/github/user/emails', body.access_token)).text)
  }
  assert.equal((await emails('unverified'))[0].verified, false)
  assert.deepEqual(await emails('no-email'), [])
})

on('an address needs the scope user:email', async (client) => {
  const { body } = await client.login('github', { scope: '' })
  const answer = await client.get('/sandbox/github/user/emails', body.access_token)
  assert.equal(answer.status, 404)
  assert.equal(answer.body.message, 'Not Found')
  assert.equal((await client.get('/sandbox/github/user', body.access_token)).status, 200)
})

on('errors of the token endpoint arrive with HTTP 200', async (client) => {
  const code = await client.code('github')
  const refusals = {
    incorrect_client_credentials: { code, client_secret: 'wrong' },
    redirect_uri_mismatch: { code, redirect_uri: `${client.redirectUri}x` },
    bad_verification_code: { code: 'made-up' },
    unsupported_grant_type: { code, grant_type: 'password' },
  }
  for (const [error, parameters] of Object.entries(refusals)) {
    const answer = await client.token('github', parameters)
    assert.equal(answer.status, 200)
    assert.equal(answer.body.error, error)
    assert.ok(answer.body.error_description)
  }
})

on('the authorization scheme token works as well, another provider’s token does not', async (client) => {
  const { body } = await client.login('github')
  const authorization = `token ${body.access_token}`
  assert.equal((await client.app.call('GET', '/sandbox/github/user', { headers: { authorization } })).status, 200)
  const google = (await client.login('google')).body
  const refused = await client.get('/sandbox/github/user', google.access_token)
  assert.equal(refused.status, 401)
  assert.equal(refused.body.message, 'Bad credentials')
})

on('GitHub has no key set', async ({ app }) => {
  const { status, body } = await app.call('GET', '/sandbox/github/jwks', { auth: false })
  assert.equal(status, 404)
  assert.equal(body.error_type, 'route_not_found')
})
