/** What stands in the tokens themselves, for whoever verifies them without asking. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { testDatabases } from '../testing/databases.ts'
import { insertEmail, insertRegistration } from '../users/index.ts'
import { givenClient, idpScene, type Scene } from './idp.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: tokens: ${name}`, async () => {
      await using scene = await idpScene(database)
      await run(scene)
    })
  const keys = async (s: Scene) =>
    createLocalJWKSet((await s.app.call('GET', '/.well-known/jwks.json', { auth: false })).body)

  on('both verify against the published keys, and neither passes for the other [J1, J2, J4, J5]', async (s) => {
    const { access_token, id_token } = (await s.tokens()).body
    const currentDate = s.app.clock.now()
    const expected = { issuer: 'http://localhost', currentDate, algorithms: ['RS256'], typ: 'JWT' }
    const published = await keys(s)
    const { payload } = await jwtVerify(access_token, published, { ...expected, audience: s.app.project.id })
    for (const claim of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'nbf', 'jti', 'scope'])
      assert.ok(claim in payload, claim)
    await jwtVerify(id_token, published, { ...expected, audience: s.client.id })
    await assert.rejects(jwtVerify(id_token, published, { ...expected, audience: s.app.project.id }))
    await assert.rejects(jwtVerify(access_token, published, { ...expected, audience: s.client.id }))
    const own = decodeJwt(id_token)
    assert.equal('scope' in own || 'client_id' in own, false)
  })

  on('the header names the key and says JWT, as the vendor’s clients demand [J1]', async (s) => {
    const { access_token } = (await s.tokens()).body
    const { kid, ...header } = decodeProtectedHeader(access_token)
    assert.deepEqual(header, { alg: 'RS256', typ: 'JWT' })
    assert.match(String(kid), /^jwk-test-/)
  })

  on('at_hash is the left half of the access token’s hash; the nonce is exactly the client’s [O2, O3]', async (s) => {
    const nonce = 'ü "quoted" \\ 1'
    const { access_token, id_token } = (await s.tokens({ nonce })).body
    const claims = decodeJwt(id_token)
    const digest = createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url')
    assert.deepEqual([claims.at_hash, claims.nonce], [digest, nonce])
    assert.equal(Number(claims.exp) - Number(claims.iat), 3_600)
  })

  on(
    'settings of the client show: lifetime, audience, claims of both templates, and nothing reserved [J3, A9]',
    async (s) => {
      const client = await givenClient(s.app, {
        accessTokenMinutes: 5,
        accessTokenCustomAudience: 'https://api.example',
        accessTokenTemplate: '{"ext": {{ user.external_id }}, "sub": "x", "aud": "x", "roles": {{ user.roles }}}',
        idTokenTemplate: '{"plan": {{ user.trusted_metadata.plan }}, "iss": "x"}',
      })
      const body = { external_id: 'ada', trusted_metadata: { plan: 'pro' } }
      await s.app.call('PUT', `/v1/users/${s.session.userId}`, { body })
      const tokens = (await s.tokens({ resources: ['https://mcp.example/mcp'] }, client)).body
      assert.equal(tokens.expires_in, 300)
      const access = decodeJwt(tokens.access_token)
      assert.equal(Number(access.exp) - Number(access.iat), 300)
      assert.deepEqual(access.aud, [s.app.project.id, 'https://api.example', 'https://mcp.example/mcp'])
      assert.deepEqual([access.ext, access.sub, access.roles], ['ada', s.session.userId, ['stytch_user']])
      const id = decodeJwt(tokens.id_token)
      assert.deepEqual([id.plan, id.iss, id.aud], ['pro', 'http://localhost', [client.id]])
    },
  )

  /** Gives the user an address and an account at a provider. */
  const givenBelongings = ({ app, session: { userId } }: Scene): Promise<void> => {
    const common = { projectId: app.project.id, userId, createdAt: app.clock.now() }
    const registration = { id: 'r', provider: 'google', subject: '1', emailId: 'e', locale: 'en' }
    return app.app.db.transaction(async (tx) => {
      await insertEmail(tx, { ...common, id: 'e', address: 'ada@example.com', verified: true })
      await insertRegistration(tx, { ...common, ...registration, profilePictureUrl: 'https://a.example/p' })
    })
  }

  on('a template may name what no scope tells of, at both grants; scopes tell of it without one', async (s) => {
    await givenBelongings(s)
    const emails = [{ email: 'ada@example.com', verified: true }]
    const template = '{"emails": {{ user.emails }}}'
    for (const templates of [{ accessTokenTemplate: template }, { idTokenTemplate: template }]) {
      const client = await givenClient(s.app, templates)
      const { body: first } = await s.tokens({ scopes: ['openid', 'offline_access'] }, client)
      const { body: second } = await s.refresh(first.refresh_token, client)
      for (const tokens of [first, second]) {
        const { access_token, id_token } = tokens
        const [access, id] = [decodeJwt(access_token), decodeJwt(id_token)]
        assert.deepEqual('idTokenTemplate' in templates ? id.emails : access.emails, emails)
        assert.equal(id.email, undefined)
      }
    }
    const { body: first } = await s.tokens({ scopes: ['openid', 'profile', 'email', 'offline_access'] })
    const { body: second } = await s.refresh(first.refresh_token)
    for (const { id_token } of [first, second]) {
      const { email, picture, locale } = decodeJwt(id_token)
      assert.deepEqual([email, picture, locale], ['ada@example.com', 'https://a.example/p', 'en'])
    }
  })

  on('an exchanged token answers the whole user, whatever its scopes tell of', async (s) => {
    await givenBelongings(s)
    const client = await givenClient(s.app, { type: 'first_party_public', fullAccessAllowed: true })
    const { access_token } = (await s.tokens({ scopes: ['openid', 'full_access'] }, client)).body
    const { body } = await s.app.call('POST', '/v1/sessions/exchange_access_token', { body: { access_token } })
    assert.deepEqual([body.user.emails[0]?.email, body.user.providers[0]?.locale], ['ada@example.com', 'en'])
  })

  on('each token has an ID of its own, of one length', async (s) => {
    const ids = new Set<unknown>()
    let { refresh_token } = (await s.tokens()).body
    for (let times = 0; times < 10; times++) {
      const { body } = await s.refresh(refresh_token)
      refresh_token = body.refresh_token
      ids.add(decodeJwt(body.access_token).jti)
    }
    assert.equal(ids.size, 10)
    for (const id of ids) assert.match(String(id), /^[\w-]{43}$/)
  })
}
