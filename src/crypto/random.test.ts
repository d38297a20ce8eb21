import assert from 'node:assert/strict'
import { test } from 'node:test'
import { random } from './random.ts'

test('no bytes are given twice, also across blocks, and all of them are used', () => {
  const given = Array.from({ length: 3_000 }, () => random(12))
  assert.equal(new Set(given.map((bytes) => bytes.toString('hex'))).size, given.length)
  assert.ok(given.every((bytes) => bytes.byteLength === 12 && bytes.some((byte) => byte !== 0)))
  const ones = given.flatMap((bytes) => [...bytes]).reduce((sum, byte) => sum + byte, 0) / (given.length * 12)
  assert.ok(ones > 124 && ones < 131, `the mean of all bytes is ${ones}`)
})

test('what was given is the caller’s own: changing it changes nothing that comes later', () => {
  random(16).fill(0)
  assert.notDeepEqual(random(16), Buffer.alloc(16))
})
