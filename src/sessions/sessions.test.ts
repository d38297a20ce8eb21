import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject, givenSession } from '../testing/given.ts'

const authenticate = (app: TestApp, body: Record<string, unknown>) =>
  app.call('POST', '/v1/sessions/authenticate', { body })
const revoke = (app: TestApp, body: Record<string, unknown>) => app.call('POST', '/v1/sessions/revoke', { body })
const notFound = [404, 'session_not_found']
const verdict = ({ status, body }: { status: number; body: { error_type?: string } }) => [status, body.error_type]

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: sessions: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('authenticating by token or by JWT answers the session, the user, the token and a fresh JWT', async (app) => {
    const { token, jwt, sessionId, userId } = await givenSession(app, { claims: { plan: 'pro' } })
    app.clock.advance({ minutes: 1 })
    for (const body of [{ session_token: token }, { session_jwt: jwt }]) {
      const answer = await authenticate(app, body)
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.body.session_token, token)
      assert.equal(answer.body.user.user_id, userId)
      assert.equal(answer.body.session.session_id, sessionId)
      assert.equal(answer.body.session.last_accessed_at, '2026-01-01T00:01:00Z')
      assert.equal(answer.body.session.expires_at, '2026-01-01T01:00:00Z', 'using a session does not extend it')
      assert.deepEqual(answer.body.session.custom_claims, { plan: 'pro' })
      assert.deepEqual(answer.body.session.roles, ['stytch_user'])
    }
  })

  on('the JWT holds exactly what clients rely on', async (app) => {
    const { token, sessionId, userId } = await givenSession(app, { claims: { plan: 'pro', iss: 'x' } })
    const { body } = await authenticate(app, { session_token: token })
    const { kid, ...header } = decodeProtectedHeader(body.session_jwt)
    assert.deepEqual(header, { alg: 'RS256', typ: 'JWT' })
    assert.match(kid ?? '', /^jwk-test-/)
    const { 'https://stytch.com/session': session, ...claims } = decodeJwt<{ 'https://stytch.com/session': object }>(
      body.session_jwt,
    )
    assert.deepEqual(claims, {
      aud: [app.project.id],
      exp: 1_767_225_600 + 300,
      iat: 1_767_225_600,
      iss: `stytch.com/${app.project.id}`,
      nbf: 1_767_225_600,
      plan: 'pro',
      sub: userId,
    })
    const [factor] = body.session.authentication_factors
    assert.deepEqual(session, {
      id: sessionId,
      started_at: '2026-01-01T00:00:00Z',
      last_accessed_at: '2026-01-01T00:00:00Z',
      expires_at: '2026-01-01T01:00:00Z',
      attributes: { user_agent: '', ip_address: '' },
      authentication_factors: [
        {
          type: 'oauth',
          delivery_method: 'oauth_google',
          last_authenticated_at: '2026-01-01T00:00:00Z',
          google_oauth_factor: { id: factor.google_oauth_factor.id, provider_subject: '1' },
        },
      ],
      roles: ['stytch_user'],
    })
  })

  on('a JWT never outlives its session', async (app) => {
    const { token } = await givenSession(app, { minutes: 7 })
    app.clock.advance({ minutes: 4 })
    const { body } = await authenticate(app, { session_token: token })
    assert.equal(decodeJwt(body.session_jwt).exp, 1_767_225_600 + 7 * 60)
  })

  on('an expired JWT of a live session brings a fresh one', async (app) => {
    const { jwt } = await givenSession(app)
    app.clock.advance({ minutes: 30 })
    const { status, body } = await authenticate(app, { session_jwt: jwt })
    assert.equal(status, 200)
    assert.equal(decodeJwt(body.session_jwt).iat, 1_767_225_600 + 30 * 60)
  })

  on('a duration moves the expiry, shorter or longer; claims are merged deeply and null deletes', async (app) => {
    const { token } = await givenSession(app, { claims: { a: { b: 1, c: 2 }, gone: true } })
    const longer = await authenticate(app, { session_token: token, session_duration_minutes: 120 })
    assert.equal(longer.body.session.expires_at, '2026-01-01T02:00:00Z')
    const merged = await authenticate(app, {
      session_token: token,
      session_duration_minutes: 5,
      session_custom_claims: { a: { b: null, d: 3 }, gone: null, sub: 'ignored', exp: 1 },
    })
    assert.deepEqual(merged.body.session.custom_claims, { a: { c: 2, d: 3 } })
    const again = await authenticate(app, { session_token: token })
    assert.deepEqual(again.body.session.custom_claims, { a: { c: 2, d: 3 } })
    assert.equal(again.body.session.expires_at, '2026-01-01T00:05:00Z')
    assert.equal(decodeJwt(again.body.session_jwt).sub, again.body.user.user_id)
  })

  on('arguments that do not fit are refused by name and change nothing', async (app) => {
    const { token, jwt } = await givenSession(app)
    const type = async (body: Record<string, unknown>) => (await authenticate(app, body)).body.error_type
    assert.equal(await type({}), 'no_session_arguments')
    assert.equal(await type({ session_token: token, session_jwt: jwt }), 'too_many_session_arguments')
    for (const minutes of [4, 527_041, 5.5, '60', -1]) {
      assert.equal(
        await type({ session_token: token, session_duration_minutes: minutes }),
        'invalid_session_duration_minutes',
      )
    }
    const claims = (session_custom_claims: unknown) => type({ session_token: token, session_custom_claims })
    assert.equal(await claims({ a: 'x'.repeat(4_096) }), 'custom_claims_too_large')
    assert.equal(await claims({ 'https://stytch.com/session': {} }), 'stytch_claims_in_custom_claims')
    assert.equal(await claims(['x']), 'bad_request')
    assert.equal(await type({ session_token: 7 }), 'bad_request')
    assert.deepEqual((await authenticate(app, { session_token: token })).body.session.custom_claims, {})
  })

  on('404 session_not_found: a session is gone the moment it expires, by token and by JWT', async (app) => {
    const { token, jwt } = await givenSession(app, { minutes: 5 })
    app.clock.advance({ minutes: 5 })
    assert.deepEqual(verdict(await authenticate(app, { session_token: token })), notFound)
    assert.deepEqual(verdict(await authenticate(app, { session_jwt: jwt })), notFound)
  })

  on('404 session_not_found: revoked by ID, token or JWT, it is gone at once; revoking again succeeds', async (app) => {
    for (const by of ['session_id', 'session_token', 'session_jwt'] as const) {
      const given = await givenSession(app)
      const value = { session_id: given.sessionId, session_token: given.token, session_jwt: given.jwt }[by]
      assert.equal((await revoke(app, { [by]: value })).status, 200)
      assert.deepEqual(verdict(await authenticate(app, { session_token: given.token })), notFound)
      assert.deepEqual(verdict(await authenticate(app, { session_jwt: given.jwt })), notFound)
      assert.equal((await revoke(app, { [by]: value })).status, 200)
    }
    const type = async (body: Record<string, unknown>) => (await revoke(app, body)).body.error_type
    assert.equal(await type({}), 'no_session_revoke_arguments')
    assert.equal(await type({ session_id: 'a', session_token: 'b' }), 'too_many_session_revoke_arguments')
    assert.equal(await type({ session_jwt: 'x.y.z' }), 'unable_to_parse_session_jwt')
  })

  on('check 43: a deleted user’s sessions are refused at once, as token and as JWT', async (app) => {
    const { token, jwt, userId } = await givenSession(app)
    await app.call('DELETE', `/v1/users/${userId}`)
    assert.deepEqual(verdict(await authenticate(app, { session_token: token })), notFound)
    assert.deepEqual(verdict(await authenticate(app, { session_jwt: jwt })), notFound)
  })

  on('check 44: a token that a client made up is never adopted', async (app) => {
    const made = 'A'.repeat(44)
    assert.deepEqual(verdict(await authenticate(app, { session_token: made, session_duration_minutes: 60 })), notFound)
    assert.deepEqual(await app.app.db.query.selectFrom('sessions').selectAll().execute(), [])
  })

  on('a session revoked while it is being extended stays revoked', async (app) => {
    const { token, sessionId } = await givenSession(app)
    const [answer] = await Promise.all([
      authenticate(app, { session_token: token, session_duration_minutes: 60 }),
      revoke(app, { session_id: sessionId }),
    ])
    assert.ok(answer.status === 200 || answer.body.error_type === 'session_not_found')
    assert.deepEqual(verdict(await authenticate(app, { session_token: token })), notFound)
  })

  on('get lists what is live, by either ID, the newest first', async (app) => {
    const { userId, sessionId } = await givenSession(app, { minutes: 5 })
    const list = async () => (await app.call('GET', `/v1/sessions?user_id=${userId}`)).body.sessions
    assert.deepEqual(
      (await list()).map(({ session_id }: { session_id: string }) => session_id),
      [sessionId],
    )
    app.clock.advance({ minutes: 5 })
    assert.deepEqual(await list(), [])
    assert.equal((await app.call('GET', '/v1/sessions?user_id=nobody')).body.error_type, 'user_not_found')
    assert.equal((await app.call('GET', '/v1/sessions')).body.error_type, 'bad_request')
  })

  on('last_accessed_at is written within a second, and at the latest when the server closes', async (app) => {
    const { token, sessionId } = await givenSession(app)
    app.clock.advance({ minutes: 3 })
    await authenticate(app, { session_token: token })
    await app.app.flush()
    const row = await app.app.db.query
      .selectFrom('sessions')
      .select('last_accessed_at')
      .where('session_id', '=', sessionId)
      .executeTakeFirst()
    assert.equal(row?.last_accessed_at, app.clock.now().getTime())
  })

  on('check 53: the JWKS is public, cacheable, and holds no private member', async (app) => {
    const { status, headers, body } = await app.call('GET', `/v1/sessions/jwks/${app.project.id}`, { auth: false })
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'public, max-age=900')
    for (const key of body.keys) {
      assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'key_ops', 'kid', 'kty', 'n', 'use', 'x5c', 'x5tS256'])
    }
    const unknown = await app.call('GET', '/v1/sessions/jwks/project-test-99999999-9999-4999-8999-999999999999', {
      auth: false,
    })
    assert.deepEqual(verdict(unknown), [404, 'project_not_found'])
  })

  on('check 48 to 51: forged, foreign and oversized JWTs are refused before anything is looked up', async (app) => {
    const { jwt, sessionId } = await givenSession(app)
    const claims = decodeJwt(jwt)
    const { kid = '' } = decodeProtectedHeader(jwt)
    const jwks = (await app.call('GET', `/v1/sessions/jwks/${app.project.id}`)).body.keys
    const pem = createPublicKey({ key: jwks[0], format: 'jwk' }).export({ format: 'pem', type: 'spki' })
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const signed = (header: Record<string, unknown>, payload = claims) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header }).sign(privateKey)
    const trap = 'http://127.0.0.1:9/keys'
    const [head, payload, signature] = jwt.split('.')
    const forged = [
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
        .sign(Buffer.from(pem.toString().padEnd(64))),
      new UnsecuredJWT(claims).encode(),
      await signed({}),
      await signed({ kid: undefined }),
      await signed({ kid: 'jwk-test-unknown' }),
      await signed({ jku: trap }),
      await signed({ x5u: trap }),
      await signed({ jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }),
      `${head}.${payload}.`,
      `${head}.${payload}.${signature?.slice(0, -4)}AAAA`,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'x' })).toString('base64url')}.${signature}`,
      `${jwt}${'A'.repeat(16_384)}`,
      '',
      'a.b.c',
      'a.b.c.d.e',
      sessionId,
    ]
    for (const value of forged) {
      const answer = await authenticate(app, { session_jwt: value })
      assert.deepEqual(verdict(answer), [400, 'unable_to_parse_session_jwt'], value.slice(0, 80))
    }
  })

  on('check 51 and 52: what belongs to project A is nothing under project B', async (app) => {
    const given = await givenSession(app)
    const auth = await givenOtherProject(app)
    const call = (path: string, body: Record<string, unknown>) => app.call('POST', path, { auth, body })
    assert.deepEqual(verdict(await call('/v1/sessions/authenticate', { session_token: given.token })), notFound)
    assert.deepEqual(verdict(await call('/v1/sessions/authenticate', { session_jwt: given.jwt })), [
      400,
      'unable_to_parse_session_jwt',
    ])
    for (const body of [{ session_id: given.sessionId }, { session_token: given.token }])
      await call('/v1/sessions/revoke', body)
    assert.equal((await authenticate(app, { session_token: given.token })).status, 200, 'B cannot revoke it')
  })

  on('the wrong secret, project or header is refused, always with the same words', async (app) => {
    const { id, secret } = app.project
    const call = (auth: { username: string; password: string } | false) => app.call('GET', '/v1/users/x', { auth })
    const wrong = await call({ username: id, password: 'nope' })
    const unknown = await call({ username: 'project-test-99999999-9999-4999-8999-999999999999', password: secret })
    const none = await call(false)
    assert.deepEqual([wrong, unknown, none].map(verdict), Array(3).fill([401, 'unauthorized_credentials']))
    assert.deepEqual({ ...wrong.body, request_id: '' }, { ...unknown.body, request_id: '' })
    assert.equal(wrong.headers['www-authenticate'], 'Basic realm="selvage", charset="UTF-8"')
    assert.deepEqual(verdict(await call({ username: 'me', password: secret })), [
      400,
      'invalid_project_id_authentication',
    ])
  })

  on('keys: a rotation ends no session; a compromised key is refused at once', async (app) => {
    const { jwt, token } = await givenSession(app)
    await app.app.keys.rotate(app.project.id)
    assert.equal((await authenticate(app, { session_jwt: jwt })).status, 200)
    const second = (await authenticate(app, { session_token: token })).body.session_jwt
    assert.notEqual(decodeProtectedHeader(second).kid, decodeProtectedHeader(jwt).kid)
    await app.app.keys.rotate(app.project.id, { compromised: true })
    assert.deepEqual(verdict(await authenticate(app, { session_jwt: second })), [400, 'unable_to_parse_session_jwt'])
    assert.equal(
      (await authenticate(app, { session_jwt: jwt })).status,
      200,
      'the retired key was not the compromised one',
    )
    app.clock.advance({ days: 31 })
    await app.app.keys.sweep()
    const { keys } = (await app.call('GET', `/v1/sessions/jwks/${app.project.id}`)).body
    assert.equal(keys.length, 2)
  })
}
