/** One call: sent, perhaps sent again, within its time. */
import { type Asked, answerOf } from './answer.ts'
import type { CallSettings } from './client-type.ts'
import { SelvageError } from './error.ts'
import { requestOf } from './request.ts'
import { codeOf, waitBeforeRetry } from './retry.ts'
import type { Route } from './routes.ts'

/** What stands around the client: replaced in tests. */
export interface Surroundings {
  /** Ms since 1970. */
  now(): number
  /** From 0 to 1. */
  random(): number
  /** Rejects with the signal's reason when that comes first. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** Aborts after so many ms. */
  timer(ms: number): AbortSignal
  /** Whether whoever uses the page could read a secret. */
  readonly isBrowser: boolean
}

export interface Connection {
  readonly origin: URL
  /** Of the project; `undefined` for a client without a secret. */
  readonly authorization: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
  readonly timeoutMs: number
  readonly retries: number
  readonly surroundings: Surroundings
}

/** Sends one operation and resolves to its answer. Rejects with a `SelvageError`, or with the reason of the caller's signal. */
export async function send(
  connection: Connection,
  name: string,
  route: Route,
  input: Readonly<Record<string, unknown>>,
  settings: CallSettings,
): Promise<object> {
  const { url, body } = requestOf(connection.origin, name, route, input)
  const { surroundings } = connection
  const { timeoutMs = connection.timeoutMs, retries: most = connection.retries } = settings
  const timer = surroundings.timer(timeoutMs)
  const signal = settings.signal ? AbortSignal.any([settings.signal, timer]) : timer
  const asked = { method: route.method, path: route.path, origin: connection.origin.origin }
  const init: RequestInit = {
    method: route.method,
    headers: headersFor(connection, route, settings, body !== undefined),
    ...(body !== undefined && { body }),
    // A secret follows no redirect, and cookies of the page are none of the server's business.
    redirect: 'manual',
    credentials: 'omit',
    signal,
  }
  try {
    for (let retries = 0; ; retries++) {
      const outcome = await attempt(connection, url, init, asked)
      if (!(outcome instanceof SelvageError)) return outcome
      const failed = { error: outcome, isRepeatable: route.repeatable === true, retries, random: surroundings.random() }
      const pause = retries < most ? waitBeforeRetry(failed) : undefined
      if (pause === undefined) throw outcome
      await surroundings.wait(pause, signal)
    }
  } catch (error) {
    settings.signal?.throwIfAborted()
    if (timer.aborted && !(error instanceof SelvageError)) throw timedOut(asked, timeoutMs, error)
    throw error
  }
}

/** The answer, or what went wrong. Rejects only when it was aborted. */
async function attempt(
  { fetch: fetchOf, surroundings }: Connection,
  url: URL,
  init: RequestInit,
  asked: Asked,
): Promise<object | SelvageError> {
  try {
    const response = await fetchOf(url, init)
    return answerOf(response, await response.text(), asked, surroundings.now())
  } catch (error) {
    if (error instanceof SelvageError) return error
    if (init.signal?.aborted) throw error
    return connectionFailed(asked, error)
  }
}

function headersFor(
  { headers, authorization }: Connection,
  { credentials }: Route,
  { bearerToken }: CallSettings,
  hasBody: boolean,
): Headers {
  const own = credentials === 'none' ? undefined : authorization
  const sent = bearerToken === undefined ? own : `Bearer ${bearerToken}`
  const all = new Headers(headers)
  if (hasBody) all.set('content-type', 'application/json')
  if (sent !== undefined) all.set('authorization', sent)
  return all
}

const timedOut = ({ method, path, origin }: Asked, ms: number, cause: unknown): SelvageError =>
  new SelvageError({
    statusCode: 0,
    errorType: 'timed_out',
    message: `${method} ${path} at ${origin} took longer than ${ms} ms. It may have had its effect: look before you repeat it.`,
    cause,
  })

function connectionFailed({ method, path, origin }: Asked, cause: unknown): SelvageError {
  const why = codeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause))
  return new SelvageError({
    statusCode: 0,
    errorType: 'connection_failed',
    message: `${method} ${path}: no answer from ${origin} (${why}). Does the server run, and is baseUrl its address?`,
    cause,
  })
}
