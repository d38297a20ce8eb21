import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loggedError } from './logged-error.ts'

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test('what JSON.parse and new URL quote of their input is not logged, neither in the message nor in the stack', () => {
  for (const text of ['{"token":visible-secret}', 'visible-secret', '{"token":"visible-secret"x']) {
    const line = JSON.stringify(loggedError(thrownBy(() => JSON.parse(text))))
    assert.ok(!line.includes('secret'), line)
    assert.match(line, /Not valid JSON/)
  }
  const line = JSON.stringify(loggedError(thrownBy(() => new URL('http://visible-secret:x'))))
  assert.ok(!line.includes('secret'), line)
  assert.match(line, /Invalid URL/)
})

test('lines of a message that look like places in the code are not taken for some', () => {
  const body = '{"a": "\\n\n    at visible-secret (file:///x.ts:1:1)\n   at visible-secret:1:1'
  for (const error of [
    thrownBy(() => JSON.parse(body)),
    new Error(body),
    Object.assign(new Error('x'), { message: body }),
  ]) {
    const logged = loggedError(error)
    assert.ok(!JSON.stringify(logged.stack ?? []).includes('secret'), JSON.stringify(logged))
  }
})

test('of an error with members of its own only code, status and a provider’s words are logged, causes included', () => {
  const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', response: 'visible-secret' })
  const error = new Error('refused', { cause })
  Object.assign(error, {
    error: 'invalid_grant',
    status: 400,
    body: { access_token: 'visible-secret' },
    error_description: 'no',
  })
  const { stack, cause: inner, ...rest } = loggedError(error)
  assert.deepEqual(rest, {
    type: 'Error',
    message: 'refused',
    error: 'invalid_grant',
    error_description: 'no',
    status: 400,
  })
  assert.ok(stack?.[0]?.startsWith('at '))
  assert.equal(inner?.code, 'ECONNRESET')
  assert.ok(!JSON.stringify(inner).includes('secret'))
})

test('a chain of causes ends, a long message is cut, and what is no error is not shown', () => {
  const error = new Error('x'.repeat(10_000))
  error.cause = error
  const line = JSON.stringify(loggedError(error))
  assert.ok(line.length < 20_000)
  assert.ok(!JSON.stringify(loggedError('visible-secret')).includes('secret'))
})
