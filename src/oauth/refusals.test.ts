/** What providers say when they refuse, in their own words, and the names that the wire has for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuth2Server } from 'oauth2-mock-server'
import { credentialsPurpose } from '../projects/store.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'

interface Upstream extends AsyncDisposable {
  /** The `error_type` that a login with this provider ends in when its token endpoint answers so. */
  refusal(provider: string, status: number, body: unknown): Promise<string>
  /** The same when its profile endpoint answers so. */
  profile(provider: string, status: number, body?: unknown): Promise<string>
}

async function configure({ app, project }: TestApp, provider: string, url: string): Promise<void> {
  const sealed = app.sealer.seal('{"client_secret":"s"}', credentialsPurpose(project.id, provider))
  const endpoints = {
    issuer: url,
    authorization: `${url}/authorize`,
    token: `${url}/token`,
    jwks: `${url}/jwks`,
    userinfo: `${url}/userinfo`,
  }
  const row = { project_id: project.id, provider, client_id: 'c', credentials_sealed: sealed }
  await app.db.query.deleteFrom('provider_configs').execute()
  await app.db.query
    .insertInto('provider_configs')
    .values({ ...row, settings: JSON.stringify({ endpoints }) })
    .execute()
  app.projects.forget()
}

async function upstream(app: TestApp): Promise<Upstream> {
  const origin = await app.listen()
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, 'localhost')
  const url = server.issuer.url ?? ''
  const bend = {
    token: undefined as undefined | { status: number; body: unknown },
    profile: { status: 200, body: {} as unknown },
  }
  server.service.on('beforeResponse', (answer) => {
    if (bend.token) Object.assign(answer, { statusCode: bend.token.status, body: bend.token.body })
  })
  server.service.on('beforeUserinfo', (answer) => {
    Object.assign(answer, { statusCode: bend.profile.status, body: bend.profile.body })
  })
  const login = async (provider: string) => {
    await configure(app, provider, url)
    const start = `${origin}/v1/public/oauth/${provider}/start?public_token=${app.project.publicToken}`
    const { body, status } = await new TestBrowser().open(start)
    const { error_type, status_code } = JSON.parse(body)
    assert.equal(status, status_code)
    return error_type
  }
  return {
    refusal(provider, status, body) {
      bend.token = { status, body }
      return login(provider)
    },
    profile(provider, status, body = {}) {
      bend.token = undefined
      bend.profile = { status, body }
      return login(provider)
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

test('each provider’s way to say that the credentials are wrong has one name', async () => {
  await using app = await testApp()
  await using provider = await upstream(app)
  const cases: readonly (readonly [string, number, unknown])[] = [
    ['google', 401, { error: 'invalid_client', error_description: 'Unauthorized' }],
    ['github', 200, { error: 'incorrect_client_credentials' }],
    ['facebook', 400, { error: { message: 'Error validating client secret.', type: 'OAuthException', code: 1 } }],
    ['slack', 200, { ok: false, error: 'bad_client_secret' }],
    ['twitch', 403, { status: 403, message: 'invalid client secret' }],
    ['tiktok', 200, { error: 'invalid_client', error_description: 'Client key or secret is incorrect.', log_id: '1' }],
    ['figma', 400, { error: true, status: 400, message: 'Invalid client secret' }],
    ['linkedin', 401, { error: 'invalid_client', error_description: 'Client authentication failed' }],
  ]
  for (const [name, status, body] of cases) {
    assert.equal(await provider.refusal(name, status, body), 'oauth_token_exchange_invalid_client', name)
  }
})

test('microsoft: an expired secret and a wrong one are told apart', async () => {
  await using app = await testApp()
  await using provider = await upstream(app)
  const refusal = (code: string) =>
    provider.refusal('microsoft', 401, {
      error: 'invalid_client',
      error_description: `${code}: The provided client secret keys …`,
    })
  assert.equal(await refusal('AADSTS7000222'), 'oauth_token_exchange_microsoft_expired_secret')
  assert.equal(await refusal('AADSTS7000215'), 'oauth_token_exchange_microsoft_invalid_secret')
  assert.equal(await refusal('AADSTS900144'), 'oauth_token_exchange_invalid_client')
})

test('twitter_401 and twitter_403: X does not say who logged in', async () => {
  await using app = await testApp()
  await using provider = await upstream(app)
  assert.equal(await provider.profile('twitter', 401, { title: 'Unauthorized' }), 'twitter_401')
  assert.equal(await provider.profile('twitter', 403, { title: 'Forbidden' }), 'twitter_403')
  assert.equal(await provider.profile('twitter', 500), 'oauth_flow_callback_error')
})

test('profiles of the wrong shape log nobody in, whatever they hold', async () => {
  await using app = await testApp()
  await using provider = await upstream(app)
  const plain = ['github', 'facebook', 'discord', 'amazon', 'bitbucket', 'coinbase', 'twitter', 'snapchat', 'figma']
  for (const name of plain) {
    for (const body of [{}, [], null, 'text', 7, { id: {} }, { data: null }, { id: null, user_id: null }]) {
      assert.equal(
        await provider.profile(name, 200, body),
        'oauth_flow_callback_error',
        `${name} ${JSON.stringify(body)}`,
      )
    }
  }
  assert.deepEqual(await app.app.db.query.selectFrom('users').selectAll().execute(), [])
})

test('token answers of the wrong shape log nobody in', async () => {
  await using app = await testApp()
  await using provider = await upstream(app)
  const answers = [
    {},
    [],
    null,
    'text',
    7,
    { access_token: 7 },
    { access_token: 'a', token_type: 'mac' },
    { scope: [] },
  ]
  for (const name of ['google', 'github', 'twitch', 'facebook', 'slack', 'bitbucket']) {
    for (const body of answers) {
      assert.equal(await provider.refusal(name, 200, body), 'oauth_auth_code_error', `${name} ${JSON.stringify(body)}`)
    }
  }
})
