/** Fetching what clients publish about themselves: metadata documents and keys. What failed is remembered for a moment. */
import { FetchRefused, type GuardedFetch, isJson } from '../egress/index.ts'
import { ApiError } from '../kernel/errors.ts'
import type { Limit, RateLimits } from '../kernel/rate-limit.ts'
import { KeySets } from '../oauth/index.ts'
import { type ClientMetadata, freshness, readMetadata } from './client-metadata.ts'
import { metadataDocumentUnavailable } from './errors.ts'

/** Largest document in bytes (draft §6.6). */
const largestDocument = 5_120
const largestKeySet = 65_536
/** How long, in ms, a failure is not tried again. */
const failureLifetime = 30_000
/** Most failures that are remembered, and most fetches at a time. */
const mostFailures = 1_000
const mostAtOnce = 100
/** No site is asked more often, whoever names it: a stranger could use this server against it. */
const perHost: Limit = { name: 'metadata of host', most: 30, window: 60_000 }

export type DocumentOutcome =
  | { readonly metadata: ClientMetadata /** Epoch ms. */; readonly freshUntil: number }
  | {
      readonly failure: ApiError
      /** Whether the site may simply be down: no word of the client that it has changed its mind. */
      readonly isPassing: boolean
    }

export interface MetadataDocumentsSettings {
  readonly egress: GuardedFetch
  readonly limits: RateLimits
  readonly now: () => Date
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly metadataDocuments: MetadataDocuments
  }
}

export class MetadataDocuments {
  /** Keys behind `jwks_uri`s. */
  readonly keySets: KeySets
  readonly #settings: MetadataDocumentsSettings
  readonly #running = new Map<string, Promise<DocumentOutcome>>()
  readonly #failures = new Map<string, { readonly outcome: DocumentOutcome; readonly until: number }>()

  constructor(settings: MetadataDocumentsSettings) {
    this.#settings = settings
    const systemTime = () => settings.now().getTime()
    const fetch = async (url: string | URL) => Response.json(JSON.parse(await this.#keySet(new URL(url))))
    this.keySets = new KeySets({ fetch, allowHttp: settings.egress.allowLoopback, systemTime })
  }

  /** What this URL says now. Whoever asks while it is being fetched shares the answer. */
  async read(url: string): Promise<DocumentOutcome> {
    const failed = this.#failures.get(url)
    if (failed && failed.until > this.#settings.now().getTime()) return failed.outcome
    const running = this.#running.get(url)
    if (running) return running
    const fetching = this.#fetch(url).finally(() => this.#running.delete(url))
    this.#running.set(url, fetching)
    return fetching
  }

  async #fetch(url: string): Promise<DocumentOutcome> {
    const busy = this.#busy(url)
    if (busy !== undefined) return { failure: metadataDocumentUnavailable({ problem: busy }), isPassing: true }
    const outcome = await this.#ask(url)
    this.#failures.delete(url)
    if ('failure' in outcome) {
      if (this.#failures.size >= mostFailures) this.#failures.clear()
      this.#failures.set(url, { outcome, until: this.#settings.now().getTime() + failureLifetime })
    }
    return outcome
  }

  /** Why nothing can be asked now, as a sentence. */
  #busy(url: string): string | undefined {
    const { limits, now } = this.#settings
    if (this.#running.size >= mostAtOnce) return 'Too many others are being fetched. Try again in a moment.'
    const { hostname } = new URL(url)
    const seconds = limits.take(perHost, hostname, now())
    if (seconds === 0) return undefined
    return `${hostname} was asked ${perHost.most} times in a minute. Try again in ${seconds} seconds.`
  }

  async #ask(url: string): Promise<DocumentOutcome> {
    const { egress, now } = this.#settings
    const request = { largest: largestDocument, accepts: isJson, expected: 'application/json' }
    try {
      const { body, headers } = await egress.get(new URL(url), request)
      return {
        metadata: readMetadata(body, url, (one) => egress.problem(one)),
        freshUntil: now().getTime() + freshness(headers),
      }
    } catch (error) {
      if (error instanceof ApiError) return { failure: error, isPassing: false }
      if (!(error instanceof FetchRefused)) throw error
      const failure = metadataDocumentUnavailable({ problem: error.message }, { details: { url }, cause: error })
      return { failure, isPassing: error.isPassing }
    }
  }

  async #keySet(url: URL): Promise<string> {
    const busy = this.#busy(url.href)
    if (busy !== undefined) throw new FetchRefused(busy, true)
    const request = { largest: largestKeySet, accepts: isJson, expected: 'application/jwk-set+json, application/json' }
    return (await this.#settings.egress.get(url, request)).body
  }
}
