import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'

for (const database of testDatabases) {
  test(`${database.name}: a server with a current database is alive and ready`, async () => {
    await using app = await testApp({ database: await database.fresh() })
    for (const path of ['/healthz', '/readyz']) {
      const { status, body } = await app.call('GET', path, { auth: false })
      assert.equal(status, 200)
      assert.equal(body.status, 'ok')
    }
  })

  test(`${database.name}: 503 server_unavailable: without its database a server is alive, not ready`, async () => {
    const app = await testApp({ database: await database.fresh() })
    await app.app.db.close()
    assert.equal((await app.call('GET', '/healthz', { auth: false })).status, 200)
    const { status, body } = await app.call('GET', '/readyz', { auth: false })
    assert.deepEqual([status, body.error_type], [503, 'server_unavailable'])
    await app.app.http.close()
  })

  test(`${database.name}: 503 server_unavailable: an older schema is not ready`, async () => {
    await using app = await testApp({ database: await database.fresh() })
    await app.app.db.query.deleteFrom('kysely_migration').execute()
    const { status, body } = await app.call('GET', '/readyz', { auth: false })
    assert.deepEqual([status, body.error_type], [503, 'server_unavailable'])
  })
}
