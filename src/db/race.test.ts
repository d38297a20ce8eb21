/** Real processes on one database: who wins, and what survives. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabases } from '../testing/databases.ts'
import { migrate, openDatabase } from './open.ts'

const fixture = new URL('./race.fixture.ts', import.meta.url).pathname
const start = (...args: readonly string[]) =>
  spawn(process.execPath, [fixture, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })

for (const database of testDatabases) {
  const withUrl = async (run: (url: string) => Promise<void>) => {
    const folder = await mkdtemp(join(tmpdir(), 'selvage-race-'))
    try {
      await run(database.name === 'sqlite' ? join(folder, 'race.db') : await database.fresh())
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  test(`${database.name}: check 16: fifty redemptions of one token from two processes give exactly one success`, () =>
    withUrl(async (url) => {
      const db = openDatabase({ url, powerLossSafe: false, connections: 2 })
      await migrate(db)
      const { query } = db
      await query
        .insertInto('projects')
        .values({
          project_id: 'p',
          name: 'x',
          environment: 'test',
          oauth_callback_id: 'c',
          settings: '{}',
          created_at: 0,
        })
        .execute()
      await query
        .insertInto('users')
        .values({
          user_id: 'u',
          project_id: 'p',
          external_id: null,
          status: 'active',
          first_name: '',
          middle_name: '',
          last_name: '',
          trusted_metadata: '{}',
          untrusted_metadata: '{}',
          roles: '[]',
          created_at: 0,
        })
        .execute()
      await query
        .insertInto('oauth_attach_tokens')
        .values({
          token_hash: 'one',
          project_id: 'p',
          user_id: 'u',
          provider: 'google',
          created_at: 0,
          expires_at: 9,
          reserved_by: null,
          consumed_at: null,
          needs_pkce: 0,
        })
        .execute()
      await db.close()

      const racers = [start('redeem', url, '25'), start('redeem', url, '25')]
      const output = racers.map((racer) => {
        const lines: string[] = []
        racer.stdout.on('data', (data) => lines.push(...String(data).trim().split('\n')))
        return lines
      })
      await Promise.all(racers.map((racer) => new Promise((resolve) => racer.stdout.once('data', resolve))))
      const ended = racers.map((racer) => new Promise((resolve) => racer.once('close', resolve)))
      for (const racer of racers) racer.stdin.write('go\n')
      await Promise.all(ended)
      assert.equal(
        output.reduce((sum, lines) => sum + Number(lines.at(-1)), 0),
        1,
      )
    }))

  test(`${database.name}: every write that was acknowledged before kill -9 is there afterwards`, () =>
    withUrl(async (url) => {
      const before = openDatabase({ url, powerLossSafe: true, connections: 2 })
      await migrate(before)
      await before.close()
      const writer = start('write', url)
      let text = ''
      await new Promise<void>((resolve) => {
        writer.stdout.on('data', (data) => {
          text += data
          if (text.length > 2_000) resolve()
        })
      })
      writer.kill('SIGKILL')
      await new Promise((resolve) => writer.once('close', resolve))
      const acknowledged = text.split('\n').slice(0, -1)
      assert.ok(acknowledged.length > 100)
      const after = openDatabase({ url, powerLossSafe: true, connections: 2 })
      const stored = new Set(
        (await after.query.selectFrom('projects').select('project_id').execute()).map(({ project_id }) => project_id),
      )
      await after.close()
      assert.deepEqual(
        acknowledged.filter((id) => !stored.has(id)),
        [],
      )
    }))
}
