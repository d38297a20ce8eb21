/**
 * Runs the commands of the documentation as a reader would paste them: every `sh` block that follows a line
 * `<!-- run: name -->` or `<!-- run: name; expect: text -->`, in an empty folder, beside a development server on its usual
 * port. A block fails when a command fails or when its output lacks the expected text.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startDevServer } from './dev-server.ts'

const run = promisify(execFile)
const root = new URL('..', import.meta.url).pathname

interface Block {
  readonly file: string
  readonly name: string
  readonly expected: string | undefined
  readonly commands: string
}

const marked = /<!-- run: ([^;>]+?)(?:; expect: (.+?))? -->\n+```sh\n(.*?)```/gs

async function blocksIn(file: string): Promise<readonly Block[]> {
  const text = await readFile(join(root, file), 'utf8')
  return [...text.matchAll(marked)].map(([, name = '', expected, commands = '']) => ({
    file,
    name,
    expected,
    commands,
  }))
}

const documents = [
  'README.md',
  ...(await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
]
const blocks = (await Promise.all(documents.map(blocksIn))).flat()
if (blocks.length === 0) throw new Error('No marked block found: the documentation is not being tried.')

const folder = await mkdtemp(join(tmpdir(), 'selvage-docs-'))
const server = await startDevServer(process.execPath, ['src/main.ts', 'dev', '--json', '--database', ':memory:'], root)
let failed = 0
for (const { file, name, expected, commands } of blocks) {
  try {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder })
    if (expected !== undefined && !stdout.includes(expected))
      throw new Error(`"${expected}" is not in its output:\n${stdout}`)
    console.log(`ok    ${file}: ${name}`)
  } catch (error) {
    failed++
    console.error(`FAIL  ${file}: ${name}\n${error instanceof Error ? error.message : error}`)
  }
}
const code = await server.stop()
await rm(folder, { recursive: true, force: true })
console.log(`${blocks.length - failed} passed, ${failed} failed`)
if (code !== 0) console.error(`The development server ended with ${code}.`)
process.exit(failed > 0 || code !== 0 ? 1 : 0)
