/**
 * `npm run bench`: our built server beside the floor, on each database, in turn, one core each for server and load. Prints CPU
 * per request and its ratio to the floor of the same run. `--quick`: one short round. `--json FILE`: the figures as JSON.
 * `--database NAME`: only that one. See bench/README.md.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { startPostgres } from '../scripts/postgres.ts'
import { seed } from './seed.ts'

const root = new URL('.', import.meta.url).pathname
const args = process.argv.slice(2)
const isQuick = args.includes('--quick')
const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
const rounds = isQuick ? 1 : 3
const [warmUp, seconds] = isQuick ? [0.5, 1.5] : [1, 3]
const connections = 32
const scenarios = [
  'sessions/authenticate (token)',
  'sessions/authenticate (JWT)',
  'oauth/authenticate',
  'oauth/attach',
  'public oauth start',
  'JWKS',
]
const signing = new Set(scenarios.slice(0, 3))
/** Goals as ratios to the floor. */
const goal = (scenario: string) => (signing.has(scenario) ? 1.25 : 2)

interface Sample {
  readonly cpu: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}
interface Figures {
  readonly database: string
  readonly scenario: string
  readonly ours: Sample
  readonly floor: Sample
  readonly ratio: number
}

if (!existsSync(join(root, '../dist/app.js'))) throw new Error('Nothing is built yet. Run: npm run build')
const folder = await mkdtemp(join(tmpdir(), 'selvage-bench-'))
const pin = (core: number) => (existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', String(core)] : [])

async function startServer(file: string, ...more: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const [command = '', ...rest] = [...pin(0), process.execPath, join(root, file), ...more]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
  return { child, url }
}

/** User and system time of a process so far, in µs. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const middle = (samples: readonly Sample[]): Sample => ({
  cpu: median(samples.map(({ cpu }) => cpu)),
  perSecond: median(samples.map(({ perSecond }) => perSecond)),
  p50: median(samples.map(({ p50 }) => p50)),
  p99: median(samples.map(({ p99 }) => p99)),
})

async function compare(
  database: string,
  urls: readonly [string, string],
  durable: string,
): Promise<readonly Figures[]> {
  const logins = rounds * (warmUp + seconds) * 4_000
  console.log(`\n${database}: seeding 5,000 users and ${logins} finished logins`)
  const seedFile = join(folder, `${durable}.json`)
  const seeded = await seed(urls[0], logins)
  writeFileSync(seedFile, JSON.stringify(seeded))
  await copyDatabase(urls[0], urls[1])
  const servers = [
    await startServer('server.ts', urls[0], seedFile, durable),
    await startServer('floor.ts', urls[1], seedFile, durable),
  ]
  const [command, ...prefix] = [...pin(1), process.execPath]
  const load = fork(join(root, 'load.ts'), [seedFile], { execPath: command ?? process.execPath, execArgv: prefix })
  const used = new Map<string, number>()
  const measure = async (
    server: { child: ChildProcess; url: string },
    scenario: string,
    time: number,
  ): Promise<Sample> => {
    const key = `${server.url} ${scenario}`
    const before = cpuOf(server.child.pid ?? 0)
    load.send({ url: server.url, scenario, seconds: time, connections, offset: used.get(key) ?? 0 })
    const result = await new Promise<{ requests: number; seconds: number; p50: number; p99: number; used: number }>(
      (resolve) => load.once('message', (message) => resolve(message as never)),
    )
    used.set(key, (used.get(key) ?? 0) + result.used)
    const cpu = (cpuOf(server.child.pid ?? 0) - before) / result.requests
    return { cpu, perSecond: result.requests / result.seconds, p50: result.p50, p99: result.p99 }
  }
  const figures: Figures[] = []
  for (const scenario of scenarios) {
    const samples: [Sample[], Sample[]] = [[], []]
    for (const server of servers) await measure(server, scenario, warmUp)
    for (let round = 0; round < rounds; round++) {
      for (const [at, server] of servers.entries()) samples[at]?.push(await measure(server, scenario, seconds))
    }
    const [ours, floor] = [middle(samples[0]), middle(samples[1])]
    const ratio = median(samples[0].map(({ cpu }, at) => cpu / (samples[1][at]?.cpu ?? cpu)))
    figures.push({ database, scenario, ours, floor, ratio })
    print(scenario, ours, floor, ratio)
  }
  for (const { child } of servers) child.kill('SIGTERM')
  load.kill()
  return figures
}

async function copyDatabase(from: string, to: string): Promise<void> {
  if (!from.startsWith('postgres')) return cpSync(from, to)
  const client = new pg.Client({ connectionString: from.replace(/[^/]+$/, 'postgres') })
  await client.connect()
  await client.query(`create database ${new URL(to).pathname.slice(1)} template ${new URL(from).pathname.slice(1)}`)
  await client.end()
}

const row = (...cells: readonly (string | number)[]) =>
  console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(30) : String(cell).padStart(10))).join(''))
const print = (scenario: string, ours: Sample, floor: Sample, ratio: number) =>
  row(
    scenario,
    ours.cpu.toFixed(0),
    floor.cpu.toFixed(0),
    ratio.toFixed(2),
    `≤ ${goal(scenario)}`,
    ours.perSecond.toFixed(0),
    ours.p50.toFixed(1),
    ours.p99.toFixed(1),
  )

console.log(
  `One core for the server, one for the load, ${connections} connections, ${rounds} rounds of ${seconds} s, medians. No rate limits.`,
)
row('', 'CPU µs', 'floor', 'ratio', 'goal', 'req/s', 'p50 ms', 'p99 ms')
const only = option('--database')
const results: Figures[] = []
for (const durable of ['FULL', 'NORMAL']) {
  const name = `sqlite-${durable.toLowerCase()}`
  if (only !== undefined && only !== name) continue
  results.push(
    ...(await compare(name, [join(folder, `ours-${durable}.db`), join(folder, `floor-${durable}.db`)], durable)),
  )
}
if (only === undefined || only === 'postgres') {
  const postgres = await startPostgres(folder, { durable: true })
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  await client.query('create database ours')
  await client.end()
  const at = (name: string) => postgres.url.replace(/[^/]+$/, name)
  results.push(...(await compare('postgres', [at('ours'), at('floor')], 'postgres')))
  await postgres.stop()
}
const file = option('--json')
if (file !== undefined) writeFileSync(file, JSON.stringify(results, null, 2))
await rm(folder, { recursive: true, force: true })
process.exit(0)
