/** Providers that a project declares itself, played by servers that we did not write. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { test } from 'node:test'
import { OAuth2Server } from 'oauth2-mock-server'
import { Provider } from 'oidc-provider'
import { applyProjects } from '../projects/apply-store.ts'
import { readProjectFile } from '../projects/project-file.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'
import { providers } from './providers/index.ts'

/** The files of these tests declare no clients. */
const none = () => undefined
const clientRules = { connectedAppProblem: none, m2mClientProblem: none, templateProblem: none }

/** Applies a project file with these providers to the test project, as an operator would. */
async function declare({ app, project }: TestApp, declared: Record<string, object>): Promise<void> {
  const entry = {
    project_id: project.id,
    name: 'Test',
    redirect_urls: [
      { url: project.loginUrl, types: ['LOGIN'] },
      { url: project.signupUrl, types: ['SIGNUP'] },
    ],
    providers: declared,
  }
  const file = readProjectFile(JSON.stringify({ projects: [entry] }), {}, providers, clientRules)
  await applyProjects(file, { db: app.db, sealer: app.sealer, now: new Date(0), dryRun: false })
  app.projects.forget()
}

const startUrl = (app: TestApp, origin: string, provider: string): string =>
  `${origin}/v1/public/oauth/${provider}/start?public_token=${app.project.publicToken}`

async function startOpenid(
  callback: string,
  claims: Record<string, unknown>,
): Promise<{ issuer: string; server: Server; requests: string[] }> {
  const server = createServer().listen(0, 'localhost')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const issuer = `http://localhost:${typeof address === 'object' ? address?.port : 0}`
  const requests: string[] = []
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'selvage', client_secret: 'upstream-secret', redirect_uris: [callback] }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims }) }),
    cookies: { keys: ['test'] },
  })
  server.on('request', (request) => requests.push(request.url ?? ''))
  server.on('request', provider.callback())
  return { issuer, server, requests }
}

const stop = async (server: Server) => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

for (const database of testDatabases) {
  test(`${database.name}: any OpenID provider: discovered from its issuer, under a path segment of its own`, async () => {
    await using app = await testApp({ database: await database.fresh(), now: new Date().toISOString() })
    const origin = await app.listen()
    const claims = {
      email: 'ada@example.com',
      email_verified: true,
      name: 'Ada Lovelace',
      picture: 'https://a.example/p',
    }
    const callback = `${origin}/v1/oauth/callback/${app.project.callbackId}/acme`
    const { issuer, server, requests } = await startOpenid(callback, claims)
    const acme = {
      type: 'oidc',
      name: 'Acme',
      client_id: 'selvage',
      client_secret: 'upstream-secret',
      client_authentication: 'client_secret_basic',
      endpoints: { issuer },
    }
    await declare(app, { acme })
    const login = async () => {
      const browser = new TestBrowser()
      const page = await browser.open(startUrl(app, origin, 'acme'))
      const consent = await browser.post(page.url, { prompt: 'login', login: 'ada', password: 'any' })
      const landed = await browser.post(consent.url, { prompt: 'consent' })
      const token = landed.url.searchParams.get('token')
      assert.ok(token, landed.body)
      return (await app.call('POST', '/v1/oauth/authenticate', { body: { token, session_duration_minutes: 5 } })).body
    }
    const first = await login()
    assert.equal(first.provider_type, 'acme')
    assert.equal(first.provider_subject, 'ada')
    assert.deepEqual(first.user.name, { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' })
    assert.equal(first.user.providers[0].profile_picture_url, 'https://a.example/p')
    assert.deepEqual(first.user.emails, [], 'addresses count only where the project says so')
    const [factor] = first.user_session.authentication_factors
    assert.equal(factor.delivery_method, 'oauth_acme')
    assert.equal(factor.acme_oauth_factor.provider_subject, 'ada')
    assert.equal((await login()).user_id, first.user_id)
    assert.equal(requests.filter((url) => url.startsWith('/.well-known/')).length, 1, 'discovered once')

    await declare(app, { acme: { ...acme, link_by_email: 'verified' } })
    await app.call('DELETE', `/v1/users/${first.user_id}`)
    const { body: owner } = await app.call('POST', '/v1/users', { body: { email: 'ada@example.com' } })
    assert.equal((await login()).user_id, owner.user_id)

    const { body } = await app.call('POST', '/v1/oauth/attach', { body: { provider: 'acme', user_id: owner.user_id } })
    assert.match(body.oauth_attach_token, /^[\w-]{44}$/)
    await stop(server)
  })

  test(`${database.name}: any OAuth 2.0 provider: explicit endpoints and a map of its claims`, async () => {
    await using app = await testApp({ database: await database.fresh() })
    const origin = await app.listen()
    const upstream = new OAuth2Server(undefined, undefined, { endpoints: { userinfo: '/api/me' } })
    await upstream.issuer.keys.generate('RS256')
    await upstream.start(0, 'localhost')
    let answer: Record<string, unknown> = {
      account: { id: 4711, mail: 'ada@example.com', confirmed: true },
      given: 'Ada',
      'https://acme.example/family': 'Lovelace',
    }
    upstream.service.on('beforeUserinfo', (response) => {
      response.body = answer
    })
    const url = upstream.issuer.url ?? ''
    await declare(app, {
      legacy: {
        type: 'oauth2',
        client_id: 'selvage',
        client_secret: 'upstream-secret',
        pkce: false,
        scopes: ['me'],
        link_by_email: 'verified',
        endpoints: { authorization: `${url}/authorize`, token: `${url}/token`, userinfo: `${url}/api/me` },
        claims: {
          subject: 'account.id',
          email: 'account.mail',
          email_verified: 'account.confirmed',
          first_name: 'given',
          last_name: 'https://acme.example/family',
        },
      },
    })
    const landed = await new TestBrowser().open(startUrl(app, origin, 'legacy'))
    const token = landed.url.searchParams.get('token')
    assert.ok(token, landed.body)
    const { body } = await app.call('POST', '/v1/oauth/authenticate', { body: { token } })
    assert.equal(body.provider_subject, '4711')
    assert.deepEqual(body.user.name, { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' })
    assert.equal(body.user.emails[0].email, 'ada@example.com')

    for (const hostile of [{}, { account: null }, { account: { id: {} } }, { account: { id: '' } }, []]) {
      answer = hostile as Record<string, unknown>
      const refused = await new TestBrowser().open(startUrl(app, origin, 'legacy'))
      assert.equal(JSON.parse(refused.body).error_type, 'oauth_flow_callback_error', JSON.stringify(hostile))
    }
    await upstream.stop()
  })
}

test('500 oauth_creating_redirect_url_error: an issuer that does not answer, or is somebody else; a later one is found', async () => {
  await using app = await testApp()
  const origin = await app.listen()
  const { issuer, server } = await startOpenid(`${origin}/v1/oauth/callback/${app.project.callbackId}/absent`, {})
  const client = { type: 'oidc', client_id: 'selvage', client_secret: 'upstream-secret' }
  await declare(app, {
    absent: { ...client, endpoints: { issuer: 'http://localhost:1' } },
    // The document names the issuer without a path.
    other: { ...client, endpoints: { issuer: `${issuer}/other` } },
  })
  for (const name of ['absent', 'other']) {
    const { status, body } = await new TestBrowser().open(startUrl(app, origin, name))
    assert.equal(status, 500)
    assert.equal(JSON.parse(body).error_type, 'oauth_creating_redirect_url_error')
  }
  await declare(app, { absent: { ...client, endpoints: { issuer } } })
  assert.match((await new TestBrowser().open(startUrl(app, origin, 'absent'))).url.pathname, /^\/interaction\//)
  await stop(server)
})

test('an issuer that falls silent after an hour holds nobody up: what was found is used, and looked up beside', async () => {
  const { Upstream } = await import('./upstream.ts')
  let time = 1_000_000
  let requests = 0
  let answer: () => Promise<Response> = async () =>
    Response.json({
      issuer: 'https://id.example/',
      authorization_endpoint: 'https://id.example/a',
      token_endpoint: 'https://id.example/t',
      jwks_uri: 'https://id.example/k',
    })
  const fetch = async () => {
    requests += 1
    return answer()
  }
  const upstream = new Upstream({ fetch, allowHttp: false, systemTime: () => time })
  const settings = { type: 'oidc', endpoints: { issuer: 'https://id.example' } }
  const providers = new Map([['acme', { clientId: 'c', clientSecret: 's', settings }]])
  const find = () => upstream.account({ providers } as never, 'acme', 'https://login.example')
  assert.equal((await find()).endpoints.issuer, 'https://id.example/', 'as the provider writes it')
  time += 3_600_000
  const hang = Promise.withResolvers<Response>()
  answer = () => hang.promise
  const accounts = await Promise.all(Array.from({ length: 50 }, find))
  assert.ok(accounts.every(({ endpoints }) => endpoints.token === 'https://id.example/t'))
  assert.equal(requests, 2, 'one look-up for all of them')
  hang.reject(new Error('down'))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal((await find()).endpoints.token, 'https://id.example/t')
})

test('trust_email lets the addresses of Facebook, Coinbase and Figma count, and of nobody else', async () => {
  await using app = await testApp()
  const origin = await app.listen()
  const { db, sealer } = app.app
  const { credentialsPurpose } = await import('../projects/store.ts')
  const counts = async (provider: string) => {
    const played = `${origin}/sandbox/${provider}`
    const paths: Record<string, string> = {
      facebook: 'me',
      coinbase: 'v2/user',
      figma: 'v1/me',
      twitter: '2/users/me',
      amazon: 'user/profile',
    }
    await db.query
      .insertInto('provider_configs')
      .values({
        project_id: app.project.id,
        provider,
        client_id: `sandbox-${provider}-client`,
        credentials_sealed: sealer.seal(
          JSON.stringify({ client_secret: `sandbox-${provider}-not-a-secret` }),
          credentialsPurpose(app.project.id, provider),
        ),
        settings: JSON.stringify({
          trust_email: true,
          endpoints: {
            authorization: `${played}/authorize`,
            token: `${played}/token`,
            userinfo: `${played}/${paths[provider]}`,
          },
        }),
      })
      .execute()
    app.app.projects.forget()
    const url = `${startUrl(app, origin, provider)}&provider_persona=verified:${provider}@example.com`
    const token = (await new TestBrowser().open(url)).url.searchParams.get('token')
    const { body } = await app.call('POST', '/v1/oauth/authenticate', { body: { token } })
    return body.user.emails.length === 1
  }
  for (const provider of ['facebook', 'coinbase', 'figma']) assert.equal(await counts(provider), true, provider)
  for (const provider of ['twitter', 'amazon']) assert.equal(await counts(provider), false, provider)
})

/** A plain OAuth 2.0 server under the path segment `legacy`, whose answers a test bends. */
async function legacy(app: TestApp) {
  const origin = await app.listen()
  const upstream = new OAuth2Server(undefined, undefined, { endpoints: { userinfo: '/api/me' } })
  await upstream.issuer.keys.generate('RS256')
  await upstream.start(0, 'localhost')
  const url = upstream.issuer.url ?? ''
  const bend: { profile: unknown; token?: (body: Record<string, unknown>) => object; status: number } = {
    profile: { sub: 'ada' },
    status: 200,
  }
  const exchanged: string[] = []
  upstream.service.on('beforeUserinfo', (answer) => {
    answer.body = bend.profile as Record<string, unknown>
  })
  upstream.service.on('beforeResponse', (answer, request) => {
    exchanged.push((request as unknown as { body: { code: string } }).body.code)
    Object.assign(answer, {
      statusCode: bend.status,
      body: bend.token?.(answer.body as Record<string, unknown>) ?? answer.body,
    })
  })
  const entry = {
    type: 'oauth2',
    client_id: 'selvage',
    client_secret: 'upstream-secret',
    endpoints: { authorization: `${url}/authorize`, token: `${url}/token`, userinfo: `${url}/api/me` },
  }
  await declare(app, { legacy: entry })
  const atCallback = (next: URL) => next.origin === origin && next.pathname.includes('/callback/')
  return {
    origin,
    bend,
    entry,
    exchanged,
    [Symbol.asyncDispose]: () => upstream.stop(),
    /** Goes to the provider and back, and stops in front of our callback. */
    async begin(parameters = '', browser = new TestBrowser()) {
      const { url: at } = await browser.open(`${startUrl(app, origin, 'legacy')}${parameters}`, atCallback)
      return { browser, at }
    },
    async login(parameters = '') {
      return new TestBrowser().open(`${startUrl(app, origin, 'legacy')}${parameters}`)
    },
  }
}

const typeOf = ({ body }: { body: string }): string => JSON.parse(body).error_type

test('a declared provider answers at a callback of its own; each failure there has its name', async () => {
  await using app = await testApp()
  await using s = await legacy(app)
  const { callbackId } = app.project
  const { browser, at } = await s.begin()
  assert.equal(at.pathname, `/v1/oauth/callback/${callbackId}/legacy`)
  const shared = new URL(at)
  shared.pathname = `/v1/oauth/callback/${callbackId}`
  assert.equal(typeOf(await browser.open(shared)), 'oauth_invalid_state', 'check 21: not at the shared callback')
  const other = new URL(at)
  other.pathname = `/v1/oauth/callback/${callbackId}/other`
  assert.equal(typeOf(await browser.open(other)), 'oauth_invalid_state')
  assert.equal(typeOf(await new TestBrowser().open(at)), 'oauth_state_mismatch')
  assert.ok((await browser.open(at)).url.searchParams.get('token'))
  assert.equal(typeOf(await browser.open(at)), 'oauth_state_used')

  const raw = async (path: string) => (await app.call('GET', path, { auth: false })).body.error_type
  assert.equal(await raw('/v1/oauth/callback/x/legacy?state=a&code=b'), 'invalid_callback_id')
  assert.equal(await raw(`/v1/oauth/callback/${callbackId}/legacy`), 'oauth_invalid_callback_request')
  assert.equal(await raw(`/v1/oauth/callback/${callbackId}/legacy?state=a&code=b`), 'oauth_invalid_state')

  const refused = async (error: string) => {
    const { browser: own, at: callback } = await s.begin()
    callback.searchParams.delete('code')
    callback.searchParams.set('error', error)
    return typeOf(await own.open(callback))
  }
  assert.equal(await refused('access_denied'), 'oauth_flow_callback_error')
  assert.equal(await refused('invalid_scope'), 'oauth_invalid_scope_requested')
  assert.equal(await refused('unauthorized_client'), 'oauth_app_not_authorized')
  const exchange = {
    invalid_client: 'oauth_token_exchange_invalid_client',
    invalid_request: 'oauth_token_exchange_invalid_request',
    invalid_scope: 'oauth_token_exchange_invalid_scope',
    unauthorized_client: 'oauth_token_exchange_unauthorized_client',
    invalid_grant: 'oauth_auth_code_error',
  }
  for (const [error, type] of Object.entries(exchange)) {
    Object.assign(s.bend, { status: 400, token: () => ({ error }) })
    assert.equal(typeOf(await s.login()), type)
  }
  Object.assign(s.bend, { status: 200, token: undefined })

  const late = await s.begin()
  app.clock.advance({ minutes: 10 })
  assert.equal(typeOf(await late.browser.open(late.at)), 'expired_oauth_response')

  const { body: user } = await app.call('POST', '/v1/users', { body: { email: 'other@example.com' } })
  const attach = async () =>
    (await app.call('POST', '/v1/oauth/attach', { body: { provider: 'legacy', user_id: user.user_id } })).body
      .oauth_attach_token
  const taken = await s.login(`&oauth_attach_token=${await attach()}`)
  assert.equal(typeOf(taken), 'oauth_registration_belongs_to_another_user')
  const token = await attach()
  const first = await s.begin(`&oauth_attach_token=${token}`)
  await s.begin(`&oauth_attach_token=${token}`)
  assert.equal(typeOf(await first.browser.open(first.at)), 'invalid_oauth_attach_token', 'a later start took it over')

  const moved = await s.begin()
  await app.app.db.query.deleteFrom('redirect_urls').execute()
  app.app.projects.forget()
  assert.equal(typeOf(await moved.browser.open(moved.at)), 'no_match_for_provided_oauth_url')
})

test('check 42: a declared provider that is taken out of the file, or whose issuer falls silent, logs nobody in', async () => {
  await using app = await testApp()
  await using s = await legacy(app)
  const begun = await s.begin()
  await declare(app, {})
  assert.equal(typeOf(await begun.browser.open(begun.at)), 'invalid_oauth_provider')
  await declare(app, { legacy: s.entry })
  const silent = await s.begin()
  const { endpoints: _, ...client } = s.entry
  await declare(app, { legacy: { ...client, type: 'oidc', endpoints: { issuer: 'http://localhost:1' } } })
  assert.equal(typeOf(await silent.browser.open(silent.at)), 'oauth_creating_redirect_url_error')
})

test('check 40: a hostile provider that sends the person on to GitHub is not handed GitHub’s code', async () => {
  await using app = await testApp()
  await using s = await legacy(app)
  // GitHub answers where GitHub's redirect URI is, which is not where this login may end.
  const { browser, at } = await s.begin()
  const github = new URL(`/v1/oauth/callback/${app.project.callbackId}`, s.origin)
  github.search = new URLSearchParams({ state: at.searchParams.get('state') ?? '', code: 'code-of-github' }).toString()
  assert.equal(typeOf(await browser.open(github)), 'oauth_invalid_state')
  // Nor does an answer count that names somebody else as its issuer (RFC 9207).
  const named = await s.begin()
  named.at.searchParams.set('iss', 'https://github.com/login/oauth')
  assert.equal(typeOf(await named.browser.open(named.at)), 'oauth_auth_code_error')
  assert.ok(!s.exchanged.includes('code-of-github'))
  const own = await s.begin()
  own.at.searchParams.set('iss', 'https://legacy.example')
  assert.ok((await own.browser.open(own.at)).url.searchParams.get('token'), 'an issuer that nobody else has is its own')
})

test('two people are never one: large numbers, empty and odd ids are refused', async () => {
  await using app = await testApp()
  await using s = await legacy(app)
  const refused = [2 ** 60, 1.5, '', 'a\u0000b', 'x'.repeat(256), {}, [], true, null]
  for (const sub of refused) {
    s.bend.profile = { sub }
    assert.equal(typeOf(await s.login()), 'oauth_flow_callback_error', JSON.stringify(sub))
  }
  s.bend.profile = { sub: 4711 }
  assert.ok((await s.login()).url.searchParams.get('token'))
})

test('what else a provider says is cut and cleaned, and does no harm', async () => {
  await using app = await testApp()
  await using s = await legacy(app)
  const answers: Record<string, unknown>[] = [
    {
      given_name: `A\u0000\u001b${'x'.repeat(60_000)}`,
      family_name: 'B',
      picture: `https://a.example/${'p'.repeat(9_000)}`,
    },
    {
      given_name: 7,
      picture: 'javascript:alert(1)',
      locale: 'x'.repeat(500),
      email: 'a\u0000@example.com',
      email_verified: true,
    },
  ]
  for (const [at, answer] of answers.entries()) {
    s.bend.profile = { sub: `person-${at}`, ...answer }
    const { url, body } = await s.login()
    assert.ok(url.searchParams.get('token'), body)
    const login = await app.call('POST', '/v1/oauth/authenticate', { body: { token: url.searchParams.get('token') } })
    assert.ok(login.body.user.name.first_name.length <= 128)
    assert.equal(login.body.user.providers[0].profile_picture_url, '')
    assert.ok(!login.text.includes('\\u0000') && login.body.user.providers[0].locale.length <= 35)
  }
})

test('odd token answers: what is null or empty is absent, what is absurd is not believed, an unasked ID token is dropped', async () => {
  await using app = await testApp()
  await using s = await legacy(app)
  const bends: ((body: Record<string, unknown>) => object)[] = [
    (body) => ({ ...body, refresh_token: null, scope: null, id_token: '' }),
    (body) => ({ ...body, refresh_token: '', expires_in: 1e300 }),
    (body) => ({ ...body, expires_in: 'soon' }),
    (body) => ({ ...body, expires_in: -1, id_token: 'not.a.token' }),
    (body) => ({ access_token: body.access_token }),
  ]
  for (const bend of bends) {
    s.bend.token = bend
    const { url, body } = await s.login()
    assert.ok(url.searchParams.get('token'), `${bend} ${body}`)
    const login = await app.call('POST', '/v1/oauth/authenticate', { body: { token: url.searchParams.get('token') } })
    assert.equal(login.status, 200)
    assert.equal(login.body.provider_values.id_token, '')
  }
  s.bend.token = (body) => ({ ...body, access_token: 'SECRET\nTOKEN' })
  assert.equal(typeOf(await s.login()), 'oauth_auth_code_error')
})

test('Basic credentials are sent so that providers with and without form decoding read the same', async () => {
  await using app = await testApp()
  await using s = await legacy(app)
  const entry = {
    ...s.entry,
    client_id: 'Q1-a_b.c',
    client_secret: 's-e_c.r~e t+/=&',
    client_authentication: 'client_secret_basic',
  }
  await declare(app, { legacy: entry })
  assert.ok((await s.login()).url.searchParams.get('token'))
  const { clientAuthentication } = await import('./client-authentication.ts')
  const account = {
    provider: { clientAuthentication: 'client_secret_basic' },
    clientId: entry.client_id,
    clientSecret: entry.client_secret,
  }
  const authenticate = await clientAuthentication(account as never, new Date(0))
  const headers = new Headers()
  await authenticate({ issuer: 'x' }, { client_id: entry.client_id }, new URLSearchParams(), headers)
  const header = Buffer.from(headers.get('authorization')?.slice(6) ?? '', 'base64').toString()
  assert.equal(header, 'Q1-a_b.c:s-e_c.r~e+t%2B%2F%3D%26')
})
