import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Span, type SpanOptions, trace } from '@opentelemetry/api'
import { testApp } from '../testing/app.ts'
import { openMetricsListener } from './metrics-listener.ts'

interface Recorded {
  readonly name: string
  attributes: Record<string, unknown>
  ended: boolean
}

/** A tracer of our own, as an operator's OpenTelemetry SDK would install one. */
function recordSpans(): { readonly spans: Recorded[]; stop(): void } {
  const spans: Recorded[] = []
  const startSpan = (name: string, _options?: SpanOptions): Span => {
    const recorded: Recorded = { name, attributes: {}, ended: false }
    spans.push(recorded)
    const span = {
      isRecording: () => true,
      setAttributes(attributes: Record<string, unknown>) {
        Object.assign(recorded.attributes, attributes)
        return span
      },
      setStatus: () => span,
      end: () => {
        recorded.ended = true
      },
      spanContext: () => ({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 }),
    }
    return span as unknown as Span
  }
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan: () => undefined as never }) })
  return { spans, stop: () => trace.disable() }
}

test('every request is one span with request ID, route and status, and nothing secret', async () => {
  const recorder = recordSpans()
  try {
    await using app = await testApp()
    const { body } = await app.call('POST', '/v1/sessions/authenticate', { body: { session_token: 'visible-secret' } })
    await app.call('GET', '/v1/nowhere')
    assert.deepEqual(
      recorder.spans.map(({ name, ended }) => [name, ended]),
      [
        ['sessions.authenticate', true],
        ['none', true],
      ],
    )
    assert.deepEqual(recorder.spans[0]?.attributes, {
      'selvage.request_id': body.request_id,
      'http.request.method': 'POST',
      'http.route': '/v1/sessions/authenticate',
      'http.response.status_code': 404,
      'error.type': 'session_not_found',
    })
    assert.ok(!JSON.stringify(recorder.spans).includes('visible-secret'))
  } finally {
    recorder.stop()
  }
})

test('metrics have a listener of their own, with the process’s figures beside ours', async () => {
  await using app = await testApp()
  await app.call('GET', '/healthz')
  const listener = await openMetricsListener(app.app.observer, { host: '127.0.0.1', port: 0 })
  const get = (path: string) => fetch(`http://127.0.0.1:${listener.port}${path}`)
  const metrics = await get('/metrics')
  const text = await metrics.text()
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain/)
  assert.match(text, /selvage_request_duration_seconds_count\{operation="health.live",status="200"\} 1/)
  assert.match(text, /process_resident_memory_bytes/)
  assert.equal((await get('/healthz')).status, 404)
  await listener.close()
})
