/** Google played by `oidc-provider`, a certified OpenID provider that we did not write, with its own login and consent pages. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { test } from 'node:test'
import { Provider } from 'oidc-provider'
import { credentialsPurpose } from '../projects/store.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'

/** Starts the provider with one client, whose redirect URI is the test project's callback. */
async function startProvider(callback: string): Promise<{ issuer: string; server: Server }> {
  const server = createServer().listen(0, 'localhost')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const issuer = `http://localhost:${typeof address === 'object' ? address?.port : 0}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'selvage',
        client_secret: 'upstream-secret',
        redirect_uris: [callback],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'locale'] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.com`,
        email_verified: true,
        given_name: 'Ada',
        family_name: 'Lovelace',
        locale: 'en',
      }),
    }),
    cookies: { keys: ['test'] },
  })
  server.on('request', provider.callback())
  return { issuer, server }
}

async function configure({ app, project }: TestApp, issuer: string): Promise<void> {
  const endpoints = {
    issuer,
    authorization: `${issuer}/auth`,
    token: `${issuer}/token`,
    jwks: `${issuer}/jwks`,
    userinfo: `${issuer}/me`,
  }
  await app.db.query
    .insertInto('provider_configs')
    .values({
      project_id: project.id,
      provider: 'google',
      client_id: 'selvage',
      credentials_sealed: app.sealer.seal(
        '{"client_secret":"upstream-secret"}',
        credentialsPurpose(project.id, 'google'),
      ),
      settings: JSON.stringify({ endpoints }),
    })
    .execute()
  app.projects.forget()
}

for (const database of testDatabases) {
  test(`${database.name}: a person logs in through the pages of an independent OpenID provider, which demands PKCE`, async () => {
    await using app = await testApp({ database: await database.fresh(), now: new Date().toISOString() })
    const origin = await app.listen()
    const { issuer, server } = await startProvider(`${origin}/v1/oauth/callback/${app.project.callbackId}`)
    await configure(app, issuer)
    const browser = new TestBrowser()
    const page = await browser.open(`${origin}/v1/public/oauth/google/start?public_token=${app.project.publicToken}`)
    assert.match(page.url.pathname, /^\/interaction\//)
    const consent = await browser.post(page.url, { prompt: 'login', login: 'ada', password: 'any' })
    assert.match(consent.url.pathname, /^\/interaction\//, consent.body)
    const landed = await browser.post(consent.url, { prompt: 'consent' })
    const token = landed.url.searchParams.get('token')
    assert.ok(token, landed.body)
    const { status, body } = await app.call('POST', '/v1/oauth/authenticate', {
      body: { token, session_duration_minutes: 5 },
    })
    assert.equal(status, 200)
    assert.equal(body.provider_subject, 'ada')
    assert.equal(body.user.emails[0].email, 'ada@example.com')
    assert.deepEqual(body.user.name, { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' })
    assert.ok(body.provider_values.id_token)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
}
