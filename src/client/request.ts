/** From an operation's fields to an HTTP request. Pure. */
import type { Route } from './routes.ts'

export interface PlainRequest {
  readonly url: URL
  readonly body: string | undefined
}

/**
 * Fields that the path names go there, all others into the body or the query; `undefined` and `null` count as absent in a query.
 * Throws a TypeError for a path parameter that is missing or that no path can hold.
 */
export function requestOf(
  origin: URL,
  name: string,
  { method, path }: Route,
  input: Readonly<Record<string, unknown>>,
): PlainRequest {
  const rest = { ...input }
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    delete rest[field]
    return segment(name, field, input[field])
  })
  const url = new URL(filled, origin)
  if (method === 'POST' || method === 'PUT') return { url, body: JSON.stringify(rest) }
  for (const [field, value] of Object.entries(rest)) {
    if (value !== undefined && value !== null) url.searchParams.set(field, String(value))
  }
  return { url, body: undefined }
}

/** Dots alone would lead to another path, however they are encoded. */
function segment(name: string, field: string, value: unknown): string {
  const isText = typeof value === 'string' && value !== ''
  if (!isText || value === '.' || value === '..') throw new TypeError(`${name} needs ${field}, a text.`)
  return encodeURIComponent(value)
}
