/** The unmodified official Node client managing clients, on both databases. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import stytch from 'stytch'
import { testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'

type Client = InstanceType<typeof stytch.Client>

/** The client warns about unusual base URLs, rightly; here it is meant. */
function withoutWarning<T>(make: () => T): T {
  const warn = console.warn
  console.warn = () => {}
  try {
    return make()
  } finally {
    console.warn = warn
  }
}

for (const database of testDatabases) {
  const on = (name: string, run: (client: Client) => Promise<void>) =>
    test(`${database.name}: official client: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      const env = `${await app.listen()}/`
      const { id: project_id, secret } = app.project
      await run(withoutWarning(() => new stytch.Client({ project_id, secret, env })))
    })

  on('Connected Apps: create, get, update, search, rotate, delete', async ({ connectedApp: { clients } }) => {
    const { connected_app: made } = await clients.create({
      client_type: 'first_party',
      client_name: 'Notes',
      redirect_urls: ['https://notes.example.com/callback'],
      full_access_allowed: true,
      access_token_template_content: '{"ext": {{ user.external_id }}}',
      logo_url: 'https://notes.example.com/logo.png',
      access_token_custom_audience: 'https://api.example.com',
    })
    const { client_id } = made
    assert.equal(made.client_secret?.length, 44)
    await clients.create({ client_type: 'third_party_public' })

    const updated = await clients.update({ client_id, client_description: 'Keeps notes', redirect_urls: [] })
    assert.equal(updated.connected_app.client_name, 'Notes')
    assert.deepEqual(updated.connected_app.redirect_urls, made.redirect_urls)
    assert.deepEqual((await clients.get({ client_id })).connected_app, updated.connected_app)

    const first = await clients.search({ limit: 1 })
    assert.equal(first.results_metadata.total, 2)
    const second = await clients.search({ limit: 1, cursor: first.results_metadata.next_cursor ?? '' })
    assert.equal(second.results_metadata.next_cursor, undefined)
    const found = [...first.connected_apps, ...second.connected_apps]
    assert.equal(new Set(found.map((one) => one.client_id)).size, 2)

    const started = await clients.secrets.rotateStart({ client_id })
    assert.equal(started.connected_app.next_client_secret.length, 44)
    await assert.rejects(clients.secrets.rotateStart({ client_id }), (error: unknown) => {
      assert.ok(error instanceof stytch.StytchError)
      assert.equal(error.error_type, 'connected_app_already_rotating_secret')
      return true
    })
    await clients.secrets.rotateCancel({ client_id })
    const again = await clients.secrets.rotateStart({ client_id })
    const rotated = await clients.secrets.rotate({ client_id })
    assert.equal(rotated.connected_app.client_secret_last_four, again.connected_app.next_client_secret.slice(-4))
    assert.equal((await clients.delete({ client_id })).client_id, client_id)
    await assert.rejects(clients.get({ client_id }), { error_type: 'connected_app_not_found', status_code: 404 })
  })

  on('M2M clients: create, get, update, search, rotate, delete', async ({ m2m: { clients } }) => {
    const { m2m_client: made } = await clients.create({
      client_id: 'report|1',
      client_secret: 'kept-from-Before-42',
      client_name: 'Report',
      scopes: ['read:documents'],
      trusted_metadata: { team: 'finance', size: 3 },
    })
    const { client_id } = made
    assert.equal(made.client_secret, 'kept-from-Before-42')
    const { m2m_client: other } = await clients.create({ scopes: [] })
    assert.equal(other.client_secret.length, 44)

    const updated = await clients.update({ client_id, status: 'inactive', trusted_metadata: { size: null } })
    assert.deepEqual(updated.m2m_client.trusted_metadata, { team: 'finance' })
    assert.deepEqual((await clients.get({ client_id })).m2m_client, updated.m2m_client)

    const { m2m_clients, results_metadata } = await clients.search({
      query: {
        operator: 'OR',
        operands: [
          { filter_name: 'scopes', filter_value: ['read:documents'] },
          { filter_name: 'client_name', filter_value: ['nobody'] },
        ],
      },
    })
    assert.deepEqual([m2m_clients, results_metadata], [[updated.m2m_client], { total: 1 }])
    const first = await clients.search({ limit: 1 })
    const second = await clients.search({ limit: 1, cursor: first.results_metadata.next_cursor ?? '' })
    assert.notEqual(first.m2m_clients[0]?.client_id, second.m2m_clients[0]?.client_id)

    await clients.secrets.rotateStart({ client_id })
    await clients.secrets.rotateCancel({ client_id })
    const started = await clients.secrets.rotateStart({ client_id })
    const rotated = await clients.secrets.rotate({ client_id })
    assert.equal(rotated.m2m_client.client_secret_last_four, started.m2m_client.next_client_secret.slice(-4))
    await clients.delete({ client_id })
    await assert.rejects(clients.get({ client_id }), { error_type: 'm2m_client_not_found', status_code: 404 })
  })
}
