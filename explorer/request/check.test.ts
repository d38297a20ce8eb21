import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Schema } from '../catalogue.ts'
import { problemsOf, sentence } from './check.ts'
import type { Values } from './draft.ts'

const said = (
  properties: Readonly<Record<string, Schema>>,
  values: Values,
  {
    required = [] as string[],
    exactlyOne = [] as string[][],
    additionalProperties = undefined as Schema | undefined,
  } = {},
) =>
  problemsOf(
    { input: { properties, required, ...(additionalProperties && { additionalProperties }) }, exactlyOne },
    values,
  ).map(sentence)

const text: Schema = { type: 'string' }

test('a required field that is not filled in is missing, also inside an object that is', () => {
  const name: Schema = { type: 'object', properties: { first: text, last: text }, required: ['first'] }
  assert.deepEqual(said({ a: text, b: text }, {}, { required: ['a'] }), ['a is required.'])
  assert.deepEqual(said({ a: text }, { a: null }, { required: ['a'] }), ['a is required.'])
  assert.deepEqual(said({ name }, {}), [])
  assert.deepEqual(said({ name }, { name: { last: 'L' } }), ['name.first is required.'])
})

test('of a group exactly one is sent', () => {
  const properties = { a: text, b: text, c: text }
  const group = { exactlyOne: [['a', 'b', 'c']] }
  assert.deepEqual(said(properties, {}, group), ['a is required, or one of b, c.'])
  assert.deepEqual(said(properties, { b: 'x' }, group), [])
  assert.deepEqual(said(properties, { b: 'x', c: 'y' }, group), ['b goes alone: leave out c.'])
})

test('each limit is named with what would be right', () => {
  const cases: readonly (readonly [Schema, Values[string], string])[] = [
    [text, 4, 'x has to be a string.'],
    [{ type: 'integer' }, 'four', 'x has to be an integer.'],
    [{ type: 'integer' }, 4.5, 'x has to be an integer.'],
    [{ type: 'boolean' }, 'yes', 'x has to be a boolean.'],
    [{ type: 'object' }, [], 'x has to be an object.'],
    [{ type: 'array', items: text }, 'a', 'x has to be an array of strings.'],
    [{ type: 'array', items: text }, ['a', 4], 'x.1 has to be a string.'],
    [{ type: 'array', maxItems: 1 }, [1, 2], 'x may have at most 1 entry; it has 2.'],
    [{ type: 'array', minItems: 2 }, [], 'x has to have at least 2 entries.'],
    [{ enum: ['a', 'b'] }, 'c', 'x has to be a or b.'],
    [{ const: 'a' }, 'b', 'x has to be a.'],
    [{ type: 'integer', minimum: 5 }, 4, 'x has to be at least 5.'],
    [{ type: 'integer', maximum: 5 }, 6, 'x has to be at most 5.'],
    [{ type: 'string', minLength: 2 }, 'a', 'x has to have at least 2 characters.'],
    [{ type: 'string', maxLength: 2 }, 'abc', 'x may have at most 2 characters; it has 3.'],
    [{ type: 'string', pattern: '^a' }, 'b', 'x has to have the form ^a.'],
    [{ type: 'string', format: 'date-time' }, 'soon', 'x has to be a date such as 2026-01-31T12:00:00Z.'],
    [{ type: 'object', additionalProperties: text }, { k: 1 }, 'x.k has to be a string.'],
    [{ anyOf: [text, { type: 'array', items: text }] }, 1, 'x has to be a string or an array of strings.'],
    [{ anyOf: [text, { type: 'array', items: text }] }, [1], 'x.0 has to be a string.'],
  ]
  for (const [schema, value, problem] of cases) assert.deepEqual(said({ x: schema }, { x: value }), [problem])
})

test('what fits is not mentioned', () => {
  const fitting: readonly (readonly [Schema, Values[string]])[] = [
    [{}, { any: ['thing'] }],
    [{ type: ['string', 'null'] }, 'a'],
    [{ type: 'object' }, { any: 'member' }],
    [{ type: 'string', format: 'date' }, '2026-01-31'],
    [{ type: 'object', additionalProperties: {} }, { gone: null }],
    [{ anyOf: [text, { type: 'null' }] }, 'a'],
  ]
  for (const [schema, value] of fitting) assert.deepEqual(said({ x: schema }, { x: value }), [])
})

test('a field that the operation does not have is ignored, unless it takes any', () => {
  assert.deepEqual(said({ a: text }, { z: 1 }), ['z is not a field here; the server ignores it.'])
  assert.deepEqual(said({ a: text }, { z: 1 }, { additionalProperties: {} }), [])
})
