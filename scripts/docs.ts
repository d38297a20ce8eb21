/**
 * `npm run docs`: writes what is generated from the sources. With `--check` it writes nothing and fails when a file is not
 * what it would write.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generatedFiles } from './generated.ts'

const root = new URL('..', import.meta.url).pathname
const isCheck = process.argv.includes('--check')
let stale = 0
for (const [path, content] of Object.entries(generatedFiles())) {
  const file = join(root, path)
  const before = await readFile(file, 'utf8').catch(() => '')
  if (before === content) continue
  stale += 1
  if (isCheck) console.error(`${path} is stale. Run: npm run docs`)
  else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    console.log(`wrote ${path}`)
  }
}
if (isCheck && stale > 0) process.exit(1)
if (stale === 0) console.log('Generated files are up to date.')
