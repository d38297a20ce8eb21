/** Sessions by somebody else's tokens, for backends and for browsers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import stytch from 'stytch'
import { newToken } from '../crypto/token.ts'
import { type TestAnswer, type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject, givenSession } from '../testing/given.ts'
import { sweepSpentAssertions } from './index.ts'
import {
  audience,
  declareProfiles,
  issuerName,
  keys,
  makeToken,
  pem,
  profileId,
  publishKeys,
} from './issuer.fixture.ts'

const backend = (app: TestApp, body: object): Promise<TestAnswer> => app.call('POST', '/v1/sessions/attest', { body })

/** The twin, whose success stands in `data`. */
const frontend = async (app: TestApp, body: object, password = app.project.publicToken): Promise<TestAnswer> => {
  const auth = { username: app.project.publicToken, password }
  const answer = await app.call('POST', '/sdk/v1/sessions/attest', { body, auth })
  return { ...answer, body: answer.body.data ?? answer.body }
}

const minutes = { session_duration_minutes: 60 }
const spentRows = async ({ app }: TestApp) => app.db.query.selectFrom('spent_assertions').selectAll().execute()
const users = async ({ app }: TestApp) => app.db.query.selectFrom('users').selectAll().execute()

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: attest: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await declareProfiles(app, [{ pem: [pem.rsa, pem.ec] }])
      await run(app)
    })
  const withProfile = (token: string) => ({ profile_id: profileId(1), token })

  for (const [kind, attest] of [['backend', backend] as const, ['frontend', frontend] as const]) {
    const refused = async (app: TestApp, body: object) => {
      const { status, body: failure } = await attest(app, { ...minutes, ...body })
      return [status, failure.error_type]
    }

    on(`${kind}: a token makes a user and a session with its factor, and the next one finds them`, async (app) => {
      const token = await makeToken(app, { claims: { jti: 'the-first' } })
      const first = await attest(app, { ...withProfile(token), ...minutes })
      assert.equal(first.status, 200, first.text)
      const { user, session, user_id } = first.body
      assert.deepEqual(
        [user.external_id, user.emails[0].email, user.emails[0].verified],
        ['ada|1', 'ada@example.com', true],
      )
      assert.equal(session.user_id, user_id)
      assert.deepEqual(session.authentication_factors, [
        {
          type: 'trusted_auth_token',
          delivery_method: 'trusted_token_exchange',
          last_authenticated_at: '2026-01-01T00:00:00Z',
          created_at: '2026-01-01T00:00:00Z',
          updated_at: '2026-01-01T00:00:00Z',
          trusted_auth_token_factor: { token_id: 'the-first' },
        },
      ])
      const checked = await app.call('POST', '/v1/sessions/authenticate', {
        body: { session_jwt: first.body.session_jwt },
      })
      assert.equal(checked.body.session_token, first.body.session_token)
      const again = await attest(app, { ...withProfile(await makeToken(app)), ...minutes })
      assert.equal(again.body.user_id, user_id)
      assert.notEqual(again.body.session.session_id, session.session_id)
      assert.equal((await users(app)).length, 1)
    })

    on(`${kind}: check 33: a token works once, however many ask at once; a failure does not use it up`, async (app) => {
      const token = await makeToken(app)
      const tooLong = { session_custom_claims: { 'https://stytch.com/x': 1 }, ...minutes }
      if (kind === 'backend') assert.equal((await attest(app, { ...withProfile(token), ...tooLong })).status, 400)
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => attest(app, { ...withProfile(token), ...minutes })),
      )
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      const losers = answers.filter(({ status }) => status !== 200)
      assert.deepEqual([...new Set(losers.map(({ body }) => body.error_type))], ['invalid_trusted_auth_token'])
      assert.match(losers[0]?.body.error_message, /used already/)
      assert.equal((await users(app)).length, 1)
      assert.equal((await app.app.db.query.selectFrom('sessions').selectAll().execute()).length, 1)
    })

    on(`${kind}: check 48, 49 and 51: only a token of the profile's keys, issuer and audience counts`, async (app) => {
      const invalid = [400, 'invalid_trusted_auth_token']
      const made = (more: Parameters<typeof makeToken>[1]) => makeToken(app, more)
      const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await made({})).split('.')[1]}.`
      for (const token of [
        await made({ key: keys.strangersRsa }),
        // The public key as a shared secret, which is what confusion of algorithms comes to.
        await made({ alg: 'HS256', key: new TextEncoder().encode(pem.rsa) }),
        await made({ alg: 'HS256', key: new TextEncoder().encode(pem.rsa.trim()) }),
        await made({ key: keys.strangersRsa, header: { jku: 'http://127.0.0.1:9/keys', x5u: 'http://127.0.0.1:9/' } }),
        none,
        `${await made({})}x`,
        'not a token',
        'a.b.c',
        'x'.repeat(20_000),
        '',
      ]) {
        assert.deepEqual(await refused(app, withProfile(token)), invalid, token.slice(0, 60))
      }
      const wrong = async (claims: Record<string, unknown>) => {
        const answer = await attest(app, { ...withProfile(await made({ claims })), ...minutes })
        return [answer.body.error_type, answer.body.error_details]
      }
      assert.deepEqual(await wrong({ iss: 'https://login.example' }), [
        'jwt_invalid_issuer',
        { expected: issuerName, received: '"https://login.example"' },
      ])
      assert.deepEqual(await wrong({ aud: ['a', 'b'] }), [
        'jwt_invalid_audience',
        { expected: audience, received: '["a","b"]' },
      ])
      assert.equal((await wrong({ iss: undefined }))[0], 'jwt_invalid_issuer')
      assert.equal((await wrong({ aud: undefined }))[0], 'jwt_invalid_audience')
      const now = app.clock.now().getTime() / 1_000
      assert.equal((await wrong({ exp: now - 60 }))[0], 'invalid_trusted_auth_token')
      for (const claims of [
        { exp: undefined },
        { exp: 'tomorrow' },
        { nbf: now + 120 },
        { jti: undefined },
        { jti: '' },
        { jti: {} },
        { jti: 'x'.repeat(257) },
        { sub: undefined, email: undefined },
        { sub: 'a@b', email_verified: false },
        { sub: 'user-test-11111111-1111-4111-8111-111111111111', email: 'nobody' },
      ]) {
        assert.equal((await wrong(claims))[0], 'jwt_invalid_claims', JSON.stringify(claims))
      }
      assert.deepEqual([await users(app), await spentRows(app)], [[], []])
      assert.equal((await attest(app, withProfile(await made({ alg: 'ES256', key: keys.ec })))).status, 200)
      assert.equal((await attest(app, withProfile(await made({ kid: undefined })))).status, 200)
    })

    on(`${kind}: profiles and durations that do not exist are named`, async (app) => {
      const token = await makeToken(app)
      const unknown = [404, 'trusted_token_profile_not_found']
      assert.deepEqual(await refused(app, { profile_id: profileId(9), token }), unknown)
      const short = { ...withProfile(token), session_duration_minutes: 4 }
      assert.deepEqual(await refused(app, short), [400, 'invalid_session_duration_minutes'])
      await declareProfiles(app, [{ pem: ['-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----'] }])
      const unusable = [400, 'trusted_token_profile_invalid_request']
      assert.deepEqual(await refused(app, withProfile(token)), unusable)
      await declareProfiles(app, [{ jwks_url: 'http://127.0.0.1:9/keys' }])
      assert.deepEqual(await refused(app, withProfile(token)), unusable)
    })
  }

  on('a published key set is fetched once, whatever key IDs tokens name', async (app) => {
    await using published = await publishKeys()
    await declareProfiles(app, [{ jwks_url: published.url }])
    assert.equal((await backend(app, withProfile(await makeToken(app)))).status, 200)
    for (const kid of ['two', 'three', undefined]) {
      const answer = await backend(app, withProfile(await makeToken(app, { kid })))
      assert.equal(answer.body.error_type, 'invalid_trusted_auth_token', kid)
    }
    assert.equal((await backend(app, withProfile(await makeToken(app)))).status, 200)
    assert.equal(published.asked(), 1, 'check 54: an unknown kid cannot be used to flood the issuer')
  })

  on('a token of one profile is no good for another, nor for another project', async (app) => {
    await declareProfiles(app, [{ pem: [pem.rsa] }, { pem: [pem.ec] }, { pem: [pem.rsa], audience: 'other' }])
    const type = async (at: number) => {
      const token = await makeToken(app)
      return (await backend(app, { profile_id: profileId(at), token })).body.error_type
    }
    assert.equal(await type(2), 'invalid_trusted_auth_token')
    assert.equal(await type(3), 'jwt_invalid_audience')
    const auth = await givenOtherProject(app)
    const elsewhere = await app.call('POST', '/v1/sessions/attest', { body: withProfile(await makeToken(app)), auth })
    assert.deepEqual([elsewhere.status, elsewhere.body.error_type], [404, 'trusted_token_profile_not_found'])
  })

  on('two profiles of one issuer do not make a token good twice', async (app) => {
    await declareProfiles(app, [{ pem: [pem.rsa] }, { pem: [pem.rsa] }])
    const token = await makeToken(app)
    assert.equal((await backend(app, { profile_id: profileId(1), token })).status, 200)
    assert.equal(
      (await backend(app, { profile_id: profileId(2), token })).body.error_type,
      'invalid_trusted_auth_token',
    )
  })

  on('the session that is sent gains the factor if it is the same user’s, and is left alone otherwise', async (app) => {
    const { userId, token: session_token, sessionId } = await givenSession(app)
    await app.call('PUT', `/v1/users/${userId}`, { body: { external_id: 'ada|1' } })
    const stacked = await backend(app, { ...withProfile(await makeToken(app)), session_token })
    assert.equal(stacked.body.session.session_id, sessionId)
    assert.deepEqual(
      stacked.body.session.authentication_factors.map(({ type }: { type: string }) => type),
      ['oauth', 'trusted_auth_token'],
    )
    const again = await backend(app, { ...withProfile(await makeToken(app)), session_token })
    assert.equal(again.body.session.authentication_factors.length, 2, 'a session does not grow with each token')
    const others = await backend(app, {
      ...withProfile(await makeToken(app, { claims: { sub: 'grace', email: 'grace@example.com' } })),
      session_token,
      ...minutes,
    })
    assert.notEqual(others.body.session.session_id, sessionId)
    assert.notEqual(others.body.user_id, userId)
    for (const [body, type] of [
      [{ session_token, session_jwt: 'x' }, 'too_many_session_arguments'],
      [{ session_token: newToken() }, 'session_not_found'],
      [{ session_jwt: 'x' }, 'unable_to_parse_session_jwt'],
      [{ ...minutes, session_custom_claims: { a: 'x'.repeat(5_000) } }, 'custom_claims_too_large'],
      [{ ...minutes, session_custom_claims: { 'https://stytch.com/a': 1 } }, 'stytch_claims_in_custom_claims'],
    ] as const) {
      const answer = await backend(app, { ...withProfile(await makeToken(app)), ...body })
      assert.equal(answer.body.error_type, type)
    }
  })

  on('a browser’s own session gains the factor; one that has ended does not matter', async (app) => {
    const { userId, token, sessionId } = await givenSession(app)
    await app.call('PUT', `/v1/users/${userId}`, { body: { external_id: 'ada|1' } })
    const byPassword = await frontend(app, withProfile(await makeToken(app)), token)
    assert.equal(byPassword.body.session.session_id, sessionId)
    assert.deepEqual(byPassword.body.__user, byPassword.body.user)
    const byBody = await frontend(app, { ...withProfile(await makeToken(app)), session_token: token })
    assert.equal(byBody.body.session.session_id, sessionId)
    const dead = await frontend(app, { ...withProfile(await makeToken(app)), session_token: newToken() })
    assert.deepEqual([dead.status, dead.body.session, dead.body.session_token], [200, null, ''])
    const long = { frontend_max_session_minutes: 30 }
    await app.app.db.query
      .updateTable('projects')
      .set({ settings: JSON.stringify(long) })
      .execute()
    app.app.projects.forget()
    const tooLong = await frontend(app, { ...withProfile(await makeToken(app)), ...minutes })
    assert.equal(tooLong.body.error_type, 'invalid_session_duration')
  })

  on('check 35: an address that the token does not call verified finds nobody and is not stored', async (app) => {
    const { body: known } = await app.call('POST', '/v1/users', { body: { email: 'ada@example.com' } })
    for (const email_verified of [false, undefined, 'no', 1]) {
      const claims = { sub: 'mallory', email_verified }
      const { body } = await backend(app, withProfile(await makeToken(app, { claims })))
      assert.notEqual(body.user_id, known.user_id)
      assert.deepEqual(body.user.emails, [])
    }
  })

  on(
    'check 34: an address that was only claimed becomes its owner’s, without what the claimant set up',
    async (app) => {
      const { token: held, userId } = await givenSession(app)
      const { insertEmail } = await import('../users/index.ts')
      const email = {
        id: 'email-test-1',
        projectId: app.project.id,
        userId,
        address: 'ada@example.com',
        verified: false,
      }
      await app.app.db.transaction((tx) => insertEmail(tx, { ...email, createdAt: app.clock.now() }))
      const owner = await backend(app, { ...withProfile(await makeToken(app)), session_token: held, ...minutes })
      assert.equal(owner.body.user_id, userId)
      assert.equal(owner.body.user.emails[0].verified, true)
      assert.notEqual(owner.body.session_token, held)
      const late = await app.call('POST', '/v1/sessions/authenticate', { body: { session_token: held } })
      assert.equal(late.status, 404)
      const next = await backend(app, withProfile(await makeToken(app)))
      assert.equal(next.body.user_id, userId, 'verified now, so found without further ado')
    },
  )

  on('check 36: an address that has moved to another external ID does not open the account', async (app) => {
    assert.equal((await backend(app, withProfile(await makeToken(app)))).status, 200)
    const heir = await backend(app, withProfile(await makeToken(app, { claims: { sub: 'ada|2' } })))
    assert.equal(heir.body.error_type, 'invalid_trusted_auth_token')
    assert.match(heir.body.error_message, /another external ID/)
  })

  on('a profile that makes no users finds those who exist, and activates a pending one', async (app) => {
    await declareProfiles(app, [{ pem: [pem.rsa], can_jit_provision: false }])
    const stranger = await backend(app, withProfile(await makeToken(app)))
    assert.equal(stranger.body.error_type, 'invalid_trusted_auth_token')
    const body = { email: 'other@example.com', external_id: 'ada|1', create_user_as_pending: true }
    const { user_id } = (await app.call('POST', '/v1/users', { body })).body
    const found = await backend(app, withProfile(await makeToken(app)))
    assert.deepEqual([found.body.user_id, found.body.user.status], [user_id, 'active'])
  })

  on('first tokens of one person that come at once make one user', async (app) => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => makeToken(app)))
    const answers = await Promise.all(tokens.map((token) => backend(app, { ...withProfile(token), ...minutes })))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal(new Set(answers.map(({ body }) => body.user_id)).size, 1)
  })

  on('used tokens are remembered until their age alone refuses them', async (app) => {
    const token = await makeToken(app)
    await backend(app, withProfile(token))
    const sweep = () => sweepSpentAssertions(app.app.db, app.clock.now().getTime())
    app.clock.advance({ minutes: 5, seconds: 29 })
    await sweep()
    assert.match((await backend(app, withProfile(token))).body.error_message, /used already/)
    app.clock.advance({ minutes: 5 })
    await sweep()
    assert.deepEqual(await spentRows(app), [])
    assert.match((await backend(app, withProfile(token))).body.error_message, /expired/)
    const endless = await makeToken(app, { claims: { exp: 1e300 } })
    assert.equal((await backend(app, withProfile(endless))).status, 200)
    assert.equal((await backend(app, withProfile(endless))).body.error_type, 'invalid_trusted_auth_token')
  })

  on('the official client attests', async (app) => {
    const env = `${await app.listen()}/`
    const warn = console.warn
    console.warn = () => {}
    const client = new stytch.Client({ project_id: app.project.id, secret: app.project.secret, env })
    console.warn = warn
    const answer = await client.sessions.attest({ ...withProfile(await makeToken(app)), ...minutes })
    const [factor] = answer.session?.authentication_factors ?? []
    assert.equal(factor?.type, 'trusted_auth_token')
    assert.ok(factor?.trusted_auth_token_factor?.token_id)
    assert.equal(answer.user_id, answer.user.user_id)
  })
}
