import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { testDatabases } from '../testing/databases.ts'
import {
  type Db,
  isUniqueViolation,
  LaggingWrites,
  migrate,
  openDatabase,
  requireCurrentSchema,
  schemaState,
  writing,
} from './open.ts'

const insert = writing(
  'test_insert',
  `insert into projects (project_id, name, environment, oauth_callback_id, settings, created_at) values ($1, $2, 'test', $1, '{}', 0)`,
)
const rename = writing<{ project_id: string }>(
  'test_rename',
  `update projects set name = $1 where project_id = $2 and name <> $1 returning project_id`,
)
const names = async (db: Db) =>
  (await db.query.selectFrom('projects').select('name').orderBy('project_id').execute()).map(({ name }) => name)

async function open(url: string): Promise<Db> {
  const db = openDatabase({ url, powerLossSafe: false, connections: 5 })
  await migrate(db)
  return db
}

for (const database of testDatabases) {
  const on = (name: string, run: (db: Db) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      const db = await open(await database.fresh())
      try {
        await run(db)
      } finally {
        await db.close()
      }
    })

  on('migrating twice changes nothing; nothing is pending', async (db) => {
    assert.deepEqual(await migrate(db), [])
    assert.deepEqual((await schemaState(db)).pending, [])
    await requireCurrentSchema(db)
  })

  on('a newer schema is refused with one line, an older one too when migrating is off', async (db) => {
    await db.query
      .insertInto('kysely_migration')
      .values({ name: '9999_future', timestamp: '' } as never)
      .execute()
    await assert.rejects(migrate(db), /does not know \(9999_future\)\. Start the newer version/)
    await db.query.deleteFrom('kysely_migration').execute()
    await assert.rejects(requireCurrentSchema(db), /lacks 0001_core.*selvage migrate/)
  })

  on('of many writes at once, one that fails fails alone', async (db) => {
    const writes = ['a', 'b', 'a', 'c'].map((id, at) => db.run(insert, [id, `${at}`]))
    const results = await Promise.allSettled(writes)
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    const failed = results.find((result) => result.status === 'rejected')
    assert.ok(failed?.status === 'rejected' && isUniqueViolation(failed.reason))
    assert.equal((await names(db)).length, 3)
  })

  on('a transaction that fails leaves nothing, and takes nobody with it', async (db) => {
    const results = await Promise.allSettled([
      db.run(insert, ['a', 'lone']),
      db.transaction(async (tx) => {
        await tx.run(insert, ['b', 'undone'])
        await tx.run(insert, ['b', 'again'])
      }),
      db.transaction(async (tx) => {
        await tx.run(insert, ['c', 'kept'])
        await tx.query.updateTable('projects').set({ name: 'changed' }).where('project_id', '=', 'c').execute()
      }),
      db.query.transaction().execute(async (tx) => {
        await tx.updateTable('projects').set({ settings: '{}' }).execute()
        throw new Error('on purpose')
      }),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    )
    assert.deepEqual(await names(db), ['lone', 'changed'])
  })

  on('fifty takers of one row at once: one gets it', async (db) => {
    await db.run(insert, ['a', 'free'])
    const taken = await Promise.all(Array.from({ length: 50 }, () => db.first(rename, ['taken', 'a'])))
    assert.equal(taken.filter((row) => row !== undefined).length, 1)
  })

  on('parallel transactions that read and write one row lose no update', async (db) => {
    await db.run(insert, ['a', '0'])
    await Promise.all(
      Array.from({ length: 20 }, () =>
        db.transaction(async (tx) => {
          await tx.query.updateTable('projects').set({ created_at: 0 }).where('project_id', '=', 'a').execute()
          const row = await tx.query
            .selectFrom('projects')
            .select('name')
            .where('project_id', '=', 'a')
            .executeTakeFirstOrThrow()
          await tx.query
            .updateTable('projects')
            .set({ name: String(Number(row.name) + 1) })
            .execute()
        }),
      ),
    )
    assert.deepEqual(await names(db), ['20'])
  })

  on('writes that lag: the newest of a key is written, and a failure is reported', async (db) => {
    await db.run(insert, ['a', 'x'])
    const failures: unknown[] = []
    const lagging = new LaggingWrites(db, 60_000, (error) => void failures.push(error))
    for (const name of ['first', 'second']) lagging.note('a', rename, [name, 'a'])
    assert.deepEqual(await names(db), ['x'])
    await lagging.flush()
    assert.deepEqual(await names(db), ['second'])
    lagging.note('b', insert, ['a', 'taken'])
    await lagging.flush()
    assert.equal(failures.length, 1)
  })
}

for (const database of testDatabases) {
  test(`${database.name}: two processes that write what lags for the same rows do not deadlock`, async () => {
    const url = database.name === 'sqlite' ? ':memory:' : await database.fresh()
    const db = await open(url)
    const other = database.name === 'sqlite' ? db : openDatabase({ url, powerLossSafe: false, connections: 2 })
    const ids = Array.from({ length: 40 }, (_, at) => `p${at}`)
    await Promise.all(ids.map((id) => db.run(insert, [id, 'x'])))
    const failures: unknown[] = []
    const processes = [db, other].map((one) => new LaggingWrites(one, 60_000, (error) => void failures.push(error)))
    for (let round = 0; round < 10; round++) {
      for (const [at, lagging] of processes.entries()) {
        const order = at === 0 ? ids : ids.toReversed()
        for (const id of order) lagging.note(id, rename, [`${round}-${at}`, id])
      }
      await Promise.all(processes.map((lagging) => lagging.flush()))
    }
    assert.deepEqual(failures, [])
    await db.close()
    if (other !== db) await other.close()
  })
}

/** Two connections on one file, as two processes would have them. */
async function onFile(run: (db: Db, path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-db-'))
  const path = join(folder, 'test.db')
  const db = await open(path)
  try {
    await run(db, path)
  } finally {
    await db.close()
    rmSync(folder, { recursive: true })
  }
}

test('sqlite: all writes of one turn share one commit, and nobody sees them before it', async () => {
  await onFile(async (db, path) => {
    const other = new DatabaseSync(path, { readOnly: true })
    const version = () => other.prepare('pragma data_version').get()?.data_version
    const count = () => other.prepare('select count(*) as n from projects').get()?.n
    const before = Number(version())
    const writes = Array.from({ length: 100 }, (_, at) => db.run(insert, [`p${at}`, 'x']))
    assert.equal(count(), 0)
    const seen = (await Promise.all([names(db), ...writes]))[0]
    assert.deepEqual(seen, [], 'a read of the same process does not see what is not committed')
    assert.equal(count(), 100)
    assert.equal(Number(version()) - before, 1)
    other.close()
  })
})

test('sqlite: when the commit fails, every write of the group fails', async () => {
  await onFile(async (db) => {
    const results = await Promise.allSettled([
      db.run(insert, ['a', 'x']),
      db.transaction(async (tx) => {
        // Deferred until the commit, and then impossible to satisfy.
        await tx.run(writing('test_defer', 'pragma defer_foreign_keys = on'), [])
        await tx.run(
          writing(
            'test_orphan',
            `insert into public_tokens (public_token, project_id, created_at) values ('t', 'nobody', 0)`,
          ),
          [],
        )
      }),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    assert.deepEqual(await names(db), [])
    await db.run(insert, ['b', 'after'])
    assert.deepEqual(await names(db), ['after'], 'the next group is not affected')
  })
})

test('sqlite: FULL in production, WAL always', async () => {
  await onFile(async (_db, path) => {
    const plain = new DatabaseSync(path)
    assert.equal(plain.prepare('pragma journal_mode').get()?.journal_mode, 'wal')
    plain.close()
  })
})
