/** From a code to tokens, and on with refresh tokens. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { testDatabases } from '../testing/databases.ts'
import { givenClient, idpScene, pkcePair, redirectUri, type Scene } from './idp.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: token: ${name}`, async () => {
      await using scene = await idpScene(database)
      await run(scene)
    })

  on('a code is exchanged for tokens that say whom they are for [C13, J2, J3, O2, A9]', async (s) => {
    const { status, body, headers, text } = await s.tokens({ nonce: 'n-1', resources: ['https://mcp.example/mcp'] })
    assert.equal(status, 200, text)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers.pragma, 'no-cache')
    assert.equal(body.token_type, 'Bearer')
    assert.equal(body.expires_in, 3600)
    assert.equal(body.scope, 'openid offline_access')
    assert.match(body.refresh_token, /^[\w-]{44}$/)
    const access = decodeJwt(body.access_token)
    assert.deepEqual(decodeProtectedHeader(body.access_token).typ, 'JWT')
    assert.equal(access.iss, 'http://localhost')
    assert.equal(access.sub, s.session.userId)
    assert.deepEqual(access.aud, [s.app.project.id, 'https://mcp.example/mcp'])
    assert.equal(access.client_id, s.client.id)
    assert.equal(access.scope, 'openid offline_access')
    assert.match(String(access.jti), /^[\w-]{43}$/)
    const id = decodeJwt(body.id_token)
    assert.deepEqual([id.aud, id.nonce, id.sub], [[s.client.id], 'n-1', s.session.userId])
    assert.equal(id.auth_time, 1767225600)
    assert.equal('scope' in id, false)
  })

  on('check 16: of fifty redemptions of one code one succeeds, and the replay ends what it gave [C11]', async (s) => {
    const { code, verifier } = await s.code()
    const redeem = () =>
      s.token({ grant_type: 'authorization_code', code, code_verifier: verifier, client_id: s.client.id })
    const answers = await Promise.all(Array.from({ length: 50 }, redeem))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    const refused = answers.find(({ status }) => status !== 200)
    assert.deepEqual([refused?.status, refused?.body.error], [400, 'invalid_grant'])
    const tokens = answers.find(({ status }) => status === 200)?.body
    const again = await s.refresh(tokens.refresh_token)
    assert.deepEqual([again.status, again.body.error, again.body.error_type], [400, 'invalid_grant', 'idp_grant_ended'])
    assert.equal(again.body.error_details.ended_because, 'code_replayed')
    const seen = await s.post('/v1/oauth2/introspect', { token: tokens.access_token, client_id: s.client.id })
    assert.equal(seen.body.active, false)
  })

  on(
    'a public client’s refresh token is replaced; the old one gives the same successor for a minute [C16, A8]',
    async (s) => {
      const first = (await s.tokens()).body
      const second = await s.refresh(first.refresh_token)
      assert.equal(second.status, 200, second.text)
      assert.notEqual(second.body.refresh_token, first.refresh_token)
      const retry = await s.refresh(first.refresh_token)
      assert.equal(retry.body.refresh_token, second.body.refresh_token)
      s.app.clock.advance({ seconds: 61 })
      const late = await s.refresh(first.refresh_token)
      assert.deepEqual([late.status, late.body.error_type], [400, 'idp_refresh_token_already_used'])
      const dead = await s.refresh(second.body.refresh_token)
      assert.deepEqual([dead.status, dead.body.error], [400, 'invalid_grant'])
    },
  )

  on('check 25: fifty refreshes at once give one successor', async (s) => {
    const { refresh_token } = (await s.tokens()).body
    const answers = await Promise.all(Array.from({ length: 50 }, () => s.refresh(refresh_token)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, 1)
    const rows = await s.app.app.db.query.selectFrom('refresh_tokens').selectAll().execute()
    assert.equal(rows.length, 2)
    assert.equal(rows.filter(({ used_at }) => used_at === null).length, 1)
  })

  on('a client with a secret keeps its refresh token, which lasts from its last use [C17]', async (s) => {
    const client = await givenClient(s.app, { type: 'third_party' })
    const { refresh_token } = (await s.tokens({}, client)).body
    for (let month = 0; month < 5; month++) {
      s.app.clock.advance({ days: 60 })
      const { status, body, text } = await s.refresh(refresh_token, client)
      assert.equal(status, 200, text)
      assert.equal('refresh_token' in body, false)
      await s.app.app.flush()
    }
    s.app.clock.advance({ days: 91 })
    assert.equal((await s.refresh(refresh_token, client)).body.error_type, 'idp_refresh_token_expired')
  })

  on('check 19: a code of another client is refused and not used up; so is a refresh token [C11, C16]', async (s) => {
    const other = await givenClient(s.app)
    const { code, verifier } = await s.code()
    const redeem = (client_id: string) =>
      s.token({ grant_type: 'authorization_code', code, code_verifier: verifier, client_id })
    assert.equal((await redeem(other.id)).body.error_type, 'idp_auth_code_not_found')
    const { status, body } = await redeem(s.client.id)
    assert.equal(status, 200)
    assert.equal((await s.refresh(body.refresh_token, other)).body.error_type, 'idp_refresh_token_not_found')
    assert.equal((await s.refresh(body.refresh_token)).status, 200)
  })

  on('a verifier may have every unreserved character, and up to 128 of them [P1]', async (s) => {
    const alphabet = '-._~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
    for (const code_verifier of [alphabet, alphabet.repeat(2).slice(0, 128), alphabet.slice(0, 43)]) {
      const code_challenge = createHash('sha256').update(code_verifier).digest('base64url')
      const { body } = await s.authorize({ code_challenge })
      const form = { grant_type: 'authorization_code', code: body.authorization_code, client_id: s.client.id }
      assert.equal((await s.token({ ...form, code_verifier })).status, 200, code_verifier)
    }
  })

  on('check 11: the verifier is demanded, checked, and five wrong ones burn the code [P1, P4, C12]', async (s) => {
    const { code, verifier } = await s.code()
    const redeem = async (more: Record<string, string>) =>
      (await s.token({ grant_type: 'authorization_code', code, client_id: s.client.id, ...more })).body.error_type
    assert.equal(await redeem({ redirect_uri: redirectUri }), 'pkce_expected_code_verifier')
    for (const code_verifier of [
      'short',
      'a'.repeat(42),
      'a'.repeat(129),
      `${'a'.repeat(42)}+`,
      `${'a'.repeat(42)}=`,
    ]) {
      assert.equal(await redeem({ code_verifier }), 'invalid_pkce_code_verifier', code_verifier)
    }
    for (let wrong = 0; wrong < 5; wrong++) {
      assert.equal(await redeem({ code_verifier: pkcePair().verifier }), 'pkce_mismatch')
    }
    assert.equal(await redeem({ code_verifier: verifier }), 'idp_auth_code_not_found')
    const confidential = await givenClient(s.app, { type: 'third_party' })
    const { body } = await s.authorize({}, confidential)
    const without = {
      grant_type: 'authorization_code',
      code: body.authorization_code,
      client_id: confidential.id,
      client_secret: confidential.secret,
    }
    assert.equal((await s.token(without)).body.error_type, 'idp_redirect_uri_mismatch')
    const unasked = await s.token({ ...without, redirect_uri: redirectUri, code_verifier: pkcePair().verifier })
    assert.equal(unasked.body.error_type, 'pkce_did_not_expect_code_verifier')
    assert.equal((await s.token({ ...without, redirect_uri: redirectUri })).status, 200)
  })
}
