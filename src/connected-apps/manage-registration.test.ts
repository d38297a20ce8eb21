import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestAnswer, type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { findClient } from './store.ts'

const confidential = {
  client_name: 'Notes',
  redirect_uris: ['https://notes.example/callback'],
  token_endpoint_auth_method: 'client_secret_post',
  contacts: ['ada@notes.example'],
}

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: registration management: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await configure(app, { idp_registration_management_enabled: true })
      await run(app)
    })
  const configure = async ({ app, project }: TestApp, settings: Record<string, unknown>) => {
    await app.db.query
      .updateTable('projects')
      .set({ settings: JSON.stringify(settings) })
      .where('project_id', '=', project.id)
      .execute()
    app.projects.forget()
  }
  const register = async (app: TestApp, members: Record<string, unknown> = confidential) => {
    app.clock.advance({ minutes: 1 })
    const answer = await app.call('POST', '/v1/oauth2/register', { body: members, auth: false })
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }
  const call = (app: TestApp, method: string, url: string, token: string | undefined, body?: unknown) =>
    app.call(method, new URL(url).pathname, {
      auth: false,
      ...(body !== undefined && { body }),
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    })
  const refused = ({ status, body }: TestAnswer, error: string, said: RegExp) => {
    assert.equal(status, 400)
    assert.equal(body.error_type, error)
    assert.equal(body.error, error)
    assert.match(body.error_message, said)
  }

  on('a client with a secret gets a token and a URL; a public one, which is many, does not', async (app) => {
    const made = await register(app)
    assert.match(made.registration_access_token, /^[\w-]{44}$/)
    assert.equal(made.registration_client_uri, `${app.app.baseUrl()}/v1/oauth2/register/${made.client_id}`)
    const shared = await register(app, { redirect_uris: ['http://127.0.0.1/'] })
    assert.equal(shared.registration_access_token, undefined)
    assert.equal(shared.registration_client_uri, undefined)
    const stored = await app.app.db.query.selectFrom('connected_apps').selectAll().execute()
    assert.ok(!JSON.stringify(stored).includes(made.registration_access_token))
  })

  on('GET gives what is registered, without the secret [R5]', async (app) => {
    const { client_secret, client_secret_expires_at, request_id, ...rest } = await register(app)
    assert.ok(client_secret && request_id)
    assert.equal(client_secret_expires_at, 0)
    const { status, headers, body } = await call(
      app,
      'GET',
      rest.registration_client_uri,
      rest.registration_access_token,
    )
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'no-store')
    assert.deepEqual({ ...body, request_id: '' }, { ...rest, status_code: 200, request_id: '' })
  })

  on('PUT replaces all of it, and neither secret nor token [R5]', async (app) => {
    const made = await register(app)
    const next = {
      redirect_uris: ['https://notes.example/new'],
      client_id: made.client_id,
      client_secret: made.client_secret,
    }
    const { registration_client_uri: url, registration_access_token: token } = made
    const { status, body } = await call(app, 'PUT', url, token, next)
    assert.equal(status, 200)
    assert.deepEqual(body.redirect_uris, next.redirect_uris)
    assert.equal(body.client_name, undefined)
    assert.equal(body.contacts, undefined)
    assert.equal(body.token_endpoint_auth_method, 'client_secret_basic')
    assert.equal(body.registration_access_token, token)
    const client = await findClient(app.app.db, made.client_id)
    assert.deepEqual(client?.redirectUrls, next.redirect_uris)
    assert.equal(client?.name, '')
    assert.equal(client?.type, 'third_party')
    assert.equal(client?.tokenEndpointAuthMethod, 'client_secret_basic')
    assert.equal(client?.secret?.lastFour, made.client_secret.slice(-4))
    const read = await call(app, 'GET', url, token)
    assert.deepEqual({ ...read.body, request_id: '' }, { ...body, request_id: '' })
  })

  on('PUT refuses what is not for the client to say [R5]', async (app) => {
    const made = await register(app)
    const put = (members: Record<string, unknown>) =>
      call(app, 'PUT', made.registration_client_uri, made.registration_access_token, { ...confidential, ...members })
    for (const name of [
      'registration_access_token',
      'registration_client_uri',
      'client_secret_expires_at',
      'client_id_issued_at',
    ])
      refused(await put({ [name]: made[name] }), 'invalid_client_metadata', new RegExp(name))
    refused(await put({ client_id: 'another' }), 'invalid_client_metadata', /client_id is not that of the path/)
    refused(await put({ client_secret: 'chosen' }), 'invalid_client_metadata', /cannot be chosen/)
    refused(await put({ client_secret: 1 }), 'invalid_client_metadata', /cannot be chosen/)
    refused(await put({ token_endpoint_auth_method: 'none' }), 'invalid_client_metadata', /cannot become public/)
    refused(await put({ client_name: 1 }), 'invalid_client_metadata', /client_name/)
    refused(await put({ redirect_uris: null }), 'invalid_redirect_uri', /redirect_uris/)
    refused(await put({ redirect_uris: ['javascript:alert(1)'] }), 'invalid_redirect_uri', /javascript/)
    refused(await put({ software_statement: 'x' }), 'invalid_software_statement', /software_statement/)
    assert.equal((await put({ full_access_allowed: true, client_type: 'first_party' })).status, 200)
    const client = await findClient(app.app.db, made.client_id)
    assert.equal(client?.fullAccessAllowed, false)
    assert.equal(client?.type, 'third_party')
    assert.deepEqual(client?.redirectUrls, confidential.redirect_uris)
  })

  on('DELETE: 204, and the client is gone [R5]', async (app) => {
    const made = await register(app)
    const other = await register(app)
    const gone = await call(app, 'DELETE', made.registration_client_uri, made.registration_access_token)
    assert.equal(gone.status, 204)
    assert.equal(gone.text, '')
    assert.equal(gone.headers['cache-control'], 'no-store')
    assert.equal(await findClient(app.app.db, made.client_id), undefined)
    assert.ok(await findClient(app.app.db, other.client_id))
    const again = await call(app, 'DELETE', made.registration_client_uri, made.registration_access_token)
    assert.equal(again.status, 401)
  })

  on('the token is for its own client, in a project that lets clients manage themselves [R5]', async (app) => {
    const made = await register(app)
    const other = await register(app)
    const shared = await register(app, { redirect_uris: ['http://127.0.0.1/'] })
    const own = made.registration_client_uri
    const unknown = own.replace(/.{12}$/, '000000000000')
    const sharedUri = own.replace(made.client_id, shared.client_id)
    const isRefused = async (url: string, token: string | undefined, challenge: string) => {
      for (const [method, body] of [['GET'], ['PUT', confidential], ['DELETE']] as const) {
        const answer = await call(app, method, url, token, body)
        assert.equal(answer.status, 401, `${method} ${url}`)
        assert.equal(answer.body.error_type, 'registration_access_token_invalid')
        assert.equal(answer.body.error, 'invalid_token')
        assert.equal(answer.headers['www-authenticate'], challenge)
      }
    }
    const invalid = 'Bearer error="invalid_token"'
    await isRefused(own, undefined, 'Bearer')
    for (const token of [other.registration_access_token, made.client_secret, 'null', 'x'])
      await isRefused(own, token, invalid)
    await isRefused(unknown, made.registration_access_token, invalid)
    await isRefused(sharedUri, made.registration_access_token, invalid)
    const basic = await app.call('GET', new URL(own).pathname)
    assert.equal(basic.headers['www-authenticate'], 'Bearer')
    // Another project that has the same switch does not open this one.
    await givenOtherProject(app)
    await configure(app, {})
    await app.app.db.query
      .updateTable('projects')
      .set({ settings: '{"idp_registration_management_enabled":true}' })
      .where('project_id', '!=', app.project.id)
      .execute()
    app.app.projects.forget()
    await isRefused(own, made.registration_access_token, invalid)
  })
}
