import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { CommitQueue } from './commit-queue.ts'
import { type Db, migrate, openDatabase, writing } from './open.ts'

const insert = writing(
  'test_commit_insert',
  `insert into projects (project_id, name, environment, oauth_callback_id, settings, created_at) values ($1, $2, 'test', $1, '{}', 0)`,
)
const ids = async (db: Db) =>
  (await db.query.selectFrom('projects').select('project_id').orderBy('project_id').execute()).map(
    ({ project_id }) => project_id,
  )

/** A database on a file, and a second connection to it, as another process would have. */
async function onFile(run: (db: Db, other: DatabaseSync) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-commit-'))
  const path = join(folder, 'test.db')
  const db = openDatabase({ url: path, powerLossSafe: false, connections: 1 })
  await migrate(db)
  const other = new DatabaseSync(path, { timeout: 0 })
  try {
    await run(db, other)
  } finally {
    other.close()
    await db.close()
    rmSync(folder, { recursive: true })
  }
}

/** Lets timers and immediates run, as many turns as asked. */
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('sqlite: while another process holds the file, reads are answered and writes wait without blocking', async () => {
  await onFile(async (db, other) => {
    other.exec('begin immediate')
    let settled = 0
    const writes = [
      db.run(insert, ['a', 'x']),
      db.transaction((tx) => tx.run(insert, ['b', 'x'])),
      db.query.transaction().execute((tx) => tx.updateTable('projects').set({ name: 'y' }).execute()),
      db.run(insert, ['c', 'x']),
    ].map((write) => write.then(() => settled++))
    await turns(50)
    assert.equal(settled, 0)
    assert.deepEqual(await ids(db), [])
    other.exec('commit')
    await Promise.all(writes)
    assert.deepEqual(await ids(db), ['a', 'b', 'c'])
  })
})

test('sqlite: closing waits for the writes that wait for another process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-commit-'))
  const path = join(folder, 'test.db')
  const db = openDatabase({ url: path, powerLossSafe: false, connections: 1 })
  await migrate(db)
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const write = db.run(insert, ['a', 'x'])
  const closing = db.close()
  await turns(5)
  other.exec('commit')
  assert.equal(await write, 1)
  await closing
  assert.equal(other.prepare('select count(*) as n from projects').get()?.n, 1)
  other.close()
  rmSync(folder, { recursive: true })
})

test('a file that stays locked fails every write that waits for it, and none that comes afterwards', async () => {
  let isLocked = true
  const controls: string[] = []
  const queue = new CommitQueue(
    {
      isTransaction: true,
      control(sql) {
        if (isLocked) throw Object.assign(new Error('database is locked'), { errcode: 5 })
        controls.push(sql)
      },
    },
    0,
  )
  const results = await Promise.allSettled([queue.write(() => 1), queue.write(() => 2), queue.unit(async () => 3)])
  for (const result of results)
    assert.match(result.status === 'rejected' ? String(result.reason) : '', /kept the database locked/)
  isLocked = false
  assert.equal(await queue.write(() => 4), 4)
  assert.deepEqual(controls, ['begin immediate', 'commit'])
})

test('sqlite: on a full disk the whole group fails and nothing of it happened, not even what came later in the turn', async () => {
  await onFile(async (db) => {
    const pages = await db.first(writing<{ page_count: number }>('test_pages', 'pragma page_count'), [])
    const limit = writing('test_limit', `pragma max_page_count = ${(pages?.page_count ?? 0) + 4}`)
    await db.first(limit, [])
    const large = 'x'.repeat(100_000)
    const results = await Promise.allSettled([
      db.run(insert, ['a', 'small']),
      db.run(insert, ['b', large]),
      db.run(insert, ['c', 'small']),
      db.transaction((tx) => tx.run(insert, ['d', 'small'])),
      db.query.transaction().execute((tx) => tx.updateTable('projects').set({ name: 'small' }).execute()),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      Array(5).fill('rejected'),
    )
    assert.deepEqual(await ids(db), [])
    const unit = db.transaction(async (tx) => {
      await tx.run(insert, ['e', 'small'])
      await tx.run(insert, ['f', large])
    })
    await assert.rejects(unit, /database or disk is full/)
    assert.deepEqual(await ids(db), [])
    await turns(1)
    await db.run(insert, ['g', 'small'])
    assert.deepEqual(await ids(db), ['g'], 'the next group is not affected')
  })
})

test('a commit whose rollback fails as well still tells everybody who waits', async () => {
  const queue = new CommitQueue({
    isTransaction: true,
    control(sql) {
      if (sql !== 'begin immediate') throw new Error(`no ${sql}`)
    },
  })
  await assert.rejects(
    queue.write(() => 1),
    /no commit/,
  )
})
