/**
 * Reading credentials off a request. Who they belong to is decided by the `projects` slice, whose look-ups `app.ts` hands
 * to the kernel as `Authenticators`.
 */
import { Buffer } from 'node:buffer'
import type { AuthKind, Context, HttpRequest, Principals } from './endpoint.ts'

/**
 * For each kind of authentication: from a request to what the context gains. Throws a listed error when the credentials
 * do not hold. May answer at once or later: a cached verdict should not cost a turn of the event loop.
 */
export type Authenticators = {
  readonly [Kind in AuthKind]: (http: HttpRequest, context: Context) => Principals[Kind] | Promise<Principals[Kind]>
}

export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

/** Longest Authorization header that is looked at, in characters; ours are about 150. */
const longestHeader = 2048

/**
 * Parses `Authorization: Basic …` (RFC 7617 §2); `undefined` for anything else, however odd. Never throws: a parser that
 * throws on a strange header is a way to make the server fail.
 */
export function basicCredentials(header: string | readonly string[] | undefined): BasicCredentials | undefined {
  if (typeof header !== 'string' || header.length > longestHeader) return undefined
  const [, encoded] = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header) ?? []
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  return colon < 0 ? undefined : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}
