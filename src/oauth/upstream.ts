/** Reaching providers: which account a project has there, and a client that waits and reads only so much. */
import * as oauth from 'oauth4webapi'
import type { Context } from '../kernel/endpoint.ts'
import type { Project, ProviderEndpoints, ProviderSettings } from '../projects/index.ts'
import { customProvider } from './custom-provider.ts'
import { invalidOauthProvider, oauthConfigNotFound, oauthCreatingRedirectUrlError } from './errors.ts'
import { KeySets } from './key-sets.ts'
import type { Provider } from './provider.ts'
import { providers } from './providers/index.ts'

/** How long, in ms, a provider may take to answer one request. */
const patience = 10_000
/** Most bytes that are read of one answer. Real ones have a few thousand. */
const largestAnswer = 500_000
/** How long, in ms, discovered endpoints are used before they are looked up again. */
const discoveryLifetime = 3_600_000
/** Most discovery documents that are kept. */
const mostDiscovered = 1_000

/** An account at a provider: a record with a project's credentials and overrides. */
export interface Account {
  readonly provider: Provider
  readonly clientId: string
  readonly clientSecret: string
  readonly settings: ProviderSettings
  readonly endpoints: Provider['endpoints']
  readonly scopes: readonly string[]
  /** Played by this server itself, by its own clock. */
  readonly isStandIn: boolean
  /** It says in its metadata that every answer names the issuer (RFC 9207 §3). */
  readonly mustNameIssuer?: boolean
}

/** Plays a provider for which a project has no credentials. Only the `dev` profile has one. */
export type StandIn = (
  provider: Provider,
  baseUrl: string,
) =>
  | {
      readonly clientId: string
      readonly clientSecret: string
      readonly settings: ProviderSettings
      readonly endpoints: Partial<ProviderEndpoints>
    }
  | undefined

export interface UpstreamSettings {
  readonly fetch: typeof fetch
  /** Whether endpoints may be plain http: in development and tests. */
  readonly allowHttp: boolean
  readonly standIn?: StandIn | undefined
  /** The machine's own time in ms, which providers' ID tokens are stamped by; the server's clock may be turned. */
  readonly systemTime: () => number
}

interface Discovered {
  readonly endpoints: Partial<ProviderEndpoints>
  /** As the provider writes it. */
  readonly issuer: Pick<ProviderEndpoints, 'issuer'>
  readonly mustNameIssuer: boolean
  readonly at: number
}

export class Upstream {
  readonly allowHttp: boolean
  readonly systemTime: () => number
  readonly keySets: KeySets
  readonly #fetch: typeof fetch
  readonly #standIn: StandIn | undefined
  readonly #discovered = new Map<string, Discovered>()
  readonly #discovering = new Map<string, Promise<Discovered>>()

  constructor(settings: UpstreamSettings) {
    this.allowHttp = settings.allowHttp
    this.systemTime = settings.systemTime
    this.#fetch = settings.fetch
    this.#standIn = settings.standIn
    this.keySets = new KeySets({ fetch: this.fetch, allowHttp: settings.allowHttp, systemTime: settings.systemTime })
  }

  /**
   * The project's account at a provider, as far as it is declared. Throws `invalid_oauth_provider` for a name that no
   * provider has and `oauth_config_not_found` where the project has no credentials and nothing stands in.
   */
  declared(project: Project, providerId: string, baseUrl: string): Account {
    const config = project.providers.get(providerId)
    const provider = providers.get(providerId) ?? (config?.settings.type && customProvider(providerId, config.settings))
    if (!provider)
      throw invalidOauthProvider({ provider: providerId.slice(0, 40), known: [...providers.keys()].join(', ') })
    const standIn = config ? undefined : this.#standIn?.(provider, baseUrl)
    const credentials = config ?? standIn
    if (!credentials) throw provider.missingConfigError?.() ?? oauthConfigNotFound({ provider: provider.name })
    const { endpoints: overrides } = config ? config.settings : (standIn ?? {})
    // Another installation of a plain OAuth 2.0 provider has an issuer of its own, if any.
    const isElsewhere = !provider.openid && overrides?.authorization !== undefined
    return {
      provider,
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret,
      settings: credentials.settings,
      endpoints: { ...(isElsewhere ? withoutIssuer(provider.endpoints) : provider.endpoints), ...overrides },
      scopes: credentials.settings.scopes ?? provider.scopes,
      isStandIn: config === undefined,
    }
  }

  /** The same with every endpoint known. Throws `oauth_creating_redirect_url_error` when discovery fails. */
  async account(project: Project, providerId: string, baseUrl: string): Promise<Account> {
    const account = this.declared(project, providerId, baseUrl)
    const { issuer, authorization, token, jwks } = account.endpoints
    if (!account.provider.openid || issuer === undefined || (authorization && token && jwks)) return account
    const found = await this.#discover(issuer).catch((cause: unknown) => {
      throw oauthCreatingRedirectUrlError({ provider: account.provider.name }, { cause })
    })
    const declared = Object.entries(account.endpoints).filter(([, url]) => url !== '')
    return {
      ...account,
      mustNameIssuer: found.mustNameIssuer,
      // The issuer as the provider itself writes it: a trailing slash more or less is how it is often declared.
      endpoints: { authorization: '', token: '', ...found.endpoints, ...Object.fromEntries(declared), ...found.issuer },
    }
  }

  /**
   * OpenID Connect Discovery 1.0 §4. One request at a time per issuer. A failure is not remembered; what was found once is
   * used until something newer is, and looked up in the background, so that an outage holds nobody up.
   */
  async #discover(issuer: string): Promise<Discovered> {
    const known = this.#discovered.get(issuer)
    const isFresh = known !== undefined && this.systemTime() - known.at < discoveryLifetime
    if (known && isFresh) return known
    const running = this.#discovering.get(issuer) ?? this.#lookUp(issuer)
    this.#discovering.set(issuer, running)
    const done = running.then(
      (found) => {
        if (this.#discovered.size >= mostDiscovered) this.#discovered.clear()
        this.#discovered.set(issuer, found)
      },
      () => {},
    )
    void done.finally(() => {
      if (this.#discovering.get(issuer) === running) this.#discovering.delete(issuer)
    })
    return known ?? running
  }

  async #lookUp(issuer: string): Promise<Discovered> {
    const url = new URL(issuer)
    const options = { [oauth.customFetch]: this.fetch, [oauth.allowInsecureRequests]: this.allowHttp }
    const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options))
    const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = server
    const { authorization_response_iss_parameter_supported: mustNameIssuer = false } = server
    if (!authorization_endpoint || !token_endpoint || !jwks_uri) {
      throw new Error(`The discovery document of ${issuer} lacks an endpoint that a login needs.`)
    }
    return {
      endpoints: {
        authorization: authorization_endpoint,
        token: token_endpoint,
        jwks: jwks_uri,
        ...(userinfo_endpoint !== undefined && { userinfo: userinfo_endpoint }),
      },
      issuer: { issuer: server.issuer },
      mustNameIssuer,
      at: this.systemTime(),
    }
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

const withoutIssuer = ({ issuer: _, ...rest }: Provider['endpoints']): Provider['endpoints'] => rest

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

type ProjectContext = Context & { readonly project: Project }

/** The declared account for a request's project, with the server's base URL for stand-ins. */
export const declaredAccount = ({ upstream, project, baseUrl }: ProjectContext, provider: string): Account =>
  upstream.declared(project, provider, baseUrl)

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly upstream: Upstream
  }
}
