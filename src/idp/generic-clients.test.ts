/** The authorization server through general OAuth and OpenID Connect libraries, which we did not write. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { testDatabases } from '../testing/databases.ts'
import { givenClient, idpScene, redirectUri, type Scene } from './idp.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene, origin: string) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using scene = await idpScene(database, {}, new Date().toISOString())
      const origin = await scene.app.listen()
      await run(scene, origin)
    })

  /** What the consent page does, with the parameters of an authorization URL. */
  const answer = async (s: Scene, url: URL): Promise<URL> => {
    const sent = url.searchParams
    const { body, text } = await s.app.call('POST', '/v1/idp/oauth/authorize', {
      body: {
        client_id: sent.get('client_id'),
        redirect_uri: sent.get('redirect_uri'),
        response_type: sent.get('response_type'),
        scopes: sent.get('scope')?.split(' '),
        state: sent.get('state'),
        nonce: sent.get('nonce'),
        code_challenge: sent.get('code_challenge'),
        resources: sent.getAll('resource'),
        user_id: s.session.userId,
        consent_granted: true,
      },
    })
    assert.ok(body.redirect_uri, text)
    return new URL(body.redirect_uri)
  }

  for (const type of ['third_party', 'third_party_public'] as const) {
    on(
      `openid-client: ${type}: discovery, code with PKCE, userinfo, refresh, introspection, revocation`,
      async (s, origin) => {
        const { id, secret } = await givenClient(s.app, { type })
        const method = secret === '' ? client.None() : client.ClientSecretBasic(secret)
        const config = await client.discovery(new URL(origin), id, {}, method, {
          execute: [client.allowInsecureRequests],
        })
        const verifier = client.randomPKCECodeVerifier()
        const [state, nonce] = [client.randomState(), client.randomNonce()]
        const url = client.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: 'openid profile email offline_access',
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
          nonce,
        })
        const landed = await answer(s, url)
        const tokens = await client.authorizationCodeGrant(config, landed, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        })
        assert.equal(tokens.claims()?.sub, s.session.userId)
        const userinfo = await client.fetchUserInfo(config, tokens.access_token, s.session.userId)
        assert.equal(userinfo.name, 'Ada Lovelace')
        const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
        assert.equal(renewed.claims()?.sub, s.session.userId)
        assert.equal(renewed.refresh_token === undefined, type === 'third_party')
        const seen = await client.tokenIntrospection(config, renewed.access_token)
        assert.deepEqual([seen.active, seen.sub, seen.client_id], [true, s.session.userId, id])
        await client.tokenRevocation(config, renewed.access_token)
        assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false)
        await client.tokenRevocation(config, renewed.refresh_token ?? tokens.refresh_token ?? '')
        await assert.rejects(client.refreshTokenGrant(config, renewed.refresh_token ?? tokens.refresh_token ?? ''), {
          error: 'invalid_grant',
        })
        assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, false)
      },
    )
  }

  on('openid-client: a user who declines is told to the client, with state and issuer [C4, A6]', async (s, origin) => {
    const config = await client.discovery(new URL(origin), s.client.id, {}, client.None(), {
      execute: [client.allowInsecureRequests],
    })
    const { body } = await s.authorize({ consent_granted: false, state: 's-1', code_challenge: 'c'.repeat(43) })
    await assert.rejects(client.authorizationCodeGrant(config, new URL(body.redirect_uri), { expectedState: 's-1' }), {
      error: 'access_denied',
    })
  })

  on(
    'oauth4webapi: RFC 8414 discovery, a token for one resource that a resource server verifies [A2, A13]',
    async (s, origin) => {
      const http = { [oauth.allowInsecureRequests]: true }
      const issuer = new URL(origin)
      const server = await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http }),
      )
      const self = { client_id: s.client.id }
      const verifier = oauth.generateRandomCodeVerifier()
      const url = new URL(server.authorization_endpoint ?? '')
      const resource = 'https://mcp.example.com/mcp'
      url.search = new URLSearchParams({
        client_id: s.client.id,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        resource,
      }).toString()
      const parameters = oauth.validateAuthResponse(server, self, await answer(s, url), oauth.expectNoState)
      const response = await oauth.authorizationCodeGrantRequest(
      server, self, oauth.None(), parameters, redirectUri, verifier, { additionalParameters: { resource }, ...http },
    ) // biome-ignore format: arguments in a row
      const tokens = await oauth.processAuthorizationCodeResponse(server, self, response)
      assert.equal(tokens.token_type, 'bearer')
      const request = new Request(resource, { headers: { authorization: `Bearer ${tokens.access_token}` } })
      // The library wants RFC 9068's own type, which a project can have instead of the one that official clients demand.
      await assert.rejects(oauth.validateJwtAccessToken(server, request, resource, http))
      await s.app.app.db.query.updateTable('projects').set({ settings: '{"idp_access_token_type":"at+jwt"}' }).execute()
      s.app.app.projects.forget()
      const { code, verifier: second } = await s.code({ resources: [resource] })
      const { body } = await s.token({
        grant_type: 'authorization_code',
        code,
        code_verifier: second,
        client_id: s.client.id,
      })
      const again = new Request(resource, { headers: { authorization: `Bearer ${body.access_token}` } })
      const claims = await oauth.validateJwtAccessToken(server, again, resource, http)
      assert.equal(claims.client_id, s.client.id)
    },
  )
}
