/** Requests from this page: the one that runs, what the last of each operation brought, and the history. All of it in memory. */
import { type Signal, signal } from '@preact/signals'
import type { CataloguedOperation } from '../catalogue.ts'
import { credentialKind } from './credentials.ts'
import { draftOf, type Values } from './draft.ts'
import { valuesIn } from './flow.ts'
import { profileInUse } from './gateway.ts'
import { remember, sessionInUse } from './received.ts'
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

const bearers = new Map<string, Signal<string>>()

/** The access token that an operation is sent with; empty: none. */
export function bearerOf(operation: string): Signal<string> {
  const bearer = bearers.get(operation) ?? signal('')
  bearers.set(operation, bearer)
  return bearer
}

/** Sends what is filled in for an operation. Its outcome, the history and the values received follow. */
export async function sendDraft(operation: CataloguedOperation): Promise<void> {
  const { name } = operation
  const outcome = outcomeOf(name)
  if (outcome.value?.kind === 'running') return
  const abortion = new AbortController()
  const [at, values, profile] = [new Date(), draftOf(name).value, profileInUse()?.name ?? '']
  outcome.value = { kind: 'running', abort: () => abortion.abort() }
  try {
    const answer = await send(name, values, { ...credentialsFor(operation), signal: abortion.signal })
    outcome.value = { kind: 'answered', answer }
    history.value = [{ id: ++count, at, operation: name, values, profile, answer }, ...history.value].slice(
      0,
      longestHistory,
    )
    if (answer.status < 400) remember(valuesIn(answer.body, name))
  } catch (error) {
    if (!(error instanceof NotSent)) throw error
    outcome.value = { kind: 'failed', text: error.message }
  }
}

function credentialsFor(operation: CataloguedOperation) {
  const kind = credentialKind(operation)
  const [session, bearer] = [sessionInUse.value, bearerOf(operation.name).value]
  return {
    ...(kind === 'session' && session !== '' && { sessionToken: session }),
    ...(kind === 'bearer' && bearer !== '' && { bearerToken: bearer }),
  }
}

/** Puts an earlier request back: its values into the form, its answer below. */
export function putBack({ operation, values, answer }: PastRequest): void {
  draftOf(operation).value = values
  outcomeOf(operation).value = { kind: 'answered', answer }
}
