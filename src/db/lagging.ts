/**
 * Writes that may lag: "last used" times that would otherwise cost a commit on every read. The newest value per key waits
 * for at most `interval` ms, then all that wait are written in one transaction. A crash loses at most that much of them,
 * which is why nothing but such times may go through here.
 */
import type { Db, SqlValue, Statement } from './database.ts'

interface Waiting {
  readonly statement: Statement
  readonly parameters: readonly SqlValue[]
}

/** More than this many keys are not kept waiting. */
const most = 20_000

export class LaggingWrites {
  readonly #db: Db
  readonly #interval: number
  readonly #failed: (error: unknown) => void
  #waiting = new Map<string, Waiting>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(db: Db, interval: number, failed: (error: unknown) => void) {
    this.#db = db
    this.#interval = interval
    this.#failed = failed
  }

  /** Puts a write in the place of an earlier one of the same key that still waits. */
  note(key: string, statement: Statement, parameters: readonly SqlValue[]): void {
    this.#waiting.set(key, { statement, parameters })
    if (this.#waiting.size >= most) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), this.#interval).unref()
  }

  /** Writes all that waits; resolves when it is durable. A failure is reported, not thrown: nobody waits for these. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#waiting
    this.#waiting = new Map()
    if (batch.size > 0) this.#flushing = this.#flushing.then(() => this.#write(batch)).catch(this.#failed)
    return this.#flushing
  }

  #write(batch: ReadonlyMap<string, Waiting>): Promise<void> {
    return this.#db.transaction(async (tx) => {
      // In the order of the keys, which every process shares: two that lock the same rows in different orders would deadlock.
      for (const key of [...batch.keys()].sort()) {
        const waiting = batch.get(key)
        if (waiting) await tx.run(waiting.statement, waiting.parameters)
      }
    })
  }
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly lagging: LaggingWrites
  }
}
