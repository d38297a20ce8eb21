/** An operation as one HTTP request: where each value travels, and who asks. For the languages that speak HTTP themselves. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Json, Values } from '../request/draft.ts'
import { type Given, givenOf, Variable } from './given.ts'

/** A text in parts, some of which come from the environment. */
export type Text = readonly (string | Variable)[]

export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'project' }
  /** Public token and, once somebody has logged in, their session token, as the official client sends them. */
  | { readonly kind: 'frontend' }
  | { readonly kind: 'bearer'; readonly variable: string }

export interface PlainRequest {
  readonly method: CataloguedOperation['method']
  readonly url: Text
  readonly credentials: Credentials
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'json'; readonly given: Given }
    | { readonly kind: 'form'; readonly pairs: readonly (readonly [string, string | Variable])[] }
}

/** The request that the values make. A path parameter without a value keeps its braces, so that the gap is seen. */
export function requestOf(operation: CataloguedOperation, values: Values, baseUrl: string): PlainRequest {
  const { method, path, places } = operation
  const given = Object.entries(givenOf(operation, values))
  const at = (place: string) => given.filter(([field]) => places[field] === place)
  const inPath = Object.fromEntries(at('path'))
  const url: (string | Variable)[] = [baseUrl.replace(/\/+$/, '')]
  for (const part of path.split(/(?=\{)|(?<=\})/)) url.push(pathPart(part, inPath))
  for (const [index, [field, value]] of at('query').flatMap(pairs).entries()) {
    url.push(`${index === 0 ? '?' : '&'}${encodeURIComponent(field)}=`, encoded(value))
  }
  return { method, url: joined(url), credentials: credentialsOf(operation), body: bodyOf(operation, at('body')) }
}

function pathPart(part: string, inPath: Given): string | Variable {
  const value = part.startsWith('{') ? inPath[part.slice(1, -1)] : undefined
  return value === undefined ? part : encoded(value instanceof Variable ? value : plain(value))
}

const encoded = (value: string | Variable): string | Variable =>
  value instanceof Variable ? value : encodeURIComponent(value.toWellFormed())

/** Neighbouring texts as one. */
function joined(parts: Text): Text {
  const all: (string | Variable)[] = []
  for (const part of parts) {
    const last = all.at(-1)
    if (typeof part === 'string' && typeof last === 'string') all[all.length - 1] = last + part
    else all.push(part)
  }
  return all
}

/** A list is its name as often as it has members (RFC 8707 §2). */
const pairs = ([field, value]: readonly [string, Json | Variable]): readonly (readonly [
  string,
  string | Variable,
])[] =>
  Array.isArray(value)
    ? value.map((member) => [field, plain(member)])
    : [[field, value instanceof Variable ? value : plain(value as Json)]]

const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

function bodyOf(
  { method, isOAuth, path }: CataloguedOperation,
  members: readonly (readonly [string, Json | Variable])[],
): PlainRequest['body'] {
  if ((method !== 'POST' && method !== 'PUT') || members.length === 0) return { kind: 'none' }
  // RFC 6749 §3.2 takes forms; the registration of clients takes JSON (RFC 7591 §3.1).
  const isForm = isOAuth && !path.includes('/register')
  return isForm ? { kind: 'form', pairs: members.flatMap(pairs) } : { kind: 'json', given: Object.fromEntries(members) }
}

function credentialsOf({ auth, path, method }: CataloguedOperation): Credentials {
  if (auth === 'project' || auth === 'frontend') return { kind: auth }
  if (method === 'GET' && path.endsWith('/userinfo')) return { kind: 'bearer', variable: 'ACCESS_TOKEN' }
  if (auth === 'operator_bearer') return { kind: 'bearer', variable: 'OPERATOR_PASSWORD' }
  // RFC 7592 §2
  if (path.endsWith('/{registered_client_id}')) return { kind: 'bearer', variable: 'REGISTRATION_ACCESS_TOKEN' }
  return { kind: 'none' }
}
