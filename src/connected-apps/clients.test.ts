/** Connected Apps as a backend manages them: made, read, changed and deleted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { create, path, secretIsGood } from './connected-apps.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: connected apps: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('a new one has every member, with defaults', async (app) => {
    const { client_id, client_secret, ...rest } = await create(app)
    assert.match(client_id, /^connected-app-test-[0-9a-f-]{36}$/)
    assert.match(client_secret, /^[\w-]{44}$/)
    assert.deepEqual(rest, {
      client_type: 'third_party',
      client_name: '',
      client_description: '',
      status: 'active',
      redirect_urls: [],
      post_logout_redirect_urls: [],
      full_access_allowed: false,
      bypass_consent_for_offline_access: false,
      access_token_expiry_minutes: 60,
      access_token_template_content: '',
      id_token_template_content: '',
      creation_method: 'api',
      client_secret_last_four: client_secret.slice(-4),
    })
  })

  on('a public client has no secret', async (app) => {
    for (const client_type of ['first_party_public', 'third_party_public']) {
      const made = await create(app, { client_type, redirect_urls: ['com.example.app:/cb', 'cursor://anysphere/cb'] })
      assert.ok(!('client_secret' in made) && !('client_secret_last_four' in made))
    }
  })

  on('a secret is stored as a hash', async (app) => {
    const { client_id, client_secret } = await create(app)
    const rows = await app.app.db.query.selectFrom('connected_apps').selectAll().execute()
    assert.ok(!JSON.stringify(rows).includes(client_secret))
    assert.ok(await secretIsGood(app, client_id, client_secret))
    assert.ok(!(await secretIsGood(app, client_id, client_secret.toLowerCase())))
  })

  on('what is given at once by two updates is kept of both', async (app) => {
    const { client_id } = await create(app)
    await Promise.all(
      [{ client_name: 'A' }, { client_description: 'B' }, { access_token_expiry_minutes: 7 }].map((body) =>
        app.call('PUT', `${path}/${client_id}`, { body }),
      ),
    )
    const { connected_app } = (await app.call('GET', `${path}/${client_id}`)).body
    const { client_name, client_description, access_token_expiry_minutes } = connected_app
    assert.deepEqual([client_name, client_description, access_token_expiry_minutes], ['A', 'B', 7])
  })

  on('an update that meets a deletion changes it before or finds nothing, and never brings it back', async (app) => {
    for (let round = 0; round < 10; round++) {
      const { client_id } = await create(app)
      const answers = await Promise.all([
        app.call('PUT', `${path}/${client_id}`, { body: { client_name: 'A' } }),
        app.call('DELETE', `${path}/${client_id}`),
        app.call('PUT', `${path}/${client_id}`, { body: { client_name: 'B' } }),
        app.call('DELETE', `${path}/${client_id}`),
        app.call('POST', `${path}/${client_id}/secrets/rotate/start`),
      ])
      assert.ok(answers.every(({ status }) => status === 200 || status === 404))
      assert.equal(answers.filter(({ status }, at) => at % 2 === 1 && status === 200).length, 1, 'deleted once')
      assert.equal((await app.call('GET', `${path}/${client_id}`)).body.error_type, 'connected_app_not_found')
    }
  })

  on('check 52: another project’s client is answered like one that never was', async (app) => {
    const { client_id } = await create(app)
    const auth = await givenOtherProject(app)
    const never = 'connected-app-test-00000000-0000-4000-8000-000000000000'
    const requests = [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/secrets/rotate/start'],
      ['POST', '/secrets/rotate/cancel'],
      ['POST', '/secrets/rotate'],
    ] as const
    for (const [method, rest] of requests) {
      const body = method === 'PUT' ? { client_name: 'mine' } : undefined
      const [foreign, missing] = await Promise.all(
        [client_id, never].map((id) => app.call(method, `${path}/${id}${rest}`, { auth, body })),
      )
      assert.deepEqual([foreign?.status, foreign?.body.error_type], [404, 'connected_app_not_found'], method + rest)
      assert.deepEqual({ ...foreign?.body, request_id: '' }, { ...missing?.body, request_id: '' })
    }
    assert.deepEqual((await app.call('POST', `${path}/search`, { auth })).body.connected_apps, [])
    assert.equal((await app.call('GET', `${path}/${client_id}`)).body.connected_app.client_name, '')
  })

  on('every operation needs the project’s secret', async (app) => {
    for (const auth of [false, { username: app.project.publicToken, password: app.project.publicToken }] as const) {
      for (const [method, rest] of [
        ['POST', ''],
        ['POST', '/search'],
        ['GET', '/x'],
        ['DELETE', '/x'],
      ] as const) {
        assert.ok([400, 401].includes((await app.call(method, path + rest, { auth })).status))
      }
    }
  })
}
