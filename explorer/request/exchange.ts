/** Requests from this page: the one that runs, what the last of each operation brought, and the history. All of it in memory. */
import { type Signal, signal } from '@preact/signals'
import { draftOf, type Values } from './draft.ts'
import { valuesIn } from './flow.ts'
import { profileInUse } from './gateway.ts'
import { received, remember, sessionInUse } from './received.ts'
import { type Answer, NotSent, send } from './send.ts'

/** What a request came to. */
export type Outcome =
  | { readonly kind: 'running'; abort(): void }
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly text: string }

export interface PastRequest {
  readonly id: number
  readonly at: Date
  readonly operation: string
  readonly values: Values
  readonly profile: string
  readonly answer: Answer
}

const outcomes = new Map<string, Signal<Outcome | undefined>>()

/** The last request of an operation; `undefined` before the first. */
export function outcomeOf(operation: string): Signal<Outcome | undefined> {
  const outcome = outcomes.get(operation) ?? signal<Outcome | undefined>(undefined)
  outcomes.set(operation, outcome)
  return outcome
}

/** The latest first. It ends with the page: answers hold tokens, and a list of them has no business in a store. */
export const history = signal<readonly PastRequest[]>([])
/** So many are kept. */
const longestHistory = 50
let count = 0

/** Sends what is filled in for an operation. Its outcome, the history and the values received follow. */
export async function sendDraft(operation: string, { isFrontend }: { readonly isFrontend: boolean }): Promise<void> {
  const outcome = outcomeOf(operation)
  if (outcome.value?.kind === 'running') return
  const abortion = new AbortController()
  const [at, values, profile] = [new Date(), draftOf(operation).value, profileInUse()?.name ?? '']
  outcome.value = { kind: 'running', abort: () => abortion.abort() }
  try {
    const session = isFrontend && sessionInUse.value !== '' ? { sessionToken: sessionInUse.value } : {}
    const answer = await send(operation, values, { profile, ...session, signal: abortion.signal })
    outcome.value = { kind: 'answered', answer }
    history.value = [{ id: ++count, at, operation, values, profile, answer }, ...history.value].slice(0, longestHistory)
    if (answer.status < 400) remember(valuesIn(answer.body, operation))
  } catch (error) {
    if (!(error instanceof NotSent)) throw error
    outcome.value = { kind: 'failed', text: error.message }
  }
}

/** Puts an earlier request back: its values into the form, its answer below. */
export function putBack({ operation, values, answer }: PastRequest): void {
  draftOf(operation).value = values
  outcomeOf(operation).value = { kind: 'answered', answer }
}

/** Values received that an answer of this operation held, in the order of the answer. */
export const receivedFrom = (answer: Answer, operation: string) =>
  valuesIn(answer.body, operation).filter(({ name, value }) =>
    received.value.some((one) => one.name === name && one.value === value),
  )
