/**
 * Bundles the pages of `/reference` from `explorer/` into `dist/reference/explorer`, where the server finds them whether it
 * runs from its sources or from the package. As a command it does so only if a source is newer than the bundle.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { guidePlugin } from './guide-plugin.ts'

const root = new URL('..', import.meta.url).pathname
const sources = join(root, 'explorer')
const out = join(root, 'dist/reference/explorer')

/** Some hundred ms. Throws if a source does not compile. */
export async function buildExplorer(): Promise<void> {
  await build({
    configFile: false,
    root: sources,
    logLevel: 'warn',
    plugins: [guidePlugin()],
    // Fixed names: the server answers conditional requests, so nothing needs a hash in its name.
    build: {
      outDir: out,
      emptyOutDir: true,
      cssCodeSplit: false,
      modulePreload: false,
      // What the licences of the bundled packages ask for.
      license: { fileName: 'licences.md' },
      rolldownOptions: {
        input: join(sources, 'main.tsx'),
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
      },
    },
  })
}

export async function buildExplorerIfStale(): Promise<void> {
  const bundle = join(out, 'main.js')
  const built = existsSync(bundle) ? statSync(bundle).mtimeMs : 0
  const inputs = [...filesIn(sources), ...filesIn(join(root, 'docs')), join(root, 'package-lock.json')]
  if (inputs.some((file) => statSync(file).mtimeMs > built)) await buildExplorer()
}

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

if (process.argv[1] === import.meta.filename) await buildExplorerIfStale()
