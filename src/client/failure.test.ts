/** Failed calls: what the client says of them, and which it sends again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAt, failure, type Played, playedServer, playedSurroundings, success } from './client.fixture.ts'
import { SelvageError } from './error.ts'

async function failureOf(call: Promise<unknown>): Promise<SelvageError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof SelvageError, String(error))
  return error
}

/** An operation that reads, and one with effects. */
const read = (origin: string, surroundings = playedSurroundings()) =>
  clientAt(origin, surroundings).users.get({ user_id: 'x' })
const write = (origin: string, surroundings = playedSurroundings()) =>
  clientAt(origin, surroundings).users.create({ email: 'ada@example.com' })

test('an answer that is not the server’s says what came', async () => {
  const page = { status: 200, headers: { 'content-type': 'text/html' }, body: `<html>${'x'.repeat(500)}` }
  const others: readonly (readonly [Played, RegExp])[] = [
    [page, /200 with text\/html: "<html>x{194}…"/],
    [{ status: 500, body: '{"message":"upstream"}' }, /500 with application\/json: "{\\"message\\"/],
    [{ status: 200, body: '[1]' }, /"\[1\]"/],
    [{ status: 301, headers: { location: 'https://b.example/' } }, /redirects to https:\/\/b\.example\//],
  ]
  for (const [answer, expected] of others) {
    await using server = await playedServer(answer)
    const error = await failureOf(read(server.origin))
    assert.ok(error.is('unexpected_answer'))
    assert.match(error.message, expected)
    assert.match(error.message, /GET \/v1\/users\/\{user_id\} at http/)
    assert.equal(error.statusCode, typeof answer === 'object' ? answer.status : 0)
    assert.equal(server.requests.length, 1, 'a redirect is not followed, and nothing is sent again')
  }
})

test('where nobody listens, the error says so, and even a call with effects is sent again', async () => {
  const server = await playedServer(success)
  await server[Symbol.asyncDispose]()
  const surroundings = playedSurroundings()
  const error = await failureOf(write(server.origin, surroundings))
  assert.ok(error.is('connection_failed'))
  assert.match(error.message, /no answer from http:.*ECONNREFUSED/)
  assert.deepEqual(surroundings.waits, [200, 400])
})

test('a lost connection: what reads is sent again, what has effects is not', async () => {
  {
    await using server = await playedServer('hang up', success)
    await read(server.origin)
    assert.equal(server.requests.length, 2)
  }
  await using server = await playedServer('hang up', success)
  const error = await failureOf(write(server.origin))
  assert.ok(error.is('connection_failed'))
  assert.equal(server.requests.length, 1)
})

test('502, 503 and 504: what reads is sent again, what has effects is not', async () => {
  for (const status of [502, 503, 504]) {
    const passing = { status, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' }
    {
      await using server = await playedServer(passing, passing, success)
      await read(server.origin)
      assert.equal(server.requests.length, 3)
    }
    await using server = await playedServer(passing, success)
    assert.equal((await failureOf(write(server.origin))).statusCode, status)
    assert.equal(server.requests.length, 1)
  }
})

test('looking whether a session is live counts as reading', async () => {
  await using server = await playedServer(failure(503, 'server_unavailable'), success)
  await clientAt(server.origin).sessions.authenticate({ session_token: 'x' })
  assert.equal(server.requests.length, 2)
})

test('429: the server has refused it unseen, so everything is sent again, after the time it asks for', async () => {
  await using server = await playedServer(
    failure(429, 'too_many_requests', { 'retry-after': '7' }),
    failure(429, 'too_many_requests', { 'retry-after': 'Thu, 01 Jan 2026 00:00:12 GMT' }),
    success,
  )
  const surroundings = playedSurroundings()
  await write(server.origin, surroundings)
  assert.deepEqual(surroundings.waits, [7_000, 12_000])
})

test('a server that asks for more than half a minute is not waited for', async () => {
  await using server = await playedServer(failure(429, 'too_many_requests', { 'retry-after': '31' }))
  const surroundings = playedSurroundings()
  const error = await failureOf(read(server.origin, surroundings))
  assert.equal(error.retryAfterSeconds, 31)
  assert.deepEqual([server.requests.length, surroundings.waits], [1, []])
})

test('each wait is at most twice the one before, with a part left to chance, and never more than five seconds', async () => {
  await using server = await playedServer(failure(503, 'server_unavailable'))
  const waitsWith = async (random: number) => {
    const surroundings = playedSurroundings({ random: () => random })
    const client = clientAt(server.origin, surroundings)
    await failureOf(client.users.get({ user_id: 'x' }, { retries: 7 }))
    return surroundings.waits
  }
  assert.deepEqual(await waitsWith(1), [200, 400, 800, 1_600, 3_200, 5_000, 5_000])
  assert.deepEqual(await waitsWith(0), [100, 200, 400, 800, 1_600, 2_500, 2_500])
})

test('other failures are never sent again, and no call where retries are 0', async () => {
  for (const [status, type] of [
    [400, 'bad_request'],
    [404, 'user_not_found'],
    [500, 'internal_server_error'],
  ] as const) {
    await using server = await playedServer(failure(status, type))
    assert.equal((await failureOf(read(server.origin))).errorType, type)
    assert.equal(server.requests.length, 1)
  }
  await using server = await playedServer(failure(503, 'server_unavailable'))
  await failureOf(clientAt(server.origin).users.get({ user_id: 'x' }, { retries: 0 }))
  assert.equal(server.requests.length, 1)
})

test('time that runs out while it waits ends the call', async () => {
  await using server = await playedServer(failure(503, 'server_unavailable'))
  const surroundings = playedSurroundings()
  surroundings.wait = async (_ms, signal) => {
    surroundings.expire()
    signal.throwIfAborted()
  }
  assert.ok((await failureOf(read(server.origin, surroundings))).is('timed_out'))
  assert.equal(server.requests.length, 1)
})
