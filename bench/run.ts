/**
 * `npm run bench`: our built server beside the floor and, where it does the same, beside `oidc-provider`; on each database, in
 * turn, one core each for server and load. Prints CPU per request and its ratios to the others of the same run. `--quick`: one
 * short round. `--json FILE`: the figures as JSON. `--database NAME`: only that one. `--only TEXT`: only rows whose name holds
 * it. See bench/README.md.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { startPostgres } from '../scripts/postgres.ts'
import type { LoadResult, Order } from './load.ts'
import { type Row, rows, type ServerName } from './scenarios.ts'
import { seed } from './seed.ts'

const root = new URL('.', import.meta.url).pathname
const args = process.argv.slice(2)
const isQuick = args.includes('--quick')
const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
const rounds = isQuick ? 1 : 3
const [warmUp, seconds] = isQuick ? [0.4, 1.1] : [1, 3]
const connections = 32
const only = option('--only')?.toLowerCase() ?? ''
const chosen = rows.filter(({ name }) => name.toLowerCase().includes(only))
/** Goals as ratios to the floor. */
const goal = ({ signs }: Row) => (signs ? 1.25 : 2)
/** How many single-use tokens a server can use up: so many seconds, and more of them each than it can sign. */
const needed = (perSecond: number) => Math.ceil((warmUp + rounds * seconds) * perSecond)

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
  /** `oidc-provider`, and our CPU as a part of its. */
  readonly peer?: Sample
  readonly ratioToPeer?: number
}

interface Server {
  readonly name: ServerName
  readonly child: ChildProcess
  readonly url: string
}

if (!existsSync(join(root, '../dist/app.js'))) throw new Error('Nothing is built yet. Run: npm run build')
const folder = await mkdtemp(join(tmpdir(), 'selvage-bench-'))
const pin = (core: number) => (existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', String(core)] : [])

async function startServer(name: ServerName, file: string, ...more: readonly string[]): Promise<Server> {
  const [command = '', ...rest] = [...pin(0), process.execPath, join(root, file), ...more]
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'], env })
  process.once('exit', () => child.kill('SIGTERM'))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => line.startsWith('http') && resolve(line))
    child.once('exit', () => reject(new Error(`${file} ended before it listened.`)))
  })
  return { name, child, url }
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
  const counts = { logins: needed(4_000), grants: needed(2_500) }
  console.log(
    `\n${database}: seeding 5,000 users, ${counts.logins} finished logins, ${counts.grants} codes and refresh tokens`,
  )
  const seedFile = join(folder, `${durable}.json`)
  writeFileSync(seedFile, JSON.stringify(await seed(urls[0], counts)))
  await copyDatabase(urls[0], urls[1])
  const servers = await Promise.all([
    startServer('ours', 'server.ts', urls[0], seedFile, durable),
    startServer('floor', 'floor.ts', urls[1], seedFile, durable),
    ...(chosen.some(({ hasPeer }) => hasPeer) ? [startServer('oidc-provider', 'oidc-provider.ts', seedFile)] : []),
  ])
  const [command, ...prefix] = [...pin(1), process.execPath]
  const load = fork(join(root, 'load.ts'), [seedFile], { execPath: command ?? process.execPath, execArgv: prefix })
  load.once('exit', (status) => status && process.exit(1))
  const figures: Figures[] = []
  for (const row of chosen) {
    const taking = servers.filter(({ name }) => row.hasPeer || name !== 'oidc-provider')
    const samples = await takeTurns(taking, row, load)
    const [ours = [], floor = [], peer] = taking.map(({ name }) => samples.get(name) ?? [])
    const made: Figures = {
      database,
      scenario: row.name,
      ours: middle(ours),
      floor: middle(floor),
      ratio: ratioOf(ours, floor),
      ...(peer && { peer: middle(peer), ratioToPeer: ratioOf(ours, peer) }),
    }
    figures.push(made)
    print(row, made)
  }
  for (const { child } of servers) child.kill('SIGTERM')
  load.kill()
  return figures
}

/** A warm-up of each server, then the rounds, in each of which every server has its turn. */
async function takeTurns(
  servers: readonly Server[],
  row: Row,
  load: ChildProcess,
): Promise<ReadonlyMap<ServerName, Sample[]>> {
  const used = new Map<ServerName, number>()
  const measure = async ({ name, child, url }: Server, time: number): Promise<Sample> => {
    const before = cpuOf(child.pid ?? 0)
    const offset = used.get(name) ?? 0
    const order: Order = { url, server: name, scenario: row.name, seconds: time, connections, offset }
    load.send(order)
    const result = await new Promise<LoadResult & { readonly used: number }>((resolve) =>
      load.once('message', (message) => resolve(message as never)),
    )
    used.set(name, offset + result.used)
    const cpu = (cpuOf(child.pid ?? 0) - before) / result.requests
    return { cpu, perSecond: result.requests / result.seconds, p50: result.p50, p99: result.p99 }
  }
  const samples = new Map<ServerName, Sample[]>(servers.map(({ name }) => [name, []]))
  for (const server of servers) await measure(server, warmUp)
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) samples.get(server.name)?.push(await measure(server, seconds))
  }
  return samples
}

/** The median of the ratios of the rounds. */
const ratioOf = (ours: readonly Sample[], others: readonly Sample[]): number =>
  median(ours.map(({ cpu }, at) => cpu / (others[at]?.cpu ?? cpu)))

async function copyDatabase(from: string, to: string): Promise<void> {
  if (!from.startsWith('postgres')) return cpSync(from, to)
  const client = new pg.Client({ connectionString: from.replace(/[^/]+$/, 'postgres') })
  await client.connect()
  await client.query(`create database ${new URL(to).pathname.slice(1)} template ${new URL(from).pathname.slice(1)}`)
  await client.end()
}

const line = (...cells: readonly (string | number)[]) =>
  console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(30) : String(cell).padStart(9))).join(''))
const print = (row: Row, { ours, floor, ratio, peer, ratioToPeer }: Figures) =>
  line(
    row.name,
    ours.cpu.toFixed(0),
    floor.cpu.toFixed(0),
    ratio.toFixed(2),
    `≤ ${goal(row)}`,
    peer?.cpu.toFixed(0) ?? '',
    ratioToPeer?.toFixed(2) ?? '',
    peer ? '< 1' : '',
    ours.perSecond.toFixed(0),
    ours.p50.toFixed(1),
    ours.p99.toFixed(1),
  )

console.log(
  `One core for the server, one for the load, ${connections} connections, ${rounds} rounds of ${seconds} s, medians. No rate limits.`,
)
line('CPU µs', 'ours', 'floor', '÷ floor', 'goal', 'oidc-p.', '÷ oidc-p.', 'goal', 'req/s', 'p50 ms', 'p99 ms')
const onlyDatabase = option('--database')
const results: Figures[] = []
for (const durable of ['FULL', 'NORMAL']) {
  const name = `sqlite-${durable.toLowerCase()}`
  if (onlyDatabase !== undefined && onlyDatabase !== name) continue
  results.push(
    ...(await compare(name, [join(folder, `ours-${durable}.db`), join(folder, `floor-${durable}.db`)], durable)),
  )
}
if (onlyDatabase === undefined || onlyDatabase === 'postgres') {
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
