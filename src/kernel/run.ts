/**
 * One request from parsed HTTP to finished HTTP: authenticate → read → validate → handle → envelope → observe. The only
 * place where envelopes are written and where an unknown failure becomes a 500.
 */
import { context as activeContext, trace } from '@opentelemetry/api'
import { z } from 'zod'
import type { Authenticators } from './auth.ts'
import { isForm, type Known, type Members, readForm, readJson, readPairs, refuseNul } from './body.ts'
import { type AnyEndpoint, type Context, type HttpRequest, hasBody, pathParameters } from './endpoint.ts'
import { errorPage } from './error-page.ts'
import { ApiError, badRequest, type ErrorDefinition, internalServerError } from './errors.ts'
import type { Observer } from './observe.ts'
import { isReply, page, type Reply } from './reply.ts'

export interface HttpResponse {
  readonly status: number
  readonly headers: Reply['headers']
  readonly body: string | Uint8Array
}

/** What the composition root provides once per process. */
export interface Runtime {
  readonly observer: Observer
  readonly authenticators: Authenticators
  readonly now: () => Date
  /** A fresh `request-id-{test|live}-{uuid}`. */
  readonly newRequestId: () => string
  readonly baseUrl: () => string
  /** Members that `Context` gains by declaration merging: `db`, `keys`, … */
  readonly provisions: Omit<Context, 'requestId' | 'now' | 'log' | 'http' | 'baseUrl' | 'dispatch'>
  /** Check every success body against its schema. For tests and `--strict`; too dear for production. */
  readonly strict: boolean
}

/** Longest value of a path parameter, in characters: identifiers have at most 128, percent-encoded three times that. */
export const longestParameter = 400

const jsonHeaders = { 'content-type': 'application/json', 'cache-control': 'no-store' }
/** Without a body there is no media type. */
const emptyHeaders = { 'cache-control': 'no-store', pragma: 'no-cache' }
/** RFC 6749 §5.1 asks for `Pragma` as well. */
const oauthHeaders = { ...jsonHeaders, pragma: 'no-cache' }
/** RFC 9110 §11.6.1: a 401 says how to authenticate. */
const basicChallenge = 'Basic realm="selvage", charset="UTF-8"'
const challengeHeaders = { ...jsonHeaders, 'www-authenticate': basicChallenge }

export interface Operation {
  readonly name: string
  readonly endpoint: AnyEndpoint
  run(http: HttpRequest): Promise<HttpResponse>
}

/**
 * Prepares one endpoint to answer requests: compiles its schema and knows its parameter places once. `dispatch` is how it
 * reaches the others.
 */
export function prepare(
  name: string,
  endpoint: AnyEndpoint,
  runtime: Runtime,
  dispatch: Context['dispatch'],
): Operation {
  const read = reader(endpoint)
  const validate = validator(endpoint)
  const checkOutput = runtime.strict ? outputCheck(name, endpoint) : undefined
  const authenticate = runtime.authenticators[endpoint.auth as keyof Authenticators]
  const successHeaders = endpoint.oauth ? oauthHeaders : jsonHeaders

  async function answer(http: HttpRequest, context: Context): Promise<HttpResponse> {
    const principal = authenticate(http, context)
    const full = Object.assign(context, principal instanceof Promise ? await principal : principal)
    const result: object = await endpoint.handle(validate(read(http)), full)
    if (!isReply(result)) {
      checkOutput?.(result)
      if (endpoint.succeeds === 204) return { status: 204, headers: emptyHeaders, body: '' }
      return success(context.requestId, endpoint.succeeds ?? 200, successHeaders, result, endpoint.wrapped)
    }
    if (typeof result.body === 'string' || result.body instanceof Uint8Array)
      return { status: result.status, headers: result.headers, body: result.body }
    if (result.reply === 'json') checkOutput?.(result.body)
    return success(
      context.requestId,
      result.status,
      { ...successHeaders, ...result.headers },
      result.body,
      endpoint.wrapped,
    )
  }

  return {
    name,
    endpoint,
    async run(http) {
      const started = performance.now()
      const { observer } = runtime
      const span = observer.tracer.startSpan(name)
      const context: Context = {
        ...runtime.provisions,
        dispatch,
        requestId: runtime.newRequestId(),
        now: runtime.now(),
        log: observer.log,
        http,
        baseUrl: runtime.baseUrl(),
      }
      let response: HttpResponse
      let thrown: unknown
      try {
        response = span.isRecording()
          ? await activeContext.with(trace.setSpan(activeContext.active(), span), () => answer(http, context))
          : await answer(http, context)
      } catch (error) {
        thrown = error
        response = failure(error, context, endpoint)
      }
      if (endpoint.crossOrigin)
        response = { ...response, headers: { ...response.headers, ...readableBy(endpoint, http) } }
      const error = thrown instanceof ApiError ? thrown : undefined
      observer.observe(
        {
          requestId: context.requestId,
          operation: name,
          method: http.method,
          route: endpoint.path,
          status: response.status,
          milliseconds: performance.now() - started,
          projectId: 'project' in context ? (context.project as { id: string }).id : undefined,
          errorType: error?.definition.type ?? (thrown === undefined ? undefined : internalServerError.type),
          cause: error ? error.cause : thrown,
        },
        span,
      )
      return response
    },
  }
}

/** Success envelope: the members first, so that an operation could never overrule the two of the envelope. */
function success(
  requestId: string,
  status: number,
  headers: Reply['headers'],
  members: object,
  wrapped?: true,
): HttpResponse {
  const whole = { ...members, status_code: status, request_id: requestId }
  return { status, headers, body: JSON.stringify(wrapped ? { data: whole } : whole) }
}

/** Lets the page that asked read the answer, failures included: without these headers a client sees an unreachable server. */
function readableBy({ crossOrigin }: AnyEndpoint, http: HttpRequest): Reply['headers'] {
  if (crossOrigin === 'public') return publicOrigin
  const { origin } = http.headers
  const applies = crossOrigin === true || (typeof crossOrigin === 'function' && crossOrigin(http))
  return applies && typeof origin === 'string' ? { ...originHeaders(origin), vary: 'Origin' } : { vary: 'Origin' }
}

/** OAuth's endpoints take no cookie, so any page may read them; it may also read how to authenticate. */
export const publicOrigin: Reply['headers'] = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'WWW-Authenticate',
}

/** A wildcard would not do: browser clients send credentials (Fetch Standard §3.2.5). */
export const originHeaders = (origin: string): Reply['headers'] => ({
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
})

/** Error envelope. Five members always, never absent and never null: typed clients throw on less. */
export function failure(
  thrown: unknown,
  { requestId, baseUrl, http }: Pick<Context, 'requestId' | 'baseUrl' | 'http'>,
  { browser, oauth, failureTitle, tool }: Pick<AnyEndpoint, 'browser' | 'oauth' | 'failureTitle' | 'tool'> = {},
): HttpResponse {
  const error = thrown instanceof ApiError ? thrown : internalServerError()
  const { status, type } = error.definition
  const errorUrl = `${baseUrl}/docs/errors#${type}`
  if (browser && acceptsHtml(http.headers.accept)) {
    const made = page(errorPage({ title: failureTitle, error, requestId, errorUrl }), status)
    return { status, headers: made.headers, body: String(made.body) }
  }
  const body = {
    status_code: status,
    request_id: requestId,
    error_type: type,
    error_message: error.message,
    error_url: errorUrl,
    ...(error.details && { error_details: error.details }),
  }
  if (oauth) {
    const members = {
      error: oauthCode(error.definition),
      error_description: printable(error.message),
      error_uri: errorUrl,
    }
    const headers = { ...oauthHeaders, ...(status === 401 && { 'www-authenticate': basicChallenge }), ...error.headers }
    return { status, headers, body: JSON.stringify({ ...members, ...body }) }
  }
  const headers = { ...(status === 401 ? challengeHeaders : jsonHeaders), ...error.headers }
  const whole = tool ? { ...body, error: body, meta: { requestId, durationMs: 0 } } : body
  return { status, headers, body: JSON.stringify(whole) }
}

/** The code by which OAuth clients know a failure; what has none of its own is a malformed request or a fault of ours. */
export const oauthCode = ({ oauth, status }: ErrorDefinition): string =>
  oauth ?? (status < 500 ? 'invalid_request' : 'server_error')

/** RFC 6749 §5.2: printable ASCII without quotation mark and backslash. */
export const printable = (text: string): string =>
  text
    .replace(/[\u2018\u2019]/g, "'")
    .replaceAll('…', '...')
    .replace(/[^\x20-\x7e]|["\\]/g, "'")

/** A browser names text/html; programs ask for JSON or for anything. */
export const acceptsHtml = (accept: string | readonly string[] | undefined): boolean =>
  typeof accept === 'string' && accept.includes('text/html')

/** Collects an endpoint's members from where they travel. */
function reader(endpoint: AnyEndpoint): (http: HttpRequest) => Members {
  const inPath = pathParameters(endpoint.path)
  const fields: object = endpoint.input.shape
  const known: Known = (field) => {
    if (endpoint.repeats?.includes(field)) return 'many'
    return Object.hasOwn(fields, field) || endpoint.input.def.catchall !== undefined ? 'once' : undefined
  }
  const inBody = hasBody(endpoint)
  return (http) => {
    const members = endpoint.ignoresBody
      ? {}
      : !inBody
        ? readPairs(http.query, known)
        : isForm(http.headers['content-type'], http.body)
          ? readForm(http.body, known)
          : readJson(http.body)
    for (const name of inPath) {
      const value = http.params[name] ?? ''
      refuseNul(value)
      members[name] = value
    }
    // A client that spells "not given" as null means just that; nested nulls (claims, metadata) keep their meaning.
    for (const name in members) if (members[name] === null) delete members[name]
    return members
  }
}

/** Validates against the compiled schema; names the first field that does not fit. */
function validator(endpoint: AnyEndpoint): (members: Members) => Members {
  const schema: z.ZodObject = z.compile(endpoint.input)
  const special: Readonly<Record<string, ErrorDefinition | undefined>> = endpoint.invalid ?? {}
  return (members) => {
    const parsed = schema.safeParse(members)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    const field = String(issue?.path[0] ?? '')
    const path = issue?.path.join('.') || 'the request'
    const missing = field in members ? issue?.message : 'a value is required'
    const problem = `${path}: ${missing}.`
    const definition = Object.hasOwn(special, field) ? special[field] : undefined
    if (definition)
      throw new ApiError(
        definition,
        definition.message.replace('{problem}', () => problem),
        { details: { field } },
      )
    throw badRequest({ problem }, { details: { field: path } })
  }
}

function outputCheck(name: string, endpoint: AnyEndpoint): (body: object) => void {
  // Where others may add members (RFC 7662 §2.2), so may we; elsewhere what is not declared is a mistake.
  const isOpen = endpoint.output.def.catchall !== undefined
  const schema: z.ZodObject = isOpen ? endpoint.output : endpoint.output.strict()
  return (body) => {
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw new Error(`${name} answered what its schema does not allow: ${parsed.error.message}`)
  }
}
