/** The MCP SDK's own client, from a 401 of a protected server, through the built-in pages, to a call with a token for that server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import { testDatabases } from '../testing/databases.ts'
import { type Hosted, hostedScene, isConsentPage, isLoginPage, type Person } from './hosted/hosted.fixture.ts'
import { givenSite, type Site } from './idp.fixture.ts'
import { type ProtectedServer, startProtectedServer } from './mcp.fixture.ts'

/** What an MCP client keeps, in memory. */
class Keeper implements OAuthClientProvider {
  readonly redirectUrl: string
  client: OAuthClientInformationMixed | undefined
  held: OAuthTokens | undefined
  verifier = ''
  opened: URL | undefined
  /** `waiting`: what listens for the code on loopback. */
  constructor(waiting: Site, client?: OAuthClientInformationMixed) {
    this.redirectUrl = `${waiting.origin}/callback`
    this.client = client
  }
  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'Notebook',
      redirect_uris: [this.redirectUrl],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid offline_access',
    }
  }
  clientInformation = () => this.client
  saveClientInformation = (client: OAuthClientInformationMixed) => {
    this.client = client
  }
  tokens = () => this.held
  saveTokens = (tokens: OAuthTokens) => {
    this.held = tokens
  }
  redirectToAuthorization = (url: URL) => {
    this.opened = url
  }
  saveCodeVerifier = (verifier: string) => {
    this.verifier = verifier
  }
  codeVerifier = () => this.verifier
  state = () => 'a state'
}

interface World {
  readonly s: Hosted
  readonly person: Person
  readonly mcp: ProtectedServer
  /** Of the client: where it waits for the code. */
  readonly waiting: Site
}

for (const database of testDatabases) {
  const on = (name: string, run: (world: World) => Promise<void>) =>
    test(`${database.name}: MCP client: ${name}`, async () => {
      // The protected server compares with the machine's clock.
      await using s = await hostedScene(database, {}, { now: new Date().toISOString() })
      await using mcp = await startProtectedServer(s.origin)
      await using waiting = await givenSite((path) =>
        path.startsWith('/callback?') ? 'Go back to the app.' : undefined,
      )
      await run({ s, person: s.person(), mcp, waiting })
    })

  const call = (mcp: ProtectedServer, token = '', method = 'GET') =>
    fetch(mcp.url, { method, headers: token === '' ? {} : { authorization: `Bearer ${token}` } })

  /** The person logs in where nobody is, sees who asks, and allows it; the code that came to the client. */
  const allow = async ({ s, person, mcp, waiting }: World, url: URL): Promise<string> => {
    const first = await person.open(url.href)
    const asked = isLoginPage(first) ? await person.logIn(first) : first
    assert.ok(isConsentPage(asked), asked.body)
    const { host } = new URL(waiting.origin)
    for (const shown of [
      'Notebook',
      mcp.url,
      `A program on this computer <code>${host}</code>`,
      'Did you start this',
    ]) {
      assert.ok(asked.body.includes(shown), `${shown}: ${asked.body}`)
    }
    const landed = await person.press(asked, 'allow')
    assert.deepEqual([landed.url.origin, landed.status], [waiting.origin, 200])
    const { code, ...rest } = Object.fromEntries(landed.url.searchParams)
    assert.deepEqual(rest, { state: 'a state', iss: s.origin })
    return code ?? ''
  }

  /** The whole way, up to a call that the protected server takes. */
  const connect = async (world: World, keeper: Keeper): Promise<void> => {
    const { s, mcp } = world
    const refused = await call(mcp)
    assert.equal(refused.status, 401)
    const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? []
    const described = JSON.parse(await (await fetch(metadata)).text())
    assert.deepEqual([described.resource, described.authorization_servers], [mcp.url, [s.origin]])
    assert.equal(await auth(keeper, { serverUrl: mcp.url }), 'REDIRECT')
    assert.ok(keeper.opened)
    assert.equal(`${keeper.opened.origin}${keeper.opened.pathname}`, `${s.origin}/v1/oauth2/authorize`)
    assert.equal(keeper.opened.searchParams.get('resource'), mcp.url)
    const authorizationCode = await allow(world, keeper.opened)
    assert.equal(await auth(keeper, { serverUrl: mcp.url, authorizationCode }), 'AUTHORIZED')
    const answer = await call(mcp, keeper.held?.access_token)
    assert.equal(answer.status, 200)
    const [user] = await s.app.app.db.query.selectFrom('users').selectAll().execute()
    assert.equal(JSON.parse(await answer.text()).sub, user?.user_id)
  }

  on('registers, is allowed, is let in, and refreshes [A1, A3, A6, A12, A13, A14, PR1]', async (world) => {
    const { mcp, waiting } = world
    const keeper = new Keeper(waiting)
    await connect(world, keeper)
    assert.match(String(keeper.client?.client_id), /^connected-app-test-/)
    const before = keeper.held
    assert.ok(before?.refresh_token)
    assert.equal(await auth(keeper, { serverUrl: mcp.url }), 'AUTHORIZED')
    assert.notEqual(keeper.held?.refresh_token, before.refresh_token)
    assert.equal((await call(mcp, keeper.held?.access_token)).status, 200)
  })

  on('is its metadata document, whose host the page shows; any port waits [A4, A11, A12, R7, R8]', async (world) => {
    await using site = await givenSite((path, origin) => ({
      client_id: `${origin}${path}`,
      client_name: 'Notebook',
      redirect_uris: ['http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
    }))
    // As what the client knows itself by: the SDK would want https for `clientMetadataUrl`.
    const keeper = new Keeper(world.waiting, { client_id: `${site.origin}/notebook.json` })
    await connect(world, keeper)
    const { body } = await world.person.open(keeper.opened?.href ?? '')
    assert.ok(body.includes(`It comes from ${new URL(site.origin).host}.`))
  })

  on('a token for another server is refused by this one [A13]', async (world) => {
    await using other = await startProtectedServer(world.s.origin)
    const keeper = new Keeper(world.waiting)
    await connect({ ...world, mcp: other }, keeper)
    assert.equal((await call(world.mcp, keeper.held?.access_token)).status, 401)
  })

  on('whose registration was deleted registers anew by itself', async (world) => {
    const { s, mcp, waiting } = world
    const keeper = new Keeper(waiting)
    await connect(world, keeper)
    const gone = keeper.client?.client_id
    await s.app.app.db.query.deleteFrom('connected_apps').where('client_id', '=', String(gone)).execute()
    Object.assign(keeper, {
      invalidateCredentials: (scope: string) => {
        if (scope === 'all' || scope === 'client') keeper.client = undefined
        keeper.held = undefined
      },
    })
    assert.equal(await auth(keeper, { serverUrl: mcp.url }), 'REDIRECT')
    assert.notEqual(keeper.client?.client_id, gone)
  })

  on('that may do too little is told which scope it needs, and asks for it [PR2]', async (world) => {
    const { mcp, waiting } = world
    const keeper = new Keeper(waiting)
    await connect(world, keeper)
    const narrow = await call(mcp, keeper.held?.access_token, 'DELETE')
    assert.equal(narrow.status, 403)
    const challenge = narrow.headers.get('www-authenticate') ?? ''
    const [, scope = ''] = /^Bearer error="insufficient_scope", scope="([^"]+)"/.exec(challenge) ?? []
    assert.equal(scope, 'openid email')
    const wider = new Keeper(waiting, keeper.client)
    assert.equal(await auth(wider, { serverUrl: mcp.url, scope }), 'REDIRECT')
    assert.ok(wider.opened)
    const authorizationCode = await allow(world, wider.opened)
    assert.equal(await auth(wider, { serverUrl: mcp.url, authorizationCode }), 'AUTHORIZED')
    assert.equal((await call(mcp, wider.held?.access_token, 'DELETE')).status, 200)
  })
}
