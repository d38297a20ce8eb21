/**
 * One log line, one metric observation and one span per request, made in one place (`run.ts` calls `observe`). All three
 * carry the request id; none carries a token, a secret, a query string or a body.
 */
import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino'
import { Histogram, Registry } from 'prom-client'
import { loggedError } from './logged-error.ts'

export type { Logger } from 'pino'

/** Members that are never written, wherever they stand in a logged object. Wire and inside names both. */
const secretMembers = [
  'authorization', 'cookie', 'secret', 'client_secret', 'clientSecret', 'token', 'session_token', 'sessionToken',
  'session_jwt', 'sessionJwt', 'oauth_attach_token', 'access_token', 'accessToken', 'refresh_token', 'refreshToken',
  'id_token', 'idToken', 'code', 'code_verifier', 'codeVerifier', 'state', 'password', 'master_key', 'masterKey',
] // biome-ignore format: a list of names reads best as a block

export interface LogSettings {
  readonly level: LevelWithSilent
  /** Where lines go; default standard error, buffered, flushed by `flushLogs`. */
  readonly destination?: DestinationStream
}

/** The process's loggers: JSON lines, ISO times. */
export interface Logs {
  /** For everything that may hold foreign values: secret members are removed. */
  readonly log: Logger
  /** For request lines, whose members are all ours: looking for secrets there would cost more than the line. */
  readonly requestLog: Logger
}

export function openLog({ level, destination }: LogSettings): Logs {
  const to = destination ?? pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 500 })
  const serializers = { err: loggedError }
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, serializers }
  const paths = secretMembers.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return { requestLog: pino(options, to), log: pino({ ...options, redact: { paths, censor: '[redacted]' } }, to) }
}

/** What one finished request looked like. */
export interface Observation {
  readonly requestId: string
  readonly operation: string
  readonly method: string
  /** The route's pattern, not the path: a path can hold ids. */
  readonly route: string
  readonly status: number
  readonly milliseconds: number
  readonly projectId?: string | undefined
  readonly errorType?: string | undefined
  /** The thrown value behind a 500, or the logged cause of a listed error. */
  readonly cause?: unknown
}

export interface Observer {
  readonly log: Logger
  readonly metrics: Registry
  readonly tracer: Tracer
  observe(observation: Observation, span: Span): void
}

/** Buckets in seconds, from a cached read to an upstream provider that is slow to answer. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export function openObserver({ log, requestLog }: Logs): Observer {
  const metrics = new Registry()
  const duration = new Histogram({
    name: 'selvage_request_duration_seconds',
    help: 'Time from the first byte handled to the answer, by operation and status.',
    labelNames: ['operation', 'status'],
    buckets,
    registers: [metrics],
  })
  // Looking a label set up costs more than the observation; the sets are few (operations × statuses).
  const byLabels = new Map<string, { observe(seconds: number): void }>()
  const histogram = (operation: string, status: number) => {
    const key = `${operation} ${status}`
    const known = byLabels.get(key)
    if (known) return known
    const made = duration.labels(operation, String(status))
    byLabels.set(key, made)
    return made
  }
  return {
    log,
    metrics,
    tracer: trace.getTracer('selvage'),
    observe(seen, span) {
      histogram(seen.operation, seen.status).observe(seen.milliseconds / 1000)
      if (span.isRecording()) {
        span.setAttributes({
          'selvage.request_id': seen.requestId,
          'http.request.method': seen.method,
          'http.route': seen.route,
          'http.response.status_code': seen.status,
          ...(seen.errorType && { 'error.type': seen.errorType }),
        })
        if (seen.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
      const line = {
        request_id: seen.requestId,
        operation: seen.operation,
        method: seen.method,
        route: seen.route,
        status: seen.status,
        ms: Math.round(seen.milliseconds * 100) / 100,
        project_id: seen.projectId,
        error_type: seen.errorType,
      }
      if (seen.cause === undefined) requestLog.info(line, 'request')
      else log[seen.status >= 500 ? 'error' : 'info']({ ...line, err: seen.cause }, 'request')
    },
  }
}
