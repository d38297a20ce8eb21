/**
 * Failures that a caller can meet. A slice lists its own in its `errors.ts`, each once, with the wire's `error_type`; a
 * handler throws the listed value and nothing else. Whatever else is thrown becomes the 500 envelope in `run.ts`.
 *
 * On the wire (docs/wire/envelopes.md): `status_code`, `request_id`, `error_type`, `error_message`, `error_url`, and
 * optionally `error_details`.
 */

/** The names between braces in a message: `'The {parameter} is wrong'` has the placeholder `parameter`. */
type Placeholder<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never

type Words<Message extends string> = { readonly [Name in Placeholder<Message>]: string | number }

/** What a failure may carry beside its sentence. */
export interface ErrorContext {
  /** Shown to the caller as `error_details`: what was compared. Never an internal detail, never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Logged under the request id, never sent. */
  readonly cause?: unknown
  /** Response headers that belong to the failure, such as a challenge. Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One row of the error vocabulary, before it is thrown. */
export interface ErrorDefinition<Message extends string = string> {
  readonly type: string
  /** HTTP status, repeated in the body as `status_code`. */
  readonly status: number
  /** One or two sentences: what happened, then what to do. May hold `{placeholders}`. */
  readonly message: Message
  /** What the same failure is called at an OAuth endpoint (RFC 6749 §5.2), e.g. `invalid_grant`. */
  readonly oauth?: string
  /** For the error reference: what usually causes it. */
  readonly cause: string
  /** For the error reference: what the reader does next. */
  readonly fix: string
}

/** A listed error: call it to make the value to throw. */
export type DefinedError<Message extends string = string> = ErrorDefinition<Message> &
  ([Placeholder<Message>] extends [never]
    ? (context?: ErrorContext) => ApiError
    : (words: Words<Message>, context?: ErrorContext) => ApiError)

/** The only kind of error that reaches the wire with its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly definition: ErrorDefinition
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(definition: ErrorDefinition, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause })
    this.definition = definition
    this.details = context.details
    this.headers = context.headers ?? {}
  }
}

/** Declares one row of a slice's error table. The sentence, once released, is part of the contract. */
export function defineError<const Message extends string>(definition: ErrorDefinition<Message>): DefinedError<Message> {
  const template: string = definition.message
  const hasWords = template.includes('{')
  const make = (first?: Words<Message> | ErrorContext, second?: ErrorContext): ApiError => {
    if (!hasWords) return new ApiError(definition, template, first as ErrorContext)
    const words = first as Readonly<Record<string, string | number>>
    return new ApiError(
      definition,
      template.replace(/\{(\w+)\}/g, (_, name: string) => String(words[name])),
      second,
    )
  }
  // A function has a `name` and a `message`-free prototype of its own; the row's members are laid over it.
  return Object.assign(make, definition) as DefinedError<Message>
}

export const badRequest = defineError({
  type: 'bad_request',
  status: 400,
  message: 'The request is malformed: {problem}',
  cause: 'A field is missing, has the wrong type, or the body is not the JSON object that this endpoint reads.',
  fix: 'Compare the request with the field list of the endpoint; the message names the first field that does not fit.',
})

export const routeNotFound = defineError({
  type: 'route_not_found',
  status: 404,
  message: 'There is nothing at {method} {path}. Check the path, or see /openapi.json for every operation.',
  cause: 'The path is misspelt, or the operation is not part of this server.',
  fix: 'Look the path up in /openapi.json. A base URL must be the bare origin, without a path.',
})

export const methodNotAllowed = defineError({
  type: 'method_not_allowed',
  status: 405,
  message: '{method} is not possible at {path}. Use {allowed} instead.',
  cause: 'The path exists, but not with this HTTP method.',
  fix: 'Use one of the methods that the message names.',
})

export const requestTooLarge = defineError({
  type: 'request_too_large',
  status: 413,
  message: 'The request is larger than {limit} bytes. Send less in one request.',
  cause: 'The body, the headers or the URL are over the limit.',
  fix: 'Bodies may have 1 MB, forms 100 KB.',
})

export const unauthorizedCredentials = defineError({
  type: 'unauthorized_credentials',
  status: 401,
  oauth: 'invalid_client',
  message:
    'The project ID and secret do not match. Send them as HTTP Basic credentials: the project ID as the user name, the secret as the password.',
  cause: 'The secret is wrong, was removed, or belongs to another project; or the Authorization header is missing.',
  fix: 'Copy project ID and secret again. `selvage dev` prints both; in production they come from the project file.',
})

export const invalidProjectIdAuthentication = defineError({
  type: 'invalid_project_id_authentication',
  status: 400,
  oauth: 'invalid_client',
  message:
    'The user name of the Basic credentials is not a project ID. It looks like project-test-… or project-live-… followed by a UUID.',
  cause: 'Something other than a project ID stands in the user-name half of the Authorization header.',
  fix: 'Put the project ID there, unchanged.',
})

export const tooManyRequests = defineError({
  type: 'too_many_requests',
  status: 429,
  oauth: 'temporarily_unavailable',
  message: 'Too many requests. Wait {seconds} seconds and try again.',
  cause: 'A limit on this operation was reached.',
  fix: 'Slow down; retry after the time given.',
})

export const serverUnavailable = defineError({
  type: 'server_unavailable',
  status: 503,
  oauth: 'temporarily_unavailable',
  message: 'The server cannot work now: {problem}. Send requests to another process, or wait.',
  cause: 'The database does not answer or is not up to date, or the process is shutting down.',
  fix: 'Check the database; `selvage doctor` says what is wrong.',
})

export const internalServerError = defineError({
  type: 'internal_server_error',
  status: 500,
  oauth: 'server_error',
  message: 'Something failed on the server. Its log holds the cause under this request ID.',
  cause: 'A fault of the server or of its database.',
  fix: 'Search the server log for the request_id. Retrying is safe for reads.',
})

/** Errors that any endpoint may answer with, so that records need not list them. */
export const commonErrors: readonly ErrorDefinition[] = [
  badRequest,
  routeNotFound,
  methodNotAllowed,
  requestTooLarge,
  unauthorizedCredentials,
  invalidProjectIdAuthentication,
  tooManyRequests,
  internalServerError,
]
