/** `selvage oauth attempts` as a process of its own. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { noteAttempt, noteFailure } from '../attempts/index.ts'
import { newMasterKey } from '../crypto/seal.ts'
import { LaggingWrites } from '../db/open.ts'
import { defineError } from '../kernel/errors.ts'
import { testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'

const main = new URL('../main.ts', import.meta.url).pathname
const folder = await mkdtemp(join(tmpdir(), 'selvage-cli-oauth-'))
after(() => rm(folder, { recursive: true, force: true }))

const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...environment }, cwd: folder }
    execFile(process.execPath, [main, 'oauth', 'attempts', ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })

const redirectMismatch = defineError({
  type: 'redirect_uri_mismatch',
  status: 400,
  message: 'The client has not registered this redirect_uri.',
  cause: 'The address differs.',
  fix: 'Register the address exactly.',
})

for (const database of testDatabases) {
  test(`${database.name}: oauth attempts explains each failure beside running servers`, async () => {
    const url = database.name === 'sqlite' ? join(folder, 'attempts.db') : await database.fresh()
    const masterKey = newMasterKey()
    const settings = { masterKey }
    await using app = await testApp({ database: url, now: new Date().toISOString(), settings })
    const environment = { SELVAGE_MASTER_KEY: masterKey, SELVAGE_DATABASE_URL: url }
    assert.match((await run([], environment)).stdout, /^No client has tried anything in the last seven days/)

    const lagging = new LaggingWrites(app.app.db, 60_000, (error) => assert.fail(String(error)))
    const context = { lagging, now: app.clock.now() }
    const projectId = app.project.id
    noteAttempt(context, { projectId, step: 'token', clientId: 'good', outcome: 'ok' })
    const details = { received: 'https://a.example/\u001b[2J', registered: ['https://b.example/'] }
    noteFailure(context, { projectId, step: 'authorize', clientId: 'bad' }, redirectMismatch({ details }))
    await lagging.flush()

    const all = await run([], environment)
    assert.equal(all.code, 0, all.stderr)
    const lines = all.stdout.trimEnd().split('\n')
    assert.match(lines[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}authorize {2}redirect_uri_mismatch {2}bad$/)
    assert.deepEqual(lines.slice(1, -1), [
      '    The client has not registered this redirect_uri.',
      '    · received: https://a.example/?[2J',
      '    · registered: ["https://b.example/"]',
      '    → Register the address exactly.',
    ])
    assert.match(lines.at(-1) ?? '', /token {6}ok {21}good$/)

    const failed = JSON.parse((await run(['--failed', '--json', '--project', projectId], environment)).stdout)
    assert.deepEqual(
      failed.map((one: Record<string, unknown>) => [one.project_id, one.outcome, one.client_id, one.fix]),
      [[projectId, 'redirect_uri_mismatch', 'bad', 'Register the address exactly.']],
    )
    const ofGood = await run(['--client', 'good', '--failed'], environment)
    assert.deepEqual([ofGood.code, ofGood.stdout.trim()], [0, 'Nothing failed in the last seven days.'])
    const unknown = await run(['--project', 'project-test-x'], environment)
    assert.deepEqual([unknown.code, unknown.stderr.trim()], [1, 'selvage: There is no project project-test-x.'])
  })
}

test('oauth attempts: what was not called right exits with 2, what cannot be read with 1; --help teaches', async () => {
  const help = await run(['--help'])
  assert.equal(help.code, 0)
  for (const taught of [
    '--client',
    '--failed',
    '--json',
    '--project',
    'selvage oauth attempts --failed',
    'Exits with 0',
  ]) {
    assert.ok(help.stdout.includes(taught), taught)
  }
  for (const wrong of [
    ['--limit', '0'],
    ['--limit', 'x'],
    ['--step', 'elsewhere'],
    ['--clients', 'x'],
  ]) {
    const { code, stderr } = await run(wrong, { SELVAGE_MASTER_KEY: newMasterKey() })
    assert.deepEqual([code, stderr.trim().split('\n').length], [2, 1], stderr)
  }
  assert.equal((await run([])).code, 1)
  const notMigrated = { SELVAGE_MASTER_KEY: newMasterKey(), SELVAGE_DATABASE_URL: join(folder, 'empty.db') }
  const { code, stderr } = await run([], notMigrated)
  assert.equal(code, 1)
  assert.match(stderr, /selvage migrate/)
})
