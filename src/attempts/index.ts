/** What other slices may use of attempts. */
export { type Attempt, type Step, steps } from './attempt.ts'
export { attemptToWire, getAttempts } from './list.ts'
export { type NewAttempt, noteAttempt, noteFailure } from './note.ts'
export { listAttempts, sweepAttempts } from './store.ts'
