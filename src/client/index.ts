/**
 * The typed client, `selvage/client`: one method per operation, no dependency, for Node and browsers. Its types come from the
 * server's own records; at run time there is only a table of routes.
 */
import type { api } from '../api.ts'
import type { CallSettings, Client } from './client-type.ts'
import { type Route, routes } from './routes.ts'

export type { CallSettings, Envelope } from './client-type.ts'

/** A failed call, with what the server said about it. */
export class SelvageError extends Error {
  override readonly name = 'SelvageError'
  /** HTTP status. */
  readonly statusCode: number
  /** Stable name of the error; decide by this. */
  readonly errorType: string
  /** Names the request in the server's log. */
  readonly requestId: string
  /** Where the error is explained. */
  readonly errorUrl: string
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(body: ErrorBody) {
    super(body.error_message)
    this.statusCode = body.status_code
    this.errorType = body.error_type
    this.requestId = body.request_id
    this.errorUrl = body.error_url
    this.details = body.error_details
  }
}

interface ErrorBody {
  readonly status_code: number
  readonly request_id: string
  readonly error_type: string
  readonly error_message: string
  readonly error_url: string
  readonly error_details?: Readonly<Record<string, unknown>>
}

export interface ClientSettings {
  /** Origin of the server, e.g. `https://login.example.com`. */
  readonly baseUrl: string
  readonly projectId: string
  readonly secret: string
  /** Default: the global one. */
  readonly fetch?: typeof fetch
}

export type SelvageClient = Client<typeof api>

/** Makes a client. Every method takes the operation's fields and resolves to its answer, or rejects with `SelvageError`. */
export function createClient(settings: ClientSettings): SelvageClient {
  const authorization = `Basic ${btoa(`${settings.projectId}:${settings.secret}`)}`
  const client: Record<string, unknown> = {}
  for (const [name, route] of Object.entries(routes)) {
    const path = name.split('.')
    const last = path.pop() ?? name
    let at = client
    for (const step of path) {
      at[step] ??= {}
      at = at[step] as Record<string, unknown>
    }
    at[last] = (input: Record<string, unknown> = {}, call: CallSettings = {}) =>
      send(settings, authorization, route, input, call)
  }
  return client as SelvageClient
}

async function send(
  { baseUrl, fetch: own }: ClientSettings,
  authorization: string,
  { method, path }: Route,
  input: Record<string, unknown>,
  { signal }: CallSettings,
): Promise<unknown> {
  const rest = { ...input }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name] ?? '')
    delete rest[name]
    return encodeURIComponent(value)
  })
  const url = new URL(filled, baseUrl)
  const hasBody = method === 'POST' || method === 'PUT'
  if (!hasBody) for (const [name, value] of Object.entries(rest)) url.searchParams.set(name, String(value))
  const response = await (own ?? fetch)(url, {
    method,
    headers: { authorization, ...(hasBody && { 'content-type': 'application/json' }) },
    ...(hasBody && { body: JSON.stringify(rest) }),
    ...(signal && { signal }),
  })
  const body: unknown = await response.json()
  if (!response.ok) throw new SelvageError(body as ErrorBody)
  return body
}
