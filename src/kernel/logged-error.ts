/**
 * What of an error reaches the log. Errors of other people's making carry whatever they were about: a `SyntaxError` quotes
 * the text that did not parse, an HTTP client's error holds the whole response, a database's names the values of a row. So
 * nothing is taken over but what is listed here.
 */

interface LoggedError {
  readonly type: string
  readonly message: string
  /** Places in the code, innermost first. */
  readonly stack?: readonly string[]
  /** The library's own code for it, e.g. `ECONNREFUSED`. */
  readonly code?: string | number
  /** A provider's error code and sentence (RFC 6749 §5.2), and the HTTP status that they came with. */
  readonly error?: string
  readonly error_description?: string
  readonly status?: number
  readonly cause?: LoggedError
}

/** How far a chain of causes is followed. */
const deepest = 4
const longestText = 500
const mostFrames = 12

/** Reduces anything thrown to what may be logged; for pino's `err` member. */
export function loggedError(thrown: unknown, depth = 0): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: 'Something that is not an error was thrown.' }
  const { code, errcode, error, error_description, status } = thrown as unknown as Readonly<Record<string, unknown>>
  return {
    type: thrown.name,
    message: messageOf(thrown),
    ...framesOf(thrown),
    ...(isCode(code ?? errcode) && { code: (code ?? errcode) as string | number }),
    ...(typeof error === 'string' && { error: error.slice(0, longestText) }),
    ...(typeof error_description === 'string' && { error_description: error_description.slice(0, longestText) }),
    ...(typeof status === 'number' && { status }),
    ...(thrown.cause instanceof Error && depth < deepest && { cause: loggedError(thrown.cause, depth + 1) }),
  }
}

/** The places alone. The stack begins with the message, and a message can hold lines that look like places. */
function framesOf({ name, message, stack = '' }: Error): Pick<LoggedError, 'stack'> {
  const head = [`${name}: ${message}`, message].find((text) => text !== '' && stack.startsWith(text)) ?? name
  const frames = stack
    .slice(stack.startsWith(head) ? head.length : stack.length)
    .split('\n')
    .filter((line) => /^\s+at .+(?::\d+:\d+\)?|<anonymous>\)?|native\)?)$/.test(line))
  return frames.length > 0 ? { stack: frames.slice(0, mostFrames).map((frame) => frame.trim()) } : {}
}

const isCode = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^[A-Za-z0-9_.-]{1,60}$/.test(value))

/** `JSON.parse` says what it found by quoting it; where it found it is as good. */
function messageOf(error: Error): string {
  if (!(error instanceof SyntaxError)) return error.message.slice(0, longestText)
  const [position = ''] = /at position \d+/.exec(error.message) ?? []
  return `Not valid JSON ${position}`.trim()
}
