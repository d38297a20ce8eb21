import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Schema } from '../catalogue.ts'
import { type Field, fieldOf, formOf } from './form-model.ts'

const kindOf = (schema: Schema) => fieldOf('x', schema, false).kind

test('every kind of schema gets the control that fits it', () => {
  const kinds: readonly (readonly [Schema, Field['kind']])[] = [
    [{ type: 'string' }, 'text'],
    [{ type: 'string', enum: ['a', 'b'] }, 'choice'],
    [{ const: 'a' }, 'choice'],
    [{ type: 'string', format: 'date-time' }, 'date'],
    [{ type: 'integer' }, 'number'],
    [{ type: 'number' }, 'number'],
    [{ type: 'boolean' }, 'boolean'],
    [{ type: 'array', items: { type: 'string' } }, 'list'],
    [{ type: 'object', properties: { a: { type: 'string' } } }, 'group'],
    [{ type: 'object', additionalProperties: {} }, 'record'],
    [{ type: 'object' }, 'record'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'union'],
    [{ type: ['string', 'null'] }, 'union'],
    [{ type: 'null' }, 'null'],
    [{}, 'json'],
  ]
  for (const [schema, kind] of kinds) assert.equal(kindOf(schema), kind, JSON.stringify(schema))
})

test('a text with room for a page gets several lines', () => {
  const isLong = (maxLength: number) => {
    const field = fieldOf('x', { type: 'string', maxLength }, false)
    return field.kind === 'text' && field.isLong
  }
  assert.deepEqual([isLong(2048), isLong(4096)], [false, true])
})

test('alternatives are called by what they are, and several types are alternatives', () => {
  const named = (schema: Schema) => {
    const field = fieldOf('x', schema, false)
    return field.kind === 'union' ? field.alternatives.map(({ name }) => name) : []
  }
  const texts: Schema = { type: 'array', items: { type: 'string' } }
  assert.deepEqual(named({ anyOf: [{ type: 'string' }, texts] }), ['string', 'array of strings'])
  assert.deepEqual(named({ type: ['string', 'null'], description: 'Either.' }), ['string', 'null'])
})

test('limits are said in words', () => {
  const limits = (schema: Schema) => fieldOf('x', schema, false).limits
  assert.equal(limits({ type: 'integer', minimum: 5, maximum: 1440 }), '5 to 1440')
  assert.equal(limits({ type: 'string', maxLength: 128, pattern: '^a' }), 'matches ^a')
  assert.equal(limits({ type: 'string' }), '')
})

const text: Schema = { type: 'string' }
const properties = (names: string) => Object.fromEntries(names.split(' ').map((name) => [name, text]))
const outline = (input: { names: string; required?: string[]; exactlyOne?: string[][]; example?: object }) => {
  const { names, required = [], exactlyOne = [], example = {} } = input
  const operation = {
    input: { properties: properties(names), required },
    exactlyOne,
    example: { input: { ...example } },
  }
  const { shown, folded } = formOf(operation)
  const words = (parts: typeof shown) =>
    parts.map((part) => (part.kind === 'field' ? part.field.name : part.fields.map(({ name }) => name).join('|')))
  return { shown: words(shown), folded: words(folded) }
}

test('a group of which one is sent stands together, where its first member stands', () => {
  assert.deepEqual(outline({ names: 'a b c d', exactlyOne: [['b', 'd']] }).shown, ['a', 'b|d', 'c'])
})

test('a group whose other members are not of this input is a plain field', () => {
  assert.deepEqual(outline({ names: 'a b', exactlyOne: [['b', 'gone']] }).shown, ['a', 'b'])
})

test('a short form is shown whole; of a long one, what is required and the first of the rest', () => {
  assert.deepEqual(outline({ names: 'a b c d e f' }).folded, [])
  assert.deepEqual(outline({ names: 'a b c d e f g h', required: ['g'], exactlyOne: [['e', 'f']] }), {
    shown: ['a', 'b', 'c', 'e|f', 'g'],
    folded: ['d', 'h'],
  })
})

test('what the example fills in stays in sight', () => {
  assert.deepEqual(outline({ names: 'a b c d e f g', example: { f: 'x', g: 'y' } }), {
    shown: ['a', 'f', 'g'],
    folded: ['b', 'c', 'd', 'e'],
  })
})
