/** Providers' public keys, as last fetched. They survive a rotation, and an unknown `kid` cannot be used to flood a provider. */
import type { JWKSCacheInput } from 'oauth4webapi'

/** Least time, in ms, between two requests for one key set, whatever asks for it (security check 54). */
const pause = 60_000
/** The same after a failure: a provider that stumbles should not be kept down. */
const pauseAfterFailure = 2_000
/** How long, in ms, a set is used without asking whether it is still the newest. */
const lifetime = 600_000
/** Most key sets that are kept. The same set serves every project. */
const most = 1_000

export interface KeySetSettings {
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  readonly allowHttp: boolean
  readonly systemTime: () => number
}

type Key = Readonly<Record<string, unknown>>

export interface KeySet {
  readonly keys: readonly Key[]
}

interface Fetched {
  /** When it was asked for. */
  readonly at: number
  readonly failed: boolean
  readonly answer: Promise<{ readonly response: Response; readonly set: KeySet }>
}

export class KeySets {
  readonly #settings: KeySetSettings
  readonly #fetched = new Map<string, Fetched>()
  /** The last set of each URL that could be fetched. */
  readonly #sets = new Map<string, { readonly set: KeySet; readonly at: number }>()
  readonly #caches = new Map<string, JWKSCacheInput>()

  constructor(settings: KeySetSettings) {
    this.#settings = settings
  }

  /** The cache that the protocol library keeps for a key set. */
  cache(url: string): JWKSCacheInput {
    const known = this.#caches.get(url)
    if (known) return known
    if (this.#caches.size >= most) this.#caches.clear()
    const made: JWKSCacheInput = {}
    this.#caches.set(url, made)
    return made
  }

  /** `fetch` for key sets: everybody who asks within a minute shares one request and its answer. */
  readonly fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const known = this.#sets.get(String(url))
    try {
      return (await this.#ask(String(url), init)).response.clone()
    } catch (error) {
      if (known) return Response.json(known.set)
      throw error
    }
  }

  /** The set that holds `kid`, or the newest one that may be asked for. */
  async get(url: string, kid: string): Promise<KeySet> {
    if (!this.#settings.allowHttp && !url.startsWith('https:')) throw new Error(`${url} is not https.`)
    const known = this.#sets.get(url)
    const holds = known?.set.keys.some((key) => key.kid === kid) === true
    if (known && holds && this.#settings.systemTime() - known.at < lifetime) return known.set
    try {
      return (await this.#ask(url)).set
    } catch (error) {
      // What was good a while ago is better than nobody logging in.
      if (known && holds) return known.set
      throw error
    }
  }

  #ask(url: string, init?: RequestInit): Fetched['answer'] {
    const { systemTime } = this.#settings
    const last = this.#fetched.get(url)
    if (last && systemTime() - last.at < (last.failed ? pauseAfterFailure : pause)) return last.answer
    if (this.#fetched.size >= most) this.#fetched.clear()
    const at = systemTime()
    const answer = this.#request(url, init)
    this.#fetched.set(url, { at, failed: false, answer })
    answer.then(
      ({ set }) => {
        if (this.#sets.size >= most) this.#sets.clear()
        this.#sets.set(url, { set, at })
      },
      () => this.#fetched.set(url, { at, failed: true, answer }),
    )
    return answer
  }

  async #request(url: string, init: RequestInit = { headers: { accept: 'application/json' } }) {
    const response = await this.#settings.fetch(url, init)
    if (!response.ok) throw new Error(`${url} answered ${response.status}.`)
    const set: unknown = await response.clone().json()
    if (typeof set !== 'object' || set === null || !('keys' in set) || !Array.isArray(set.keys)) {
      throw new Error(`${url} did not answer with a key set.`)
    }
    const keys = set.keys.filter((key): key is Key => typeof key === 'object' && key !== null)
    return { response: Response.json({ keys }), set: { keys } }
  }
}
