/**
 * `npm test`: starts a real PostgreSQL of its own, then runs every test in one process, then checks that every listed error
 * was provoked and, where a contract file is present, that every answer fits it. Arguments are passed on to the test runner,
 * or name the files to run: `npm test -- src/oauth/*.test.ts`; then the checks at the end are left out.
 */
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildExplorerIfStale } from './explorer.ts'
import { startPostgres } from './postgres.ts'
import { checkContract, neverProvoked, readSeen } from './seen.ts'

await buildExplorerIfStale()
const folder = await mkdtemp(join(tmpdir(), 'selvage-test-'))
const postgres = await startPostgres(folder)
const passed = process.argv.slice(2)
const isPartial = passed.length > 0
const files = passed.some((argument) => argument.endsWith('.ts')) ? [] : ['src/**/*.test.ts', 'explorer/**/*.test.ts']
const seenFile = join(folder, 'seen.jsonl')
writeFileSync(seenFile, '')
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
  { stdio: 'inherit', env: { ...process.env, SELVAGE_TEST_POSTGRES: postgres.url, SELVAGE_TEST_SEEN: seenFile } },
)
let code = await new Promise<number>((resolve) => runner.on('exit', (exit) => resolve(exit ?? 1)))
await postgres.stop()
if (!isPartial && code === 0) code = checkSeen()
await rm(folder, { recursive: true, force: true })
process.exit(code)

function checkSeen(): number {
  const seen = readSeen(seenFile)
  const missing = neverProvoked(seen)
  for (const one of missing) console.error(`no test provokes ${one}`)
  const contract = process.env.SELVAGE_CONTRACT ?? new URL('../../shared/spec/contract.json', import.meta.url).pathname
  if (!existsSync(contract)) return missing.length > 0 ? 1 : 0
  const { covered, operations, problems } = checkContract(contract, seen)
  for (const problem of problems) console.error(`against the contract: ${problem}`)
  console.log(`contract: ${covered} of ${operations} operations answered as it says, ${problems.length} problems`)
  return missing.length + problems.length > 0 ? 1 : 0
}
