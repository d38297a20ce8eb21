/** Values that flow: which of an answer's values another operation takes, and in which field. Pure. */
import type { CataloguedOperation } from '../catalogue.ts'
import { bearerName } from './credentials.ts'

/** A value that an answer held. */
export interface Received {
  /** The wire name under which it stood, e.g. `session_token`. */
  readonly name: string
  readonly value: string
  /** Where it stood: `connected_app.client_id`. */
  readonly path: string
  /** The operation that answered. */
  readonly from: string
}

/** A field that takes a value; without a field it is the operation's bearer token. */
export interface Destination {
  readonly operation: string
  readonly field?: string
}

type Operation = Pick<
  CataloguedOperation,
  'name' | 'path' | 'method' | 'kind' | 'errors' | 'isOAuth' | 'input' | 'exactlyOne'
>

const carries = /(^|_)(token|jwt|id|secret|code|cursor)$/
/** What belongs to the provider, not to this server, and IDs of requests. */
const isNoInput = (name: string): boolean =>
  name === 'request_id' || name === 'external_id' || name === 'provider_values' || name.endsWith('_hash')
/** A search answers with a page of things; the first few are enough to go on with. */
const mostOfOneName = 5

/** The values of an answer that could be sent elsewhere, in its order. */
export function valuesIn(body: unknown, from: string): readonly Received[] {
  const found: Received[] = []
  const look = (value: unknown, path: readonly string[]): void => {
    const name = path.at(-1) ?? ''
    if (isNoInput(name)) return
    if (typeof value === 'string') {
      const isNew = !found.some((one) => one.name === name && one.value === value)
      const isRoomy = found.filter((one) => one.name === name).length < mostOfOneName
      if (value !== '' && carries.test(name) && isNew && isRoomy) {
        found.push({ name, value, path: path.join('.'), from })
      }
      return
    }
    if (typeof value !== 'object' || value === null) return
    for (const [member, inside] of Object.entries(value)) look(inside, [...path, member])
  }
  look(body, [])
  return found
}

/** The values of the URL at which a browser came back to the app: `token`, `code` and the like. Empty if it is none. */
export function valuesInUrl(url: string, from: string): readonly Received[] {
  if (!URL.canParse(url)) return []
  const { searchParams, hash } = new URL(url)
  const parameters = [...searchParams, ...new URLSearchParams(hash.slice(1))]
  return valuesIn(Object.fromEntries(parameters), from)
}

/** Fields that take what elsewhere has another name. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  code: ['authorization_code', 'code'],
  client_id: ['client_id', 'connected_app_id'],
  connected_app_id: ['connected_app_id', 'client_id'],
  registered_client_id: ['client_id'],
  client_secret: ['client_secret', 'next_client_secret'],
  cursor: ['next_cursor'],
  id_token_hint: ['id_token'],
}
/** A field `token` of an OAuth operation takes any token that the server issued, of the others what a login ended with. */
const oauthTokens = ['access_token', 'refresh_token']

/** Whether a field of an operation takes a value. */
export function fits(operation: Operation, field: string, received: Received): boolean {
  const names = field === 'token' && operation.isOAuth ? oauthTokens : (aliases[field] ?? [field])
  if (!names.includes(received.name) || !isOfSameWorld(operation, field, received)) return false
  if (field === 'code') return operation.isOAuth || operation.name.startsWith('sandbox.')
  if (field === 'token') return operation.kind === 'call'
  if (field === 'cursor') return received.from === operation.name
  return !/client_id$|connected_app_id$/.test(field) || isClientFor(operation, received.value)
}

/** The sandbox is somebody else's server: of its tokens only the ID token of a native login is brought here. */
function isOfSameWorld({ name }: Operation, field: string, { from }: Received): boolean {
  const [fromSandbox, toSandbox] = [from.startsWith('sandbox.'), name.startsWith('sandbox.')]
  if (field === 'id_token') return fromSandbox && !toSandbox
  if (field === 'token' && from.startsWith('sandbox.landing')) return !toSandbox
  return fromSandbox === toSandbox
}

/** Machine clients and Connected Apps have separate lists; where tokens are issued both are known. */
function isClientFor({ path }: Operation, clientId: string): boolean {
  const isMachine = clientId.startsWith('m2m-client-')
  if (path.includes('/m2m/')) return isMachine
  return !isMachine || /oauth2\/(token|introspect|revoke)$/.test(path)
}

/** Whether a value is what an operation takes as bearer token. */
export const fitsAsBearer = (operation: Operation, { name, from }: Received): boolean =>
  bearerName(operation) === name && operation.name.startsWith('sandbox.') === from.startsWith('sandbox.')

/** Who takes a value, the likeliest next step first. */
export function destinations(received: Received, operations: readonly Operation[]): readonly Destination[] {
  return operations
    .filter(({ kind, method }) => kind === 'call' || (kind === 'page' && method === 'GET'))
    .flatMap((operation) => {
      const fields = Object.keys(operation.input.properties).filter((field) => fits(operation, field, received))
      const [field] = fields
      if (field === undefined && !fitsAsBearer(operation, received)) return []
      const place: Destination = { operation: operation.name, ...(field !== undefined && { field }) }
      return [{ place, likeliness: likeliness(operation, field, received) }]
    })
    .toSorted((one, other) => other.likeliness - one.likeliness)
    .map(({ place }) => place)
}

/**
 * Asking for the value counts most, then being about the same noun, then having the very name and saying where it comes from;
 * what ends something comes last.
 */
function likeliness(operation: Operation, field: string | undefined, { name, from }: Received): number {
  const { input, exactlyOne, kind, method, path } = operation
  const required = input.required ?? []
  const isBearer = field === undefined
  const isAsked = isBearer || required.includes(field) || exactlyOne.some((group) => group.includes(field))
  const [noun = ''] = name.split('_')
  const isAbout = operation.name.startsWith(noun) || operation.name.includes(`.${noun}`)
  const namesSource = !isBearer && input.properties[field]?.description?.includes(`\`${from}\``) === true
  const ends = method === 'DELETE' || /revoke|delete|cancel|rotate|logout/.test(path)
  const others = required.filter((one) => one !== field).length
  const reasons: readonly (readonly [boolean, number])[] = [
    [isAsked, 3],
    [isAbout, 2],
    [namesSource, 2],
    [isBearer || field === name, 3.5],
    [ends, -2.5],
    [operation.name === from, -2],
    [kind === 'page', -1],
  ]
  return reasons.reduce((sum, [holds, weight]) => sum + (holds ? weight : 0), -others / 2)
}

/** Enough of a secret to tell it from another: its end. */
export const shortened = (value: string): string => (value.length > 24 ? `…${value.slice(-8)}` : value)
