/** Who may import whom. The order of the layers is the order of this table; each may import only what stands before it. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

const root = new URL('.', import.meta.url).pathname

/** Layers from the ground up. */
const layers = [
  'kernel',
  'db',
  'crypto',
  'projects',
  'users',
  'sessions',
  'oauth',
  'egress',
  'attempts',
  'connected-apps',
  'attestation',
  'm2m',
  'idp',
  'frontend',
  'sandbox',
  'health',
  'reference',
  'gateway',
  'api',
  'version',
  'app',
  'config',
  'cli',
  'main',
]
/** Slices meet only through their `index.ts`. */
const slices = new Set([
  'projects',
  'users',
  'sessions',
  'oauth',
  'egress',
  'attempts',
  'connected-apps',
  'attestation',
  'm2m',
  'idp',
  'frontend',
  'sandbox',
  'health',
  'reference',
  'gateway',
])
/** Packages that one place stands in for. */
const singleImporters: readonly (readonly [RegExp, RegExp])[] = [
  [/^fastify$/, /^kernel\/http\.ts$/],
  [/^jose$/, /^crypto\//],
  [/^kysely/, /^(db\/|[a-z0-9-]+\/[a-z-]*store\.ts$)/],
  [/^pg$/, /^(db\/postgres|testing\/databases)\.ts$/],
  [/^oauth4webapi$/, /^oauth\//],
  [/^pino$|^prom-client$|^@opentelemetry/, /^kernel\//],
  [/^citty$/, /^(cli\/|main\.ts$)/],
]

interface Import {
  readonly from: string
  /** Path under `src/`, or the name of a package. */
  readonly to: string
  readonly isOurs: boolean
  readonly isTypeOnly: boolean
}

const isTest = (path: string) => /\.(test|fixture)\.ts$/.test(path)
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !isTest(path),
)
const importLine = /^(?:import|export)\s+(type\s)?[^'"]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm

const imports: readonly Import[] = files.flatMap((from) =>
  [...readFileSync(join(root, from), 'utf8').matchAll(importLine)].map(([, type, a, b, c]) => {
    const target = a ?? b ?? c ?? ''
    const isOurs = target.startsWith('.')
    const to = isOurs ? relative(root, resolve(root, dirname(from), target)) : target
    return { from, to, isOurs, isTypeOnly: type !== undefined }
  }),
)
const layerOf = (path: string): string => (path.split('/')[0] ?? path).replace(/\.ts$/, '')

test('imports point down', () => {
  const wrong = imports
    .filter(
      ({ from, isOurs, to }) =>
        isOurs && !to.startsWith('..') && !['testing', 'client', 'index'].includes(layerOf(from)),
    )
    .filter(
      ({ from, to }) => layers.indexOf(layerOf(to)) > layers.indexOf(layerOf(from)) || layers.indexOf(layerOf(to)) < 0,
    )
  assert.deepEqual(wrong, [])
})

test('slices import one another only through index.ts', () => {
  const wrong = imports.filter(({ from, to, isOurs }) => {
    const [here, there] = [layerOf(from), layerOf(to)]
    return isOurs && slices.has(here) && slices.has(there) && here !== there && !to.endsWith('/index.ts')
  })
  assert.deepEqual(wrong, [])
})

test('the client loads nothing of the server', () => {
  const wrong = imports.filter(
    ({ from, to, isTypeOnly, isOurs }) =>
      layerOf(from) === 'client' && !isTypeOnly && !(isOurs && layerOf(to) === 'client'),
  )
  assert.deepEqual(
    wrong.filter(({ to }) => to !== 'client/routes.ts'),
    [],
  )
})

test('tests are imported by nobody, and testing only by tests', () => {
  assert.deepEqual(
    imports.filter(({ from, to }) => (layerOf(to) === 'testing' && layerOf(from) !== 'testing') || isTest(to)),
    [],
  )
})

test('a package that one place stands in for is imported there only', () => {
  for (const [name, place] of singleImporters) {
    const wrong = imports.filter(
      ({ from, to, isOurs }) => !isOurs && name.test(to) && !place.test(from) && layerOf(from) !== 'testing',
    )
    assert.deepEqual(wrong, [], String(name))
  }
})

test('time, randomness and the network come through the context', () => {
  const banned = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|(?<![.#\w])fetch\(/
  const allowed = /^(app\.ts$|crypto\/|cli\/|testing\/|client\/)/
  const wrong = files
    .filter((path) => !allowed.test(path))
    .flatMap((path) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .filter((line) => banned.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    )
  assert.deepEqual(wrong, [])
})

test('no file is named after a drawer', () => {
  assert.deepEqual(
    files.filter((path) => /(^|\/)(utils?|helpers?|managers?|services?|common|types)\.ts$/.test(path)),
    [],
  )
})

test('generated files are what would be generated now', async () => {
  const { generatedFiles } = await import('../scripts/generated.ts')
  for (const [path, content] of Object.entries(generatedFiles())) {
    assert.equal(readFileSync(join(root, '..', path), 'utf8'), content, `${path} is stale: npm run docs`)
  }
})
