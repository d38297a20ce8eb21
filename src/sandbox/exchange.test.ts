/** What every played provider holds the server to, as the real ones would. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SandboxClient, sandboxClient } from './client.fixture.ts'

const on = (name: string, run: (client: SandboxClient) => Promise<void>) =>
  test(name, async () => {
    await using client = await sandboxClient()
    await run(client)
  })

on('check 16: a code works once, also when fifty try at the same time', async (client) => {
  const code = await client.code('google')
  const answers = await Promise.all(Array.from({ length: 50 }, () => client.token('google', { code })))
  assert.deepEqual(
    answers.map(({ status }) => status).filter((status) => status === 200),
    [200],
  )
  const { status, body } = await client.token('google', { code })
  assert.equal(status, 400)
  assert.equal(body.error, 'invalid_grant')
})

on('a code lasts 60 seconds', async (client) => {
  const [soon, late] = [await client.code('google'), await client.code('google')]
  client.app.clock.advance({ seconds: 59 })
  assert.equal((await client.token('google', { code: soon })).status, 200)
  client.app.clock.advance({ seconds: 1 })
  assert.equal((await client.token('google', { code: late })).body.error, 'invalid_grant')
})

on(
  'check 11: a code with a challenge is refused without its verifier, with a wrong one, and is then burnt',
  async (client) => {
    for (const code_verifier of [undefined, '', 'x'.repeat(43)]) {
      const code = await client.code('google')
      assert.equal((await client.token('google', { code, code_verifier })).body.error, 'invalid_grant')
      assert.equal((await client.token('google', { code })).status, 400)
    }
  },
)

on('a verifier without a challenge is refused', async (client) => {
  const none = { code_challenge: undefined, code_challenge_method: undefined }
  const refused = await client.token('google', { code: await client.code('google', none) })
  assert.equal(refused.body.error, 'invalid_grant')
  const code = await client.code('google', none)
  assert.equal((await client.token('google', { code, code_verifier: undefined })).status, 200)
})

on('the redirect_uri must be the one of the authorization request', async (client) => {
  const { status, body } = await client.token('google', {
    code: await client.code('google'),
    redirect_uri: `${client.redirectUri}/`,
  })
  assert.equal(status, 400)
  assert.equal(body.error, 'redirect_uri_mismatch')
})

on('check 19: a wrong client is refused and does not use the code up', async (client) => {
  const code = await client.code('google')
  for (const wrong of [{ client_id: 'x' }, { client_secret: 'x' }, { client_secret: undefined }]) {
    const { status, body } = await client.token('google', { code, ...wrong })
    assert.equal(status, 401)
    assert.equal(body.error, 'invalid_client')
  }
  assert.equal((await client.token('github', { code })).body.error, 'bad_verification_code')
  assert.equal((await client.token('google', { code })).status, 200)
})

on('a grant type that nobody offers is refused', async (client) => {
  const { status, body } = await client.token('google', { grant_type: 'password' })
  assert.equal(status, 400)
  assert.equal(body.error, 'unsupported_grant_type')
})

on('what is wrong with a request, once its redirect URI is right, is told to the server', async (client) => {
  const refusals: Record<string, Record<string, string | undefined>[]> = {
    unsupported_response_type: [{ response_type: 'token' }, { response_type: undefined }],
    invalid_request: [
      { scope: '' },
      { code_challenge_method: 'plain' },
      { code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge: 'short' },
    ],
    interaction_required: [{ prompt: 'none' }],
    access_denied: [{ persona: 'denied' }],
    server_error: [{ persona: 'error' }],
  }
  for (const [error, cases] of Object.entries(refusals)) {
    for (const parameters of cases) {
      const answer = await client.redirected('google', parameters)
      assert.equal(answer.get('error'), error, JSON.stringify(parameters))
      assert.equal(answer.get('state'), 'a state, back untouched')
      assert.equal(answer.has('code'), false)
    }
  }
})

on('check 3: 401 sandbox_client_unknown and 400 sandbox_redirect_uri_unknown: nobody is redirected', async (client) => {
  const own = client.redirectUri
  const cases: [number, string, Record<string, string | undefined>][] = [
    [401, 'sandbox_client_unknown', { client_id: 'another' }],
    [401, 'sandbox_client_unknown', { client_id: undefined }],
    ...[undefined, '', 'https://evil.example/', `${own}x`, `${own}?a=b`, own.replace('localhost', 'evil.example')].map(
      (redirect_uri): [number, string, Record<string, string | undefined>] => [
        400,
        'sandbox_redirect_uri_unknown',
        { redirect_uri },
      ],
    ),
  ]
  for (const [status, type, parameters] of cases) {
    const answer = await client.authorize('google', { persona: 'verified', ...parameters })
    assert.equal(answer.status, status)
    assert.equal(answer.body.error_type, type)
    assert.equal(answer.headers.location, undefined)
  }
})

on(
  '400 sandbox_persona_unknown: the message lists the personas, or says what is wrong with the account',
  async (client) => {
    const cases = [
      'nobody',
      'verified:',
      'verified:ada',
      'verified:a b@example.com',
      'denied:a@example.com',
      'no-email:',
    ]
    for (const persona of [...cases, `verified:${'a'.repeat(250)}@example.com`]) {
      const { status, body } = await client.authorize('google', { persona })
      assert.equal(status, 400)
      assert.equal(body.error_type, 'sandbox_persona_unknown')
    }
    assert.match((await client.authorize('google', { persona: 'nobody' })).body.error_message, /verified, unverified/)
  },
)

on('404 sandbox_provider_unknown: at every endpoint, naming the providers there are', async ({ app }) => {
  for (const [method, name] of [
    ['GET', 'authorize'],
    ['POST', 'authorize'],
    ['POST', 'token'],
    ['GET', 'jwks'],
  ] as const) {
    const { status, body } = await app.call(method, `/sandbox/myspace/${name}`, { auth: false })
    assert.equal(status, 404)
    assert.equal(body.error_type, 'sandbox_provider_unknown')
    assert.match(body.error_message, /google, microsoft, apple, github/)
  }
})

on('bad input: repeated, oversized, undecodable, binary: 4xx', async ({ app, authorize }) => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const post = (body: string) => app.call('POST', '/sandbox/google/token', { auth: false, body, headers: form })
  assert.equal((await authorize('google', { state: 'x'.repeat(2_001) })).status, 400)
  assert.equal((await app.call('GET', '/sandbox/google/authorize?state=a&state=b')).status, 400)
  assert.equal((await post('code=a&code=b')).status, 400)
  assert.equal((await post(`code=${'x'.repeat(100_000)}`)).status, 400)
  assert.equal((await post(`code=${'x'.repeat(1_000_000)}`)).status, 413)
  assert.equal((await post('%')).status, 401)
  assert.equal((await post('\u0000\ud800')).status, 401)
})
