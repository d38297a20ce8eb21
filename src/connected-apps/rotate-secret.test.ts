/** A client's secret is replaced while it is in use. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { create, path, secretIsGood } from './connected-apps.fixture.ts'
import { findClient } from './store.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: secret rotation: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('a rotation: both secrets, then one', async (app) => {
    const { client_id, client_secret: first } = await create(app)
    const step = (name: string) => app.call('POST', `${path}/${client_id}/secrets/rotate${name}`, { body: {} })
    const type = async (name: string) => (await step(name)).body.error_type
    assert.equal(await type(''), 'connected_app_not_rotating_secret')
    assert.equal(await type('/cancel'), 'connected_app_not_rotating_secret')

    const dropped = (await step('/start')).body.connected_app.next_client_secret
    assert.match(dropped, /^[\w-]{44}$/)
    assert.equal(await type('/start'), 'connected_app_already_rotating_secret')
    assert.ok((await secretIsGood(app, client_id, first)) && (await secretIsGood(app, client_id, dropped)))
    const during = (await app.call('GET', `${path}/${client_id}`)).body.connected_app
    assert.equal(during.next_client_secret_last_four, dropped.slice(-4))
    assert.ok(!('next_client_secret' in during))

    const cancelled = (await step('/cancel')).body.connected_app
    assert.ok(!('next_client_secret_last_four' in cancelled))
    assert.ok((await secretIsGood(app, client_id, first)) && !(await secretIsGood(app, client_id, dropped)))

    const next = (await step('/start')).body.connected_app.next_client_secret
    const rotated = (await step('')).body.connected_app
    assert.equal(rotated.client_secret_last_four, next.slice(-4))
    assert.ok(!('next_client_secret_last_four' in rotated) && !('client_secret' in rotated))
    assert.ok(!(await secretIsGood(app, client_id, first)) && (await secretIsGood(app, client_id, next)))
    assert.equal(await type(''), 'connected_app_not_rotating_secret')
  })

  on('of steps of a rotation that are taken at once, one is', async (app) => {
    const { client_id, client_secret } = await create(app)
    const race = async (...names: readonly string[]) =>
      (await Promise.all(names.map((name) => app.call('POST', `${path}/${client_id}/secrets/rotate${name}`)))).filter(
        ({ status }) => status === 200,
      )
    const started = await race(...Array.from({ length: 10 }, () => '/start'))
    assert.equal(started.length, 1)
    const next = started[0]?.body.connected_app.next_client_secret
    assert.equal((await race('', '', '/cancel', '', '/cancel')).length, 1)
    const kept = await Promise.all([client_secret, next].map((secret) => secretIsGood(app, client_id, secret)))
    assert.equal(kept.filter(Boolean).length, 1, 'one secret, whichever step was taken')
  })

  on('a public client has no secret to rotate', async (app) => {
    const { client_id } = await create(app, { client_type: 'first_party_public' })
    for (const name of ['/start', '/cancel', '']) {
      const { status, body } = await app.call('POST', `${path}/${client_id}/secrets/rotate${name}`)
      assert.deepEqual([status, body.error_type], [400, 'public_connected_apps_do_not_have_secrets'])
    }
    const row = await findClient(app.app.db, client_id)
    assert.equal(row?.nextSecret, undefined)
  })
}
