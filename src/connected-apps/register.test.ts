import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerClient as registerByMcpSdk } from '@modelcontextprotocol/sdk/client/auth.js'
import { type CallSettings, type TestAnswer, type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject, givenSession } from '../testing/given.ts'
import { secretMatches } from './connected-app.ts'
import { sweepRegistrations } from './introduced-store.ts'
import { findClient } from './store.ts'

const path = '/v1/oauth2/register'
const uris = ['http://127.0.0.1:4711/callback']

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: registration: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })
  const post = (app: TestApp, body: unknown, settings: CallSettings = {}) => {
    // A minute later, so that only the tests of the limit meet it.
    app.clock.advance({ minutes: 1 })
    return app.call('POST', path, { body, auth: false, ...settings })
  }
  const register = async (app: TestApp, body: Record<string, unknown> = {}) => {
    const answer = await post(app, { redirect_uris: uris, ...body })
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }
  const configure = async ({ app, project }: TestApp, settings: Record<string, unknown>) => {
    await app.db.query
      .updateTable('projects')
      .set({ settings: JSON.stringify(settings) })
      .where('project_id', '=', project.id)
      .execute()
    app.projects.forget()
  }
  const rows = ({ app }: TestApp) => app.db.query.selectFrom('connected_apps').selectAll().execute()
  const refused = ({ status, body }: TestAnswer, error: string, said: RegExp) => {
    assert.equal(status, 400)
    assert.equal(body.error_type, error)
    assert.equal(body.error, error)
    assert.match(body.error_message, said)
    assert.ok(body.error_description && body.error_uri)
  }

  on('a public client: 201, never stored, with what was registered and no null [R2, R3, A3, A15]', async (app) => {
    const answer = await post(app, {
      redirect_uris: uris,
      client_name: 'Notes',
      client_uri: '',
      logo_uri: 'https://notes.example/logo.png',
      tos_uri: null,
      contacts: ['ada@notes.example'],
      scope: 'openid profile full_access admin openid',
      application_type: 'native',
      software_id: 'notes',
      software_version: '1',
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['token'],
      resource: 'https://mcp.example/',
      jwks: { keys: [] },
    })
    assert.equal(answer.status, 201)
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers.pragma, 'no-cache')
    assert.equal(answer.headers['access-control-allow-origin'], '*')
    const { client_id, request_id, ...rest } = answer.body
    assert.match(client_id, /^connected-app-test-[0-9a-f-]{36}$/)
    assert.ok(request_id)
    assert.deepEqual(rest, {
      status_code: 201,
      client_id_issued_at: app.clock.now().getTime() / 1_000,
      redirect_uris: uris,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      client_name: 'Notes',
      scope: 'openid profile',
      logo_uri: 'https://notes.example/logo.png',
      contacts: ['ada@notes.example'],
      application_type: 'native',
      software_id: 'notes',
      software_version: '1',
    })
    const client = await findClient(app.app.db, client_id)
    assert.equal(client?.type, 'third_party_public')
    assert.equal(client?.tokenEndpointAuthMethod, 'none')
    assert.equal(client?.name, 'Notes')
    assert.equal(client?.secret, undefined)
    assert.equal(client?.creationMethod, 'dynamic_client_registration')
  })

  on('the least that works is redirect_uris, and application_type may be anything [A15, R9]', async (app) => {
    const {
      client_id: _,
      request_id: __,
      client_id_issued_at: ___,
      ...rest
    } = await register(app, { application_type: 7 })
    assert.deepEqual(rest, {
      status_code: 201,
      redirect_uris: uris,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    })
  })

  on('a client with a secret is told it once, and is a new one each time [R2]', async (app) => {
    const body = { token_endpoint_auth_method: 'client_secret_post', redirect_uris: ['https://notes.example/callback'] }
    const first = await register(app, body)
    const second = await register(app, { ...body, token_endpoint_auth_method: 'client_secret_basic' })
    assert.notEqual(first.client_id, (await register(app, body)).client_id)
    assert.match(first.client_secret, /^[\w-]{44}$/)
    assert.equal(first.client_secret_expires_at, 0)
    assert.equal(first.registration_access_token, undefined)
    assert.equal(second.token_endpoint_auth_method, 'client_secret_basic')
    const client = await findClient(app.app.db, first.client_id)
    assert.equal(client?.type, 'third_party')
    assert.equal(client?.tokenEndpointAuthMethod, 'client_secret_post')
    assert.ok(client && secretMatches(client, first.client_secret))
    assert.ok(!JSON.stringify(await rows(app)).includes(first.client_secret))
  })

  on('equal registrations of a public client are one, whatever loopback port and order', async (app) => {
    const first = await register(app, { client_name: 'Notes', redirect_uris: [...uris, 'https://notes.example/cb'] })
    const again = ['https://notes.example/cb', 'http://127.0.0.1:9/callback']
    const second = await register(app, { redirect_uris: again, client_name: 'Notes', unknown: 1 })
    assert.equal(second.client_id, first.client_id)
    assert.equal(second.client_id_issued_at, first.client_id_issued_at)
    assert.deepEqual(second.redirect_uris, again)
    for (const other of [
      { client_name: 'Notes 2', redirect_uris: again },
      { client_name: 'Notes', redirect_uris: ['https://notes.example:9/cb', 'http://127.0.0.1:9/callback'] },
      { client_name: 'Notes', redirect_uris: ['https://notes.example/cb', 'http://localhost:9/callback'] },
      { client_name: 'Notes', redirect_uris: ['https://notes.example/cb', 'http://127.0.0.1:9/Callback'] },
    ])
      assert.notEqual((await register(app, other)).client_id, first.client_id)
    assert.equal((await rows(app)).length, 5)
  })

  on('of many equal registrations at once one client comes', async (app) => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => app.call('POST', path, { body: { redirect_uris: uris }, auth: false })),
    )
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ body }) => body.client_id)).size, 1)
    assert.equal((await rows(app)).length, 1)
  })

  on('check 4: redirect URIs that lead to no app are refused by name [R1, R6, A7]', async (app) => {
    refused(await post(app, {}), 'invalid_redirect_uri', /redirect_uris: a value is required/)
    refused(await post(app, { redirect_uris: null }), 'invalid_redirect_uri', /redirect_uris: a value is required/)
    refused(await post(app, { redirect_uris: [] }), 'invalid_redirect_uri', /is empty/)
    refused(await post(app, { redirect_uris: 'https://a.example' }), 'invalid_redirect_uri', /expected array/)
    refused(await post(app, { redirect_uris: [1] }), 'invalid_redirect_uri', /redirect_uris\.0/)
    const many = Array.from({ length: 51 }, (_, at) => `https://a.example/${at}`)
    refused(await post(app, { redirect_uris: many }), 'invalid_redirect_uri', /more than 50/)
    for (const uri of [
      ...['javascript:alert(1)', 'JAVASCRIPT:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd'],
      ...[
        'blob:https://a.example/x',
        'about:blank',
        'http://a.example/',
        'http://127.0.0.1.evil.example/',
        '/callback',
      ],
      ...[
        'https://a.example/#x',
        'https://user@a.example/',
        'https://*.a.example/',
        '',
        '//a.example/',
        'https://a.example/\\',
      ],
    ]) {
      refused(await post(app, { redirect_uris: [...uris, uri] }), 'invalid_redirect_uri', /cannot be registered/)
    }
    const own = { redirect_uris: ['com.example.notes:/callback'] }
    assert.equal((await post(app, own)).status, 201)
    refused(
      await post(app, { ...own, token_endpoint_auth_method: 'client_secret_basic' }),
      'invalid_redirect_uri',
      /must use https/,
    )
    assert.equal((await rows(app)).length, 1)
  })

  on('metadata that is not offered is refused, and the message says what was sent [R3, R4]', async (app) => {
    for (const [members, said] of [
      [
        { token_endpoint_auth_method: 'private_key_jwt' },
        /none, client_secret_basic, client_secret_post.*private_key_jwt/,
      ],
      [{ token_endpoint_auth_method: 1 }, /token_endpoint_auth_method: .*expected string/],
      [{ client_name: 'x'.repeat(257) }, /client_name: it has more than 256/],
      [{ client_name: 'Bank\u202etxet' }, /client_name: it holds characters/],
      [{ client_name: 'Bank\nof' }, /client_name: it holds characters/],
      [{ client_uri: 'javascript:alert(1)' }, /client_uri must be an http or https URL, not javascript/],
      [{ logo_uri: 'data:image/png;base64,x' }, /logo_uri/],
      [{ tos_uri: 'notes' }, /tos_uri/],
      [{ contacts: 'ada@notes.example' }, /contacts/],
      [{ grant_types: 'code' }, /grant_types/],
      [{ post_logout_redirect_uris: ['javascript:alert(1)'] }, /javascript:/],
    ] as const)
      refused(await post(app, { redirect_uris: uris, ...members }), 'invalid_client_metadata', said)
    refused(
      await post(app, { redirect_uris: uris, software_statement: 'eyJhbGciOiJub25lIn0.e30.' }),
      'invalid_software_statement',
      /software_statement/,
    )
    for (const body of ['{', '[]', '"text"']) {
      const answer = await post(app, body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.error, 'invalid_request')
    }
    assert.deepEqual(await rows(app), [])
  })

  on('check 58: no registration makes itself trusted [R3]', async (app) => {
    const { client_id } = await register(app, {
      client_type: 'first_party',
      type: 'first_party',
      full_access_allowed: true,
      bypass_consent_for_offline_access: true,
      access_token_expiry_minutes: 1_440,
      access_token_custom_audience: 'https://api.example',
      access_token_template_content: '{"admin": true}',
      client_id: 'connected-app-test-00000000-0000-4000-8000-000000000000',
      client_secret: 'chosen',
      client_id_metadata_url: 'https://notes.example/client.json',
      creation_method: 'api',
      scope: 'full_access',
      grant_types: ['client_credentials', 'password'],
      first_used_at: 1,
      __proto__: { full_access_allowed: true },
    })
    const [row] = await rows(app)
    assert.equal(row?.client_id, client_id)
    assert.notEqual(client_id, 'connected-app-test-00000000-0000-4000-8000-000000000000')
    assert.deepEqual(
      { ...row },
      {
        ...row,
        client_type: 'third_party_public',
        full_access_allowed: 0,
        bypass_consent_for_offline_access: 0,
        access_token_expiry_minutes: 60,
        access_token_custom_audience: null,
        access_token_template_content: '',
        client_secret_hash: null,
        client_id_metadata_url: null,
        creation_method: 'dynamic_client_registration',
        first_used_at: null,
      },
    )
    assert.ok(!row?.registration?.includes('full_access'))
  })

  on('the project’s template stands in its access tokens', async (app) => {
    const template = '{"ext": {{ user.external_id }}}'
    await configure(app, { idp_dynamic_client_registration_access_token_template_content: template })
    const { client_id } = await register(app)
    assert.equal((await findClient(app.app.db, client_id))?.accessTokenTemplate, template)
  })

  on('the scopes of the policy may be asked for', async (app) => {
    const policy = {
      resources: [{ resource_id: 'notes', actions: ['read'] }],
      scopes: [{ scope: 'read:notes', permissions: [{ resource_id: 'notes', actions: ['read'] }] }],
    }
    await app.app.db.query
      .updateTable('projects')
      .set({ rbac_policy: JSON.stringify(policy) })
      .execute()
    app.app.projects.forget()
    assert.equal((await register(app, { scope: 'read:notes write:notes openid' })).scope, 'read:notes openid')
  })

  on('it can be switched off, and is off in live projects where nothing is said', async (app) => {
    const off = (answer: TestAnswer) => {
      assert.equal(answer.status, 400)
      assert.equal(answer.body.error_type, 'dynamic_client_registration_not_enabled')
      assert.equal(answer.body.error, 'access_denied')
    }
    const inProject = `/v1/public/${app.project.id}/oauth2/register`
    await configure(app, { idp_dynamic_client_registration_enabled: false })
    off(await post(app, { redirect_uris: uris }))
    off(await app.call('POST', inProject, { body: { redirect_uris: uris }, auth: false }))
    await configure(app, {})
    await app.app.db.query.updateTable('projects').set({ environment: 'live' }).execute()
    app.app.projects.forget()
    off(await post(app, { redirect_uris: uris }))
    await configure(app, { idp_dynamic_client_registration_enabled: true })
    assert.match((await register(app)).client_id, /^connected-app-live-/)
  })

  on('the project is that of the bare origin, or that of the path', async (app) => {
    const other = await givenOtherProject(app)
    const at = (projectId: string, body: Record<string, unknown> = { redirect_uris: uris }) =>
      app.call('POST', `/v1/public/${projectId}/oauth2/register`, { body, auth: false })
    assert.equal((await post(app, { redirect_uris: uris })).body.error_type, 'issuer_is_ambiguous')
    const mine = await at(app.project.id)
    assert.equal(mine.status, 201)
    const theirs = await at(other.username)
    assert.notEqual(theirs.body.client_id, mine.body.client_id)
    assert.equal((await findClient(app.app.db, theirs.body.client_id))?.projectId, other.username)
    assert.equal((await at('project-test-11111111-1111-4111-8111-111111111111')).body.error_type, 'project_not_found')
    assert.equal((await at(app.project.id, {})).body.error_type, 'invalid_redirect_uri')
    assert.equal(
      (await at(app.project.id, { redirect_uris: uris, client_name: 1 })).body.error_type,
      'invalid_client_metadata',
    )
    assert.equal(
      (await at(app.project.id, { redirect_uris: uris, software_statement: 'x' })).body.error_type,
      'invalid_software_statement',
    )
    await configure(app, { idp_issuer_path: 'one' })
    assert.equal((await post(app, { redirect_uris: uris })).status, 201)
    await app.app.db.query.updateTable('projects').set({ settings: '{"idp_issuer_path":"two"}' }).execute()
    app.app.projects.forget()
    assert.equal((await post(app, { redirect_uris: uris })).body.error_type, 'issuer_not_found')
  })

  on('check 61: an address registers ten clients a minute, and is told when to come again [R4]', async (app) => {
    const call = (at: number, headers = {}) =>
      app.call('POST', path, { body: { redirect_uris: uris, client_name: `client ${at}` }, auth: false, headers })
    for (let at = 0; at < 10; at++) assert.equal((await call(at)).status, 201)
    app.clock.advance({ seconds: 20 })
    const eleventh = await call(10)
    assert.equal(eleventh.status, 429)
    assert.equal(eleventh.headers['retry-after'], '40')
    assert.equal(eleventh.body.error_type, 'too_many_requests')
    assert.equal(eleventh.body.error, 'temporarily_unavailable')
    assert.equal((await rows(app)).length, 10)
    // Another project has a count of its own.
    const other = await givenOtherProject(app)
    const theirs = `/v1/public/${other.username}/oauth2/register`
    assert.equal((await app.call('POST', theirs, { body: { redirect_uris: uris }, auth: false })).status, 201)
    await app.app.db.query.deleteFrom('projects').where('project_id', '=', other.username).execute()
    app.app.projects.forget()
    app.clock.advance({ seconds: 40 })
    assert.equal((await call(11)).status, 201)
  })

  on('check 67: a forwarded address of nobody’s proxy makes no new caller', async (app) => {
    const statuses = []
    for (let at = 0; at < 12; at++) {
      const headers = { 'x-forwarded-for': `192.0.2.${at}`, forwarded: `for=192.0.2.${at}` }
      statuses.push((await app.call('POST', path, { body: { redirect_uris: uris }, auth: false, headers })).status)
    }
    assert.deepEqual(statuses.slice(9), [201, 429, 429])
  })

  on('check 64: a flood of metadata is refused whole', async (app) => {
    const long = await post(app, { redirect_uris: uris, scope: 'openid '.repeat(10_000) })
    assert.equal(long.body.error_type, 'invalid_client_metadata')
    assert.equal((await post(app, { redirect_uris: [`https://a.example/${'a'.repeat(2_048)}`] })).status, 400)
    assert.equal((await post(app, { redirect_uris: uris, client_name: 'a'.repeat(1_000_000) })).status, 413)
    const deep = `{"redirect_uris":["https://a.example/"],"x":${'['.repeat(100)}${']'.repeat(100)}}`
    assert.equal((await post(app, deep)).status, 400)
    assert.deepEqual(await rows(app), [])
  })

  on('check 61: a project has at most so many of them', async (app) => {
    const { client_id } = await register(app)
    const [row] = await rows(app)
    assert.ok(row)
    const copies = Array.from({ length: 999 }, (_, at) => ({
      ...row,
      client_id: `copy ${at}`,
      registration_hash: null,
    }))
    for (let from = 0; from < copies.length; from += 100) {
      await app.app.db.query
        .insertInto('connected_apps')
        .values(copies.slice(from, from + 100))
        .execute()
    }
    const full = await post(app, { redirect_uris: uris, client_name: 'one more' })
    assert.equal(full.status, 400)
    assert.equal(full.body.error_type, 'too_many_connected_apps')
    const secretive = { redirect_uris: uris, token_endpoint_auth_method: 'client_secret_basic' }
    const inProject = `/v1/public/${app.project.id}/oauth2/register`
    const other = await app.call('POST', inProject, { body: secretive, auth: false })
    assert.equal(other.body.error_type, 'too_many_connected_apps')
    // Whoever is registered already is not kept out.
    assert.equal((await register(app)).client_id, client_id)
    app.clock.advance({ hours: 25 })
    await sweepRegistrations(app.app.db, app.clock.now().getTime())
    assert.equal((await post(app, secretive)).status, 201)
  })

  on('check 61: those that no user completed a flow with go after a day, never one with a grant', async (app) => {
    const [unused, used, granted, agreed] = [
      await register(app, { client_name: 'unused' }),
      await register(app, { client_name: 'used' }),
      await register(app, { client_name: 'granted' }),
      await register(app, { client_name: 'agreed' }),
    ]
    const made = await app.call('POST', '/v1/connected_apps/clients', { body: { client_type: 'third_party_public' } })
    const { query } = app.app.db
    await query
      .updateTable('connected_apps')
      .set({ first_used_at: 1 })
      .where('client_id', '=', used.client_id)
      .execute()
    const { userId } = await givenSession(app)
    const grant = { grant_id: 'grant', project_id: app.project.id, client_id: granted.client_id, user_id: userId }
    const empty = { session_id: null, scopes: '[]', resources: '[]', nonce: null, ended_at: null, ended_because: null }
    await query
      .insertInto('grants')
      .values({ ...grant, ...empty, auth_time: 0, created_at: 0, expires_at: 1 })
      .execute()
    await query
      .insertInto('consents')
      .values({ user_id: userId, client_id: agreed.client_id, project_id: app.project.id, scopes: '[]', granted_at: 0 })
      .execute()
    const sweep = () => sweepRegistrations(app.app.db, app.clock.now().getTime())
    app.clock.advance({ hours: 23 })
    await sweep()
    assert.equal((await rows(app)).length, 5)
    app.clock.advance({ hours: 2 })
    await sweep()
    const left = new Set((await rows(app)).map((row) => row.client_id))
    assert.ok(!left.has(unused.client_id))
    const kept = [used, granted, agreed].map(({ client_id }) => client_id)
    assert.deepEqual(left, new Set([...kept, made.body.connected_app.client_id]))
    assert.notEqual((await register(app, { client_name: 'unused' })).client_id, unused.client_id)
  })

  on('leaves a trace, without secrets', async (app) => {
    const good = await register(app, { client_name: 'Notes', token_endpoint_auth_method: 'client_secret_basic' })
    await post(app, { redirect_uris: ['javascript:alert(1)'] })
    await app.app.flush()
    const attempts = await app.app.db.query.selectFrom('oauth_attempts').selectAll().execute()
    assert.deepEqual(new Set(attempts.map(({ step }) => step)), new Set(['registration']))
    const outcomes = attempts.map(({ outcome, client_id }) => [outcome, client_id])
    assert.deepEqual(new Set(outcomes.map(String)), new Set([`ok,${good.client_id}`, 'invalid_redirect_uri,']))
    assert.ok(!JSON.stringify(attempts).includes(good.client_secret))
  })

  on('pages may ask for it', async (app) => {
    const { status, headers } = await app.call('OPTIONS', path, {
      auth: false,
      headers: { origin: 'https://a.example' },
    })
    assert.equal(status, 204)
    assert.equal(headers['access-control-allow-origin'], '*')
    const failed = await post(app, {}, { headers: { origin: 'https://a.example' } })
    assert.equal(failed.headers['access-control-allow-origin'], '*')
  })

  on('the MCP SDK registers its client', async (app) => {
    const origin = await app.listen()
    const metadata = {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/v1/oauth2/token`,
      registration_endpoint: `${origin}${path}`,
      response_types_supported: ['code'],
    }
    const clientMetadata = {
      client_name: 'MCP Inspector',
      client_uri: 'https://github.com/modelcontextprotocol/inspector',
      redirect_uris: ['http://localhost:6274/oauth/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'openid offline_access',
    }
    const registered = await registerByMcpSdk(origin, { metadata, clientMetadata })
    assert.match(registered.client_id, /^connected-app-test-/)
    assert.equal(registered.client_secret, undefined)
    assert.deepEqual(registered.redirect_uris.map(String), clientMetadata.redirect_uris)
    assert.equal(registered.scope, 'openid offline_access')
    const confidential = await registerByMcpSdk(origin, {
      metadata,
      clientMetadata: { ...clientMetadata, token_endpoint_auth_method: 'client_secret_post' },
    })
    assert.equal(confidential.client_secret_expires_at, 0)
    assert.ok(confidential.client_secret)
    await assert.rejects(
      registerByMcpSdk(origin, {
        metadata,
        clientMetadata: { ...clientMetadata, redirect_uris: ['http://a.example/'] },
      }),
      /http is for loopback only/,
    )
  })
}
