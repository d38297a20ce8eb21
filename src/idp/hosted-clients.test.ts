/** General OAuth and OpenID Connect libraries, which we did not write, through the built-in pages: from discovery to logout. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { testDatabases } from '../testing/databases.ts'
import { type Hosted, hostedScene, isConsentPage, isLoginPage, type Person, response } from './hosted/hosted.fixture.ts'
import { type Client, givenClient, redirectUri } from './idp.fixture.ts'

const afterLogout = 'https://client.example/bye'

/** What a provider has to tolerate (OpenID Connect Core §15.1), and does not act upon. */
const tolerated = {
  display: 'touch',
  ui_locales: 'de-CH de fr',
  claims_locales: 'de',
  acr_values: 'urn:mace:incommon:iap:silver 1',
  claims: '{"id_token":{"given_name":null}}',
  login_hint: 'ada@example.com',
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>) =>
    test(`${database.name}: through the pages: ${name}`, async () => {
      // The libraries compare with the machine's clock.
      await using scene = await hostedScene(database, {}, { now: new Date().toISOString() })
      await run(scene, scene.person())
    })

  /** A person who logs in and allows; where they land. */
  const allow = async (person: Person, url: URL): Promise<URL> => {
    const login = await person.open(url.href)
    assert.ok(isLoginPage(login), login.body)
    const asked = await person.logIn(login)
    assert.ok(isConsentPage(asked), asked.body)
    return (await person.press(asked, 'allow')).url
  }

  const discovered = ({ origin }: Hosted, { id, secret }: Client) =>
    client.discovery(
      new URL(origin),
      id,
      { post_logout_redirect_uri: afterLogout },
      secret === '' ? client.None() : client.ClientSecretBasic(secret),
      { execute: [client.allowInsecureRequests] },
    )

  for (const type of ['third_party', 'third_party_public'] as const) {
    on(`openid-client: ${type}: from discovery to logout [O2, O5, O9, P6]`, async (s, person) => {
      const self = await givenClient(s.app, { type, postLogoutRedirectUrls: [afterLogout] })
      const config = await discovered(s, self)
      const pkceCodeVerifier = client.randomPKCECodeVerifier()
      const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
      const url = client.buildAuthorizationUrl(config, {
        ...tolerated,
        redirect_uri: redirectUri,
        scope: 'openid profile email offline_access',
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
        nonce: expectedNonce,
        max_age: '3600',
      })
      const landed = await allow(person, url)
      const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, maxAge: 3_600 }
      const tokens = await client.authorizationCodeGrant(config, landed, checks)
      const subject = tokens.claims()?.sub ?? ''
      const userinfo = await client.fetchUserInfo(config, tokens.access_token, subject)
      assert.equal(userinfo.email, 'maya.okafor@example.com')

      const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
      assert.equal(renewed.claims()?.sub, subject)
      const seen = await client.tokenIntrospection(config, renewed.access_token)
      assert.deepEqual([seen.active, seen.sub, seen.client_id], [true, subject, self.id])
      const last = renewed.refresh_token ?? tokens.refresh_token ?? ''
      await client.tokenRevocation(config, last)
      assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false)
      await assert.rejects(client.refreshTokenGrant(config, last), { error: 'invalid_grant' })

      const hint = { id_token_hint: renewed.id_token ?? '', post_logout_redirect_uri: afterLogout, state: 'bye' }
      const after = await person.open(client.buildEndSessionUrl(config, hint).href)
      assert.equal(after.url.href, `${afterLogout}?state=bye`)
      assert.equal(await s.count('sessions'), 0)
      assert.ok(isLoginPage(await person.open(url.href)), 'whoever comes next logs in')
    })
  }

  on('openid-client: who denies, or was to be asked nothing, is told to the client [C4, A6]', async (s, person) => {
    const config = await discovered(s, s.client)
    const url = (more: Record<string, string> = {}) =>
      client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid',
        code_challenge: s.challenge,
        code_challenge_method: 'S256',
        state: 's-1',
        ...more,
      })
    const isTold = (landed: URL, error: string) =>
      assert.rejects(client.authorizationCodeGrant(config, landed, { expectedState: 's-1' }), { error })
    await isTold((await person.open(url({ prompt: 'none' }).href)).url, 'login_required')
    const asked = await person.logIn(await person.open(url().href))
    await isTold((await person.open(url({ prompt: 'none' }).href)).url, 'consent_required')
    await isTold((await person.press(asked, 'deny')).url, 'access_denied')
  })

  on('a challenge without a method is one of S256; plain is refused [P3]', async (s, person) => {
    const config = await discovered(s, s.client)
    const request = { redirect_uri: redirectUri, scope: 'openid', code_challenge: s.challenge, state: 's-1' }
    const landed = await allow(person, client.buildAuthorizationUrl(config, request))
    const checks = { expectedState: 's-1', idTokenExpected: true }
    const plain = client.buildAuthorizationUrl(config, { ...request, code_challenge_method: 'plain' })
    assert.equal(response(await person.open(plain.href)).error, 'invalid_request')
    // As somebody would who stole the code and saw the challenge.
    await assert.rejects(client.authorizationCodeGrant(config, landed, { ...checks, pkceCodeVerifier: s.challenge }), {
      error: 'invalid_grant',
    })
    const tokens = await client.authorizationCodeGrant(config, landed, { ...checks, pkceCodeVerifier: s.verifier })
    assert.ok(tokens.claims()?.sub)
  })

  on('oauth4webapi: from discovery to logout, with each answer checked [O2, O5, M4, P6]', async (s, person) => {
    const http = { [oauth.allowInsecureRequests]: true }
    const issuer = new URL(s.origin)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http))
    const made = await givenClient(s.app, { type: 'third_party', postLogoutRedirectUrls: [afterLogout] })
    const self = { client_id: made.id, require_auth_time: true }
    const proof = oauth.ClientSecretBasic(made.secret)
    const [verifier, nonce, state] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomNonce(),
      oauth.generateRandomState(),
    ]
    const url = new URL(server.authorization_endpoint ?? '')
    url.search = new URLSearchParams({
      client_id: made.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email offline_access',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      state,
    }).toString()
    const parameters = oauth.validateAuthResponse(server, self, await allow(person, url), state)
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      self,
      await oauth.authorizationCodeGrantRequest(server, self, proof, parameters, redirectUri, verifier, http),
      { expectedNonce: nonce, requireIdToken: true },
    )
    const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
    const about = await oauth.userInfoRequest(server, self, tokens.access_token, http)
    const { email } = await oauth.processUserInfoResponse(server, self, subject, about)
    assert.equal(email, 'maya.okafor@example.com')

    const refreshToken = tokens.refresh_token ?? ''
    const renewed = await oauth.processRefreshTokenResponse(
      server,
      self,
      await oauth.refreshTokenGrantRequest(server, self, proof, refreshToken, http),
    )
    const isActive = async (token: string) => {
      const answer = await oauth.introspectionRequest(server, self, proof, token, http)
      return (await oauth.processIntrospectionResponse(server, self, answer)).active
    }
    assert.equal(await isActive(renewed.access_token), true)
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, self, proof, refreshToken, http))
    assert.equal(await isActive(renewed.access_token), false)

    const end = new URL(server.end_session_endpoint ?? '')
    end.search = new URLSearchParams({
      id_token_hint: renewed.id_token ?? '',
      post_logout_redirect_uri: afterLogout,
    }).toString()
    assert.equal((await person.open(end.href)).url.href, afterLogout)
    assert.equal(await s.count('sessions'), 0)
  })
}
