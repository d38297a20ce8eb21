import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CataloguedOperation, Schema } from '../catalogue.ts'
import {
  errorsOf,
  fieldPathsOf,
  fieldsOf,
  grouped,
  inputByPlace,
  insidesOf,
  limitsOf,
  typeInWords,
  valuesOf,
} from './describe.ts'

const text: Schema = { type: 'string' }
const limits = (schema: Schema) =>
  limitsOf(schema).map(({ words, literal }) => (literal === undefined ? words : `${words} ${literal}`))

test('a type is said as a person would say it', () => {
  const said: readonly (readonly [Schema, string])[] = [
    [text, 'string'],
    [{ type: 'array', items: { type: 'string' } }, 'array of strings'],
    [{ type: 'array', items: { type: 'array', items: { type: 'integer' } } }, 'array of arrays of integers'],
    [{ anyOf: [text, { type: 'array', items: text }] }, 'string or array of strings'],
    [{ type: 'array', items: { anyOf: [text, { type: 'number' }] } }, 'array of strings or numbers'],
    [{ anyOf: [{ type: 'object', properties: { a: text } }, { type: 'null' }] }, 'object or null'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ type: 'object', propertyNames: text, additionalProperties: {} }, 'object'],
    [{ type: 'object', additionalProperties: text }, 'object of strings'],
    [{ type: 'object', properties: { a: text }, additionalProperties: text }, 'object'],
    [{ type: 'array' }, 'array'],
    [{ enum: ['a', 'b'] }, 'string'],
    [{ const: 1 }, 'number'],
    [{}, 'any JSON'],
  ]
  for (const [schema, words] of said) assert.equal(typeInWords(schema), words)
})

test('limits are said with their unit, and JavaScript’s own are not said', () => {
  const said: readonly (readonly [Schema, readonly string[]])[] = [
    [{ type: 'integer', minimum: 5, maximum: 527_040 }, ['5 to 527040']],
    [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, ['at least 0']],
    [{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, []],
    [{ type: 'string', minLength: 1 }, ['at least 1 character']],
    [{ type: 'string', minLength: 1, maxLength: 128 }, ['1 to 128 characters']],
    [{ type: 'string', minLength: 6, maxLength: 6 }, ['exactly 6 characters']],
    [
      { type: 'array', maxItems: 100, items: { type: 'string', maxLength: 8 } },
      ['at most 100 entries', 'each at most 8 characters'],
    ],
    [{ type: 'string', pattern: '^a$' }, ['matches ^a$']],
    [{ type: 'string', const: 'RSA' }, ['always RSA']],
    [{ anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }] }, ['at most 5 characters']],
  ]
  for (const [schema, words] of said) assert.deepEqual(limits(schema), words)
})

test('allowed values are found in enums, in arrays of them and in unions', () => {
  assert.deepEqual(valuesOf({ enum: ['a', 1, null] }), ['a', '1', 'null'])
  assert.deepEqual(valuesOf({ type: 'array', items: { enum: ['x', 'y'] } }), ['x', 'y'])
  assert.deepEqual(valuesOf({ anyOf: [{ enum: ['x'] }, { enum: ['x', 'z'] }] }), ['x', 'z'])
  assert.deepEqual(valuesOf(text), [])
})

const person: Schema = {
  type: 'object',
  properties: {
    id: text,
    emails: { type: 'array', items: { type: 'object', properties: { email: text }, required: ['email'] } },
    manager: { anyOf: [{ type: 'object', properties: { id: text } }, { type: 'null' }] },
    tags: { type: 'object', additionalProperties: { type: 'object', properties: { colour: text } } },
  },
  required: ['id'],
}

test('what is inside a value: members, entries, values and each kind of a union', () => {
  const inside = (schema: Schema) =>
    insidesOf(schema).map(({ of, fields }) => [of, ...fields.map(({ name, isRequired }) => `${name} ${isRequired}`)])
  const { emails = {}, manager = {}, tags = {} } = person.properties ?? {}
  assert.deepEqual(inside(person), [[undefined, 'id true', 'emails false', 'manager false', 'tags false']])
  assert.deepEqual(inside(emails), [['each entry', 'email true']])
  assert.deepEqual(inside(manager), [[undefined, 'id false']])
  assert.deepEqual(inside(tags), [['each value', 'colour false']])
  const card: Schema = { type: 'object', properties: { number: text } }
  assert.deepEqual(inside({ anyOf: [card, emails] }), [
    ['kind 1', 'number false'],
    ['kind 2', 'email true'],
  ])
  assert.deepEqual(inside(text), [])
})

test('every field inside a schema has a path', () => {
  assert.deepEqual(fieldPathsOf(person), [
    'id', 'emails', 'emails.email', 'manager', 'manager.id', 'tags', 'tags.colour',
  ]) // biome-ignore format: a list of paths
})

test('fields of which exactly one is sent stand together where the first of them stood', () => {
  const fields = fieldsOf({ properties: { a: text, user_id: text, b: text, session_token: text } })
  const names = (exactlyOne: readonly (readonly string[])[]) =>
    grouped(fields, exactlyOne).map((entry) =>
      entry.kind === 'field' ? entry.field.name : entry.fields.map(({ name }) => name),
    )
  assert.deepEqual(names([['session_token', 'user_id']]), ['a', ['user_id', 'session_token'], 'b'])
  assert.deepEqual(names([]), ['a', 'user_id', 'b', 'session_token'])
  assert.deepEqual(names([['user_id', 'elsewhere']]), ['a', 'user_id', 'b', 'session_token'], 'a group of one is none')
})

const operation = (part: Partial<CataloguedOperation>): CataloguedOperation => ({
  name: 'things.get',
  flatName: 'thingsGet',
  product: 'things',
  method: 'GET',
  path: '/things/{id}',
  auth: 'project',
  kind: 'call',
  isOAuth: false,
  isWrapped: false,
  status: 200,
  isBare: false,
  summary: '',
  description: '',
  input: { properties: {} },
  places: {},
  exactlyOne: [],
  output: { properties: {} },
  errors: [],
  ...part,
})

test('the input is shown path first, then query, then body', () => {
  const put = operation({
    input: { properties: { name: text, id: text } },
    places: { name: 'body', id: 'path' },
  })
  assert.deepEqual(
    inputByPlace(put).map(({ place, fields }) => [place, fields.map(({ name }) => name)]),
    [
      ['path', ['id']],
      ['body', ['name']],
    ],
  )
})

test('an error is common if every operation answers it, or every one with the same credentials', () => {
  const ofProject = Array.from({ length: 10 }, () => operation({ errors: ['no_credentials', 'too_many'] }))
  const attach = operation({ errors: ['no_provider', 'no_credentials', 'too_many'] })
  const start = operation({ auth: 'public_token', errors: ['no_token', 'too_many'] })
  const all = [...ofProject, attach, start]
  assert.deepEqual(errorsOf(attach, all), { own: ['no_provider'], common: ['no_credentials', 'too_many'] })
  assert.deepEqual(
    errorsOf(start, all),
    { own: ['no_token'], common: ['too_many'] },
    'few of a kind have nothing common',
  )
})
