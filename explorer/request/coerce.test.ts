import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyFromText, anyToText, fromText, toText } from './coerce.ts'
import type { Json } from './draft.ts'

test('an empty control is a field that is not sent', () => {
  for (const kind of ['text', 'number', 'json'] as const) assert.equal(fromText({ kind }, ''), undefined)
  assert.equal(toText({ kind: 'text' }, undefined), '')
})

test('a number is sent as a number; what is none stays text, so that the server can refuse it', () => {
  const read = (text: string) => fromText({ kind: 'number' }, text)
  assert.deepEqual(['60', ' 60 ', '1.50', '-3', '1e3'].map(read), [60, 60, 1.5, -3, 1000])
  assert.deepEqual(['sixty', '6o', ' ', '12345678901234567890'].map(read), ['sixty', '6o', ' ', '12345678901234567890'])
})

test('a text field sends what stands in it, even if it looks like a number', () => {
  assert.equal(fromText({ kind: 'text' }, '0042'), '0042')
  assert.equal(toText({ kind: 'text' }, 42), '42')
})

test('a value of any type is JSON where it reads as JSON, else a text; quotes make a text of anything', () => {
  const cases: readonly (readonly [string, Json])[] = [
    ['pro', 'pro'],
    ['12', 12],
    ['"12"', '12'],
    ['null', null],
    ['true', true],
    ['{"a": [1]}', { a: [1] }],
    ['{"a":', '{"a":'],
    ['12345678901234567890', '12345678901234567890'],
  ]
  for (const [typed, value] of cases) assert.deepEqual(anyFromText(typed), value, typed)
})

test('whatever a control shows of a value gives the same value back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sent = JSON.parse(JSON.stringify(value)) as Json
      assert.deepEqual(anyFromText(anyToText(sent)), sent)
    }),
  )
  assert.deepEqual(['12', '', 'a\nb', '"'].map(anyToText), ['"12"', '""', '"a\\nb"', '"'])
})
