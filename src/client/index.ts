/**
 * The typed client, `selvage/client`: one method per operation, no dependency, for Node and browsers. Its types and its
 * table of routes are made of the server's own records (docs/client.md).
 */
import { type CreateClient, clientFor } from './create.ts'

export type { CallSettings, Envelope } from './client-type.ts'
export type { ClientSettings, Credentials } from './create.ts'
export { type ErrorType, type KnownErrorType, SelvageError } from './error.ts'
export type * from './operations.ts'

/**
 * Makes a client. Every method takes the operation's fields and resolves to its answer, or rejects with `SelvageError`; one that
 * was aborted rejects with the signal's reason. Without `projectId` and `secret` it has the operations that need neither; in a
 * browser it takes no secret. Throws a TypeError for settings that cannot work.
 */
export const createClient: CreateClient = clientFor({
  now: Date.now,
  random: Math.random,
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timeout)
        reject(signal.reason)
      }
      const timeout = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, ms)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    }),
  timer: (ms) => AbortSignal.timeout(ms),
  // A page has a document; a test that plays one has Node beneath it.
  isBrowser: 'document' in globalThis && !('process' in globalThis && globalThis.process?.versions?.node),
})
