/** Remembering an attempt. Called on every request of a client, so it only puts a row where rows wait to be written. */
import { randomUUID } from 'node:crypto'
import type { Context } from '../kernel/endpoint.ts'
import type { ApiError } from '../kernel/errors.ts'
import { type Step, succeeded } from './attempt.ts'
import { redactClientId, redactMembers, redactText } from './redact.ts'
import { insertAttempt, mostOfAKind, type Remembered, trimFailures, trimSuccesses } from './store.ts'

export interface NewAttempt {
  readonly projectId: string
  readonly step: Step
  readonly clientId?: string | undefined
  /** `ok`, or the type of an error. */
  readonly outcome: string
  /** What was compared, expected and received. Redacted here, whatever it holds. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** What of the context it takes to remember an attempt. */
export type Noting = Pick<Context, 'lagging' | 'now'>

/** Largest row, in characters of JSON; details that are larger are dropped. */
const largest = 4_000

/** Remembers an attempt within a second, without waiting for it. A crash may lose it. */
export function noteAttempt(context: Noting, { details = {}, ...attempt }: NewAttempt): void {
  remember(context, attempt, { message: undefined, fix: undefined, details: redactMembers(details) })
}

/** Remembers an attempt that an error ended, with the sentence that was answered, what was compared, and the fix. */
export function noteFailure(
  context: Noting,
  attempt: Pick<NewAttempt, 'projectId' | 'step' | 'clientId'>,
  { message, details = {}, definition: { type, fix } }: ApiError,
): void {
  const remembered = { message: redactText(message), fix, details: redactMembers(details) }
  remember(context, { ...attempt, outcome: type }, remembered)
}

/** A project that has many attempts is tidied without waiting for the sweep: the table stays small in a flood, too. */
const tidyEvery = 50

/** Counts the attempts of this process: it orders those of one millisecond. */
let count = 0

function remember({ lagging, now }: Noting, attempt: Omit<NewAttempt, 'details'>, remembered: Remembered): void {
  const { projectId, step, clientId, outcome } = attempt
  const at = now.getTime()
  count = (count + 1) % 36 ** 4
  const whole = JSON.stringify(remembered)
  // A slot of the waiting list, not one key per attempt: a flood overwrites itself instead of filling memory and table.
  const kind = outcome === succeeded ? 'ok' : 'failed'
  lagging.note(`attempt ${projectId} ${kind} ${count % mostOfAKind}`, insertAttempt, [
    attemptId(at, count),
    projectId,
    at,
    step,
    clientId === undefined ? null : redactClientId(clientId),
    outcome,
    whole.length > largest ? JSON.stringify({ ...remembered, details: {} }) : whole,
  ])
  if (count % tidyEvery > 0) return
  lagging.note(`attempt ${projectId} trim failures`, trimFailures, [projectId])
  lagging.note(`attempt ${projectId} trim successes`, trimSuccesses, [projectId])
}

/** Digits and small letters only, which every collation sorts alike: time, count, chance. */
const attemptId = (at: number, number: number): string =>
  at.toString(36).padStart(9, '0') + number.toString(36).padStart(4, '0') + randomUUID().slice(0, 8)
