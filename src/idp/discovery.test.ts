/** What clients read first, in every place where they look for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { projectSettings } from './idp.fixture.ts'

const get = (app: TestApp, path: string, headers: Record<string, string> = {}) =>
  app.call('GET', path, { auth: false, headers: { origin: 'https://any.example', ...headers } })

const oauthPath = '/.well-known/oauth-authorization-server'
const openidPath = '/.well-known/openid-configuration'
const ofProject = ({ project }: TestApp) => `/v1/public/${project.id}${openidPath}`

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: discovery: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on(
    'both documents say the same, name the issuer they were found under, and hold nothing null [A2, A5, M1, M3, M4, M6, P5, P6, A6, A14, O10]',
    async (app) => {
      const found = []
      for (const path of ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']) {
        const { status, headers, body } = await get(app, path)
        assert.equal(status, 200)
        assert.match(String(headers['content-type']), /^application\/json/)
        assert.equal(headers['cache-control'], 'public, max-age=300')
        assert.equal(headers['access-control-allow-origin'], '*')
        const { request_id, ...rest } = body
        assert.match(request_id, /^request-id-/)
        found.push(rest)
      }
      const [one, other] = found
      assert.deepEqual(one, other)
      assert.equal(one?.issuer, 'http://localhost')
      assert.equal(one?.authorization_endpoint, 'http://localhost/v1/oauth2/authorize')
      assert.equal(one?.end_session_endpoint, 'http://localhost/v1/oauth2/logout')
      assert.deepEqual(one?.code_challenge_methods_supported, ['S256'])
      assert.deepEqual(one?.response_types_supported, ['code'])
      assert.deepEqual(one?.subject_types_supported, ['public'])
      assert.deepEqual(one?.id_token_signing_alg_values_supported, ['RS256'])
      assert.ok(one?.token_endpoint_auth_methods_supported.includes('none'))
      for (const name of ['token', 'introspection', 'revocation']) {
        assert.ok(one?.[`${name}_endpoint_auth_methods_supported`].includes('private_key_jwt'))
        const algorithms = one?.[`${name}_endpoint_auth_signing_alg_values_supported`]
        assert.deepEqual(algorithms, ['RS256', 'PS256', 'ES256', 'EdDSA'], 'none of them symmetric')
      }
      assert.ok(one?.scopes_supported.includes('offline_access'))
      assert.equal(one?.authorization_response_iss_parameter_supported, true)
      for (const name of ['request', 'request_uri', 'claims']) assert.equal(one?.[`${name}_parameter_supported`], false)
      for (const [name, value] of Object.entries(one ?? {})) {
        assert.ok(Array.isArray(value) ? value.length > 0 : value !== null && value !== '', name)
      }
      for (const name of ['token_endpoint', 'jwks_uri', 'userinfo_endpoint', 'registration_endpoint']) {
        assert.equal(new URL(one?.[name]).origin, one?.issuer, name)
      }
    },
  )

  on('every endpoint that is advertised answers [M5]', async (app) => {
    const { body } = await get(app, '/.well-known/openid-configuration')
    for (const name of ['token', 'introspection', 'revocation', 'registration', 'userinfo'].map(
      (one) => `${one}_endpoint`,
    )) {
      const { pathname } = new URL(body[name])
      const { status } = await app.call(name === 'userinfo_endpoint' ? 'GET' : 'POST', pathname, {
        auth: false,
        body: {},
      })
      assert.ok(status === 400 || status === 401, `${name}: ${status}`)
    }
    for (const name of ['authorization_endpoint', 'end_session_endpoint']) {
      const { status, headers } = await get(app, new URL(body[name]).pathname, { accept: 'text/html' })
      assert.match(String(headers['content-type']), /^text\/html/)
      assert.equal(status, name === 'end_session_endpoint' ? 200 : 400)
    }
    const keys = await get(app, new URL(body.jwks_uri).pathname)
    assert.equal(keys.body.keys.length, 2)
    assert.equal(keys.headers['access-control-allow-origin'], '*')
  })

  on(
    'an issuer with a path is found in front of it and behind it, and its endpoints are the project’s [M2]',
    async (app) => {
      await projectSettings(app, { idp_issuer_path: 'acme' })
      for (const path of [
        '/.well-known/oauth-authorization-server/acme',
        '/.well-known/openid-configuration/acme',
        '/acme/.well-known/openid-configuration',
        `/v1/public/${app.project.id}/.well-known/openid-configuration`,
      ]) {
        const { status, body, text } = await get(app, path)
        assert.equal(status, 200, text)
        assert.equal(body.issuer, 'http://localhost/acme')
        assert.equal(body.token_endpoint, `http://localhost/v1/public/${app.project.id}/oauth2/token`)
        assert.equal(body.authorization_endpoint, `http://localhost/v1/public/${app.project.id}/oauth2/authorize`)
        assert.equal((await get(app, new URL(body.jwks_uri).pathname)).body.keys.length, 2)
      }
    },
  )

  on('what is not there is named: no such issuer, no such project, more than one', async (app) => {
    const type = async (path: string) => {
      const { status, body } = await get(app, path)
      return [status, body.error_type]
    }
    const byIssuer = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
    const byPath = (path: string) => [
      `/.well-known/oauth-authorization-server/${path}`,
      `/.well-known/openid-configuration/${path}`,
      `/${path}/.well-known/openid-configuration`,
    ]
    const byProject = (id: string) => `/v1/public/${id}/.well-known/openid-configuration`
    await projectSettings(app, { idp_issuer_path: 'acme' })
    for (const path of [...byIssuer, '/.well-known/jwks.json', ...byPath('nobody')]) {
      assert.deepEqual(await type(path), [404, 'issuer_not_found'])
    }
    const unknown = 'project-test-11111111-1111-4111-8111-111111111111'
    for (const path of [byProject(unknown), `/v1/public/${unknown}/.well-known/jwks.json`]) {
      assert.deepEqual(await type(path), [404, 'project_not_found'])
    }
    await projectSettings(app, {})
    await givenOtherProject(app)
    app.app.projects.forget()
    for (const path of [...byIssuer, '/.well-known/jwks.json']) {
      assert.deepEqual(await type(path), [400, 'issuer_is_ambiguous'])
    }
  })

  on('what the project switched off is not advertised', async (app) => {
    await projectSettings(app, {
      idp_dynamic_client_registration_enabled: false,
      idp_client_id_metadata_documents_enabled: false,
    })
    const { body } = await get(app, '/.well-known/oauth-authorization-server')
    assert.equal('registration_endpoint' in body, false)
    assert.equal(body.client_id_metadata_document_supported, false)
    assert.deepEqual(body.token_endpoint_auth_methods_supported, ['client_secret_basic', 'client_secret_post', 'none'])
  })

  on('switches of the project show: page, registration, documents, scopes', async (app) => {
    const scope = { scope: 'read:notes', permissions: [{ resource_id: 'notes', actions: ['read'] }] }
    await projectSettings(
      app,
      {
        idp_authorization_url: 'https://app.example/authorize',
        idp_dynamic_client_registration_enabled: false,
        idp_client_id_metadata_documents_enabled: false,
      },
      { resources: [{ resource_id: 'notes', actions: ['read'] }], scopes: [scope] },
    )
    const { body } = await get(app, oauthPath)
    assert.equal(body.authorization_endpoint, 'https://app.example/authorize')
    assert.equal('registration_endpoint' in body, false)
    assert.equal(body.client_id_metadata_document_supported, false)
    assert.equal('token_endpoint_auth_signing_alg_values_supported' in body, false)
    assert.equal(body.token_endpoint_auth_methods_supported.includes('private_key_jwt'), false)
    assert.deepEqual(body.scopes_supported, ['openid', 'profile', 'email', 'phone', 'offline_access', 'read:notes'])
  })

  on('check 55: a forged host changes nothing', async (app) => {
    for (const path of [oauthPath, openidPath, ofProject(app)]) {
      const { body } = await get(app, path, {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
      })
      assert.doesNotMatch(JSON.stringify(body), /evil/)
    }
  })

  on('check 53: the keys are one set everywhere, public, and without a private member', async (app) => {
    const sets = []
    for (const path of ['/.well-known/jwks.json', `/v1/public/${app.project.id}/.well-known/jwks.json`]) {
      const { status, headers, body } = await get(app, path)
      assert.deepEqual([status, headers['cache-control']], [200, 'public, max-age=300'])
      sets.push(body.keys)
      for (const key of body.keys) {
        assert.deepEqual(
          Object.keys(key).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].includes(name)),
          [],
        )
        assert.deepEqual([key.kty, key.alg, key.use], ['RSA', 'RS256', 'sig'])
      }
    }
    const { body } = await get(app, `/v1/sessions/jwks/${app.project.id}`)
    for (const keys of sets) assert.deepEqual(keys, body.keys)
  })

  on(
    'pages of any origin may read documents, keys, tokens and userinfo, and say which protocol they speak [C23]',
    async (app) => {
      const from = { origin: 'https://page.example' }
      const paths = [
        oauthPath,
        openidPath,
        ofProject(app),
        '/.well-known/jwks.json',
        '/v1/oauth2/token',
        '/v1/oauth2/userinfo',
        '/v1/oauth2/register',
      ]
      for (const path of paths) {
        const asked = await app.call('OPTIONS', path, {
          auth: false,
          headers: { ...from, 'access-control-request-headers': 'mcp-protocol-version' },
        })
        assert.equal(asked.headers['access-control-allow-origin'], '*', path)
        assert.match(String(asked.headers['access-control-allow-headers']), /mcp-protocol-version/)
        assert.equal(asked.headers['access-control-allow-credentials'], undefined)
      }
      assert.equal((await get(app, openidPath, from)).headers['access-control-allow-origin'], '*')
      assert.equal(
        (await app.call('POST', '/v1/oauth2/token', { auth: false, body: {}, headers: from })).headers[
          'access-control-allow-origin'
        ],
        '*',
      )
    },
  )
}
