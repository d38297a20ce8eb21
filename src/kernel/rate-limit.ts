/** How often somebody may ask. Counted in memory, per process: a limit against floods, not an account of use. */
import { isIPv6 } from 'node:net'
import { tooManyRequests } from './errors.ts'

/** At most so many within any stretch of that length. */
export interface Limit {
  /** Tells its counts from those of other limits. */
  readonly name: string
  readonly most: number
  /** Length of the stretch in ms. */
  readonly window: number
}

/** Most callers that are remembered. Beyond that, whoever has been quiet for longest is forgotten. */
const mostRemembered = 20_000

declare module './endpoint.ts' {
  interface Context {
    readonly limits: RateLimits
  }
}

export class RateLimits {
  /** Times of the calls that were let through, oldest first; keys in the order of their last call. */
  readonly #calls = new Map<string, readonly number[]>()

  /** Counts one call and lets it through: 0; or does not, and says in how many seconds the next one will be. */
  take({ name, most, window }: Limit, key: string, now: Date): number {
    const time = now.getTime()
    const counted = `${name} ${key}`
    const recent = (this.#calls.get(counted) ?? []).filter((call) => call > time - window)
    const [oldest] = recent
    if (oldest !== undefined && recent.length >= most) return Math.ceil((oldest + window - time) / 1_000)
    this.#calls.delete(counted)
    this.#calls.set(counted, [...recent, time])
    if (this.#calls.size > mostRemembered) this.#forgetQuietest()
    return 0
  }

  /** Throws `too_many_requests` where the next call would not be let through, and counts nothing. */
  requireRoom({ name, most, window }: Limit, key: string, now: Date): void {
    const time = now.getTime()
    const recent = (this.#calls.get(`${name} ${key}`) ?? []).filter((call) => call > time - window)
    const [oldest] = recent
    if (oldest !== undefined && recent.length >= most) throw tooMany(Math.ceil((oldest + window - time) / 1_000))
  }

  /** A tenth at once: what was deleted at the front of a map costs every look at its front. */
  #forgetQuietest(): void {
    let left = mostRemembered / 10
    for (const key of this.#calls.keys()) {
      if (left-- <= 0) return
      this.#calls.delete(key)
    }
  }

  /** The same for an endpoint. Throws `too_many_requests` with `Retry-After` (RFC 9110 §10.2.3). */
  spend(limit: Limit, key: string, now: Date): void {
    const seconds = this.take(limit, key, now)
    if (seconds > 0) throw tooMany(seconds)
  }
}

const tooMany = (seconds: number) => tooManyRequests({ seconds }, { headers: { 'retry-after': String(seconds) } })

/**
 * By what a caller is counted: an IPv4 address, or the /64 of an IPv6 address, because one subscriber has all of it
 * (RFC 6177 §2).
 */
export function addressKey(ip: string): string {
  if (!isIPv6(ip)) return ip
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = (ip.split('%')[0] ?? '').toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0')
  const network = [...groups, ...zeros, ...rest].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}
