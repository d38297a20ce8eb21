/** Every language that an operation is shown in, in the order of the tabs. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Values } from '../request/draft.ts'
import { browser } from './browser.ts'
import { curl } from './curl.ts'
import { go } from './go.ts'
import { node } from './node.ts'
import { python } from './python.ts'
import { ruby } from './ruby.ts'
import { typescript, typescriptFlat } from './typescript.ts'

export type Snippet = (operation: CataloguedOperation, values: Values, baseUrl: string) => string | undefined

export interface Language {
  readonly id: 'typescript' | 'curl' | 'node' | 'python' | 'ruby' | 'go' | 'browser'
  readonly title: string
  /** Whose client it is, for the words of an empty tab. */
  readonly client: string
  readonly snippet: Snippet
  /** Another way to write the same. */
  readonly other?: { readonly snippet: Snippet }
}

export const languages: readonly Language[] = [
  {
    id: 'typescript',
    title: 'TypeScript',
    client: 'Our client',
    snippet: typescript,
    other: { snippet: typescriptFlat },
  },
  { id: 'curl', title: 'curl', client: 'curl', snippet: curl },
  { id: 'node', title: 'Node', client: 'The official client for Node', snippet: node },
  { id: 'python', title: 'Python', client: 'The official client for Python', snippet: python },
  { id: 'ruby', title: 'Ruby', client: 'The official client for Ruby', snippet: ruby },
  { id: 'go', title: 'Go', client: 'The official client for Go', snippet: go },
  { id: 'browser', title: 'Browser', client: 'The official client for browsers', snippet: browser },
]

/** What is sent: what the form holds, or as long as it is empty the record's own example. */
export const shownValues = ({ example }: CataloguedOperation, draft: Values): Values =>
  Object.keys(draft).length > 0 ? draft : ((example?.input ?? {}) as Values)
