/**
 * The record from which everything about one operation is derived: route, validation, OpenAPI, typed client, reference
 * page, metric label, and the duty that every listed error is provoked by a test.
 */
import type { z } from 'zod'
import type { ErrorDefinition } from './errors.ts'
import type { Logger } from './observe.ts'
import type { Reply } from './reply.ts'

/** What is known of the HTTP request itself, for the few handlers that need it. */
export interface HttpRequest {
  readonly method: string
  /** Path as received, without the query. */
  readonly path: string
  /** Raw query string, without the question mark. */
  readonly query: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly params: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  /** Address of the client; forwarded addresses count only from trusted proxies. */
  readonly ip: string
}

/**
 * What every handler is given. Lower layers add what they own by declaration merging: `db/` adds `db`, `crypto/` adds
 * `keys`, and so on; the composition root (`app.ts`) fills them in.
 */
export interface Context {
  readonly requestId: string
  /** The time at which this request began. The only clock that slices may read. */
  readonly now: Date
  readonly log: Logger
  readonly http: HttpRequest
  /** Origin under which this server is reached, without a trailing slash; from configuration, never from `Host`. */
  readonly baseUrl: string
}

/** Kinds of authentication and what each adds to the context. Extended by `projects/` by declaration merging. */
export interface Principals {
  // biome-ignore lint/complexity/noBannedTypes: "adds nothing" is exactly what is meant
  none: {}
}

export type AuthKind = keyof Principals

type Awaitable<T> = T | Promise<T>

export interface Endpoint<
  Auth extends AuthKind = AuthKind,
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path with `{parameters}` in braces, as in OpenAPI. */
  readonly path: string
  readonly auth: Auth
  /** Operation ID in the original's OpenAPI document, where it has one: generated clients name the operation after it. */
  readonly contractId?: string
  /** One line, imperative. */
  readonly summary: string
  /** What it is for, in a few sentences. */
  readonly description: string
  /** The errors of its own; those of `commonErrors` go without saying. */
  readonly errors: readonly ErrorDefinition[]
  /**
   * Wire names. Fields named in the path come from there, all others from the query (GET, DELETE) or the body (POST,
   * PUT: JSON or form). Unknown fields are ignored; a top-level `null` counts as absent.
   */
  readonly input: Input
  /**
   * `error_type`s for single fields that do not fit, where the wire knows a better one than `bad_request`.
   */
  readonly invalid?: { readonly [Field in keyof z.infer<Input>]?: ErrorDefinition }
  /** Groups of input fields of which a caller sends exactly one; the handler is who refuses. */
  readonly exactlyOne?: readonly (readonly (keyof z.infer<Input> & string)[])[]
  /** Members of a success answer beside `status_code` and `request_id`. Checked in tests and with `--strict` only. */
  readonly output: Output
  /** An input that a reader could send, and the answer to it. Shown in OpenAPI and in the reference. */
  readonly example?: { readonly input: z.input<Input>; readonly output?: z.input<Output> }
  /**
   * Whether pages of other origins may call it: always, or for these requests. The authenticator or the handler refuses
   * origins that the project does not know before anything is done; this only lets the page read the answer. `'public'`:
   * every page may read it and no cookie counts, as with OAuth's endpoints.
   */
  readonly crossOrigin?: true | 'public' | ((http: HttpRequest) => boolean)
  /** `true`: failures also carry the members of RFC 6749 §5.2, by which OAuth clients read them. */
  readonly oauth?: true
  /** Parameters of a query or form that may be sent more than once; they arrive as an array. */
  readonly repeats?: readonly string[]
  /** Status of a success that is neither 200 nor a redirect. With 204 there is no body. */
  readonly succeeds?: 201 | 204
  /** `true`: a success is JSON in words that others prescribe, without the members of our envelope. */
  readonly bare?: true
  /** `true`: the members of a success stand in `data`, as browser clients expect. Failures never do. */
  readonly wrapped?: true
  /** `true`: a failure stands in `error` too, with `meta` beside it, as callers of tools expect (docs/gateway.md). */
  readonly tool?: true
  /** `true`: the body is not read, whatever it holds. */
  readonly ignoresBody?: true
  /** `true`: a page or redirect for a browser; a failure may be shown as a page. Default: a JSON operation. */
  readonly browser?: boolean
  /** What the page of a failure is headed. Default: that the person was not logged in. */
  readonly failureTitle?: string
  /** Media type of a success that is not the JSON envelope, for the reference. */
  readonly produces?: string
  readonly handle: (input: z.infer<Input>, context: Context & Principals[Auth]) => Awaitable<z.input<Output> | Reply>
}

/** Declares an operation. The types of `handle` follow from `auth`, `input` and `output`. */
export const endpoint = <Auth extends AuthKind, Input extends z.ZodObject, Output extends z.ZodObject>(
  record: Endpoint<Auth, Input, Output>,
): Endpoint<Auth, Input, Output> => record

/** An operation of any shape, as the kernel handles it. */
// biome-ignore lint/suspicious/noExplicitAny: a handler's input is contravariant; only the kernel calls it, after parsing
export type AnyEndpoint = Endpoint<any, any, any>

/** Operations by name: `{ sessions: { authenticate } }` is the operation `sessions.authenticate`. */
export interface Api {
  readonly [name: string]: AnyEndpoint | Api
}

export const isEndpoint = (entry: AnyEndpoint | Api): entry is AnyEndpoint => typeof entry.handle === 'function'

/** The list in reading order, each with its dotted name, e.g. `sessions.authenticate`. */
export function operations(api: Api, prefix = ''): readonly { name: string; endpoint: AnyEndpoint }[] {
  return Object.entries(api).flatMap(([name, entry]) =>
    isEndpoint(entry) ? [{ name: prefix + name, endpoint: entry }] : operations(entry, `${prefix}${name}.`),
  )
}

/** Names of the parameters in a path: `/v1/users/{user_id}` has `user_id`. */
export const pathParameters = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)

/** Whether the members that are not in the path travel in the body; else they are in the query. */
export const hasBody = ({ method }: Pick<AnyEndpoint, 'method'>): boolean => method === 'POST' || method === 'PUT'
