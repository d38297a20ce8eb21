/**
 * The one way to fetch a URL that somebody else chose (CIMD draft §6.5; OWASP SSRF). Such a URL must not reach into the
 * network that the server stands in, nor hold the server up: https to public addresses only, no redirects, five seconds.
 */
import { Resolver } from 'node:dns/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isLoopbackAddress, isPublicAddress } from './addresses.ts'

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

export interface GuardedFetchSettings {
  /** Also fetches from the machine itself, there over http and from any port: in `selvage dev` and in tests. */
  readonly allowLoopback: boolean
  /** All addresses of a host name. Default: what the name server says. */
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>
  /** How long, in ms, a fetch may take from beginning to end. Default 5,000. */
  readonly patience?: number
}

export interface FetchRequest {
  /** Most bytes of body that are read. */
  readonly largest: number
  /** Whether a media type, in lower case and without parameters, is one that is expected. */
  readonly accepts: (mediaType: string) => boolean
  /** What is expected, for the `Accept` header and for messages. */
  readonly expected: string
}

export interface Fetched {
  readonly body: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Why nothing was fetched. The sentence may be shown to whoever chose the URL: it tells nothing of the network inside. */
export class FetchRefused extends Error {
  override readonly name = 'FetchRefused'
  /** Whether the same URL may work a little later, without anybody changing anything. */
  readonly isPassing: boolean

  constructor(sentence: string, isPassing: boolean, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.isPassing = isPassing
  }
}

const defaultPatience = 5_000
const loopbackName = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** What of JSON may be in a document: `application/json`, or a type that is JSON underneath (RFC 6839 §3.1). */
export const isJson = (mediaType: string): boolean => /^application\/([a-z0-9.-]+\+)?json$/.test(mediaType)

export class GuardedFetch {
  readonly allowLoopback: boolean
  readonly #resolve: NonNullable<GuardedFetchSettings['resolve']>
  readonly #patience: number

  constructor({ allowLoopback, resolve, patience = defaultPatience }: GuardedFetchSettings) {
    this.allowLoopback = allowLoopback
    this.#resolve = resolve ?? askNameServer()
    this.#patience = patience
  }

  /** Why this URL would not be fetched whatever its host's address is, as a sentence; `undefined` if it may be. */
  problem(url: URL): string | undefined {
    const isHere = this.allowLoopback && loopbackName.test(url.hostname)
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) return 'It must use https.'
    if (url.username !== '' || url.password !== '') return 'It must not hold credentials.'
    if (url.hash !== '' || url.href.endsWith('#')) return 'It must not hold a fragment.'
    if (url.port !== '' && !isHere) return 'It must use the default port.'
    return undefined
  }

  /** The body behind a URL. Throws `FetchRefused`. */
  async get(url: URL, request: FetchRequest): Promise<Fetched> {
    const problem = this.problem(url)
    if (problem !== undefined) throw new FetchRefused(problem, false)
    const signal = AbortSignal.timeout(this.#patience)
    try {
      const addresses = await orAborted(this.#addresses(url), signal)
      const response = await this.#ask(url, addresses, request, signal)
      return { body: await read(response, request), headers: response.headers }
    } catch (error) {
      if (error instanceof FetchRefused) throw error
      if (signal.aborted) throw new FetchRefused(`${url.host} took longer than ${this.#patience} ms.`, true, error)
      throw new FetchRefused(`${url.host} could not be reached.`, true, error)
    }
  }

  /** Asked once; the connection goes to these addresses and nowhere else, whatever the name means a moment later. */
  async #addresses({ protocol, hostname, host }: URL): Promise<readonly ResolvedAddress[]> {
    const literal = hostname.replace(/^\[(.*)\]$/, '$1')
    const family = isIP(literal)
    const all = family === 0 ? await this.#resolve(hostname).catch(() => []) : [{ address: literal, family }]
    const usable = all.filter(({ address }) => this.#isUsable(address, protocol))
    // Whether the name means nothing or something inside is nobody's business.
    if (usable.length === 0) throw new FetchRefused(`${host} has no public address.`, all.length === 0)
    return usable
  }

  #isUsable(address: string, protocol: string): boolean {
    if (this.allowLoopback && isLoopbackAddress(address)) return true
    return protocol === 'https:' && isPublicAddress(address)
  }

  #ask(
    url: URL,
    addresses: readonly ResolvedAddress[],
    { expected }: FetchRequest,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const pinned: LookupFunction = (_hostname, { all }, give) => {
      const [first] = addresses
      if (all) return give(null, [...addresses])
      return first ? give(null, first.address, first.family) : give(new Error('There is no address.'), '')
    }
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    return new Promise((resolve, reject) => {
      const headers = { accept: expected, 'accept-encoding': 'identity', 'user-agent': 'selvage', connection: 'close' }
      // No shared agent: no connection of somebody else's, no proxy from the environment.
      const asking = request(url, { agent: false, lookup: pinned, headers, signal, maxHeaderSize: 16_384 })
      asking.on('response', resolve).on('error', reject).end()
    })
  }
}

/** Reads at most so much of an answer, and only if it is a 200 of the right type. */
async function read(response: IncomingMessage, { largest, accepts, expected }: FetchRequest): Promise<string> {
  try {
    refuseUnfit(response, { accepts, expected })
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.byteLength
      if (size > largest) throw new FetchRefused(`The answer is larger than ${largest} bytes.`, false)
      chunks.push(chunk)
    }
    return decode(Buffer.concat(chunks))
  } finally {
    response.destroy()
  }
}

function refuseUnfit(
  { statusCode = 0, headers }: IncomingMessage,
  { accepts, expected }: Omit<FetchRequest, 'largest'>,
) {
  if (statusCode >= 300 && statusCode < 400)
    throw new FetchRefused(
      `The answer is a redirect (${statusCode}); redirects are not followed. Serve it there.`,
      false,
    )
  if (statusCode !== 200) {
    const isPassing = statusCode >= 500 || statusCode === 429 || statusCode === 408
    throw new FetchRefused(`The answer has status ${statusCode} instead of 200.`, isPassing)
  }
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!accepts(mediaType))
    throw new FetchRefused(
      `The answer has the type ${mediaType.slice(0, 100) || '(none)'} instead of ${expected}.`,
      false,
    )
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw new FetchRefused('The answer is compressed though nobody asked for that.', false)
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new FetchRefused('The answer is not valid UTF-8.', false, cause)
  }
}

/** A promise that is given up with the signal; name servers know no abort. */
function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}

/**
 * Not the operating system's look-up: that one occupies threads which signing needs, for as long as a name server likes, and
 * knows names that only this machine has.
 */
function askNameServer(): NonNullable<GuardedFetchSettings['resolve']> {
  const server = new Resolver({ timeout: 1_500, tries: 2 })
  const ask = async (hostname: string, family: 4 | 6): Promise<readonly ResolvedAddress[]> => {
    const addresses = family === 4 ? server.resolve4(hostname) : server.resolve6(hostname)
    return (await addresses.catch(() => [])).map((address) => ({ address, family }))
  }
  return async (hostname) => {
    if (hostname === 'localhost')
      return [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]
    return (await Promise.all([ask(hostname, 4), ask(hostname, 6)])).flat()
  }
}
