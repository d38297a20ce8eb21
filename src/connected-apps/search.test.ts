/** Finding Connected Apps, and how many a project can have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { create, path } from './connected-apps.fixture.ts'
import { newClient } from './settings.ts'
import { insertClient } from './store.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: connected app search: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('a search gives them newest first, in pages that neither miss nor repeat one', async (app) => {
    const ids: string[] = []
    for (let at = 0; at < 12; at++) {
      ids.unshift((await create(app, { client_name: `${at}` })).client_id)
      if (at % 3 === 2) app.clock.advance({ seconds: 1 })
    }
    const found: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await app.call('POST', `${path}/search`, { body: { limit: 5, cursor } })
      assert.equal(body.results_metadata.total, 12)
      found.push(...body.connected_apps.map(({ client_id }: { client_id: string }) => client_id))
      cursor = body.results_metadata.next_cursor
      // One that is made meanwhile stands before what was read already.
      if (found.length === 5) {
        app.clock.advance({ seconds: 1 })
        const { client_id } = await create(app)
        await app.call('DELETE', `${path}/${client_id}`)
      }
    } while (cursor !== undefined)
    assert.equal(found.length, 12)
    assert.deepEqual([...found].sort(), [...ids].sort())
    for (let at = 0; at < 12; at += 3) {
      assert.deepEqual(found.slice(at, at + 3).sort(), ids.slice(at, at + 3).sort(), 'newest first')
    }
    const all = (await app.call('POST', `${path}/search`, { body: { cursor: '', filters: 'come later' } })).body
    assert.deepEqual(
      all.connected_apps.map(({ client_id }: { client_id: string }) => client_id),
      found,
    )
    assert.ok(!('next_cursor' in all.results_metadata), 'absent on the last page')
    const exact = (await app.call('POST', `${path}/search`, { body: { limit: 12 } })).body
    assert.ok(!('next_cursor' in exact.results_metadata), 'also where it is just full')
    for (const limit of [0, 1_001, -1, 1.5, '5']) {
      assert.equal((await app.call('POST', `${path}/search`, { body: { limit } })).body.error_type, 'bad_request')
    }
  })

  on('check 62: a cursor that was changed or belongs to another project is refused', async (app) => {
    await create(app)
    await create(app)
    const { next_cursor } = (await app.call('POST', `${path}/search`, { body: { limit: 1 } })).body.results_metadata
    const auth = await givenOtherProject(app)
    const type = async (cursor: string, own = true) =>
      (await app.call('POST', `${path}/search`, { body: { cursor }, ...(own ? {} : { auth }) })).body.error_type
    assert.equal(await type(next_cursor), undefined)
    assert.equal(await type(next_cursor, false), 'connected_app_search_invalid_cursor')
    const tampered = [next_cursor.slice(0, -1), `${next_cursor}A`, next_cursor.replace('s1', 's2'), 'x', '{"a":1}', 'é']
    for (const cursor of tampered) assert.equal(await type(cursor), 'connected_app_search_invalid_cursor', cursor)
  })

  on('a test project makes at most a thousand; strangers’ do not count', async (app) => {
    const projectId = app.project.id
    const many = Array.from({ length: 1_000 }, (_, n) =>
      newClient(
        { id: `c${n}`, projectId, type: 'third_party', creationMethod: 'api', secret: undefined, createdAt: n },
        {},
      ),
    )
    await app.app.db.transaction(async (tx) => {
      for (const one of many) await insertClient(tx, one)
    })
    const { status, body } = await app.call('POST', path, { body: { client_type: 'third_party' } })
    assert.deepEqual([status, body.error_type], [400, 'too_many_connected_apps'])
    const strangers = { creation_method: 'dynamic_client_registration' as const }
    await app.app.db.query.updateTable('connected_apps').set(strangers).where('client_id', '=', 'c1').execute()
    await create(app)
    assert.equal((await app.call('POST', path, { body: { client_type: 'third_party' } })).status, 400)
    await app.call('DELETE', `${path}/c0`)
    await create(app)
    await app.call('DELETE', `${path}/c2`)
    const { body: page } = await app.call('POST', `${path}/search`, { body: { limit: 1_000 } })
    assert.equal(page.connected_apps.length, 1_000)
  })
}
