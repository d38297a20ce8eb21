import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabases } from '../testing/databases.ts'
import { type Db, migrate, openDatabase, reading, writing } from './open.ts'

const insert = writing(
  'test_postgres_insert',
  `insert into projects (project_id, name, environment, oauth_callback_id, settings, created_at) values ($1, 'x', 'test', $1, '{}', 0)`,
)
const ownProcess = reading<{ pid: number }>('test_backend', 'select pg_backend_pid() as pid')
const end = reading<{ ended: boolean }>('test_end_backend', 'select pg_terminate_backend($1, 5000) as ended')
const count = async (db: Db) => (await db.query.selectFrom('projects').select('name').execute()).length

for (const database of testDatabases.filter(({ name }) => name === 'postgres')) {
  const on = (name: string, run: (db: Db, other: Db) => Promise<void>) =>
    test(`postgres: ${name}`, async () => {
      const url = await database.fresh()
      const open = () => openDatabase({ url, powerLossSafe: false, connections: 3 })
      const [db, other] = [open(), open()]
      await migrate(db)
      try {
        await run(db, other)
      } finally {
        await Promise.all([db.close(), other.close()])
      }
    })

  on(
    'a connection that is cut within a transaction fails it, and neither the process nor the next one',
    async (db, other) => {
      const cut = db.transaction(async (tx) => {
        await tx.run(insert, ['a'])
        const own = await tx.first(ownProcess, [])
        // Resolves once the backend is gone; the end of its connection reaches us while no query is under way.
        await other.first(end, [own?.pid ?? 0])
        await new Promise((resolve) => setImmediate(resolve))
        await tx.run(insert, ['b'])
      })
      await assert.rejects(cut)
      assert.equal(await count(db), 0)
      await db.run(insert, ['c'])
      assert.equal(await count(db), 1)
    },
  )

  on('connections that are all cut while idle are replaced', async (db, other) => {
    await Promise.all([db.ping(), db.ping(), db.ping()])
    const own = await db.first(ownProcess, [])
    await other.first(end, [own?.pid ?? 0])
    await new Promise((resolve) => setTimeout(resolve, 0))
    await db.ping().catch(() => {})
    await db.ping()
  })

  on('a transaction whose failed statement was ignored is refused, not silently undone', async (db) => {
    const unit = db.transaction(async (tx) => {
      await tx.run(insert, ['a'])
      await tx.run(insert, ['a']).catch(() => {})
    })
    await assert.rejects(unit, /nothing was written/)
    assert.equal(await count(db), 0)
  })
}
