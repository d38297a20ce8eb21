/**
 * `npm run build`: what ships. TypeScript becomes JavaScript and declarations; migrations are copied beside it, and the pages
 * of the reference are bundled.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildExplorer } from './explorer.ts'

const root = new URL('..', import.meta.url).pathname
const dist = join(root, 'dist')
rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
cpSync(join(root, 'src/db/migrations'), join(dist, 'db/migrations'), { recursive: true })
await buildExplorer()
