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
  const file = readProjectFile(JSON.stringify({ projects: [entry] }), {}, providers)
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
    const callback = `${origin}/v1/oauth/callback/${app.project.callbackId}`
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
  const { issuer, server } = await startOpenid(`${origin}/v1/oauth/callback/${app.project.callbackId}`, {})
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
