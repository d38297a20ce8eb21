/** Every operation's example, as a reader would paste it: TypeScript and curl, and where it has the call the official Node client. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { curl } from '../../explorer/snippets/curl.ts'
import type { Snippet } from '../../explorer/snippets/languages.ts'
import { node } from '../../explorer/snippets/node.ts'
import { typescript, typescriptFlat } from '../../explorer/snippets/typescript.ts'
import { api } from '../api.ts'
import { catalogueOf } from './catalogue.ts'
import type { CataloguedOperation } from './catalogue-type.ts'
import { livingWorld, type World } from './living.fixture.ts'

const calls = catalogueOf(api, { baseUrl: '', version: '' }).operations.filter(({ kind }) => kind === 'call')

let world: World
let folder: string
before(async () => {
  world = await livingWorld()
  folder = await mkdtemp(join(tmpdir(), 'selvage-snippets-'))
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

interface Piece {
  readonly operation: CataloguedOperation
  readonly code: string
  readonly environment: Readonly<Record<string, string>>
}

/** The example of every operation that this kind of snippet exists for, each with living things of its own. */
async function pieces(snippet: Snippet): Promise<readonly Piece[]> {
  const { project } = world.scene.app
  const common = {
    STYTCH_PROJECT_ID: project.id,
    STYTCH_SECRET: project.secret,
    STYTCH_PUBLIC_TOKEN: project.publicToken,
  }
  const made: Piece[] = []
  for (const operation of calls.filter(({ example }) => example)) {
    const { values, environment = {} } = await world.living(operation)
    const code = snippet(operation, values, world.baseUrl)
    if (code !== undefined) made.push({ operation, code, environment: { ...common, ...environment } })
  }
  return made
}

/** Waits for the end; throws with what was said if that is not 0. */
async function run(
  command: string,
  parameters: readonly string[],
  environment: Record<string, string>,
): Promise<string> {
  const child = spawn(command, parameters, { env: { ...process.env, ...environment } })
  let output = ''
  let said = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  assert.equal(code, 0, said)
  return output
}

interface Outcome {
  readonly name: string
  readonly printed: readonly unknown[]
  readonly problem?: string
}

async function runModules(list: readonly Piece[], extension: 'ts' | 'mjs'): Promise<readonly Outcome[]> {
  const files = list.map(({ operation: { name }, environment }) => ({
    name,
    file: join(folder, `${name}.${list.length}.${extension}`),
    environment,
  }))
  await Promise.all(files.map(({ file }, at) => writeFile(file, list[at]?.code ?? '')))
  const listed = join(folder, `${extension}.${list.length}.json`)
  await writeFile(listed, JSON.stringify(files))
  const runner = fileURLToPath(new URL('./snippet-runner.fixture.ts', import.meta.url))
  const output = await run(process.execPath, ['--disable-warning=ExperimentalWarning', runner, listed], {})
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A success, with a member that the operation's answer requires. */
function fits({ isWrapped, output }: CataloguedOperation, body: unknown): string | undefined {
  if (body === '' && (output.required ?? []).length === 0) return undefined
  if (typeof body !== 'object' || body === null) return `the answer is ${JSON.stringify(body)}`
  const members = isWrapped ? (Reflect.get(body, 'data') ?? {}) : body
  const missing = (output.required ?? []).filter((name) => !(name in members))
  return missing.length === 0 ? undefined : `${missing.join(', ')} are missing in ${JSON.stringify(body)}`
}

function check(list: readonly Piece[], outcomes: readonly Outcome[]): void {
  const problems = list.flatMap(({ operation, code }, at) => {
    const { printed = [], problem } = outcomes[at] ?? {}
    // `fetch` prints the status before the body.
    const isRefused = typeof printed[0] === 'number' && printed[0] >= 300
    const wrong = problem ?? (isRefused ? JSON.stringify(printed) : fits(operation, printed.at(-1)))
    return wrong === undefined ? [] : [`${operation.name}: ${wrong}\n${code}`]
  })
  assert.equal(outcomes.length, list.length)
  assert.deepEqual(problems, [])
}

test('every operation that can be called has an example', () => {
  const without = calls.filter(({ example }) => !example).map(({ name }) => name)
  assert.deepEqual(without, [])
})

test('TypeScript: the example of every operation runs as it is shown, and its answer fits', async () => {
  const list = await pieces(typescript)
  assert.equal(list.length, calls.filter(({ example }) => example).length)
  check(list, await runModules(list, 'ts'))
})

test('TypeScript by flat names: the same methods', async () => {
  const list = await pieces(typescriptFlat)
  assert.ok(list.length > 30)
  check(list, await runModules(list, 'ts'))
})

test('the official Node client: every example that it has a call for runs, and its answer fits', async () => {
  const list = await pieces(node)
  assert.ok(list.length > 30)
  // It gives introspection and machine tokens under names of its own.
  const own = new Set(['idp.ofProject.introspect', 'idp.ofProject.token'])
  const outcomes = await runModules(list, 'mjs')
  const isOwn = ({ operation }: Piece) => own.has(operation.name)
  assert.deepEqual(
    outcomes.filter(({ name, problem }) => own.has(name) && problem),
    [],
  )
  check(
    list.filter((piece) => !isOwn(piece)),
    outcomes.filter(({ name }) => !own.has(name)),
  )
})

test('curl: the example of every operation runs in a plain shell, and its answer fits', async () => {
  const list = await pieces(curl)
  assert.equal(list.length, calls.filter(({ example }) => example).length)
  const lines = list.map(({ code, environment }, at) => {
    const exports = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`)
    return `(\n${exports.join('\n')}\n${code}\n) > '${join(folder, `${at}.out`)}'\n`
  })
  await writeFile(join(folder, '.curlrc'), 'silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')
  await writeFile(join(folder, 'all.sh'), lines.join(''))
  await run('sh', ['-e', join(folder, 'all.sh')], { CURL_HOME: folder })
  const outcomes = await Promise.all(
    list.map(async ({ operation: { name } }, at) => {
      const printed = await readFile(join(folder, `${at}.out`), 'utf8')
      const end = printed.lastIndexOf('\n')
      return {
        name,
        printed: [Number(printed.slice(end + 1)), printed.startsWith('{') ? JSON.parse(printed.slice(0, end)) : ''],
      }
    }),
  )
  check(list, outcomes)
})
