/** Who a token acts for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { credentialsOf, givenM2mClient, idpScene, type Scene } from './idp.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene, paths: readonly string[]) => Promise<void>) =>
    test(`${database.name}: userinfo: ${name}`, async () => {
      await using scene = await idpScene(database)
      await run(scene, ['/v1/oauth2/userinfo', `/v1/public/${scene.app.project.id}/oauth2/userinfo`])
    })

  const bearer = (token: string) => ({ auth: false as const, headers: { authorization: `Bearer ${token}` } })

  on(
    'GET and POST answer the subject of the ID token, and what the scopes stand for [B1, C20, O5, O6]',
    async (s, paths) => {
      const email = {
        email_id: 'e',
        project_id: s.app.project.id,
        user_id: s.session.userId,
        address: 'ada@example.com',
      }
      await s.app.app.db.query
        .insertInto('user_emails')
        .values({ ...email, address_key: 'ada@example.com', verified: 1, created_at: 0 })
        .execute()
      const { address: _address, email_id: _email, ...ids } = email
      await s.app.app.db.query
        .insertInto('user_phone_numbers')
        .values({ ...ids, phone_id: 'p', phone_number: '+15005550006', verified: 0, created_at: 0 })
        .execute()
      const { body: small } = await s.tokens({ scopes: ['openid'] })
      const { body: large } = await s.tokens({ scopes: ['openid', 'profile', 'email', 'phone'] })
      const profile = { name: 'Ada Lovelace', given_name: 'Ada', family_name: 'Lovelace' }
      const mail = { email: 'ada@example.com', email_verified: true }
      const phone = { phone_number: '+15005550006', phone_number_verified: false }
      const about = async (scope: string) => {
        const { body } = await s.tokens({ scopes: ['openid', scope] })
        const {
          request_id: _,
          status_code: __,
          sub,
          ...claims
        } = (await s.app.call('GET', '/v1/oauth2/userinfo', bearer(body.access_token))).body
        const { email: e, phone_number: p, name: n, sub: same } = decodeJwt(body.id_token)
        assert.equal(sub, same)
        assert.deepEqual([e, p, n], [claims.email, claims.phone_number, claims.name], 'the ID token says the same')
        return claims
      }
      assert.deepEqual([await about('profile'), await about('email'), await about('phone')], [profile, mail, phone])
      for (const path of paths) {
        const { status, body, headers } = await s.app.call('GET', path, bearer(small.access_token))
        assert.equal(status, 200)
        assert.equal(headers['access-control-allow-origin'], '*')
        assert.deepEqual(Object.keys(body).sort(), ['request_id', 'status_code', 'sub'])
        const inForm = await s.app.call('POST', path, {
          auth: false,
          body: `access_token=${large.access_token}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
        const { request_id: _, status_code: __, ...claims } = inForm.body
        assert.deepEqual(claims, {
          sub: s.session.userId,
          ...profile,
          ...mail,
          ...phone,
        })
        assert.equal((await s.app.call('POST', path, { ...bearer(large.access_token), body: '' })).status, 200)
        const inQuery = await s.app.call('GET', `${path}?access_token=${small.access_token}`, { auth: false })
        assert.deepEqual([inQuery.status, inQuery.body.error_type], [401, 'access_token_required'])
        assert.equal(inQuery.headers['www-authenticate'], 'Bearer')
      }
    },
  )

  on('a token that is not good, or lacks openid, is refused with the challenge that says so [B2]', async (s, paths) => {
    const { body: tokens } = await s.tokens()
    const { body: bare } = await s.tokens({ scopes: ['profile'] })
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        for (const token of ['x', 'a.b.c', tokens.id_token, s.session.jwt, `${tokens.access_token}x`]) {
          const { status, headers, body } = await s.app.call(method, path, bearer(token))
          assert.deepEqual([status, body.error], [401, 'invalid_token'])
          assert.match(String(headers['www-authenticate']), /^Bearer error="invalid_token"/)
        }
        const narrow = await s.app.call(method, path, bearer(bare.access_token))
        assert.deepEqual([narrow.status, narrow.body.error], [403, 'insufficient_scope'])
        assert.match(String(narrow.headers['www-authenticate']), /error="insufficient_scope".*scope="openid"/)
        assert.equal((await s.app.call(method, path, { auth: false })).status, 401)
      }
      const twice = await s.app.call('POST', path, {
        auth: false,
        body: `access_token=${tokens.access_token}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Bearer ${tokens.access_token}`,
        },
      })
      assert.equal(twice.body.error, 'invalid_request')
    }
  })

  on(
    'check 51: a token of one project is nothing at another; after an hour, or its user’s end, nothing anywhere',
    async (s) => {
      const { body } = await s.tokens()
      const { username } = await givenOtherProject(s.app)
      const elsewhere = await s.app.call('GET', `/v1/public/${username}/oauth2/userinfo`, bearer(body.access_token))
      assert.equal(elsewhere.status, 401)
      const here = () => s.app.call('GET', '/v1/oauth2/userinfo', bearer(body.access_token))
      assert.equal((await here()).status, 200)
      s.app.clock.advance({ minutes: 60 })
      assert.equal((await here()).status, 401)
      const { body: fresh } = await s.tokens({ session_token: undefined, user_id: s.session.userId })
      await s.app.call('DELETE', `/v1/users/${s.session.userId}`)
      assert.equal((await s.app.call('GET', '/v1/oauth2/userinfo', bearer(fresh.access_token))).status, 401)
    },
  )

  on(
    '400 malformed_bearer_token: a header that holds no single token; empty fields are absent [B2]',
    async (s, paths) => {
      const { access_token } = (await s.tokens()).body
      for (const path of paths) {
        for (const method of ['GET', 'POST']) {
          for (const authorization of ['Bearer', 'Bearer a b', 'Bearer "x"', 'Bearer ü']) {
            const { status, body, headers } = await s.app.call(method, path, {
              auth: false,
              headers: { authorization },
            })
            assert.deepEqual([status, body.error, body.error_type], [400, 'invalid_request', 'malformed_bearer_token'])
            assert.match(String(headers['www-authenticate']), /^Bearer error="invalid_request"/)
          }
          const basic = await s.app.call(method, path, { auth: false, headers: { authorization: 'Basic AAAA' } })
          assert.deepEqual([basic.status, basic.headers['www-authenticate']], [401, 'Bearer'])
        }
        assert.equal((await s.post(path, { access_token: '' }, bearer(access_token).headers)).status, 200)
      }
    },
  )

  on('an M2M client’s token acts for no user; a revoked one for nobody any more [J4]', async (s, paths) => {
    const m2m = credentialsOf(await givenM2mClient(s, ['openid']))
    const { body } = await s.token({ grant_type: 'client_credentials', ...m2m })
    const revoked = (await s.tokens()).body.access_token
    await s.post('/v1/oauth2/revoke', { token: revoked, ...credentialsOf(s.client) })
    for (const path of paths) {
      for (const token of [body.access_token, revoked]) {
        assert.equal((await s.app.call('GET', path, bearer(token))).body.error_type, 'invalid_token')
      }
    }
  })
}
