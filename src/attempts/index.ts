/** What other slices may use of attempts. */
export type { Step } from './attempt.ts'
export { type NewAttempt, noteAttempt, noteFailure } from './note.ts'
export { sweepAttempts } from './store.ts'
