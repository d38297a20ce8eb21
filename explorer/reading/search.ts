/** Finds operations, flows and guides by name, path, field or error, best first, and says why each was found. */
import type { CataloguedOperation } from '../catalogue.ts'
import type { Place } from '../place.ts'
import { fieldPathsOf } from './describe.ts'

/** What made an entry a result. */
export interface Reason {
  readonly kind: 'name' | 'path' | 'title' | 'field' | 'error' | 'text'
  /** The name, path, field or error itself. */
  readonly found: string
}

export interface Entry {
  readonly place: Place
  readonly title: string
  readonly method?: CataloguedOperation['method']
  readonly path?: string
  readonly names: readonly string[]
  readonly fields: readonly string[]
  readonly errors: readonly string[]
  readonly text: string
}

export interface Match {
  readonly entry: Entry
  /** One for each word of the query, each once. */
  readonly reasons: readonly Reason[]
}

interface Document {
  readonly title: string
  readonly name: string
}

/** All that can be found. Costs some ms; keep the result. */
export function searchIndex(
  operations: readonly CataloguedOperation[],
  documents: { readonly flows: readonly Document[]; readonly guides: readonly Document[] },
): readonly Entry[] {
  const document = (kind: 'flow' | 'guide', { name, title }: Document): Entry => ({
    place: { kind, name },
    title,
    names: [name],
    fields: [],
    errors: [],
    text: '',
  })
  return [
    ...operations.map(entryOf),
    ...documents.flows.map((flow) => document('flow', flow)),
    ...documents.guides.map((guide) => document('guide', guide)),
  ]
}

const entryOf = (operation: CataloguedOperation): Entry => ({
  place: { kind: 'operation', name: operation.name },
  title: operation.summary,
  method: operation.method,
  path: operation.path,
  names: [operation.name, operation.flatName, ...(operation.contractId === undefined ? [] : [operation.contractId])],
  fields: [...new Set([...fieldPathsOf(operation.input), ...fieldPathsOf(operation.output)])],
  errors: operation.errors,
  text: operation.description,
})

/** The best matches first; an entry is one only if every word of the query is found in it. Equally good ones keep their order. */
export function search(index: readonly Entry[], query: string, most = 30): readonly Match[] {
  const words = query
    .trim()
    .split(/\s+/)
    .map(wordOf)
    .filter(({ plain }) => plain !== '')
  if (words.length === 0) return []
  const scored = index.flatMap((entry) => {
    const hits = words.map((word) => bestHit(entry, word))
    if (!hits.every((hit) => hit !== undefined)) return []
    const score = hits.reduce((sum, hit) => sum + hit.score, 0)
    return [{ entry, score, reasons: distinct(hits.map(({ reason }) => reason)) }]
  })
  return scored
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ entry, reasons }) => ({ entry, reasons }))
}

interface Word {
  readonly plain: string
  /** Without case and punctuation, so that `session_token`, `sessionToken` and `session-token` are one. */
  readonly letters: string
  /** Of an address, what stands behind the origin. */
  readonly path: string | undefined
}

/** People paste what they have: an address, or a call such as `client.oauth.attach(`. */
function wordOf(word: string): Word {
  const plain = word
    .replace(/^(client|stytch|selvage)\./i, '')
    .replace(/\(.*$/, '')
    .toLowerCase()
  const path = plain.replace(/^https?:\/\/[^/]*/, '').replace(/[?#].*$/, '')
  return { plain, letters: lettersOf(plain), path: path.startsWith('/') ? path : undefined }
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

interface Hit {
  readonly score: number
  readonly reason: Reason
}

function bestHit(entry: Entry, word: Word): Hit | undefined {
  const hits = word.path === undefined ? hitsOf(entry, word) : pathHits(entry, word.path)
  return hits.reduce<Hit | undefined>((best, hit) => (best && best.score >= hit.score ? best : hit), undefined)
}

/** How much each way of being found is worth; further apart than any two weaker ones in another place can make up for. */
const worth = {
  exactName: 100,
  namePrefix: 80,
  exactWord: 70,
  exactPath: 65,
  wordPrefix: 60,
  path: 50,
  exactField: 40,
  field: 30,
  exactError: 25,
  error: 20,
  text: 5,
} as const

function hitsOf(entry: Entry, { plain, letters }: Word): readonly Hit[] {
  if (letters === '') return []
  const found = (kind: Reason['kind'], score: number) => (text: string) => ({ score, reason: { kind, found: text } })
  const nameWords = entry.names.flatMap((name) => name.split(/[^A-Za-z0-9]+/).map((part) => part.toLowerCase()))
  const titleWords = entry.title.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  const is = (text: string) => lettersOf(text) === letters
  const begins = (text: string) => lettersOf(text).startsWith(letters)
  const has = (text: string) => lettersOf(text).includes(letters)
  const isLast = (path: string) => is(path) || is(path.slice(path.lastIndexOf('.') + 1))
  const name = entry.names[0] ?? ''
  return [
    ...entry.names.filter(is).map(found('name', worth.exactName)),
    ...entry.names.filter(begins).map(found('name', worth.namePrefix)),
    ...titleWords.filter(is).map(() => found('title', worth.exactWord)(entry.title)),
    ...nameWords.filter(is).map(() => found('name', worth.exactWord)(name)),
    ...titleWords.filter(begins).map(() => found('title', worth.wordPrefix)(entry.title)),
    ...nameWords.filter(begins).map(() => found('name', worth.wordPrefix)(name)),
    ...[entry.method ?? ''].filter(is).map(() => found('path', worth.wordPrefix)(entry.path ?? '')),
    ...[entry.path ?? ''].filter((path) => path.includes(plain)).map(found('path', worth.path)),
    ...entry.fields.filter(isLast).map(found('field', worth.exactField)),
    ...entry.fields.filter(has).map(found('field', worth.field)),
    ...entry.errors.filter(is).map(found('error', worth.exactError)),
    ...entry.errors.filter(has).map(found('error', worth.error)),
    ...[entry.text].filter((text) => text.toLowerCase().includes(plain)).map(found('text', worth.text)),
  ]
}

/** An address with real values in it finds the operation it is one of. */
function pathHits({ path }: Entry, asked: string): readonly Hit[] {
  if (path === undefined) return []
  const hit = (score: number) => [{ score, reason: { kind: 'path', found: path } as const }]
  const template = path.toLowerCase()
  if (template === asked) return hit(worth.exactName)
  const parts = template.split('/')
  const given = asked.split('/')
  const fits = (part: string, at: number) => part === parts[at] || parts[at]?.startsWith('{') === true
  const literal = given.filter((part, at) => part === parts[at]).length
  if (given.length === parts.length && given.every(fits)) return hit(worth.exactPath + literal)
  if (template.startsWith(asked)) return hit(worth.wordPrefix)
  return template.includes(asked) ? hit(worth.path) : []
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.kind} ${reason.found}`, reason])).values()]
}
