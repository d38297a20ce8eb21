/** Makes a client: one method per route, in the places of the list and under flat names. */
import type { CallSettings } from './client-type.ts'
import type { PublicClient, SelvageClient } from './operations.ts'
import { type Route, routes } from './routes.ts'
import { type Connection, type Surroundings, send } from './send.ts'

export interface ClientSettings {
  /** Origin of the server, e.g. `https://login.example.com`. */
  readonly baseUrl: string
  /** How long a call may take, in ms, retries included. Default: 30 000. */
  readonly timeoutMs?: number
  /** How often a call may be sent again, where that is safe. Default: 2. */
  readonly retries?: number
  /** Sent with every call, for a proxy in between. They replace none of the client's own. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the global one. */
  readonly fetch?: typeof fetch
}

/** Of a project; for backends only. */
export interface Credentials {
  readonly projectId: string
  readonly secret: string
}

/** `createClient` as `index.ts` describes it. */
export interface CreateClient {
  (settings: ClientSettings & Credentials): SelvageClient
  (settings: ClientSettings): PublicClient
}

type Input = Readonly<Record<string, unknown>>

/** `createClient` for these surroundings. */
export const clientFor = (surroundings: Surroundings): CreateClient =>
  function createClient(settings: ClientSettings & Partial<Credentials>): SelvageClient {
    const authorization = authorizationOf(settings, surroundings)
    const connection: Connection = {
      origin: originOf(settings.baseUrl),
      authorization,
      headers: settings.headers ?? {},
      // Browsers want it called as a function of the window's.
      fetch: settings.fetch ?? ((...sent) => fetch(...sent)),
      timeoutMs: settings.timeoutMs ?? 30_000,
      retries: settings.retries ?? 2,
      surroundings,
    }
    const client: Record<string, unknown> = {}
    for (const [name, route] of Object.entries(routes)) {
      if (route.credentials === 'project' && authorization === undefined) continue
      const method = methodFor(connection, name, route)
      place(client, name.split('.'), method)
      client[route.flat] = method
    }
    // The types are made of the same list.
    return client as unknown as SelvageClient
  }

function methodFor(connection: Connection, name: string, route: Route) {
  const call = (input: Input = {}, settings: CallSettings = {}) => send(connection, name, route, input, settings)
  const { items } = route
  if (items === undefined) return call
  const all = (input: Input = {}, settings: CallSettings = {}) =>
    everyItem((cursor) => call(cursor === undefined ? input : { ...input, cursor }, settings), items)
  return Object.assign(call, { all })
}

async function* everyItem(page: (cursor?: string) => Promise<object>, items: string) {
  for (let cursor: string | undefined; ; ) {
    const answer = (await page(cursor)) as Readonly<Record<string, readonly unknown[]>> & {
      readonly results_metadata: { readonly next_cursor?: string }
    }
    yield* answer[items] ?? []
    cursor = answer.results_metadata.next_cursor
    if (!cursor) return
  }
}

function place(client: Record<string, unknown>, path: readonly string[], method: unknown): void {
  const [first = '', ...rest] = path
  if (rest.length === 0) {
    client[first] = method
    return
  }
  const inner = (client[first] ?? {}) as Record<string, unknown>
  client[first] = inner
  place(inner, rest, method)
}

function originOf(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
  if (!isOrigin) {
    throw new TypeError(
      'baseUrl must be the origin of the server, such as https://login.example.com, and nothing more.',
    )
  }
  return url
}

function authorizationOf(settings: Partial<Credentials>, { isBrowser }: Surroundings): string | undefined {
  const { projectId, secret } = settings
  // Named but empty: most likely a variable of the environment that is not set.
  if (!('projectId' in settings) && !('secret' in settings)) return undefined
  if (!projectId || !secret) {
    throw new TypeError('projectId and secret must both be given, and not be empty. Is the environment set?')
  }
  if (isBrowser) {
    throw new TypeError(
      'Whoever opens this page can read the secret. Leave projectId and secret out here, and call the operations that need them from your backend.',
    )
  }
  return `Basic ${btoa(`${projectId}:${secret}`)}`
}
