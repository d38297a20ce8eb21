/** The command line as processes of its own. Few, because each costs a start. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { newMasterKey } from '../crypto/seal.ts'
import { openDatabase } from '../db/open.ts'
import { TestBrowser } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'
import { developmentProject } from './development-project.ts'

const main = new URL('../main.ts', import.meta.url).pathname
const folder = await mkdtemp(join(tmpdir(), 'selvage-cli-'))
after(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. */
const run = (args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...environment }, cwd: folder }
    execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })

/** Starts a server and waits for its first line. */
async function start(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let stderr = ''
  child.stderr.on('data', (data: Buffer) => {
    stderr += data
  })
  const lines = createInterface({ input: child.stdout })
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    void exited.then((code) => reject(new Error(`ended with ${code}: ${stderr}`)))
  })
  return { child, exited, line }
}

const basic = `Basic ${Buffer.from(`${developmentProject.id}:${developmentProject.secret}`).toString('base64')}`

for (const database of testDatabases) {
  test(`${database.name}: dev --json prints one line; two processes share a database and its single-use tokens; SIGTERM ends them with 0`, async () => {
    const url = database.name === 'sqlite' ? join(folder, 'shared.db') : await database.fresh()
    const servers = await Promise.all([0, 1].map(() => start(['dev', '--port', '0', '--json', '--database', url])))
    const [one, two] = servers.map(({ line }) => JSON.parse(line))
    const names = [
      'base_url',
      'project_id',
      'secret',
      'public_token',
      'login_redirect_url',
      'signup_redirect_url',
      'login_url',
    ]
    assert.deepEqual(Object.keys(one), names)
    const created = await fetch(`${one.base_url}/v1/users`, {
      method: 'POST',
      headers: { authorization: basic },
      body: JSON.stringify({ email: 'ada@example.com' }),
    })
    const { user_id } = (await created.json()) as { user_id: string }
    const read = await fetch(`${two.base_url}/v1/users/${user_id}`, { headers: { authorization: basic } })
    assert.equal(read.status, 200)
    const { profiles, csrf_token } = (await (await fetch(`${one.base_url}/reference/profiles`)).json()) as {
      profiles: { name: string; public_token: string }[]
      csrf_token: string
    }
    const [{ name, public_token } = { name: '', public_token: '' }] = profiles
    assert.deepEqual([name, public_token], ['development', developmentProject.publicToken])
    const byPage = await fetch(`${one.base_url}/reference/gateway/users.get`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrf_token },
      body: JSON.stringify({ args: { user_id } }),
    })
    assert.equal(byPage.status, 200, 'the gateway knows the seeded project')
    const keySets = await Promise.all(
      [one, two].map(async ({ base_url, project_id }) =>
        (await fetch(`${base_url}/v1/sessions/jwks/${project_id}`)).json(),
      ),
    )
    const [first, second] = keySets as { keys: unknown[] }[]
    assert.deepEqual(first?.keys, second?.keys, 'both make and use one ring')
    const landed = await new TestBrowser().open(`${one.login_url}&provider_persona=verified`, ({ searchParams }) =>
      searchParams.has('token'),
    )
    const body = JSON.stringify({ token: landed.url.searchParams.get('token'), session_duration_minutes: 5 })
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => {
        const { base_url } = at % 2 === 0 ? one : two
        return fetch(`${base_url}/v1/oauth/authenticate`, { method: 'POST', headers: { authorization: basic }, body })
      }),
    )
    const statuses = answers.map(({ status }) => status)
    assert.equal(
      statuses.filter((status) => status === 200).length,
      1,
      'check 16: fifty redemptions, two processes, one success',
    )
    assert.equal(statuses.filter((status) => status === 400).length, 49)
    for (const { child } of servers) child.kill('SIGTERM')
    assert.deepEqual(await Promise.all(servers.map(({ exited }) => exited)), [0, 0])
  })
}

test('the development master key is readable by its owner only', async () => {
  const server = await start(['dev', '--port', '0', '--json', '--database', join(folder, 'own', 'dev.db')])
  server.child.kill('SIGINT')
  assert.equal(await server.exited, 0)
  assert.equal((await stat(join(folder, 'own', 'master.key'))).mode & 0o777, 0o600)
})

test('SIGTERM lets a running request finish', async () => {
  const { child, exited, line } = await start(['dev', '--port', '0', '--json', '--database', ':memory:'])
  const { base_url, public_token } = JSON.parse(line)
  const jar: string[] = []
  let next = `${base_url}/v1/public/oauth/google/start?public_token=${public_token}&provider_persona=slow`
  for (let hop = 0; hop < 2; hop++) {
    const response = await fetch(next, { redirect: 'manual', headers: { cookie: jar.join('; ') } })
    jar.push(...response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? ''))
    next = response.headers.get('location') ?? ''
  }
  // The callback now waits three seconds for the slow provider.
  const callback = fetch(next, { redirect: 'manual', headers: { cookie: jar.join('; ') } })
  await fetch(`${base_url}/v1/nowhere`)
  child.kill('SIGTERM')
  const answer = await callback
  assert.ok(answer.status === 302 || answer.status === 400, `${answer.status}`)
  assert.equal(await exited, 0)
})

test('serve: the development secret, a missing key and a bad setting stop the start with one line', async () => {
  const masterKey = newMasterKey()
  const oneLine = async (ended: Promise<Ended>, expected: RegExp, code = 1) => {
    const { stderr, code: actual } = await ended
    assert.match(stderr, expected)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
    assert.equal(actual, code)
  }
  await oneLine(run(['serve']), /^selvage: SELVAGE_MASTER_KEY is not set/)
  await oneLine(run(['serve'], { SELVAGE_PORT: 'x' }), /^selvage: SELVAGE_PORT is "x"; it must be 0 to 65535/)
  await oneLine(run(['serve'], { SELVAGE_MASTER_KEY: 'short' }), /^selvage: The master key must be 32 bytes/)
  const host = { SELVAGE_MASTER_KEY: masterKey, SELVAGE_HOST: '0.0.0.0', SELVAGE_DATABASE_URL: ':memory:' }
  await oneLine(run(['serve'], host), /^selvage: SELVAGE_BASE_URL is not set/)
  await oneLine(run(['serve'], { ...host, SELVAGE_BASE_URL: 'http://login.example.com' }), /it must be https/)
  const profiles = { SELVAGE_REFERENCE_PROFILES: `live=${developmentProject.id}:${'s'.repeat(24)}` }
  await oneLine(
    run(['serve'], { ...host, SELVAGE_BASE_URL: 'https://a.example', ...profiles }),
    /_PASSWORD is not set\. With/,
  )
  await oneLine(run(['serve', '--prot', '1']), /There is no option --prot here/, 2)
  await oneLine(run(['frob']), /There is no command "frob"/, 2)

  const url = join(folder, 'serve.db')
  const file = join(folder, 'project.json')
  const project = { project_id: developmentProject.id, name: 'x', secrets: [developmentProject.secret] }
  await writeFile(file, JSON.stringify({ projects: [project] }))
  const environment = { SELVAGE_MASTER_KEY: masterKey, SELVAGE_DATABASE_URL: url, SELVAGE_PORT: '0' }
  assert.equal((await run(['apply', file], environment)).code, 0)
  await oneLine(run(['serve'], environment), /has the secret of selvage dev/)

  const db = openDatabase({ url, powerLossSafe: false, connections: 1 })
  await db.query
    .insertInto('kysely_migration')
    .values({ name: '9999_future', timestamp: '' } as never)
    .execute()
  await db.close()
  await oneLine(run(['serve'], environment), /does not know \(9999_future\)\. Start the newer version/)
})

test('serve: health, metrics on a port of their own, no sandbox', async () => {
  const environment = {
    SELVAGE_MASTER_KEY: newMasterKey(),
    SELVAGE_DATABASE_URL: join(folder, 'production.db'),
    SELVAGE_PORT: '0',
    SELVAGE_METRICS_PORT: '0',
    SELVAGE_LOG_LEVEL: 'warn',
  }
  const { child, exited, line } = await start(['serve'], environment)
  const base = line.replace('Selvage is ready at ', '')
  assert.equal((await fetch(`${base}/sandbox/google/authorize`)).status, 404)
  assert.equal((await fetch(`${base}/dev/authenticate`)).status, 404)
  assert.equal((await fetch(`${base}/metrics`)).status, 404)
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
})

test('serve: without profiles there is no gateway; with them and a password there is, behind its login', async () => {
  const environment = {
    SELVAGE_MASTER_KEY: newMasterKey(),
    SELVAGE_DATABASE_URL: join(folder, 'gateway.db'),
    SELVAGE_PORT: '0',
    SELVAGE_LOG_LEVEL: 'silent',
  }
  const gateway = {
    SELVAGE_REFERENCE_PROFILES: `live=${developmentProject.id}:${'s'.repeat(24)}`,
    SELVAGE_OPERATOR_PASSWORD: 'sixteen or more letters',
  }
  for (const [more, error, status] of [
    [{}, 'gateway_off', 404],
    [gateway, 'operator_login_required', 401],
  ] as const) {
    const { child, exited, line } = await start(['serve'], { ...environment, ...more })
    const base = line.replace('Selvage is ready at ', '')
    const answer = await fetch(`${base}/reference/profiles`)
    const { error_type } = (await answer.json()) as { error_type: string }
    assert.deepEqual([answer.status, error_type], [status, error])
    const headers = { authorization: `Bearer ${gateway.SELVAGE_OPERATOR_PASSWORD}` }
    assert.equal((await fetch(`${base}/tools`, { headers })).status, status === 401 ? 200 : 404)
    child.kill('SIGTERM')
    assert.equal(await exited, 0)
  }
})

test('apply, keys and doctor: an operator’s path from an empty database to a healthy one', async () => {
  const environment = { SELVAGE_MASTER_KEY: newMasterKey(), SELVAGE_DATABASE_URL: join(folder, 'operator.db') }
  const id = 'project-test-44444444-4444-4444-8444-444444444444'
  const file = join(folder, 'operator.json')
  const project = {
    project_id: id,
    name: 'x',
    redirect_urls: [{ url: 'https://a.example/', types: ['LOGIN', 'SIGNUP'] }],
    providers: { google: { client_id: 'c', client_secret: '${GOOGLE}' } },
  }
  await writeFile(file, JSON.stringify({ projects: [project] }))

  assert.match((await run(['doctor'], environment)).stdout, /MEND\s+database: run "selvage migrate"/)
  assert.match((await run(['migrate'], environment)).stdout, /Applied 0001_core/)
  assert.match((await run(['migrate', '--json'], environment)).stdout, /"pending":\[\]/)
  const missing = await run(['apply', file], environment)
  assert.deepEqual(
    [missing.code, missing.stderr.trim()],
    [1, 'selvage: projects[0].providers.google.client_secret: the environment variable GOOGLE is not set.'],
  )

  const first = await run(['apply', file, '--json'], { ...environment, GOOGLE: 'upstream-secret' })
  const { generated_secrets } = JSON.parse(first.stdout)
  assert.match(generated_secrets[0].secret, /^secret-test-/)
  const again = await run(['apply', file], { ...environment, GOOGLE: 'upstream-secret' })
  assert.match(again.stdout, /Nothing to change/)
  assert.ok(!(first.stdout + again.stdout).includes('upstream-secret'))
  const doctor = await run(['doctor', '--json'], environment)
  assert.equal(doctor.code, 0, doctor.stdout)

  const before = JSON.parse((await run(['keys', 'list', '--json'], environment)).stdout)[0].keys
  const rotated = JSON.parse((await run(['keys', 'rotate', '--project', id, '--json'], environment)).stdout)
  assert.equal(rotated.signing_key, before[1], 'the next key signs now')
  const after = JSON.parse((await run(['keys', 'list', '--json'], environment)).stdout)[0].keys
  assert.ok(after.includes(before[0]), 'the old one is still published')

  const moved = {
    ...environment,
    SELVAGE_MASTER_KEY: newMasterKey(),
    SELVAGE_MASTER_KEY_PREVIOUS: environment.SELVAGE_MASTER_KEY,
  }
  assert.match((await run(['keys', 'reseal'], moved)).stdout, /signing keys: 2 moved/)
  const alone = { ...environment, SELVAGE_MASTER_KEY: moved.SELVAGE_MASTER_KEY }
  assert.equal((await run(['doctor'], alone)).code, 0)

  const lost = { ...environment, SELVAGE_MASTER_KEY: newMasterKey() }
  assert.match((await run(['doctor'], lost)).stdout, /MEND .*not configured/)
  assert.equal((await run(['keys', 'reset'], lost)).code, 2)
  assert.match(
    (await run(['keys', 'reset', '--yes'], lost)).stdout,
    /Gave up 2 signing keys and the credentials of 1 providers/,
  )
  assert.equal((await run(['apply', file], { ...lost, GOOGLE: 'upstream-secret' })).code, 0)
  assert.equal((await run(['doctor'], lost)).code, 0)
  assert.ok(await readFile(file))
})
