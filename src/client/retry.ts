/** Whether a failed call is sent again, and after how long. Pure. */
import type { SelvageError } from './error.ts'

/** In ms: the first wait, and the longest. */
const firstWait = 200
const longestWait = 5_000
/** The longest wait, in ms, that a server is granted; one that asks for more is not waited for. */
const longestAsked = 30_000

/** Nothing was sent: there was no connection yet. Only Node says so; a browser keeps it to itself. */
const neverConnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

const betweenServers: ReadonlySet<number> = new Set([502, 503, 504])

export interface Failed {
  readonly error: SelvageError
  /** Whether the operation can be sent twice like once. */
  readonly isRepeatable: boolean
  /** How often it was sent again already. */
  readonly retries: number
  /** From 0 to 1. */
  readonly random: number
}

/**
 * How long to wait, in ms, before it is sent again; `undefined` if it must not be. An operation with effects is sent again only
 * when the first one certainly had none: there was no connection, or the server refused it unseen (429).
 */
export function waitBeforeRetry({ error, isRepeatable, retries, random }: Failed): number | undefined {
  if (!hadNoEffect(error) && !(isRepeatable && isPassing(error))) return undefined
  const asked = error.retryAfterSeconds
  if (asked !== undefined) return asked * 1_000 > longestAsked ? undefined : asked * 1_000
  const most = Math.min(longestWait, firstWait * 2 ** retries)
  // Between half and all of it, so that clients which failed together do not come back together.
  return most / 2 + (random * most) / 2
}

const hadNoEffect = (error: SelvageError): boolean =>
  error.statusCode === 429 || (error.is('connection_failed') && neverConnected.has(codeOf(error.cause)))

const isPassing = (error: SelvageError): boolean =>
  error.is('connection_failed') || betweenServers.has(error.statusCode)

/** Of the error under the one of `fetch`. */
export function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : undefined
}
