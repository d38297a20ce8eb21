/** Group commit: the writes of one turn of the event loop in one SQLite transaction (docs/decisions/0002-group-commit.md). */
import { setTimeout as pause } from 'node:timers/promises'

/** The writing connection, as far as transactions go. */
interface Writer {
  /** Whether a transaction is open. SQLite ends it by itself when the disk is full or failing. */
  readonly isTransaction: boolean
  /** Begins or ends a transaction or savepoint. */
  control(sql: string): void
}

interface Waiting {
  readonly committed: () => void
  readonly failed: (error: unknown) => void
}

/** How long, in ms, between two tries. A commit takes about as long. */
const retryAfter = 1

/**
 * Collects writes into one transaction per event-loop turn. A lone statement is atomic by itself and joins the group at
 * once; a unit of several runs under a savepoint, one unit at a time, so that one's failure undoes nothing of another.
 */
export class CommitQueue {
  readonly #writer: Writer
  readonly #patience: number
  #waiting: Waiting[] = []
  #open = false
  /**
   * What everybody has to wait for: the running unit, because its savepoint would hold the others' statements, or the file,
   * while another process writes to it.
   */
  #obstacle: Promise<void> | undefined

  /** `patience`: how long, in ms, a write waits for other processes' commits before it fails. */
  constructor(writer: Writer, patience = 5_000) {
    this.#writer = writer
    this.#patience = patience
  }

  /** Runs one statement in the current group; resolves after the commit. */
  async write<T>(statement: () => T): Promise<T> {
    while (!this.#joined()) await this.#obstacle
    const value = statement()
    await this.committed()
    return value
  }

  /** Runs several statements as one atomic unit of the group; resolves after the commit. */
  async unit<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.lock()
    let value: T
    try {
      value = await this.#savepoint(work)
    } finally {
      release()
    }
    await this.committed()
    return value
  }

  /** Waits for its turn among the units, and holds the group open until released. */
  async lock(): Promise<() => void> {
    while (!this.#joined()) await this.#obstacle
    let settle = () => {}
    this.#obstacle = new Promise<void>((resolve) => {
      settle = resolve
    })
    return () => {
      this.#obstacle = undefined
      settle()
    }
  }

  /** Resolves with the commit of the open group. */
  committed(): Promise<void> {
    return new Promise((committed, failed) => this.#waiting.push({ committed, failed }))
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#obstacle) await this.#obstacle.catch(() => {})
    if (this.#open) await this.committed().catch(() => {})
  }

  async #savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#writer.control('savepoint unit')
    try {
      const value = await work()
      this.#writer.control('release unit')
      return value
    } catch (error) {
      if (this.#writer.isTransaction) {
        this.#writer.control('rollback to unit')
        this.#writer.control('release unit')
      }
      throw error
    }
  }

  /** Whether there is a group that can be joined at this moment, opened if need be; if not, `#obstacle` says what to await. */
  #joined(): boolean {
    if (this.#obstacle) return false
    if (this.#open) {
      // A statement on its own would now be durable at once, and be reported as failed with the rest of its group.
      if (!this.#writer.isTransaction) throw undone()
      return true
    }
    if (this.#began()) return true
    this.#obstacle = this.#others().finally(() => {
      this.#obstacle = undefined
    })
    return false
  }

  /** Opens the group, unless another process holds the file. */
  #began(): boolean {
    try {
      // IMMEDIATE takes the write lock now: a later upgrade could fail after statements have already run.
      this.#writer.control('begin immediate')
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
    this.#open = true
    setImmediate(() => void this.#finish())
    return true
  }

  /** Waits until no other process writes and the group is open, without holding up the thread meanwhile. */
  async #others(): Promise<void> {
    const until = performance.now() + this.#patience
    do {
      if (performance.now() > until)
        throw new Error(`Other processes kept the database locked for ${this.#patience} ms.`)
      await pause(retryAfter)
    } while (!this.#began())
  }

  async #finish(): Promise<void> {
    while (this.#obstacle) await this.#obstacle
    const waiting = this.#waiting
    this.#waiting = []
    this.#open = false
    try {
      if (!this.#writer.isTransaction) throw undone()
      this.#writer.control('commit')
    } catch (error) {
      this.#abandon()
      for (const { failed } of waiting) failed(error)
      return
    }
    for (const { committed } of waiting) committed()
  }

  /** After a failed commit: whoever waits is told of that, not of a rollback that fails as well. */
  #abandon(): void {
    try {
      if (this.#writer.isTransaction) this.#writer.control('rollback')
    } catch {}
  }
}

const undone = () =>
  new Error(
    'SQLite gave up the transaction that these writes shared: the disk is full or failing. None of them happened.',
  )

/** SQLITE_BUSY and its extended codes: another process holds the lock, for a moment. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5
