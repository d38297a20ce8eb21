/** The real browser in which pages are tested: Debian's Chromium. Where it is missing, tests are skipped by name. */
import { existsSync, readFileSync } from 'node:fs'
import { after } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
] // biome-ignore format: a list of switches reads best as a block

const explorer = new URL('../../dist/reference/explorer/main.js', import.meta.url).pathname

const lacking = (...files: readonly string[]): string | false => {
  const missing = files.find((path) => !existsSync(path))
  return missing === undefined ? false : `there is no ${missing}`
}

/** Why tests with a browser are skipped, if they are. */
export const skipBrowser = lacking(executablePath)
/** The same for tests of the reference's page, which has to be bundled. */
export const skipExplorer = lacking(executablePath, explorer)

let launched: Promise<Browser> | undefined
after(async () => (await launched)?.close())

/** The browser of all tests, started when the first one asks. Each test opens a context of its own. */
export function openBrowser(): Promise<Browser> {
  launched ??= chromium.launch({ executablePath, args })
  return launched
}

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

/** What axe-core calls serious or worse on a page, or on the part of it that a selector names. */
export async function graveViolations(page: Page, part = 'body'): Promise<readonly string[]> {
  await page.evaluate(readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8'))
  const { violations } = (await page.evaluate(
    `axe.run(${JSON.stringify(part === 'body' ? 'html' : part)}, { resultTypes: ['violations'] })`,
  )) as { readonly violations: readonly Violation[] }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}
