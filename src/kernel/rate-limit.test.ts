import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from './errors.ts'
import { addressKey, RateLimits } from './rate-limit.ts'

const limit = { name: 'things', most: 3, window: 60_000 }
const at = (seconds: number) => new Date(seconds * 1_000)

test('lets so many through in any minute, and says when the next may come', () => {
  const limits = new RateLimits()
  assert.deepEqual(
    [0, 10, 20, 30, 59].map((seconds) => limits.take(limit, 'a', at(seconds))),
    [0, 0, 0, 30, 1],
  )
  assert.equal(limits.take(limit, 'a', at(60)), 0)
  assert.equal(limits.take(limit, 'a', at(61)), 9)
  assert.equal(limits.take(limit, 'a', at(70)), 0)
})

test('counts callers and limits apart', () => {
  const limits = new RateLimits()
  for (let call = 0; call < 3; call++) assert.equal(limits.take(limit, 'a', at(0)), 0)
  assert.equal(limits.take(limit, 'a', at(0)), 60)
  assert.equal(limits.take(limit, 'b', at(0)), 0)
  assert.equal(limits.take({ ...limit, name: 'others' }, 'a', at(0)), 0)
})

test('tells a caller in the answer when to come again', () => {
  const limits = new RateLimits()
  for (let call = 0; call < 3; call++) limits.spend(limit, 'a', at(0))
  assert.throws(
    () => limits.spend(limit, 'a', at(15)),
    (error: unknown) => {
      assert.ok(error instanceof ApiError)
      assert.equal(error.definition.status, 429)
      assert.deepEqual(error.headers, { 'retry-after': '45' })
      return true
    },
  )
})

test('a flood of callers does not fill the memory, and lets no caller who keeps asking through', () => {
  const limits = new RateLimits()
  for (let call = 0; call < 3; call++) limits.take(limit, 'a', at(0))
  for (let caller = 0; caller < 15_000; caller++) limits.take(limit, `one ${caller}`, at(1))
  assert.equal(limits.take(limit, 'a', at(2)), 58)
  for (let caller = 0; caller < 100_000; caller++) limits.take(limit, `two ${caller}`, at(3))
  assert.equal(limits.take(limit, 'two 0', at(4)), 0)
})

test('counts an IPv4 address by itself and an IPv6 address by its network', () => {
  assert.equal(addressKey('192.0.2.1'), '192.0.2.1')
  assert.equal(addressKey('::ffff:192.0.2.1'), '192.0.2.1')
  for (const ip of [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002::',
    '2001:db8:1:2::9%eth0',
  ])
    assert.equal(addressKey(ip), '2001:db8:1:2::/64', ip)
  assert.equal(addressKey('2001:db8::1'), '2001:db8:0:0::/64')
  assert.equal(addressKey('::1'), '0:0:0:0::/64')
})
