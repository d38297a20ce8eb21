/** The token endpoint: what each grant refuses, what a refresh keeps, and what a crash leaves. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { type App, openApp } from '../app.ts'
import { hashToken } from '../crypto/token.ts'
import type { TestAnswer } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { consumeCode, countFailedVerifier, sweepGrants } from './grant-store.ts'
import {
  bothPaths, credentialsOf, type Form, givenClient, givenM2mClient, idpScene, pkcePair, projectSettings,
  redirectUri, type Scene,
} from './idp.fixture.ts' // biome-ignore format: a list of names reads best as a block

const verdict = ({ status, body }: TestAnswer) => [status, body.error, body.error_type]
const policy = (actions: readonly string[]) => ({
  roles: [{ role_id: 'stytch_user', permissions: [{ resource_id: 'notes', actions }] }],
  resources: [{ resource_id: 'notes', actions: ['read', 'write'] }],
  scopes: ['read', 'write'].map((action) => ({
    scope: `${action}:notes`,
    description: '',
    permissions: [{ resource_id: 'notes', actions: [action] }],
  })),
})
const refreshRows = (s: Scene) => s.app.app.db.query.selectFrom('refresh_tokens').selectAll().execute()

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using scene = await idpScene(database)
      await run(scene)
    })
  /** On each path of the token endpoint in turn, which is the same to the caller. */
  const onBoth = (name: string, run: (scene: Scene, send: (form: Form) => Promise<TestAnswer>) => Promise<void>) => {
    for (const at of [0, 1]) {
      test(`${database.name}: ${name} (${['by client', 'by project'][at]})`, async () => {
        await using scene = await idpScene(database)
        await run(scene, (form) => scene.post(bothPaths(scene, 'token')[at] ?? '', form))
      })
    }
  }

  onBoth('token: what is missing, unknown or not for this client is named [C1, C14, C18]', async (s, send) => {
    const self = { client_id: s.client.id }
    const m2m = credentialsOf(await givenM2mClient(s))
    const refused = async (form: Form) => verdict(await send(form))
    assert.deepEqual(await refused(self), [400, 'invalid_request', 'grant_type_required'])
    assert.deepEqual(await refused({ ...self, grant_type: '' }), [400, 'invalid_request', 'grant_type_required'])
    for (const grant_type of [
      'password',
      'implicit',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      '__proto__',
      'x',
    ]) {
      const answer = await refused({ ...self, grant_type, username: 'ada', password: 'x', assertion: 'x' })
      assert.deepEqual(answer, [400, 'unsupported_grant_type', 'unsupported_grant_type'])
    }
    for (const grant_type of ['authorization_code', 'refresh_token']) {
      assert.deepEqual(await refused({ ...self, grant_type }), [400, 'invalid_request', 'parameter_required'])
      const other = { ...m2m, grant_type, code: 'x', refresh_token: 'x' }
      assert.deepEqual(await refused(other), [400, 'unauthorized_client', 'unauthorized_client'])
    }
    const confidential = credentialsOf(await givenClient(s.app, { type: 'first_party' }))
    for (const app of [self, confidential]) {
      const answer = await refused({ ...app, grant_type: 'client_credentials' })
      assert.deepEqual(answer, [400, 'unauthorized_client', 'unauthorized_client'])
    }
    const tokens = await send({ ...m2m, grant_type: 'client_credentials' })
    assert.equal(tokens.status, 200)
    assert.equal('refresh_token' in tokens.body || 'id_token' in tokens.body, false)
  })

  onBoth(
    'token: a code is refused by name: unknown, late, elsewhere, unproven [C11, C12, C14, C15, P1, P4]',
    async (s, send) => {
      const { code, verifier } = await s.code()
      const form = { grant_type: 'authorization_code', client_id: s.client.id }
      const refused = async (more: Form) => {
        const answer = await send({ ...form, ...more })
        assert.match(answer.body.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
        return verdict(answer)
      }
      const right = { code, code_verifier: verifier }
      const type = (name: string) => [400, 'invalid_grant', name]
      assert.deepEqual(await refused({ ...right, code: 'x' }), type('idp_auth_code_not_found'))
      const elsewhere = { ...right, redirect_uri: 'https://client.example/other' }
      assert.deepEqual(await refused(elsewhere), type('idp_redirect_uri_mismatch'))
      assert.deepEqual(await refused({ code }), type('pkce_expected_code_verifier'))
      assert.deepEqual(await refused({ code, code_verifier: 'ü'.repeat(43) }), type('invalid_pkce_code_verifier'))
      assert.deepEqual(await refused({ code, code_verifier: 'a'.repeat(129) }), type('invalid_pkce_code_verifier'))
      assert.deepEqual(await refused({ code, code_verifier: 'a'.repeat(43) }), type('pkce_mismatch'))
      const bare = await givenClient(s.app, { type: 'third_party' })
      const plain = await s.authorize({}, bare)
      const unasked = { ...credentialsOf(bare), code: plain.body.authorization_code, redirect_uri: redirectUri }
      const downgraded = await refused({ ...unasked, code_verifier: verifier })
      assert.deepEqual(downgraded, type('pkce_did_not_expect_code_verifier'))
      s.app.clock.advance({ minutes: 5 })
      assert.deepEqual(await refused(right), type('idp_auth_code_expired'))
    },
  )

  onBoth('token: after five minutes less a moment a code still works', async (s, send) => {
    const { code, verifier } = await s.code()
    s.app.clock.advance({ minutes: 4, seconds: 59 })
    const form = { grant_type: 'authorization_code', client_id: s.client.id, redirect_uri: redirectUri }
    assert.equal((await send({ ...form, code, code_verifier: verifier })).status, 200)
  })

  on('check 13: a right verifier that comes together with five wrong ones comes too late', async (s) => {
    const { code, verifier } = await s.code()
    const { db } = s.app.app
    const made = { hash: hashToken(code) }
    await Promise.all(Array.from({ length: 5 }, () => countFailedVerifier(db, made)))
    assert.equal(await consumeCode(db, made, s.app.clock.now().getTime()), false)
    const form = { grant_type: 'authorization_code', client_id: s.client.id, code, code_verifier: verifier }
    assert.equal((await s.token(form)).body.error_type, 'idp_auth_code_not_found')
  })

  onBoth('token: a refresh token is refused by name: unknown, old, of an authorization that ended', async (s, send) => {
    const grantType = { grant_type: 'refresh_token', client_id: s.client.id }
    const refused = async (refresh_token: string) => verdict(await send({ ...grantType, refresh_token }))
    const type = (name: string) => [400, 'invalid_grant', name]
    assert.deepEqual(await refused('x'), type('idp_refresh_token_not_found'))
    const { refresh_token: old } = (await s.tokens()).body
    const { refresh_token: revoked } = (await s.tokens()).body
    const { refresh_token: reused } = (await s.tokens()).body
    await s.post('/v1/oauth2/revoke', { token: revoked, client_id: s.client.id })
    assert.deepEqual(await refused(revoked), type('idp_grant_ended'))
    const { body } = await send({ ...grantType, refresh_token: reused })
    s.app.clock.advance({ seconds: 61 })
    assert.deepEqual(await refused(reused), type('idp_refresh_token_already_used'))
    assert.deepEqual(await refused(body.refresh_token), type('idp_refresh_token_already_used'))
    const gone = await s.tokens()
    await s.app.call('POST', `/v1/users/${s.session.userId}/connected_apps/${s.client.id}/revoke`)
    assert.deepEqual(await refused(gone.body.refresh_token), type('connected_app_consent_revoked'))
    const late = (await s.tokens({ user_id: s.session.userId, session_token: '' })).body.refresh_token
    s.app.clock.advance({ days: 90 })
    assert.deepEqual(await refused(late), type('idp_refresh_token_expired'))
    assert.deepEqual(await refused(old), type('connected_app_consent_revoked'))
  })

  onBoth('400 connected_app_consent_revoked: a code does not outlive the consent', async (s, send) => {
    const { code, verifier } = await s.code()
    await s.app.call('POST', `/v1/users/${s.session.userId}/connected_apps/${s.client.id}/revoke`)
    const form = { grant_type: 'authorization_code', client_id: s.client.id, code, code_verifier: verifier }
    assert.deepEqual(verdict(await send(form)), [400, 'invalid_grant', 'connected_app_consent_revoked'])
  })

  onBoth(
    'check 28: a refresh with another scope or resource is refused and changes nothing [C16, P8, C17]',
    async (s, send) => {
      const [mine, other] = ['https://mcp.example/mcp', 'https://other.example/mcp']
      const { refresh_token } = (await s.tokens({ resources: [mine] })).body
      const form = { grant_type: 'refresh_token', client_id: s.client.id, refresh_token }
      const before = await refreshRows(s)
      const wider = await send({ ...form, scope: 'openid email' })
      assert.deepEqual(verdict(wider), [400, 'invalid_scope', 'invalid_scope'])
      assert.deepEqual(verdict(await send({ ...form, resource: other })), [400, 'invalid_target', 'invalid_target'])
      const both = await send({ ...form, resource: [mine, other] })
      assert.deepEqual(verdict(both), [400, 'invalid_target', 'invalid_target'])
      assert.deepEqual(await refreshRows(s), before)
      const narrower = await send({ ...form, scope: 'openid', resource: mine })
      assert.equal(narrower.body.scope, 'openid')
      const whole = await s.refresh(narrower.body.refresh_token)
      assert.equal(whole.body.scope, 'openid offline_access', 'the authorization itself is as it was')
      assert.deepEqual(decodeJwt(whole.body.access_token).aud, [s.app.project.id, mine])
    },
  )

  onBoth(
    '400 jwt_template_failed: claims that are too large use up neither code nor refresh token',
    async (s, send) => {
      const template = '{"all": {{ user.trusted_metadata }}, "again": {{ user.trusted_metadata }}}'
      const client = await givenClient(s.app, { idTokenTemplate: template })
      const metadata = (trusted_metadata: object) =>
        s.app.call('PUT', `/v1/users/${s.session.userId}`, { body: { trusted_metadata } })
      const { code, verifier } = await s.code({}, client)
      await metadata({ much: 'x'.repeat(3_000) })
      const form = { grant_type: 'authorization_code', ...credentialsOf(client), code, code_verifier: verifier }
      const failed = [400, 'invalid_request', 'jwt_template_failed']
      assert.deepEqual(verdict(await send(form)), failed)
      await metadata({ much: null, plan: 'pro' })
      const tokens = await send(form)
      assert.deepEqual(decodeJwt(tokens.body.id_token).all, { plan: 'pro' })
      await metadata({ much: 'x'.repeat(3_000) })
      const refresh = {
        grant_type: 'refresh_token',
        ...credentialsOf(client),
        refresh_token: tokens.body.refresh_token,
      }
      assert.deepEqual(verdict(await send(refresh)), failed)
      s.app.clock.advance({ minutes: 10 })
      await metadata({ much: null })
      assert.equal((await send(refresh)).status, 200)
    },
  )

  on(
    'token: resources narrow, an origin’s lone slash makes no difference, what is no URI is refused [P7, P8, P9]',
    async (s) => {
      const granted = ['https://mcp.example/', 'https://api.example/v1']
      const redeem = async (resource: string | readonly string[]) => {
        const { code, verifier } = await s.code({ resources: granted })
        const form = { grant_type: 'authorization_code', client_id: s.client.id, code, code_verifier: verifier }
        const answer = await s.token({ ...form, resource })
        return answer.status === 200 ? decodeJwt(answer.body.access_token).aud : answer.body.error
      }
      const { id } = s.app.project
      assert.deepEqual(await redeem([]), [id, ...granted])
      assert.deepEqual(await redeem(''), [id, ...granted])
      assert.deepEqual(await redeem('https://mcp.example'), [id, 'https://mcp.example'])
      assert.deepEqual(await redeem(granted), [id, ...granted])
      for (const wrong of [
        'https://api.example/v1/',
        'https://api.example/V1',
        'api',
        'https://api.example/v1#x',
        '/v1',
      ]) {
        assert.equal(await redeem(wrong), 'invalid_target', wrong)
      }
      const { code, verifier } = await s.code()
      await projectSettings(s.app, { idp_allowed_resources: ['https://mcp.example'] })
      const refused = await s.authorize({ code_challenge: pkcePair().challenge, resources: granted })
      assert.equal(refused.body.error_type, 'invalid_target')
      const form = { grant_type: 'authorization_code', client_id: s.client.id, code, code_verifier: verifier }
      assert.equal((await s.token({ ...form, resource: 'https://api.example/v1' })).body.error, 'invalid_target')
      const { body } = await s.token({ ...form, resource: 'https://mcp.example/' })
      assert.deepEqual(decodeJwt(body.access_token).aud, [id, 'https://mcp.example/'])
    },
  )

  on('token: an M2M client gets what it has or less, for the resource that it names [C18, J3, P7]', async (s) => {
    const self = {
      grant_type: 'client_credentials',
      ...credentialsOf(await givenM2mClient(s, ['read:users', 'write:users'])),
    }
    const all = await s.token(self)
    assert.deepEqual([all.status, all.body.scope, all.body.token_type], [200, 'read:users write:users', 'Bearer'])
    const less = await s.token({ ...self, scope: 'write:users write:users', resource: 'https://mcp.example/mcp' })
    const claims = decodeJwt(less.body.access_token)
    assert.deepEqual([less.body.scope, claims.aud], ['write:users', [s.app.project.id, 'https://mcp.example/mcp']])
    assert.equal(claims.sub, claims.client_id)
    assert.deepEqual(verdict(await s.token({ ...self, scope: 'admin' })), [400, 'invalid_scope', 'invalid_scope'])
    assert.deepEqual(verdict(await s.token({ ...self, resource: 'x' })), [400, 'invalid_target', 'invalid_target'])
  })

  on('refresh: scopes that the user may no longer give are dropped, and come back with the permission', async (s) => {
    await projectSettings(s.app, {}, policy(['read', 'write']))
    const scopes = ['read:notes', 'offline_access', 'write:notes']
    let { body } = await s.tokens({ scopes })
    assert.equal(body.scope, 'read:notes offline_access write:notes')
    await projectSettings(s.app, {}, policy(['read']))
    body = (await s.refresh(body.refresh_token)).body
    assert.equal(body.scope, 'read:notes offline_access')
    assert.equal((await s.refresh(body.refresh_token, s.client, { scope: 'write:notes' })).body.error, 'invalid_scope')
    await projectSettings(s.app, {}, policy(['read', 'write']))
    assert.equal((await s.refresh(body.refresh_token)).body.scope, 'read:notes offline_access write:notes')
  })

  on(
    'refresh: the ID token keeps issuer, subject, audience and login time; the nonce was for the first [O8, O1]',
    async (s) => {
      s.app.clock.advance({ minutes: 10 })
      const first = (await s.tokens({ nonce: 'n-1' })).body
      s.app.clock.advance({ minutes: 10 })
      const second = (await s.refresh(first.refresh_token)).body
      const [before, after] = [decodeJwt(first.id_token), decodeJwt(second.id_token)]
      for (const claim of ['iss', 'sub', 'aud', 'auth_time']) assert.deepEqual(after[claim], before[claim])
      assert.deepEqual([before.nonce, after.nonce], ['n-1', undefined])
      assert.equal(before.auth_time, 1_767_225_600, 'when the user logged in, not when they agreed')
      assert.ok(Number(after.iat) > Number(before.iat))
      const plain = (await s.tokens({ scopes: ['offline_access'] })).body
      assert.equal('id_token' in plain, false)
      assert.equal('refresh_token' in (await s.tokens({ scopes: ['openid'] })).body, false)
    },
  )

  on('refresh: without a grace time the first reuse ends everything [C16]', async (s) => {
    await projectSettings(s.app, { idp_refresh_grace_seconds: 0 })
    const { refresh_token } = (await s.tokens()).body
    const next = (await s.refresh(refresh_token)).body
    s.app.clock.advance({ milliseconds: 1 })
    assert.equal((await s.refresh(refresh_token)).body.error_type, 'idp_refresh_token_already_used')
    assert.equal((await s.refresh(next.refresh_token)).body.error_type, 'idp_refresh_token_already_used')
  })

  on('check 27: a retry within the grace time gets the same successor, also when that was used', async (s) => {
    const first = (await s.tokens()).body.refresh_token
    const second = (await s.refresh(first)).body.refresh_token
    const third = (await s.refresh(second)).body.refresh_token
    s.app.clock.advance({ seconds: 60 })
    assert.equal((await s.refresh(first)).body.refresh_token, second)
    assert.equal((await s.refresh(second)).body.refresh_token, third)
    assert.equal((await s.refresh(third)).status, 200)
  })

  on('check 29: a confidential client’s refresh token is worth nothing without its secret', async (s) => {
    const client = await givenClient(s.app, { type: 'third_party' })
    const { refresh_token } = (await s.tokens({}, client)).body
    assert.equal((await s.refresh(refresh_token, { ...client, secret: '' })).status, 401)
    assert.equal((await s.refresh(refresh_token, { ...client, secret: 'x' })).status, 401)
    assert.equal((await s.refresh(refresh_token, s.client)).body.error_type, 'idp_refresh_token_not_found')
    assert.equal((await s.refresh(refresh_token, client)).status, 200)
  })

  on('check 17: no token is taken for another kind of token [J4]', async (s) => {
    const { code, verifier } = await s.code()
    const { access_token, refresh_token, id_token } = (await s.tokens()).body
    const { token, jwt } = s.session
    const self = { client_id: s.client.id }
    for (const one of [access_token, refresh_token, id_token, token, jwt, s.app.project.secret]) {
      const form = { grant_type: 'authorization_code', ...self, code: one, code_verifier: verifier }
      assert.equal((await s.token(form)).body.error_type, 'idp_auth_code_not_found')
    }
    for (const one of [access_token, code, id_token, token, jwt]) {
      assert.equal((await s.refresh(one)).body.error_type, 'idp_refresh_token_not_found')
    }
    for (const one of [refresh_token, code, id_token, token, jwt]) {
      const headers = { authorization: `Bearer ${one}` }
      assert.equal(
        (await s.app.call('GET', '/v1/oauth2/userinfo', { auth: false, headers })).body.error_type,
        'invalid_token',
      )
    }
    for (const one of [code, id_token, token, jwt]) {
      assert.equal((await s.post('/v1/oauth2/introspect', { token: one, ...self })).body.active, false)
    }
    for (const one of [access_token, refresh_token, id_token, code]) {
      const session = await s.app.call('POST', '/v1/sessions/authenticate', { body: { session_token: one } })
      assert.equal(session.body.error_type, 'session_not_found')
    }
    for (const one of [access_token, id_token]) {
      const session = await s.app.call('POST', '/v1/sessions/authenticate', { body: { session_jwt: one } })
      assert.equal(session.body.error_type, 'unable_to_parse_session_jwt')
    }
  })

  on('check 43: with the user all of their tokens are gone', async (s) => {
    const { access_token, refresh_token } = (await s.tokens()).body
    const { code, verifier } = await s.code()
    await s.app.call('DELETE', `/v1/users/${s.session.userId}`)
    const form = { grant_type: 'authorization_code', client_id: s.client.id, code, code_verifier: verifier }
    assert.deepEqual(verdict(await s.token(form)), [400, 'invalid_grant', 'idp_auth_code_not_found'])
    assert.deepEqual(verdict(await s.refresh(refresh_token)), [400, 'invalid_grant', 'idp_refresh_token_not_found'])
    const [path = ''] = bothPaths(s, 'introspect')
    assert.equal((await s.post(path, { token: access_token, client_id: s.client.id })).body.active, false)
    const headers = { authorization: `Bearer ${access_token}` }
    assert.equal((await s.app.call('GET', '/v1/oauth2/userinfo', { auth: false, headers })).status, 401)
  })

  on('codes and refresh tokens are stored as hashes, and differ in all of their characters [C19]', async (s) => {
    const codes = new Set<string>()
    for (let times = 0; times < 20; times++) codes.add((await s.code()).code)
    assert.equal(codes.size, 20)
    for (const code of codes) assert.match(code, /^[\w-]{44}$/)
    const { refresh_token } = (await s.tokens()).body
    const next = (await s.refresh(refresh_token)).body.refresh_token
    // 44 characters of 6 bits each: no counter, time or prefix among them.
    for (let at = 0; at < 44; at++) {
      assert.ok(new Set([...codes].map((code) => code[at])).size >= 6, `all codes are alike at ${at}`)
    }
    const { query } = s.app.app.db
    const stored = JSON.stringify([
      await query.selectFrom('authorization_codes').selectAll().execute(),
      await query.selectFrom('refresh_tokens').selectAll().execute(),
      await query.selectFrom('grants').selectAll().execute(),
    ])
    for (const token of [...codes, refresh_token, next]) assert.ok(!stored.includes(token))
  })

  on('what is refreshed in time is never swept, however long ago it was authorized', async (s) => {
    let { refresh_token } = (await s.tokens()).body
    for (const days of [60, 0, 89, 1, 89]) {
      s.app.clock.advance({ days })
      await sweepGrants(s.app.app.db, s.app.clock.now().getTime())
      const answer = await s.refresh(refresh_token)
      assert.equal(answer.status, 200, answer.text)
      refresh_token = answer.body.refresh_token
    }
  })

  on('what has expired is swept, and until then says why it ended', async (s) => {
    const { refresh_token } = (await s.tokens()).body
    const { db } = s.app.app
    s.app.clock.advance({ days: 91 })
    await sweepGrants(db, s.app.clock.now().getTime())
    assert.equal((await s.refresh(refresh_token)).body.error_type, 'idp_refresh_token_expired')
    s.app.clock.advance({ days: 7 })
    await sweepGrants(db, s.app.clock.now().getTime())
    assert.equal((await s.refresh(refresh_token)).body.error_type, 'idp_refresh_token_not_found')
    for (const table of ['authorization_codes', 'refresh_tokens', 'grants'] as const) {
      assert.deepEqual(await db.query.selectFrom(table).selectAll().execute(), [], table)
    }
  })

  on(
    'at+jwt is the type of every access token where a project asks for it, and never of an ID token [J1]',
    async (s) => {
      await projectSettings(s.app, { idp_access_token_type: 'at+jwt' })
      const { access_token, id_token } = (await s.tokens()).body
      const m2m = await s.token({ grant_type: 'client_credentials', ...credentialsOf(await givenM2mClient(s)) })
      const types = [access_token, m2m.body.access_token, id_token].map((token) => decodeProtectedHeader(token).typ)
      assert.deepEqual(types, ['at+jwt', 'at+jwt', 'JWT'])
    },
  )
}

// What has been committed is there after a restart.

const fixture = new URL('./crash.fixture.ts', import.meta.url).pathname

for (const database of testDatabases) {
  const withUrl = async (run: (url: string) => Promise<void>) => {
    const folder = await mkdtemp(join(tmpdir(), 'selvage-crash-'))
    try {
      await run(database.name === 'sqlite' ? join(folder, 'crash.db') : await database.fresh())
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const sceneOn = (url: string) => idpScene({ name: database.name, fresh: async () => url })

  /** The same server, started again on its database. */
  const restarted = (url: string, now: () => Date) =>
    openApp({
      database: { url, powerLossSafe: false, connections: 2 },
      migrate: false,
      masterKey: Buffer.alloc(32, 7).toString('base64'),
      previousMasterKeys: [],
      trustedProxies: [],
      log: { level: 'silent' },
      strict: true,
      profile: 'dev',
      now,
    })
  const post = async (app: App, path: string, form: Record<string, string>) => {
    const response = await app.http.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    })
    return { status: response.statusCode, body: JSON.parse(response.body) }
  }

  test(`${database.name}: check 27: killed between commit and answer, the retry gets the one successor [C16]`, () =>
    withUrl(async (url) => {
      const scene = await sceneOn(url)
      const { refresh_token } = (await scene.tokens()).body
      const { client } = scene
      const { clock } = scene.app
      await scene.app.close()
      const child = spawn(process.execPath, [fixture, url, client.id, refresh_token, clock.now().toISOString()])
      const signal = await new Promise((resolve) => child.once('close', (_code, how) => resolve(how)))
      assert.equal(signal, 'SIGKILL')
      const app = await restarted(url, clock.now)
      try {
        const committed = await app.db.query.selectFrom('refresh_tokens').selectAll().execute()
        assert.equal(committed.length, 2, 'the rotation was committed')
        clock.advance({ seconds: 30 })
        const form = { grant_type: 'refresh_token', client_id: client.id, refresh_token }
        const { status, body } = await post(app, '/v1/oauth2/token', form)
        assert.equal(status, 200)
        const successor = committed.find(({ used_at }) => used_at === null)
        assert.equal(hashToken(body.refresh_token), successor?.token_hash)
        assert.equal((await post(app, '/v1/oauth2/token', form)).body.refresh_token, body.refresh_token)
        assert.equal((await app.db.query.selectFrom('refresh_tokens').selectAll().execute()).length, 2)
        const next = await post(app, '/v1/oauth2/token', { ...form, refresh_token: body.refresh_token })
        assert.equal(next.status, 200)
      } finally {
        await app.close()
      }
    }))

  test(`${database.name}: check 26: revoke, restart, replay: the tokens stay dead`, () =>
    withUrl(async (url) => {
      const scene = await sceneOn(url)
      const { client } = scene
      const { clock } = scene.app
      const [byRefresh, byAccess] = [(await scene.tokens()).body, (await scene.tokens()).body]
      for (const token of [byRefresh.refresh_token, byAccess.access_token]) {
        assert.equal((await scene.post('/v1/oauth2/revoke', { token, client_id: client.id })).status, 200)
      }
      await scene.app.close()
      const app = await restarted(url, clock.now)
      try {
        const self = { client_id: client.id }
        const refresh = { grant_type: 'refresh_token', ...self, refresh_token: byRefresh.refresh_token }
        const replay = await post(app, '/v1/oauth2/token', refresh)
        assert.deepEqual([replay.status, replay.body.error], [400, 'invalid_grant'])
        for (const token of [byRefresh.access_token, byRefresh.refresh_token, byAccess.access_token]) {
          assert.equal((await post(app, '/v1/oauth2/introspect', { ...self, token })).body.active, false)
        }
        const alive = await post(app, '/v1/oauth2/introspect', { ...self, token: byAccess.refresh_token })
        assert.equal(alive.body.active, true, 'an access token is revoked alone')
      } finally {
        await app.close()
      }
    }))
}
