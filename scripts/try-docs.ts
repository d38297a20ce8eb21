/**
 * Runs the commands of the documentation as a reader would paste them: every `sh` or `js` block that follows a line
 * `<!-- run: name -->` or `<!-- run: name; expect: text -->`, beside a development server on its usual port. `selvage` is on the
 * path, `project.json` is the file shown in docs/project-file.md, and the variables are those that `selvage dev` prints. A block
 * fails when a command fails or when its output lacks the expected text. A block behind `<!-- file: name -->` is written to that
 * file. `selvage/client` and `selvage/testing` are those of `npm run build`.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { TestBrowser } from '../src/testing/browser.ts'
import { startDevServer } from './dev-server.ts'

const run = promisify(execFile)
const root = new URL('..', import.meta.url).pathname

interface Block {
  readonly file: string
  readonly name: string
  readonly expected: string | undefined
  readonly language: string
  readonly text: string
}

const marked = /<!-- run: ([^;>]+?)(?:; expect: (.+?))? -->\n+```(sh|js)\n(.*?)```/gs

async function blocksIn(file: string): Promise<readonly Block[]> {
  const text = await readFile(join(root, file), 'utf8')
  return [...text.matchAll(marked)].map(([, name = '', expected, language = '', block = '']) => ({
    file,
    name,
    expected,
    language,
    text: block,
  }))
}

const markdownIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(root, folder))).filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`)

const documents = [...(await markdownIn('docs')), ...(await markdownIn('docs/guides'))]
const blocks = (await Promise.all(['README.md', ...documents].map(blocksIn))).flat()
if (blocks.length === 0) throw new Error('No marked block found: the documentation is not being tried.')

if (!existsSync(join(root, 'dist/client/index.js')))
  throw new Error('Run npm run build first: the examples import the package.')
// Inside the repository, so that the examples find the package and its neighbours as an app of the reader's would.
await mkdir(join(root, '.selvage'), { recursive: true })
const folder = await mkdtemp(join(root, '.selvage/docs-'))
await writeFile(join(folder, 'selvage'), `#!/bin/sh\nexec '${process.execPath}' '${root}src/main.ts' "$@"\n`, {
  mode: 0o755,
})
const [, projectFile = ''] = /```json\n(.*?)```/s.exec(await readFile(join(root, 'docs/project-file.md'), 'utf8')) ?? []
await writeFile(join(folder, 'project.json'), projectFile)

const server = await startDevServer(process.execPath, ['src/main.ts', 'dev', '--json', '--database', ':memory:'], root)
const { ready } = server
const env = {
  ...process.env,
  PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
  STYTCH_PROJECT_ID: ready.project_id,
  STYTCH_SECRET: ready.secret,
  STYTCH_PROJECT_ENV: ready.base_url,
  STYTCH_PUBLIC_TOKEN: ready.public_token,
  EXAMPLE_SECRET: 'secret-live-for-the-documentation-only',
  GOOGLE_SECRET: 'google-secret',
  GITHUB_SECRET: 'github-secret',
}

/** A login's token works once, so each block has one of its own. */
async function attempt({ language, text }: Block): Promise<{ readonly stdout: string }> {
  const { url } = await new TestBrowser().open(`${ready.login_url}&provider_persona=verified`)
  const settings = { cwd: folder, env: { ...env, TOKEN: url.searchParams.get('token') ?? '' }, timeout: 60_000 }
  return language === 'sh'
    ? run('bash', ['-euo', 'pipefail', '-c', text], settings)
    : run(process.execPath, ['--input-type=module', '--eval', text], settings)
}

/** Files that the blocks after them use. */
const shown = /<!-- file: ([\w.-]+) -->\n+```\w+\n(.*?)```/gs
for (const document of documents) {
  for (const [, name = '', text = ''] of (await readFile(join(root, document), 'utf8')).matchAll(shown)) {
    await writeFile(join(folder, name), text)
  }
}

let failed = 0
for (const block of blocks) {
  try {
    const { stdout } = await attempt(block)
    if (block.expected !== undefined && !stdout.includes(block.expected)) {
      throw new Error(`"${block.expected}" is not in its output:\n${stdout}`)
    }
    console.log(`ok    ${block.file}: ${block.name}`)
  } catch (error) {
    failed++
    console.error(`FAIL  ${block.file}: ${block.name}\n${error instanceof Error ? error.message : error}`)
  }
}
const code = await server.stop()
await rm(folder, { recursive: true, force: true })
console.log(`${blocks.length - failed} passed, ${failed} failed`)
if (code !== 0) console.error(`The development server ended with ${code}.`)
process.exit(failed > 0 || code !== 0 ? 1 : 0)
