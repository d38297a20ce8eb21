/** Where a browser opens an operation: its URL with the values filled in. Pure. */
import type { CataloguedOperation } from '../catalogue.ts'
import type { Json, Values } from './draft.ts'

/** What a browser sends: a link, or a form for what is posted. */
export interface BrowserRequest {
  readonly url: string
  /** Of a form; empty for a link. */
  readonly fields: readonly (readonly [string, string])[]
  /** Names of the path that have no value yet; they stand in braces. */
  readonly missing: readonly string[]
}

type Shape = Pick<CataloguedOperation, 'method' | 'path' | 'places'>

export function browserRequest({ method, path, places }: Shape, values: Values, baseUrl: string): BrowserRequest {
  const missing: string[] = []
  const filled = path.replace(/\{(\w+)\}/g, (braces, name: string) => {
    const value = values[name]
    if (value === undefined || value === '') {
      missing.push(name)
      return braces
    }
    return encodeURIComponent(textOf(value))
  })
  const pairs = Object.entries(values)
    .filter(([name]) => places[name] !== 'path')
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, textOf(one)] as const))
  const query = method === 'GET' && pairs.length > 0 ? `?${new URLSearchParams(pairs.map(([...pair]) => pair))}` : ''
  return { url: `${baseUrl}${filled}${query}`, fields: method === 'GET' ? [] : pairs, missing }
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
