/** A map that forgets: entries end at a time of their own, and the oldest give way when there are too many. */

interface Entry<Value> {
  readonly value: Value
  /** Epoch ms. */
  readonly expiresAt: number
}

export class ExpiringMap<Value> {
  readonly #most: number
  readonly #entries = new Map<string, Entry<Value>>()

  /** `most` is the number of entries that are kept. */
  constructor(most: number) {
    this.#most = most
  }

  set(key: string, value: Value, expiresAt: number): void {
    this.#entries.set(key, { value, expiresAt })
    if (this.#entries.size <= this.#most) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  get(key: string, now: Date): Value | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.expiresAt > now.getTime() ? entry.value : undefined
  }

  /** Gives the value and forgets it: a second caller finds nothing. */
  take(key: string, now: Date): Value | undefined {
    const value = this.get(key, now)
    this.#entries.delete(key)
    return value
  }
}
