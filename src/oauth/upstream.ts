/** Reaching providers: which account a project has there, and a client that waits and reads only so much. */
import type { JWKSCacheInput } from 'oauth4webapi'
import type { Context } from '../kernel/endpoint.ts'
import type { Project, ProviderEndpoints } from '../projects/index.ts'
import { invalidOauthProvider, oauthConfigNotFound } from './errors.ts'
import type { Provider } from './provider.ts'
import { providers } from './providers/index.ts'

/** How long, in ms, a provider may take to answer one request. */
const patience = 10_000
/** Most bytes that are read of one answer. Real ones have a few thousand. */
const largestAnswer = 500_000
/** Most key sets that are kept; each belongs to one provider of one project. */
const mostKeySets = 1_000

/** An account at a provider: a record with a project's credentials and overrides. */
export interface Account {
  readonly provider: Provider
  readonly clientId: string
  readonly clientSecret: string
  readonly endpoints: Provider['endpoints']
  readonly scopes: readonly string[]
  /** Played by this server itself, by its own clock. */
  readonly isStandIn: boolean
}

/** Plays a provider for which a project has no credentials. Only the `dev` profile has one. */
export type StandIn = (
  provider: Provider,
  baseUrl: string,
) =>
  | { readonly clientId: string; readonly clientSecret: string; readonly endpoints: Partial<ProviderEndpoints> }
  | undefined

export interface UpstreamSettings {
  readonly fetch: typeof fetch
  /** Whether endpoints may be plain http: in development and tests. */
  readonly allowHttp: boolean
  readonly standIn?: StandIn | undefined
  /** The machine's own time in ms, which providers' ID tokens are stamped by; the server's clock may be turned. */
  readonly systemTime: () => number
}

export class Upstream {
  readonly allowHttp: boolean
  readonly systemTime: () => number
  readonly #fetch: typeof fetch
  readonly #standIn: StandIn | undefined
  readonly #keySets = new Map<string, JWKSCacheInput>()

  constructor(settings: UpstreamSettings) {
    this.allowHttp = settings.allowHttp
    this.systemTime = settings.systemTime
    this.#fetch = settings.fetch
    this.#standIn = settings.standIn
  }

  /**
   * The project's account at a provider. Throws `invalid_oauth_provider` for a name that no provider has and
   * `oauth_config_not_found` where the project has no credentials and nothing stands in.
   */
  account(project: Project, providerId: string, baseUrl: string): Account {
    const provider = providers.get(providerId)
    if (!provider)
      throw invalidOauthProvider({ provider: providerId.slice(0, 40), known: [...providers.keys()].join(', ') })
    const config = project.providers.get(providerId)
    const standIn = config ? undefined : this.#standIn?.(provider, baseUrl)
    const credentials = config ?? standIn
    if (!credentials) throw oauthConfigNotFound({ provider: provider.name })
    return {
      provider,
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret,
      endpoints: { ...provider.endpoints, ...(config ? config.settings.endpoints : standIn?.endpoints) },
      scopes: config?.settings.scopes ?? provider.scopes,
      isStandIn: config === undefined,
    }
  }

  /** The provider's keys as last fetched. Keyed by their URL: the same set serves every project. */
  keySet(url: string): JWKSCacheInput {
    const known = this.#keySets.get(url)
    if (known) return known
    if (this.#keySets.size >= mostKeySets) this.#keySets.clear()
    const made: JWKSCacheInput = {}
    this.#keySets.set(url, made)
    return made
  }

  /** `fetch` with a time limit, a size limit and no redirects. */
  readonly fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const response = await this.#fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(patience) })
    const bytes = await readAtMost(response, largestAnswer)
    const { status, statusText, headers } = response
    // The body was decoded on the way in; the header would say otherwise. Null-body statuses allow none.
    const body = status === 204 || status === 304 ? null : bytes
    return new Response(body, { status: status < 200 ? 502 : status, statusText, headers })
  }
}

async function readAtMost(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > limit) throw new Error(`The provider answered with more than ${limit} bytes.`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** The account for a request's project, with the server's base URL for stand-ins. */
export const accountOf = (
  { upstream, project, baseUrl }: Context & { readonly project: Project },
  provider: string,
): Account => upstream.account(project, provider, baseUrl)

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly upstream: Upstream
  }
}
