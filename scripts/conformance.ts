/**
 * `docs/conformance.md`: what the standards ask of an authorization server, and which test shows that it holds. A test names
 * the requirements that it proves at the end of its name, in brackets: `… [C11, P4]`. The document names tests and files but
 * no lines, so that it goes stale only when what it says does.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Chapter, chapters, type Requirement } from './requirements.ts'

interface Proof {
  readonly name: string
  /** Under the root of the project. */
  readonly file: string
}

type Proofs = ReadonlyMap<string, readonly Proof[]>

const root = new URL('../', import.meta.url).pathname

/** A text that ends in ids: the name of a test. */
const named = /(['"`])((?:(?!\1).)*?) ?\[([A-Z]+\d+(?:, [A-Z]+\d+)*)\]\1/g

/** Tests by the ids at the end of their names. */
function proofs(): Proofs {
  const found = new Map<string, Proof[]>()
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  )
  for (const file of files.sort()) {
    for (const [, , name = '', ids = ''] of readFileSync(join(root, 'src', file), 'utf8').matchAll(named)) {
      const proof = { name: withoutVariables(name), file: `src/${file}` }
      for (const id of ids.split(', ')) found.set(id, [...(found.get(id) ?? []), proof])
    }
  }
  return found
}

/** The database that a test runs on says nothing; other variables stand for a few cases. */
const withoutVariables = (name: string): string => name.replace('${database.name}: ', '').replace(/\$\{[^}]*\}/g, '…')

/** Throws for a requirement that nothing proves, and for an id that no requirement has. */
export function conformance(): string {
  const found = proofs()
  const known = new Set(chapters.flatMap(({ rows }) => rows.map(({ id }) => id)))
  const strange = [...found.keys()].filter((id) => !known.has(id))
  if (strange.length > 0) {
    throw new Error(`Tests name requirements that scripts/requirements.ts does not have: ${strange.join(', ')}.`)
  }
  const missing = chapters.flatMap(({ rows }) => rows).filter(({ id, untested }) => !found.has(id) && !untested)
  if (missing.length > 0) {
    const [first] = missing
    throw new Error(
      `No test proves ${missing.map(({ id }) => id).join(', ')}. Put the id at the end of the name of the test that does, as in '… [${first?.id}]', or write one.`,
    )
  }
  return `# Conformance

Generated from \`scripts/requirements.ts\` and the names of the tests by \`npm run docs\`. Each requirement stands in our own words; the
reference says where it comes from, a number alone being an RFC. A test that proves one carries its id at the end of its name, so
\`npm test -- --test-name-pattern='\\bC11\\b'\` runs what proves C11. Most of them run on both databases.

${chapters.map((chapter) => section(chapter, found)).join('\n\n')}
`
}

const section = ({ title, rows }: Chapter, found: Proofs): string =>
  [
    `## ${title}`,
    ['| | Requirement | Reference | Tests |', '|---|---|---|---|', ...rows.map((one) => line(one, found))].join('\n'),
  ].join('\n\n')

const line = ({ id, text, reference, untested }: Requirement, found: Proofs): string => {
  const tests = (found.get(id) ?? []).map(({ name, file }) => `[${escaped(name)}](../${file})`)
  const all = untested === undefined ? tests : [...tests, `*Not tested.* ${untested}`]
  return `| ${id} | ${escaped(text)} | ${reference} | ${all.join('<br>')} |`
}

const escaped = (text: string): string => text.replace(/[|[\]<>]/g, '\\$&')
