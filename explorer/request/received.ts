/**
 * The values that answers held, for the next request. They are tokens: they stay in memory, unless the reader asks that this
 * tab keeps them over a reload; then they stand in its `sessionStorage`, which ends with the tab.
 */
import { computed, effect, signal } from '@preact/signals'
import type { Received } from './flow.ts'

/** The latest first, each once. */
export const received = signal<readonly Received[]>([])
/** The session that `frontend` operations are sent with: the latest token, or what the reader put there. Empty: none. */
export const sessionInUse = signal('')
/** Whether this tab keeps them over a reload. */
export const isKept = signal(false)

/** So many are remembered; older ones are forgotten. */
const mostRemembered = 60

export function remember(values: readonly Received[]): void {
  if (values.length === 0) return
  const isNew = (old: Received) => !values.some(({ name, value }) => name === old.name && value === old.value)
  received.value = [...values, ...received.value.filter(isNew)].slice(0, mostRemembered)
  const session = values.find(({ name }) => name === 'session_token')
  if (session) sessionInUse.value = session.value
}

export function forgetAll(): void {
  received.value = []
  sessionInUse.value = ''
}

export const receivedSessions = computed(() => received.value.filter(({ name }) => name === 'session_token'))

const key = 'selvage.reference.received'

/** Takes up what this tab kept, and from then on keeps it for as long as the reader wants. */
export function keepAsAsked(): void {
  const kept = readKept()
  if (kept) {
    received.value = kept.values
    sessionInUse.value = kept.session
    isKept.value = true
  }
  effect(() => {
    const now: Kept = { values: received.value, session: sessionInUse.value }
    if (isKept.value) sessionStorage.setItem(key, JSON.stringify(now))
    else if (readKept()) sessionStorage.removeItem(key)
  })
}

interface Kept {
  readonly values: readonly Received[]
  readonly session: string
}

/** A browser that lets pages store nothing throws at the sight of the store. */
function readKept(): Kept | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}
