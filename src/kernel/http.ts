/** The listener: the only importer of fastify. It turns sockets into `HttpRequest`s and `HttpResponse`s into bytes. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { prepareAll } from './dispatch.ts'
import type { AnyEndpoint, Api, HttpRequest } from './endpoint.ts'
import { ApiError, badRequest, methodNotAllowed, requestTooLarge, routeNotFound } from './errors.ts'
import {
  failure,
  type HttpResponse,
  longestParameter,
  type Operation,
  originHeaders,
  publicOrigin,
  type Runtime,
} from './run.ts'

/** Largest body in bytes. Forms have a smaller limit of their own (`body.ts`). */
const largestBody = 1_000_000

export interface ListenerSettings {
  /** Whose `X-Forwarded-For` counts: addresses or networks in CIDR notation. Empty: nobody's. */
  readonly trustedProxies: readonly string[]
  /** What paths for pages of other origins begin with. What is missing there is told so that the page can read it. */
  readonly crossOriginPrefix: string
}

/** A request that meets no route is observed under this name. */
const noOperation = { name: 'none', route: '(no route)' }

export type Listener = FastifyInstance

/** Builds the HTTP application for a list of endpoints; it does not listen yet. */
export function buildListener(api: Api, runtime: Runtime, settings: ListenerSettings): Listener {
  const app = fastify({
    logger: false,
    bodyLimit: largestBody,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    rewriteUrl: (request) => repairUrl(request.url ?? '/'),
    routerOptions: {
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: longestParameter,
      // The kernel parses queries itself, where repetition can be refused.
      querystringParser: () => ({}),
    },
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply, runtime),
    clientErrorHandler: (error, socket) => {
      // Node could not parse the request at all, so there is no reply object; the answer is still our JSON.
      if (socket.writable) socket.end(rawRefusal(error, runtime))
    },
  })
  // Bodies stay bytes: whatever their content type says, an endpoint knows what it reads.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  const list = prepareAll(api, runtime)
  for (const operation of list) {
    app.route({
      method: operation.endpoint.method,
      url: routePattern(operation.endpoint.path),
      config: { operation: operation.name },
      handler: async (request, reply) => send(reply, await operation.run(httpRequest(request))),
    })
  }
  for (const [path, question] of crossOriginPaths(list)) {
    app.options(routePattern(path), (request, reply) => send(reply, preflight(request, question, runtime)))
  }
  // A connection that was busy when the server began to close would otherwise be kept alive, and hold the process.
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close')
    done()
  })
  app.setNotFoundHandler((request, reply) => {
    const { origin } = request.headers
    if (origin !== undefined && httpRequest(request).path.startsWith(settings.crossOriginPrefix)) {
      if (request.method === 'OPTIONS')
        return send(reply, preflight(request, { methods: ['GET', 'POST', 'PUT', 'DELETE'], isPublic: false }, runtime))
      reply.headers({ ...originHeaders(origin), vary: 'Origin' })
    }
    return refuse(missing(request, list), request, reply, runtime)
  })
  const endpoints = new Map(list.map(({ name, endpoint }) => [name, endpoint]))
  app.setErrorHandler((error, request, reply) =>
    refuse(error, request, reply, runtime, endpoints.get(request.routeOptions.config.operation ?? '')),
  )
  return app
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the operation that the route runs. */
    operation?: string
  }
}

/** What the preflight of a path says: which methods there are, and whether every page may ask. */
interface CrossOriginPath {
  readonly methods: readonly string[]
  readonly isPublic: boolean
}

/** Paths that pages of other origins may call. */
function crossOriginPaths(list: readonly Operation[]): ReadonlyMap<string, CrossOriginPath> {
  const open = list.filter(({ endpoint }) => endpoint.crossOrigin)
  const paths = new Set(open.map(({ endpoint }) => endpoint.path))
  return new Map(
    [...paths].map((path) => {
      const there = open.filter(({ endpoint }) => endpoint.path === path).map(({ endpoint }) => endpoint)
      const isPublic = there.every(({ crossOrigin }) => crossOrigin === 'public')
      return [path, { methods: there.map(({ method }) => method), isPublic }]
    }),
  )
}

/** What browser clients send beside what every page may (docs/wire/frontend.md). */
const requestHeaders = 'authorization, content-type, x-sdk-client, x-sdk-parent-host, x-stytch-oauth-type'
/** The same for OAuth's endpoints: MCP clients name their protocol's version. */
const publicRequestHeaders = 'authorization, content-type, mcp-protocol-version'
/** How long, in seconds, a browser may remember the answer. */
const preflightLifetime = '600'

/**
 * The question that a browser asks before it sends a page's request. It names no project, so any origin may ask; whether the
 * request itself is taken is decided when it comes.
 */
function preflight(request: FastifyRequest, { methods, isPublic }: CrossOriginPath, runtime: Runtime): HttpResponse {
  const { origin } = request.headers
  runtime.observer.observe(
    {
      requestId: runtime.newRequestId(),
      operation: 'preflight',
      method: request.method,
      route: request.routeOptions.url ?? noOperation.route,
      status: 204,
      milliseconds: 0,
    },
    runtime.observer.tracer.startSpan('preflight'),
  )
  const headers = {
    ...(isPublic ? publicOrigin : origin !== undefined && originHeaders(origin)),
    'access-control-allow-methods': [...methods, 'OPTIONS'].join(', '),
    'access-control-allow-headers': isPublic ? publicRequestHeaders : requestHeaders,
    'access-control-max-age': preflightLifetime,
    vary: 'Origin',
  }
  return { status: 204, headers, body: '' }
}

/** OpenAPI's `{name}` in the router's notation. */
const routePattern = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

/**
 * A stray percent sign is taken literally. One official client does not encode path parameters at all, and external ids
 * may hold any of `. _ - |` (docs/wire/envelopes.md).
 */
const repairUrl = (url: string): string => (url.includes('%') ? url.replace(/%(?![0-9a-fA-F]{2})/g, '%25') : url)

function httpRequest(request: FastifyRequest): HttpRequest {
  const url = request.raw.url ?? '/'
  const question = url.indexOf('?')
  return {
    method: request.method,
    path: question < 0 ? url : url.slice(0, question),
    query: question < 0 ? '' : url.slice(question + 1),
    headers: request.headers,
    params: request.params as Record<string, string>,
    body: request.body as Uint8Array | undefined,
    ip: request.ip,
  }
}

function send(reply: FastifyReply, response: HttpResponse): FastifyReply {
  // Without a body, the framework knows for which statuses there is no length to tell (RFC 9110 §8.6).
  return reply
    .code(response.status)
    .headers(response.headers)
    .send(response.body === '' ? undefined : response.body)
}

/** 405 when the path exists for another method, else 404. */
function missing(request: FastifyRequest, list: readonly Operation[]): ApiError {
  const { path } = httpRequest(request)
  const method = request.method
  const allowed = list
    .filter(({ endpoint }) => new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '[^/]+')}/?$`).test(path))
    .map(({ endpoint }) => endpoint.method)
  if (allowed.length === 0) return routeNotFound({ method, path: path.slice(0, 200) })
  return methodNotAllowed({ method, path: path.slice(0, 200), allowed: [...new Set(allowed)].join(' or ') })
}

/** What the framework refuses before any operation runs, in our envelope. */
function listedError(thrown: unknown): unknown {
  if (thrown instanceof ApiError || !(thrown instanceof Error)) return thrown
  const { code, statusCode } = thrown as Error & { code?: string; statusCode?: number }
  if (statusCode === 413) return requestTooLarge({ limit: largestBody }, { cause: thrown })
  if (code === 'FST_ERR_BAD_URL') return badRequest({ problem: 'the path is not valid percent-encoding.' })
  if (statusCode !== undefined && statusCode < 500) return badRequest({ problem: thrown.message }, { cause: thrown })
  return thrown
}

/** `endpoint`: whose clients read the refusal, where one was found. */
function refuse(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  runtime: Runtime,
  endpoint?: AnyEndpoint,
): FastifyReply {
  const error = listedError(thrown)
  const requestId = runtime.newRequestId()
  const response = failure(error, { requestId, baseUrl: runtime.baseUrl(), http: httpRequest(request) }, endpoint)
  if (endpoint?.crossOrigin === 'public') reply.headers(publicOrigin)
  runtime.observer.observe(
    {
      requestId,
      operation: noOperation.name,
      method: request.method,
      route: noOperation.route,
      status: response.status,
      milliseconds: reply.elapsedTime,
      errorType: error instanceof ApiError ? error.definition.type : 'internal_server_error',
      cause: error instanceof ApiError ? error.cause : error,
    },
    runtime.observer.tracer.startSpan(noOperation.name),
  )
  return send(reply, response)
}

/** A whole HTTP response as text, for a socket whose request could not be parsed. */
function rawRefusal(error: Error & { code?: string }, runtime: Runtime): string {
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const thrown = tooLarge ? requestTooLarge({ limit: 16_384 }) : badRequest({ problem: 'this is not HTTP.' })
  const http: HttpRequest = { method: '', path: '', query: '', headers: {}, params: {}, body: undefined, ip: '' }
  const { status, body } = failure(thrown, { requestId: runtime.newRequestId(), baseUrl: runtime.baseUrl(), http })
  const reason = tooLarge ? 'Payload Too Large' : 'Bad Request'
  const length = Buffer.byteLength(body)
  return `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`
}
