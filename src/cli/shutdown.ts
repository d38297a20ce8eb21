/** Ending in order: stop accepting, let running requests finish, close the database. */

/** What is closed, in this order. */
export interface Closable {
  close(): Promise<void>
}

/**
 * Waits for SIGTERM or SIGINT, closes everything within the deadline, and ends the process: 0 when all was finished, 1 when
 * the deadline cut something off. A second signal ends it at once.
 */
export function closeOnSignal(closables: readonly Closable[], deadlineSeconds: number): void {
  const end = async () => {
    for (const signal of signals) process.once(signal, () => process.exit(1))
    const late = setTimeout(() => {
      console.error(`selvage: requests were still running after ${deadlineSeconds} seconds; ending without them.`)
      process.exit(1)
    }, deadlineSeconds * 1_000)
    for (const closable of closables) await closable.close()
    clearTimeout(late)
    process.exit(0)
  }
  for (const signal of signals) process.once(signal, () => void end())
}

const signals = ['SIGTERM', 'SIGINT'] as const
