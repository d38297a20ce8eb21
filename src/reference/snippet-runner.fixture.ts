/**
 * Runs snippets in one process: `node snippet-runner.fixture.ts list.json`. The list has files with the environment of each; what they
 * print or throw goes out as JSON lines. Our client is our source, and the official one the package that we test with.
 */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const specifiers: Readonly<Record<string, string>> = {
  'selvage/client': new URL('../client/index.ts', import.meta.url).href,
  stytch: import.meta.resolve('stytch'),
}
registerHooks({
  resolve: (specifier, context, next) => next(specifiers[specifier] ?? specifier, context),
})

const list: readonly { readonly name: string; readonly file: string; readonly environment: Record<string, string> }[] =
  JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const before = { ...process.env }
const { log } = console
console.warn = () => {}
for (const { name, file, environment } of list) {
  process.env = { ...before, ...environment }
  const printed: unknown[] = []
  console.log = (...values: unknown[]) => printed.push(...values)
  let problem: string | undefined
  try {
    await import(pathToFileURL(file).href)
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
  log(JSON.stringify({ name, printed, problem }))
}
