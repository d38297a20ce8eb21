/**
 * `npm test`: starts a real PostgreSQL of its own, then runs every test in one process. Arguments are passed on to the
 * test runner, e.g. `npm test -- --test-name-pattern=attach`, or replace the files: `npm test -- src/oauth/*.test.ts`.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from './postgres.ts'

const folder = await mkdtemp(join(tmpdir(), 'selvage-test-'))
const postgres = await startPostgres(folder)
const passed = process.argv.slice(2)
const files = passed.some((argument) => argument.endsWith('.ts')) ? [] : ['src/**/*.test.ts']
const runner = spawn(
  process.execPath,
  [
    '--test',
    '--test-isolation=none',
    '--test-force-exit',
    '--disable-warning=ExperimentalWarning',
    ...passed,
    ...files,
  ],
  { stdio: 'inherit', env: { ...process.env, SELVAGE_TEST_POSTGRES: postgres.url } },
)
const code = await new Promise<number>((resolve) => runner.on('exit', (exit) => resolve(exit ?? 1)))
await postgres.stop()
await rm(folder, { recursive: true, force: true })
process.exit(code)
