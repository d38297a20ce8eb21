/** From an HTTP response to the answer of an operation, or to its error. */
import { SelvageError } from './error.ts'

/** What was asked, for messages: the path with its parameters in braces, so that nothing of the caller's gets into a log. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly origin: string
}

/** How much, in characters, of a strange answer is shown. */
const mostShown = 200

/** The members of a success. Throws a `SelvageError` for everything else. `now` in ms. */
export function answerOf(response: Response, text: string, asked: Asked, now: number): object {
  const body = parsed(text)
  if (response.ok && isObject(body)) return body
  // A deletion may answer with nothing.
  if (response.ok && text === '') return { status_code: response.status, request_id: '' }
  const retryAfterSeconds = secondsOf(response.headers.get('retry-after'), now)
  const retryAfter = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
  if (!response.ok && isObject(body) && typeof body.error_type === 'string') {
    throw new SelvageError({
      statusCode: response.status,
      errorType: body.error_type,
      message: textIn(body, 'error_message'),
      requestId: textIn(body, 'request_id'),
      errorUrl: textIn(body, 'error_url'),
      ...(isObject(body.error_details) && { details: body.error_details }),
      ...retryAfter,
    })
  }
  throw new SelvageError({
    statusCode: response.status,
    errorType: 'unexpected_answer',
    message: `${asked.method} ${asked.path} at ${asked.origin}: ${description(response, text)} Is baseUrl the address of a Selvage server?`,
    ...retryAfter,
  })
}

function description(response: Response, text: string): string {
  const { status, type, headers } = response
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    const target = headers.get('location')
    return `It redirects${target === null ? '' : ` to ${target}`}, which no operation does.`
  }
  const form = headers.get('content-type') ?? 'no content type'
  const shown = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
  return `The answer is not the server’s JSON but ${status} with ${form}: ${JSON.stringify(shown)}.`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textIn = (body: Readonly<Record<string, unknown>>, name: string): string => {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}

/** `Retry-After` is in seconds or a date (RFC 9110 §10.2.3). */
function secondsOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1_000))
}
