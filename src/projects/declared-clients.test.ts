import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectedAppProblem, findClient, secretMatches, templateProblem } from '../connected-apps/index.ts'
import { findM2mClient, m2mClientProblem, m2mSecretMatches } from '../m2m/index.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { applyProjects } from './apply-store.ts'
import { readProjectFile } from './project-file.ts'
import { ProjectFileError } from './project-file-error.ts'

const id = 'project-test-22222222-2222-4222-8222-222222222222'
const otherId = 'project-test-33333333-3333-4333-8333-333333333333'
const projectSecret = 'secret-test-0123456789abcdef0123456789'
const secret = 'notes-secret-0123456789abcdef'
const appId = 'connected-app-test-44444444-4444-4444-8444-444444444444'
const auth = { username: id, password: projectSecret }

const notes = (more: Record<string, unknown> = {}) => ({
  client_id: appId,
  client_type: 'first_party',
  client_name: 'Notes',
  client_secret: '${NOTES_SECRET}',
  redirect_urls: ['https://notes.example.com/callback'],
  full_access_allowed: true,
  access_token_template_content: '{"ext": {{ user.external_id }}}',
  ...more,
})
const report = (more: Record<string, unknown> = {}) => ({
  client_id: 'report',
  client_secret: '${NOTES_SECRET}',
  scopes: ['read:documents'],
  trusted_metadata: { team: 'finance', size: 3 },
  ...more,
})
const entry = (more: Record<string, unknown> = {}) => ({
  project_id: id,
  name: 'Example',
  secrets: [projectSecret],
  connected_apps: [notes()],
  m2m_clients: [report()],
  ...more,
})
const read = (...projects: readonly unknown[]) =>
  readProjectFile(JSON.stringify({ projects }), { NOTES_SECRET: secret }, new Map(), {
    connectedAppProblem,
    m2mClientProblem,
    templateProblem,
  })
const apply = async ({ app, clock }: TestApp, ...projects: readonly unknown[]) => {
  const settings = { db: app.db, sealer: app.sealer, now: clock.now(), dryRun: false }
  const { changes } = await applyProjects(read(...projects), settings)
  app.projects.forget()
  return changes.map(({ sign, entry: { label } }) => `${sign} ${label}`)
}

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: declared clients: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })
  const appNow = async (app: TestApp, of = appId) =>
    (await app.call('GET', `/v1/connected_apps/clients/${of}`, { auth })).body.connected_app
  const m2mNow = async (app: TestApp) => (await app.call('GET', '/v1/m2m/clients/report', { auth })).body.m2m_client

  on('the first time they are added, the second time nothing changes', async (app) => {
    const lines = await apply(app, entry())
    assert.deepEqual(lines.slice(-2), [`+ Connected App ${appId} (Notes)`, '+ M2M client report'])
    assert.ok(!lines.join().includes(secret))
    assert.deepEqual(await apply(app, entry()), [])
    const { creation_method, client_secret_last_four, access_token_expiry_minutes } = await appNow(app)
    assert.deepEqual(
      [creation_method, client_secret_last_four, access_token_expiry_minutes],
      ['project_file', 'cdef', 60],
    )
    const stored = await findClient(app.app.db, appId)
    assert.ok(stored && secretMatches(stored, secret))
    const m2m = await findM2mClient(app.app.db, id, 'report')
    assert.ok(m2m && m2mSecretMatches(m2m, secret))
    assert.deepEqual((await m2mNow(app)).trusted_metadata, { team: 'finance', size: 3 })
  })

  on('what differs is changed, what is no longer declared is deleted, what the API made is left alone', async (app) => {
    await apply(app, entry())
    const made = await app.call('POST', '/v1/connected_apps/clients', { body: { client_type: 'third_party' }, auth })
    const job = await app.call('POST', '/v1/m2m/clients', { body: { client_id: 'job', scopes: [] }, auth })
    assert.deepEqual([made.status, job.status], [200, 200])
    const next = entry({
      connected_apps: [notes({ client_name: 'Notebook', redirect_urls: [] })],
      m2m_clients: [report({ status: 'inactive', scopes: [] })],
    })
    assert.deepEqual(await apply(app, next), [`~ Connected App ${appId} (Notebook)`, '~ M2M client report'])
    assert.deepEqual((await appNow(app)).redirect_urls, [], 'a file says what there is')
    assert.deepEqual((await m2mNow(app)).scopes, [])
    assert.deepEqual(await apply(app, entry({ connected_apps: [], m2m_clients: [] })), [
      `- Connected App ${appId} (Notebook)`,
      '- M2M client report',
    ])
    assert.equal(await appNow(app), undefined)
    assert.ok(await appNow(app, made.body.connected_app.client_id))
    assert.equal((await app.call('GET', '/v1/m2m/clients/job', { auth })).status, 200)
  })

  on('what the API changed meanwhile is changed back', async (app) => {
    await apply(app, entry())
    await app.call('PUT', `/v1/connected_apps/clients/${appId}`, { body: { client_name: 'Other' }, auth })
    await app.call('PUT', '/v1/m2m/clients/report', { body: { status: 'inactive' }, auth })
    assert.equal((await apply(app, entry())).length, 2)
    assert.equal((await appNow(app)).client_name, 'Notes')
    assert.equal((await m2mNow(app)).status, 'active')
  })

  on('a rotation under way outlives an apply, but not another secret', async (app) => {
    await apply(app, entry())
    for (const path of [`/v1/connected_apps/clients/${appId}`, '/v1/m2m/clients/report']) {
      await app.call('POST', `${path}/secrets/rotate/start`, { auth })
    }
    assert.deepEqual(await apply(app, entry()), [])
    const renamed = { connected_apps: [notes({ client_name: 'N' })], m2m_clients: [report({ client_name: 'R' })] }
    await apply(app, entry(renamed))
    assert.equal((await appNow(app)).next_client_secret_last_four.length, 4)
    assert.equal((await m2mNow(app)).next_client_secret_last_four.length, 4)
    const other = { client_secret: 'another-secret-0123456789-wxyz' }
    await apply(app, entry({ connected_apps: [notes(other)], m2m_clients: [report(other)] }))
    for (const one of [await appNow(app), await m2mNow(app)]) {
      assert.equal(one.client_secret_last_four, 'wxyz')
      assert.ok(!('next_client_secret_last_four' in one))
    }
    const publicNow = { client_type: 'first_party_public', client_secret: undefined }
    await apply(app, entry({ connected_apps: [notes(publicNow)] }))
    assert.ok(!('client_secret_last_four' in (await appNow(app))))
  })

  on('declaring a client that the API made takes it over', async (app) => {
    await apply(app, entry({ connected_apps: [], m2m_clients: [] }))
    const body = { client_type: 'first_party' }
    const { client_id } = (await app.call('POST', '/v1/connected_apps/clients', { body, auth })).body.connected_app
    await app.call('POST', '/v1/m2m/clients', { body: { client_id: 'report', scopes: [] }, auth })
    const lines = await apply(app, entry({ connected_apps: [notes({ client_id })] }))
    assert.deepEqual(lines, [`~ Connected App ${client_id} (Notes)`, '~ M2M client report'])
    assert.equal((await appNow(app, client_id)).creation_method, 'project_file')
  })

  on(
    'check 52: a client of another project is not taken over, an M2M client of the same id is another one',
    async (app) => {
      await apply(app, entry())
      const other = entry({ project_id: otherId, secrets: ['secret-test-of-another-project-0000'] })
      await assert.rejects(apply(app, other), ProjectFileError)
      assert.equal(await app.app.projects.byId(otherId), undefined, 'all or nothing')
      assert.equal((await appNow(app)).client_name, 'Notes')
      await apply(app, { ...other, connected_apps: [] })
      assert.equal((await m2mNow(app)).client_id, 'report')
      await apply(app, { ...other, connected_apps: [], m2m_clients: [] })
      assert.equal((await m2mNow(app)).client_id, 'report')
    },
  )

  on('check 59: a client that registered itself is not taken over', async (app) => {
    await apply(app, entry())
    const changed = { creation_method: 'dynamic_client_registration' as const }
    await app.app.db.query.updateTable('connected_apps').set(changed).execute()
    await assert.rejects(apply(app, entry()), /registered itself/)
  })
}

const connectedApp = (more: Record<string, unknown>) => ({ connected_apps: [notes(more)] })
const m2mClient = (more: Record<string, unknown>) => ({ m2m_clients: [report(more)] })
const refused: readonly (readonly [RegExp, Record<string, unknown>])[] = [
  [/connected_apps\[0\]\.client_id: must look like/, connectedApp({ client_id: 'notes' })],
  [/does not belong to a test project/, connectedApp({ client_id: appId.replace('test', 'live') })],
  [/connected_apps\[1\]\.client_id: .* declared twice/, { connected_apps: [notes(), notes()] }],
  [/connected_apps\[0\]\.client_type/, connectedApp({ client_type: 'own' })],
  [/a client that is not public needs a client_secret/, connectedApp({ client_secret: undefined })],
  [/a public client has no client_secret/, connectedApp({ client_type: 'first_party_public' })],
  [/client_secret: must have 24 to 128/, connectedApp({ client_secret: 'short' })],
  [/NOT_SET is not set/, connectedApp({ client_secret: '${NOT_SET}' })],
  [/full_access_allowed is for first-party clients/, connectedApp({ client_type: 'third_party' })],
  [/"javascript:x" cannot be registered/, connectedApp({ redirect_urls: ['javascript:x'] })],
  [/"http:\/\/a\.example\/" uses http/, connectedApp({ redirect_urls: ['http://a.example/'] })],
  [
    /access_token_template_content: a variable stands between quotes/,
    connectedApp({ access_token_template_content: '{"a":"{{b}}"}' }),
  ],
  [/id_token_template_content: with a value/, connectedApp({ id_token_template_content: '[]' })],
  [/access_token_expiry_minutes/, connectedApp({ access_token_expiry_minutes: 1 })],
  [/logo_url: must be an https URL/, connectedApp({ logo_url: 'http://a.example/' })],
  [/Unrecognized key.*redirect_uris/, connectedApp({ redirect_uris: [] })],
  [/m2m_clients\[0\]: A client_id has/, m2mClient({ client_id: 'a/b' })],
  [/m2m_clients\[0\]: A client_id has/, m2mClient({ client_id: appId })],
  [/m2m_clients\[1\]\.client_id: .* declared twice/, { m2m_clients: [report(), report()] }],
  [/does not belong to a test/, m2mClient({ client_id: 'm2m-client-live-44444444-4444-4444-8444-444444444444' })],
  [/easily guessed/, m2mClient({ client_secret: 'aaaaaaaaaaaaaaaaaaaaaaaaa' })],
  [/m2m_clients\[0\]\.client_secret/, m2mClient({ client_secret: undefined })],
  [/m2m_clients\[0\]\.scopes\[0\]: must be printable ASCII/, m2mClient({ scopes: ['a b'] })],
  [/at most 4 KB/, m2mClient({ trusted_metadata: { a: 'x'.repeat(5_000) } })],
  [
    /settings\.idp_dynamic_client_registration_access_token_template_content: a \{\{ has no \}\}/,
    { settings: { idp_dynamic_client_registration_access_token_template_content: '{"a":{{b}' } },
  ],
]

test('check 4: a declared client that cannot be right is refused with its place in the file, and without its secret', () => {
  for (const [message, more] of refused) {
    assert.throws(
      () => read(entry(more)),
      (error) => {
        assert.ok(error instanceof ProjectFileError, String(error))
        assert.match(error.message, message)
        assert.match(error.message, /^projects\[0\]/)
        assert.ok(!error.message.includes(secret))
        return true
      },
    )
  }
})
