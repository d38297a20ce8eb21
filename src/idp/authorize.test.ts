/** The two steps of a consent page, from a backend and from a browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestAnswer } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject, givenSession } from '../testing/given.ts'
import { givenClient, givenSite, idpScene, pkcePair, projectSettings, redirectUri, type Scene } from './idp.fixture.ts'

const { challenge } = pkcePair()

type Fields = Readonly<Record<string, unknown>>

/** One of the four operations, for the user of the scene. */
interface Way {
  readonly name: string
  readonly isSubmit: boolean
  readonly isFrontend: boolean
  readonly call: (s: Scene, fields?: Fields, password?: string) => Promise<TestAnswer>
}

const usual = (s: Scene): Fields => ({
  client_id: s.client.id,
  redirect_uri: redirectUri,
  response_type: 'code',
  scopes: ['openid'],
  code_challenge: challenge,
  consent_granted: true,
})

const backend = (step: string): Way => ({
  name: `/v1 ${step}`,
  isSubmit: step === 'submit',
  isFrontend: false,
  call: (s, fields = {}) => {
    const who = 'user_id' in fields || 'session_jwt' in fields ? {} : { session_token: s.session.token }
    const path = step === 'start' ? '/v1/idp/oauth/authorize/start' : '/v1/idp/oauth/authorize'
    return s.app.call('POST', path, { body: { ...usual(s), ...who, ...fields } })
  },
})

const frontend = (step: string): Way => ({
  name: `/sdk/v1 ${step}`,
  isSubmit: step === 'submit',
  isFrontend: true,
  call: async (s, fields = {}, password = s.session.token) => {
    const auth = { username: s.app.project.publicToken, password }
    const path = `/sdk/v1/idp/oauth/authorize/${step}`
    const answer = await s.app.call('POST', path, { auth, body: { ...usual(s), ...fields } })
    return { ...answer, body: answer.body.data ?? answer.body }
  },
})

const ways = [backend('start'), backend('submit'), frontend('start'), frontend('submit')]
const submits = ways.filter(({ isSubmit }) => isSubmit)

const policy = {
  roles: [{ role_id: 'stytch_user', permissions: [{ resource_id: 'notes', actions: ['read'] }] }],
  resources: [{ resource_id: 'notes', actions: ['read', 'write'] }],
  scopes: ['read', 'write'].map((action) => ({
    scope: `${action}:notes`,
    description: `${action} notes`,
    permissions: [{ resource_id: 'notes', actions: [action] }],
  })),
}

const verdict = ({ status, body }: TestAnswer) => [status, body.error_type]
const codes = (s: Scene) => s.app.app.db.query.selectFrom('authorization_codes').selectAll().execute()

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: authorize: ${name}`, async () => {
      await using scene = await idpScene(database)
      await run(scene)
    })

  on('start says who asks whom for what, in the order of the request, and stores nothing', async (s) => {
    await projectSettings(s.app, {}, policy)
    const client = await givenClient(s.app, { logoUrl: 'https://client.example/logo.png' })
    const scopes = ['write:notes', 'openid', 'read:notes', 'openid']
    for (const way of ways.filter(({ isSubmit }) => !isSubmit)) {
      const { status, body } = await way.call(s, { client_id: client.id, scopes })
      assert.equal(status, 200)
      assert.equal(body.user_id, s.session.userId)
      assert.equal(body.user.user_id, s.session.userId)
      assert.equal(body.consent_required, true)
      assert.deepEqual(body.client, {
        client_id: client.id,
        client_name: 'Notes',
        client_description: 'Takes notes',
        client_type: 'third_party_public',
        logo_url: 'https://client.example/logo.png',
        client_logo_url: 'https://client.example/logo.png',
      })
      assert.deepEqual(body.scope_results, [
        { scope: 'write:notes', description: 'write notes', is_grantable: false },
        { scope: 'openid', description: 'Know who you are here', is_grantable: true },
        { scope: 'read:notes', description: 'read notes', is_grantable: true },
      ])
    }
    assert.deepEqual(await codes(s), [])
  })

  on('a request is refused by name, at start and at submit, from backend and browser [C1, C2, P1, P7]', async (s) => {
    await using site = await givenSite((_path, origin) => ({ client_id: `${origin}/another`, client_name: 'x' }))
    const bare = await givenClient(s.app, { redirectUrls: [] })
    const cases: readonly (readonly [Fields, number, string])[] = [
      [{ client_id: 'connected-app-test-99999999-9999-4999-8999-999999999999' }, 404, 'connected_app_not_found'],
      [{ client_id: 'nobody' }, 404, 'connected_app_not_found'],
      [{ client_id: 'https://client.example/' }, 400, 'client_id_metadata_url_invalid'],
      [{ client_id: 'http://127.0.0.1:1/client.json' }, 400, 'client_id_metadata_document_unavailable'],
      [{ client_id: `${site.origin}/client.json` }, 400, 'client_id_metadata_document_invalid'],
      [{ client_id: bare.id }, 400, 'connected_app_misconfigured_client'],
      [
        { redirect_uri: 'https://evil.example/callback' },
        401,
        'connected_app_supplied_redirect_url_not_found_in_client',
      ],
      [{ response_type: 'token' }, 400, 'unsupported_response_type'],
      [{ scopes: [] }, 400, 'oauth_invalid_scope_requested'],
      [{ scopes: ['openid', 'fly'] }, 400, 'oauth_invalid_scope_requested'],
      [{ scopes: ['full_access'] }, 400, 'third_party_clients_cannot_use_full_access'],
      [{ code_challenge: 'short' }, 400, 'invalid_pkce_code_challenge'],
      [{ code_challenge: 'c'.repeat(42) }, 400, 'invalid_pkce_code_challenge'],
      [{ code_challenge: 'c'.repeat(44) }, 400, 'invalid_pkce_code_challenge'],
      [{ code_challenge: `${'c'.repeat(42)}+` }, 400, 'invalid_pkce_code_challenge'],
      [{ code_challenge: `${'c'.repeat(42)}=` }, 400, 'invalid_pkce_code_challenge'],
      [{ resources: ['notes'] }, 400, 'invalid_target'],
      [{ resources: ['https://a.example/#x'] }, 400, 'invalid_target'],
      [{ resource: Array.from({ length: 11 }, (_, at) => `https://${at}.example`) }, 400, 'invalid_target'],
    ]
    for (const way of ways) {
      for (const [fields, status, type] of cases) {
        // Start takes no challenge and no resources: what it ignores it cannot refuse.
        const isIgnored = !way.isSubmit && /pkce|target/.test(type)
        const answer = await way.call(s, fields)
        assert.deepEqual(verdict(answer), isIgnored ? [200, undefined] : [status, type], `${way.name} ${type}`)
        assert.equal(answer.headers.location, undefined)
        assert.equal('redirect_uri' in answer.body, false)
      }
    }
    assert.deepEqual(await codes(s), [])
    await projectSettings(s.app, { idp_client_id_metadata_documents_enabled: false })
    for (const way of ways) {
      const answer = await way.call(s, { client_id: `${site.origin}/client.json` })
      assert.deepEqual(verdict(answer), [400, 'client_id_metadata_documents_not_enabled'])
    }
  })

  on('400 too_many_connected_apps: a project that knows a thousand strangers takes no further one', async (s) => {
    await using site = await givenSite((path, origin) => ({
      client_id: `${origin}${path}`,
      client_name: 'x',
      redirect_uris: [redirectUri],
    }))
    const { query } = s.app.app.db
    const row = await query.selectFrom('connected_apps').selectAll().executeTakeFirstOrThrow()
    for (let block = 0; block < 10; block++) {
      const rows = Array.from({ length: 100 }, (_, at) => ({
        ...row,
        client_id: `connected-app-test-${block}-${at}`,
        creation_method: 'dynamic_client_registration' as const,
      }))
      await query.insertInto('connected_apps').values(rows).execute()
    }
    for (const way of ways) {
      const answer = await way.call(s, { client_id: `${site.origin}/client.json` })
      assert.deepEqual(verdict(answer), [400, 'too_many_connected_apps'], way.name)
    }
  })

  on('exactly one user is named, by ID, external ID, session or its JWT', async (s) => {
    await s.app.call('PUT', `/v1/users/${s.session.userId}`, { body: { external_id: 'ada' } })
    const other = await givenOtherProject(s.app)
    for (const way of ways.filter(({ isFrontend }) => !isFrontend)) {
      const { token, jwt, userId } = s.session
      const none = { session_token: '' }
      assert.deepEqual(verdict(await way.call(s, none)), [400, 'no_oauth_authorize_user_selector'])
      assert.deepEqual(verdict(await way.call(s, { user_id: userId, session_token: token })), [
        400,
        'too_many_user_selection_arguments',
      ])
      assert.deepEqual(verdict(await way.call(s, { user_id: 'nobody' })), [404, 'user_not_found'])
      assert.deepEqual(verdict(await way.call(s, { session_token: 'x' })), [404, 'session_not_found'])
      assert.deepEqual(verdict(await way.call(s, { session_jwt: 'x' })), [400, 'unable_to_parse_session_jwt'])
      for (const who of [{ user_id: userId }, { user_id: 'ada' }, { session_jwt: jwt }]) {
        assert.equal((await way.call(s, who)).status, 200)
      }
      const path = '/v1/idp/oauth/authorize'
      const elsewhere = await s.app.call('POST', path, { auth: other, body: { ...usual(s), user_id: userId } })
      assert.deepEqual(verdict(elsewhere), [404, 'user_not_found'], 'check 52: the user of another project')
    }
  })

  on('check 52: a client of another project is the same as none', async (s) => {
    const auth = await givenOtherProject(s.app)
    const { body } = await s.app.call('POST', '/v1/users', { auth, body: { email: 'ada@example.com' } })
    for (const path of ['/v1/idp/oauth/authorize', '/v1/idp/oauth/authorize/start']) {
      const call = (client_id: string) =>
        s.app.call('POST', path, { auth, body: { ...usual(s), client_id, user_id: body.user_id } })
      const foreign = await call(s.client.id)
      const unknown = await call(s.client.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')))
      assert.deepEqual(verdict(foreign), [404, 'connected_app_not_found'])
      assert.deepEqual({ ...foreign.body, request_id: '' }, { ...unknown.body, request_id: '' })
    }
  })

  on('a browser needs the public token, a known origin and a live session', async (s) => {
    const { publicToken } = s.app.project
    for (const step of ['start', 'submit']) {
      const call = (username: string, password: string, origin = 'http://localhost:3000') =>
        s.app.call('POST', `/sdk/v1/idp/oauth/authorize/${step}`, {
          auth: { username, password },
          headers: { origin },
          body: usual(s),
        })
      const { token } = s.session
      assert.equal((await call(publicToken, token)).status, 200)
      assert.deepEqual(verdict(await call('', token)), [400, 'public_token_required'])
      assert.deepEqual(verdict(await call('x', token)), [400, 'invalid_public_token_id'])
      const unknown = publicToken.replace(/0/g, '1')
      assert.equal((await call(unknown, token)).body.error_type, 'public_token_not_found')
      assert.equal(
        (await call(publicToken, token, 'https://evil.example')).body.error_type,
        'bad_domain_for_stytch_sdk',
      )
      assert.deepEqual(verdict(await call(publicToken, publicToken)), [401, 'user_unauthenticated'])
      assert.deepEqual(verdict(await call(publicToken, 'x')), [401, 'user_unauthenticated'])
      await projectSettings(s.app, { frontend_enabled: false })
      assert.equal((await call(publicToken, token)).body.error_type, 'endpoint_not_authorized_for_sdk')
      await projectSettings(s.app, {})
    }
  })

  on('check 11: a public client without a challenge gets no code [P2]', async (s) => {
    for (const way of submits) {
      for (const code_challenge of [undefined, null, '']) {
        const answer = await way.call(s, { code_challenge })
        assert.deepEqual(verdict(answer), [400, 'pkce_required_for_idp_authorization_flow'])
      }
    }
    assert.deepEqual(await codes(s), [])
  })

  on('check 20: code, state and issuer come back, the query kept, the issuer byte for byte [P6, C4]', async (s) => {
    const registered = 'https://client.example/cb?tenant=a%20b'
    const client = await givenClient(s.app, { redirectUrls: [registered] })
    const { issuer } = (await s.app.call('GET', '/.well-known/openid-configuration', { auth: false })).body
    for (const way of submits) {
      const state = 'a b&c=d\r\nX: y'
      const sent = { client_id: client.id, redirect_uri: registered, state }
      const { body } = await way.call(s, sent)
      assert.ok(body.redirect_uri.startsWith(`${registered}&code=`))
      const landed = new URL(body.redirect_uri)
      assert.deepEqual([...landed.searchParams.keys()], ['tenant', 'code', 'state', 'iss'])
      assert.equal(landed.searchParams.get('code'), body.authorization_code)
      assert.equal(landed.searchParams.get('state'), state)
      assert.equal(landed.searchParams.get('iss'), issuer)
      assert.doesNotMatch(body.redirect_uri, /[\r\n#]/, 'check 9')
      const refused = await way.call(s, { ...sent, scopes: ['openid', 'email'], consent_granted: false })
      assert.equal(refused.status, 200)
      assert.equal('authorization_code' in refused.body, false)
      const error = new URL(refused.body.redirect_uri).searchParams
      assert.deepEqual([error.get('error'), error.get('state'), error.get('iss')], ['access_denied', state, issuer])
      assert.match(error.get('error_description') ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, 'C15')
      const stateless = await way.call(s, { client_id: client.id, redirect_uri: registered, state: '' })
      assert.equal(new URL(stateless.body.redirect_uri).searchParams.has('state'), false)
    }
  })

  on('whoever does not say that the user agreed says no; a first-party client need not ask', async (s) => {
    const own = await givenClient(s.app, { type: 'first_party_public' })
    for (const way of submits) {
      const silent = await way.call(s, { consent_granted: undefined })
      assert.match(silent.body.redirect_uri, /error=access_denied/)
      const unasked = await way.call(s, { client_id: own.id, consent_granted: false })
      assert.ok(unasked.body.authorization_code)
    }
  })

  on('a scope that the user cannot give is left out; if none is left, the client hears of it', async (s) => {
    await projectSettings(s.app, {}, policy)
    for (const way of submits) {
      const { body } = await way.call(s, { scopes: ['write:notes'] })
      assert.match(body.redirect_uri, /error=invalid_scope/)
      assert.equal('authorization_code' in body, false)
    }
    const tokens = await s.tokens({ scopes: ['write:notes', 'read:notes', 'openid', 'read:notes'] })
    assert.equal(tokens.body.scope, 'read:notes openid')
  })

  on('consent is remembered for what was agreed to, and asked for anew when it matters [O7]', async (s) => {
    const [start = ways[0]] = ways
    const asks = async (fields: Fields) => (await start?.call(s, fields))?.body.consent_required
    assert.equal(await asks({ scopes: ['openid', 'email'] }), true, 'nobody agreed yet')
    await s.code({ scopes: ['openid', 'email'] })
    assert.equal(await asks({ scopes: ['openid', 'email'] }), false)
    assert.equal(await asks({ scopes: ['openid'] }), false, 'less')
    assert.equal(await asks({ scopes: ['openid', 'phone'] }), true, 'more')
    assert.equal(await asks({ scopes: ['openid'], prompt: 'login consent' }), true)
    await s.code({ scopes: ['openid', 'offline_access'] })
    assert.equal(await asks({ scopes: ['openid', 'offline_access'] }), true, 'every time')
    await projectSettings(s.app, { idp_remember_offline_access: true })
    assert.equal(await asks({ scopes: ['openid', 'offline_access'] }), false)
    assert.equal(await asks({ scopes: ['openid', 'email'] }), true, 'the last flow counts')
    const own = await givenClient(s.app, { type: 'first_party_public' })
    assert.equal(await asks({ client_id: own.id, scopes: ['openid'] }), false)
    assert.equal(await asks({ client_id: own.id, scopes: ['offline_access'] }), true)
    const trusted = await givenClient(s.app, { type: 'first_party', bypassConsentForOfflineAccess: true })
    assert.equal(await asks({ client_id: trusted.id, scopes: ['offline_access'] }), false)
    const other = await givenSession(s.app)
    assert.equal((await start?.call(s, { user_id: other.userId }))?.body.consent_required, true, 'another user')
  })

  on('full_access is for first-party clients that were allowed it', async (s) => {
    const scopes = ['openid', 'full_access']
    const plain = await givenClient(s.app, { type: 'first_party_public' })
    assert.equal((await s.tokens({ scopes }, plain)).body.scope, 'openid')
    const allowed = await givenClient(s.app, { type: 'first_party_public', fullAccessAllowed: true })
    assert.equal((await s.tokens({ scopes }, allowed)).body.scope, 'openid full_access')
  })

  on('check 1, 3, 5: only the registered redirect URI passes, byte for byte [C2, C3, A7]', async (s) => {
    const [submit] = submits
    const client = await givenClient(s.app, {
      redirectUrls: ['https://client.example/Callback?a=b', 'http://127.0.0.1/cb', 'http://localhost:3000/cb'],
    })
    const status = async (redirect_uri: string) =>
      (await submit?.call(s, { client_id: client.id, redirect_uri, user_id: s.session.userId }))?.status
    for (const right of ['https://client.example/Callback?a=b', 'http://127.0.0.1:49152/cb', 'http://localhost/cb']) {
      assert.equal(await status(right), 200, right)
    }
    const before = (await codes(s)).length
    const wrong = [
      'https://client.example/callback?a=b', 'https://client.example/Callback', 'https://client.example/Callback?a=b&c=d',
      'https://client.example/Callback?a=b#', 'https://client.example/Callback/?a=b', 'https://client.example./Callback?a=b',
      'https://client.example:443/Callback?a=b', 'https://client.example:8443/Callback?a=b', 'HTTPS://client.example/Callback?a=b',
      'https://CLIENT.example/Callback?a=b', 'https://client.example/x/../Callback?a=b', 'https://client.example/%43allback?a=b',
      'https://client.example\\/Callback?a=b', 'https://client.example@evil.example/Callback?a=b', '//client.example/Callback?a=b',
      'https://client.example/Callback?a=b\n', 'https://client.example/Call\tback?a=b', ' https://client.example/Callback?a=b',
      'http://client.example/Callback?a=b', 'https://client.example.evil.example/Callback?a=b', 'javascript:alert(1)', '',
      'data:text/html,x', 'https://clіent.example/Callback?a=b', 'http://127.0.0.1:80@evil.example/cb', 'http://127.0.0.1/cb/',
      'http://127.0.0.1/CB', 'http://127.0.0.1/cb?x=1', 'http://127.0.0.2/cb', 'http://[::1]/cb', 'http://localhost.evil.example/cb',
      'https://127.0.0.1/cb', 'http://127.1/cb', 'http://0x7f.0.0.1/cb', 'http://localhost:999999/cb', 'http://127.0.0.1:/cb',
    ] // biome-ignore format: a list of texts reads best as a block
    for (const one of wrong) assert.equal(await status(one), 401, one)
    assert.equal((await codes(s)).length, before)
  })

  on('an unknown member is ignored, a missing or misshapen one is named [C7]', async (s) => {
    for (const way of ways) {
      assert.equal((await way.call(s, { request_uri: 'urn:x', display: 'popup', ui_locales: 'de' })).status, 200)
      for (const fields of [{ client_id: undefined }, { scopes: 'openid' }, { redirect_uri: 7 }]) {
        assert.deepEqual(verdict(await way.call(s, fields)), [400, 'bad_request'])
      }
    }
  })

  on('what came of each request is remembered for the developer, with the scopes that were left out', async (s) => {
    await projectSettings(s.app, {}, policy)
    await s.code({ scopes: ['openid', 'write:notes'] })
    s.app.clock.advance({ seconds: 1 })
    await s.authorize({ redirect_uri: 'https://evil.example/cb' })
    s.app.clock.advance({ seconds: 1 })
    await s.authorize({ consent_granted: false, code_challenge: challenge, scopes: ['openid', 'email'] })
    await s.app.app.flush()
    const { body } = await s.app.call('GET', '/v1/oauth/attempts')
    const seen = body.attempts.map((one: { step: string; outcome: string }) => [one.step, one.outcome])
    assert.deepEqual(seen, [
      ['authorize', 'access_denied'],
      ['authorize', 'connected_app_supplied_redirect_url_not_found_in_client'],
      ['authorize', 'ok'],
    ])
    assert.deepEqual(body.attempts[2].details, { granted: ['openid'], dropped: ['write:notes'] })
    assert.equal(body.attempts[1].details.received, 'https://evil.example/cb')
  })
}
