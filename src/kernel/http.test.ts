import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { api } from '../api.ts'
import { errorRows } from '../reference/errors-page.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { operations } from './endpoint.ts'

const on = (name: string, run: (app: TestApp) => Promise<void>) =>
  test(name, async () => {
    await using app = await testApp()
    await run(app)
  })

const errorMembers = ['error_message', 'error_type', 'error_url', 'request_id', 'status_code']

on('official clients’ sloppy bodies are understood: none, {}, null, white space, any content type', async (app) => {
  const bodies = ['', '{}', 'null', '  \n']
  for (const method of ['GET', 'DELETE']) {
    for (const body of bodies) {
      const { body: answer } = await app.call(method, '/v1/users/nobody', {
        body,
        headers: { 'content-type': 'application/json' },
      })
      assert.equal(answer.error_type, 'user_not_found', `${method} ${JSON.stringify(body)}`)
    }
  }
  const types = [
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'nonsense/x',
  ]
  for (const [at, type] of types.entries()) {
    const { status } = await app.call('POST', '/v1/users', {
      body: `{"email":"a${at}@example.com"}`,
      headers: { 'content-type': type },
    })
    assert.equal(status, 200, type)
  }
})

on(
  'check 64: bodies that are too large, too deep, not UTF-8, not JSON, not an object are 4xx in our envelope',
  async (app) => {
    const deep = (levels: number) =>
      `{"email":"a@example.com","trusted_metadata":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`
    const bodies: readonly (readonly [string, number])[] = [
      [`{"email":"${'a'.repeat(1_000_000)}"}`, 413],
      [deep(64), 400],
      [deep(100_000), 400],
      ['{"email":', 400],
      ['[]', 400],
      ['"x"', 400],
      ['7', 400],
      ['{"email":"a@example.com","email":{}}', 400],
      ['{"name":"Ada"}', 400],
      ['{"email":"\\ud800@example.com"}', 400],
    ]
    for (const [body, status] of bodies) {
      const answer = await app.call('POST', '/v1/users', { body })
      assert.equal(answer.status, status, body.slice(0, 60))
      assert.deepEqual(
        Object.keys(answer.body)
          .filter((name) => name !== 'error_details')
          .sort(),
        errorMembers,
      )
    }
    const response = await app.app.http.inject({
      method: 'POST',
      url: '/v1/users',
      payload: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      headers: { authorization: basic(app) },
    })
    assert.equal(response.statusCode, 400)
    assert.match(response.json().error_message, /UTF-8/)
    assert.equal((await app.call('POST', '/v1/users', { body: deep(60) })).status, 200)
  },
)

on('check 64: prototype keys are inert', async (app) => {
  const body =
    '{"email":"a@example.com","__proto__":{"polluted":1},"trusted_metadata":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}'
  const answer = await app.call('POST', '/v1/users', { body })
  assert.equal(answer.status, 200)
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
  assert.deepEqual(answer.body.user.trusted_metadata, { constructor: { prototype: { polluted: 1 } } })
})

on('odd paths: double and trailing slashes, stray percent signs, and what exists with another method', async (app) => {
  for (const path of ['//healthz', '/healthz/', '//healthz//', '/healthz?x=%zz'])
    assert.equal((await app.call('GET', path)).status, 200, path)
  for (const path of ['/v1/users/%', '/v1/users/%zz', '/v1/users/a%7cb', '/v1/users/a|b']) {
    assert.equal((await app.call('GET', path)).body.error_type, 'user_not_found', path)
  }
  const invalid = await app.call('GET', '/v1/users/%ff')
  assert.equal(invalid.status, 400)
  const { status, body } = await app.call('PUT', '/v1/oauth/attach', { body: {} })
  assert.deepEqual([status, body.error_type], [405, 'method_not_allowed'])
  assert.match(body.error_message, /POST/)
  assert.equal((await app.call('GET', `/v1/users/${'a'.repeat(5_000)}`)).status, 400)
})

on('a field that does not fit is named, with what would', async (app) => {
  const { body } = await app.call('POST', '/v1/oauth/authenticate', { body: { token: 7 } })
  assert.equal(body.error_type, 'bad_request')
  assert.match(body.error_message, /token: .*string/i)
  const missing = await app.call('POST', '/v1/oauth/authenticate', { body: {} })
  assert.match(missing.body.error_message, /token: a value is required/)
})

on('error_url of every error leads to its entry in the reference', async (app) => {
  const { body } = await app.call('GET', '/v1/nowhere')
  const url = new URL(body.error_url)
  const reference = await app.call('GET', url.pathname, { auth: false })
  assert.equal(reference.status, 200)
  for (const { error } of errorRows(api)) assert.ok(reference.text.includes(`id="${error.type}"`), error.type)
  assert.ok(reference.text.includes(`id="${url.hash.slice(1)}"`))
})

on('check 7 and 8: pages cannot be framed, run no script, and escape what they show', async (app) => {
  const corpus = '<svg onload=alert(1)>"\'--><script>alert(1)</script>'
  const path = `/v1/public/oauth/google/start?public_token=${app.project.publicToken}&login_redirect_url=${encodeURIComponent(corpus)}`
  const page = await app.call('GET', path, { auth: false, headers: { accept: 'text/html' } })
  assert.match(String(page.headers['content-type']), /^text\/html/)
  for (const one of [page, await app.call('GET', '/docs/errors', { auth: false })]) {
    const policy = String(one.headers['content-security-policy'])
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /script-src/)
    assert.equal(one.headers['x-frame-options'], 'DENY')
    assert.ok(!one.text.includes('<svg') && !one.text.includes('<script'))
  }
})

on('check 10: one request is exactly one log line, whatever it carries; no secret is in any', async () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  await using app = await testApp({ settings: { log: { level: 'info', destination } } })
  const evil = 'a\r\n{"level":30,"msg":"forged"}\u2028\u0000'
  await app.call('POST', '/v1/users', { body: { email: evil, external_id: evil } })
  await app.call('GET', `/v1/${encodeURIComponent(evil)}?token=visible-secret`, { headers: { 'user-agent': 'x\ty' } })
  await app.call('POST', '/v1/sessions/authenticate', {
    body: { session_token: 'visible-secret', session_jwt: 'visible-secret' },
  })
  await app.call('POST', '/v1/sessions/authenticate', { body: '{"session_token":"visible-secret"' })
  // What JSON.parse says of these quotes them.
  await app.call('POST', '/v1/sessions/authenticate', { body: '{"session_token":visible-secret}' })
  await app.call('POST', '/v1/sessions/authenticate', { body: 'visible-secret' })
  assert.equal(lines.length, 6)
  for (const line of lines) {
    assert.equal(line.trimEnd().split('\n').length, 1)
    const { request_id, operation, status, ms } = JSON.parse(line)
    assert.match(request_id, /^request-id-/)
    assert.ok(operation && status && ms >= 0)
  }
  const text = lines.join('')
  assert.ok(!text.includes('visible-secret') && !text.includes(app.project.secret) && !text.includes('authorization'))
})

on('500 internal_server_error: the cause is in the log under the request ID and not in the answer', async () => {
  const lines: string[] = []
  await using app = await testApp({
    settings: { log: { level: 'info', destination: { write: (line: string) => void lines.push(line) } } },
  })
  await app.call('GET', '/v1/users/x')
  await app.app.db.query.schema.dropTable('user_phone_numbers').execute()
  const { status, body } = await app.call('GET', '/v1/users/x')
  assert.equal(status, 404, 'resolving an unknown user needs no phone numbers')
  const broken = await app.call('POST', '/v1/users', { body: { phone_number: '+14155550123' } })
  assert.deepEqual([broken.status, broken.body.error_type], [500, 'internal_server_error'])
  assert.ok(!broken.text.includes('user_phone_numbers'))
  const line = JSON.parse(lines.at(-1) ?? '')
  assert.equal(line.request_id, broken.body.request_id)
  assert.match(line.err.message, /user_phone_numbers/)
  assert.equal(body.error_type, 'user_not_found')
})

on('every request is one observation of the histogram, labelled with operation and status', async (app) => {
  await app.call('GET', '/healthz')
  await app.call('GET', '/healthz')
  await app.call('GET', '/v1/nowhere')
  const text = await app.app.observer.metrics.metrics()
  assert.match(text, /selvage_request_duration_seconds_count\{operation="health.live",status="200"\} 2/)
  assert.match(text, /selvage_request_duration_seconds_count\{operation="none",status="404"\} 1/)
  assert.doesNotMatch(text, /nowhere/)
})

on('what is not HTTP, and headers that are too large, are answered in our envelope', async (app) => {
  const origin = new URL(await app.listen())
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(origin.port), '127.0.0.1', () => socket.end(text))
      let answer = ''
      socket.on('data', (data) => {
        answer += data
      })
      socket.on('end', () => resolve(answer))
      socket.on('error', reject)
    })
  for (const text of ['GARBAGE\r\n\r\n', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`]) {
    const [head = '', body = ''] = (await raw(text)).split('\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 4/)
    assert.deepEqual(Object.keys(JSON.parse(body)).sort(), errorMembers)
  }
})

on('check 67: a forwarded address counts only from a trusted proxy', async () => {
  for (const trustedProxies of [[], ['127.0.0.1']]) {
    await using app = await testApp({ settings: { trustedProxies } })
    let seen = ''
    app.app.http.addHook('onRequest', (request, _reply, done) => {
      seen = request.ip
      done()
    })
    await app.call('GET', '/healthz', { headers: { 'x-forwarded-for': '203.0.113.9' } })
    assert.equal(seen, trustedProxies.length > 0 ? '203.0.113.9' : '127.0.0.1')
  }
})

on('check 46: 1,000 malformed Authorization headers are 400 or 401, never 5xx', async (app) => {
  const pieces = ['Basic ', 'basic', 'Bearer ', 'Og==', '=', '%', 'QTpC', '//', ' ', ',', 'cHJvamVjdC10ZXN0', ':']
  for (let at = 0; at < 1_000; at++) {
    const header = [at, at >> 3, at >> 6].map((n) => pieces[n % pieces.length]).join('')
    const { status } = await app.call('GET', '/v1/users/x', { auth: false, headers: { authorization: header } })
    assert.ok(status === 400 || status === 401, `${header}: ${status}`)
  }
})

on('the OpenAPI document has every operation, every listed error, and references that resolve', async (app) => {
  const { status, text } = await app.call('GET', '/openapi.json', { auth: false })
  assert.equal(status, 200)
  const document = JSON.parse(text)
  assert.equal(document.openapi, '3.1.0')
  for (const { name, endpoint } of operations(api)) {
    const operation = document.paths[endpoint.path]?.[endpoint.method.toLowerCase()]
    assert.equal(operation?.operationId, name)
    for (const { type, status: code } of endpoint.errors) {
      assert.ok(operation.responses[code].content['application/json'].examples[type], `${name} ${type}`)
    }
    for (const parameter of operation.parameters ?? []) assert.ok(parameter.schema && parameter.in)
  }
  for (const [, reference = ''] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    const found = reference
      .slice(2)
      .split('/')
      .reduce((at, step) => at?.[step], document)
    assert.ok(found, reference)
  }
})

const basic = ({ project }: TestApp) => `Basic ${Buffer.from(`${project.id}:${project.secret}`).toString('base64')}`
