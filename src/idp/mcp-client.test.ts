/** The MCP SDK's own client, from a 401 of a protected server to a call with a token that is for that server. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import { testDatabases } from '../testing/databases.ts'
import { idpScene, type Scene } from './idp.fixture.ts'
import { type ProtectedServer, startProtectedServer } from './mcp.fixture.ts'

const redirectUrl = 'http://127.0.0.1:33418/callback'

/** What an MCP client keeps, in memory. */
class Keeper implements OAuthClientProvider {
  readonly redirectUrl = redirectUrl
  readonly clientMetadata: OAuthClientMetadata = {
    client_name: 'Notebook',
    redirect_uris: [redirectUrl],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline_access',
  }
  client: OAuthClientInformationMixed | undefined
  held: OAuthTokens | undefined
  verifier = ''
  opened: URL | undefined
  constructor(client?: OAuthClientInformationMixed) {
    this.client = client
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
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene, mcp: ProtectedServer, origin: string) => Promise<void>) =>
    test(`${database.name}: MCP client: ${name}`, async () => {
      await using scene = await idpScene(database, {}, new Date().toISOString())
      const origin = await scene.app.listen()
      await using mcp = await startProtectedServer(origin)
      await run(scene, mcp, origin)
    })

  /** What the consent page does when the user agrees: gives the code. */
  const agree = async (s: Scene, url: URL): Promise<string> => {
    const sent = url.searchParams
    const { body, text } = await s.app.call('POST', '/v1/idp/oauth/authorize', {
      body: {
        client_id: sent.get('client_id'),
        redirect_uri: sent.get('redirect_uri'),
        response_type: sent.get('response_type'),
        scopes: (sent.get('scope') ?? 'openid').split(' '),
        code_challenge: sent.get('code_challenge'),
        resources: sent.getAll('resource'),
        session_token: s.session.token,
        consent_granted: true,
      },
    })
    assert.ok(body.authorization_code, text)
    return body.authorization_code
  }

  const call = (mcp: ProtectedServer, token = '') =>
    fetch(mcp.url, { headers: token === '' ? {} : { authorization: `Bearer ${token}` } })

  /** The whole way, up to a call that the protected server takes. */
  const connect = async (s: Scene, mcp: ProtectedServer, keeper: Keeper): Promise<void> => {
    assert.equal((await call(mcp)).status, 401)
    assert.equal(await auth(keeper, { serverUrl: mcp.url }), 'REDIRECT')
    assert.ok(keeper.opened)
    assert.equal(keeper.opened.searchParams.get('resource'), mcp.url)
    const authorizationCode = await agree(s, keeper.opened)
    assert.equal(await auth(keeper, { serverUrl: mcp.url, authorizationCode }), 'AUTHORIZED')
    const answer = await call(mcp, keeper.held?.access_token)
    assert.equal(answer.status, 200)
    assert.match(await answer.text(), new RegExp(s.session.userId))
  }

  on('registers, authorizes, is let in, and refreshes [A1, A3, A13, A14]', async (s, mcp) => {
    const keeper = new Keeper()
    await connect(s, mcp, keeper)
    assert.match(String(keeper.client?.client_id), /^connected-app-test-/)
    const before = keeper.held
    assert.ok(before?.refresh_token)
    assert.equal(await auth(keeper, { serverUrl: mcp.url }), 'AUTHORIZED')
    assert.notEqual(keeper.held?.refresh_token, before.refresh_token)
    assert.equal((await call(mcp, keeper.held?.access_token)).status, 200)
  })

  on('is known by its metadata document, without registering [A4, A11]', async (s, mcp) => {
    const site = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          client_id: documentUrl(),
          client_name: 'Notebook',
          redirect_uris: ['http://127.0.0.1/callback'],
          token_endpoint_auth_method: 'none',
        }),
      ),
    )
    const documentUrl = () => {
      const address = site.address()
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/notebook.json`
    }
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    try {
      await connect(s, mcp, new Keeper({ client_id: documentUrl() }))
    } finally {
      site.close()
    }
  })

  on('a token for another server is refused by this one', async (s, mcp, origin) => {
    await using other = await startProtectedServer(origin)
    const keeper = new Keeper()
    await connect(s, other, keeper)
    assert.equal((await call(mcp, keeper.held?.access_token)).status, 401)
  })

  on('whose registration was deleted registers anew by itself', async (s, mcp) => {
    const keeper = new Keeper()
    await connect(s, mcp, keeper)
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
}
