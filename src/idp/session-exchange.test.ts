/** A first-party client takes over the session of the user who let it in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import type { TestAnswer } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import {
  type Client,
  credentialsOf,
  givenClient,
  givenM2mClient,
  idpScene,
  projectSettings,
  type Scene,
} from './idp.fixture.ts'

type Fields = Readonly<Record<string, unknown>>

interface Way {
  readonly name: string
  readonly exchange: (s: Scene, access_token: string, more?: Fields) => Promise<TestAnswer>
}

const ways: readonly Way[] = [
  {
    name: 'backend',
    exchange: (s, access_token, more = {}) =>
      s.app.call('POST', '/v1/sessions/exchange_access_token', { body: { access_token, ...more } }),
  },
  {
    name: 'browser',
    exchange: async (s, access_token, more = {}) => {
      const { publicToken } = s.app.project
      const auth = { username: publicToken, password: publicToken }
      const body = { access_token, ...more }
      const answer = await s.app.call('POST', '/sdk/v1/sessions/exchange_access_token', { auth, body })
      return { ...answer, body: answer.body.data ?? answer.body }
    },
  },
]

const scopes = ['openid', 'full_access']
const verdict = ({ status, body }: TestAnswer) => [status, body.error_type]

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene, client: Client, way: Way) => Promise<void>) => {
    for (const way of ways) {
      test(`${database.name}: exchange an access token: ${name} (${way.name})`, async () => {
        await using scene = await idpScene(database)
        const client = await givenClient(scene.app, { type: 'first_party_public', fullAccessAllowed: true })
        await run(scene, client, way)
      })
    }
  }
  const tokenFor = async (s: Scene, client: Client, more: Fields = {}) =>
    (await s.tokens({ scopes, ...more }, client)).body.access_token
  const authTime = async (s: Scene, client: Client) =>
    decodeJwt((await s.tokens({ scopes }, client)).body.id_token).auth_time

  on('the answer is the user’s own session, extended, with a factor that names the client', async (s, client, way) => {
    const token = await tokenFor(s, client)
    s.app.clock.advance({ minutes: 5 })
    const { status, body, text } = await way.exchange(s, token, { session_duration_minutes: 120 })
    assert.equal(status, 200, text)
    assert.deepEqual([body.user_id, body.user.user_id], [s.session.userId, s.session.userId])
    assert.equal(body.session_token, s.session.token)
    assert.equal(body.session.session_id, s.session.sessionId)
    assert.equal(body.session.expires_at, '2026-01-01T02:05:00Z')
    const [login, factor, ...others] = body.session.authentication_factors
    assert.equal(login.delivery_method, 'oauth_google')
    assert.deepEqual(factor, {
      type: 'oauth',
      delivery_method: 'oauth_access_token_exchange',
      last_authenticated_at: '2026-01-01T00:05:00Z',
      created_at: '2026-01-01T00:05:00Z',
      updated_at: '2026-01-01T00:05:00Z',
      oauth_access_token_exchange_factor: { client_id: client.id },
    })
    assert.deepEqual(others, [])
    const seen = await s.app.call('POST', '/v1/sessions/authenticate', { body: { session_jwt: body.session_jwt } })
    assert.equal(seen.body.session.authentication_factors.length, 2)
    assert.equal(await authTime(s, client), 1_767_225_600, 'nobody has logged in again')
  })

  on('without a duration it lasts as long as before; each client is a factor of its own', async (s, client, way) => {
    const other = await givenClient(s.app, { type: 'first_party', fullAccessAllowed: true })
    for (const one of [client, other, client]) {
      const { body } = await way.exchange(s, await tokenFor(s, one))
      assert.equal(body.session.expires_at, '2026-01-01T01:00:00Z')
    }
    const { body } = await way.exchange(s, await tokenFor(s, client))
    assert.equal(body.session.authentication_factors.length, 3)
  })

  on('check 16: of fifty exchanges of one token one succeeds', async (s, client, way) => {
    const token = await tokenFor(s, client)
    const answers = await Promise.all(Array.from({ length: 50 }, () => way.exchange(s, token)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    const refused = answers.filter(({ status }) => status !== 200).map(verdict)
    assert.deepEqual(new Set(refused.map(String)), new Set(['404,idp_access_token_could_not_be_exchanged']))
    const { body } = await s.post('/v1/oauth2/introspect', { token, ...credentialsOf(client) })
    assert.equal(body.active, true, 'it is an access token still')
  })

  on(
    'check 32: a token that was revoked, or whose consent or authorization was, is refused at once',
    async (s, client, way) => {
      const refused = [404, 'idp_access_token_not_found']
      const alone = await tokenFor(s, client)
      await s.post('/v1/oauth2/revoke', { token: alone, ...credentialsOf(client) })
      assert.deepEqual(verdict(await way.exchange(s, alone)), refused)
      const { access_token, refresh_token } = (await s.tokens({ scopes: [...scopes, 'offline_access'] }, client)).body
      await s.post('/v1/oauth2/revoke', { token: refresh_token, ...credentialsOf(client) })
      assert.deepEqual(verdict(await way.exchange(s, access_token)), refused)
      const withdrawn = await tokenFor(s, client)
      await s.app.call('POST', `/v1/users/${s.session.userId}/connected_apps/${client.id}/revoke`)
      assert.deepEqual(verdict(await way.exchange(s, withdrawn)), refused)
    },
  )

  on('only an access token of a user of this project is one [J4]', async (s, client, way) => {
    const { access_token, id_token } = (await s.tokens({ scopes }, client)).body
    const m2m = await givenM2mClient(s, ['full_access'])
    const own = await s.token({ grant_type: 'client_credentials', ...credentialsOf(m2m) })
    for (const token of [
      '',
      'x',
      'a.b.c',
      id_token,
      s.session.jwt,
      s.session.token,
      own.body.access_token,
      `${access_token}x`,
    ]) {
      assert.deepEqual(verdict(await way.exchange(s, token)), [404, 'idp_access_token_not_found'])
    }
    const auth = await givenOtherProject(s.app)
    const elsewhere = await s.app.call('POST', '/v1/sessions/exchange_access_token', { auth, body: { access_token } })
    assert.deepEqual(verdict(elsewhere), [404, 'idp_access_token_not_found'], 'check 52')
  })

  on(
    '403 oauth_access_token_exchange_missing_full_access: not asked for, or taken back since',
    async (s, client, way) => {
      const refused = [403, 'oauth_access_token_exchange_missing_full_access']
      assert.deepEqual(verdict(await way.exchange(s, await tokenFor(s, client, { scopes: ['openid'] }))), refused)
      assert.deepEqual(verdict(await way.exchange(s, await tokenFor(s, s.client, { scopes: ['openid'] }))), refused)
      const token = await tokenFor(s, client)
      await s.app.call('PUT', `/v1/connected_apps/clients/${client.id}`, { body: { full_access_allowed: false } })
      assert.deepEqual(verdict(await way.exchange(s, token)), refused)
      await s.app.call('PUT', `/v1/connected_apps/clients/${client.id}`, { body: { full_access_allowed: true } })
      assert.equal((await way.exchange(s, token)).status, 200)
    },
  )

  on('400 oauth_access_token_exchange_token_too_old: after five minutes', async (s, client, way) => {
    const token = await tokenFor(s, client)
    s.app.clock.advance({ minutes: 5, seconds: 1 })
    assert.deepEqual(verdict(await way.exchange(s, token)), [400, 'oauth_access_token_exchange_token_too_old'])
  })

  on('a session that is not there is not made: authorized by user ID, ended, or expired', async (s, client, way) => {
    const without = await tokenFor(s, client, { session_token: '', user_id: s.session.userId })
    assert.deepEqual(verdict(await way.exchange(s, without)), [404, 'idp_access_token_could_not_be_exchanged'])
    const token = await tokenFor(s, client)
    await s.app.call('POST', '/v1/sessions/revoke', { body: { session_id: s.session.sessionId } })
    assert.deepEqual(verdict(await way.exchange(s, token, { session_duration_minutes: 60 })), [
      404,
      'session_not_found',
    ])
    assert.deepEqual(await s.app.app.db.query.selectFrom('sessions').selectAll().execute(), [])
    assert.deepEqual(await s.app.app.db.query.selectFrom('spent_access_tokens').selectAll().execute(), [])
  })

  on('a wish that does not fit is refused by name and does not use the token up', async (s, client, way) => {
    const token = await tokenFor(s, client)
    const refused = async (more: Fields) => (await way.exchange(s, token, more)).body.error_type
    assert.equal(await refused({ session_duration_minutes: 4 }), 'invalid_session_duration_minutes')
    if (way.name === 'backend') {
      assert.equal(await refused({ session_custom_claims: { a: 'x'.repeat(5_000) } }), 'custom_claims_too_large')
      const reserved = { 'https://stytch.com/session': {} }
      assert.equal(await refused({ session_custom_claims: reserved }), 'stytch_claims_in_custom_claims')
    } else {
      await projectSettings(s.app, { frontend_max_session_minutes: 60 })
      assert.equal(await refused({ session_duration_minutes: 61 }), 'invalid_session_duration')
    }
    assert.equal((await way.exchange(s, token)).status, 200)
  })

  test(`${database.name}: exchange an access token: a browser needs the public token and a known origin`, async () => {
    await using s = await idpScene(database)
    const { publicToken } = s.app.project
    const refused = async (username: string, origin = 'http://localhost:3000') => {
      const settings = { auth: { username, password: username }, headers: { origin }, body: { access_token: 'x' } }
      return (await s.app.call('POST', '/sdk/v1/sessions/exchange_access_token', settings)).body.error_type
    }
    assert.equal(await refused(''), 'public_token_required')
    assert.equal(await refused('x'), 'invalid_public_token_id')
    assert.equal(await refused(publicToken.replace(/0/g, '1')), 'public_token_not_found')
    assert.equal(await refused(publicToken, 'https://evil.example'), 'bad_domain_for_stytch_sdk')
    await projectSettings(s.app, { frontend_enabled: false })
    assert.equal(await refused(publicToken), 'endpoint_not_authorized_for_sdk')
  })
}
