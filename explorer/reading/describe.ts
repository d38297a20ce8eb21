/** How a schema is said in words: what a value is, which limits it has, and what is inside it. */
import type { CataloguedOperation, Schema } from '../catalogue.ts'

/** “string”, “array of strings”, “object or null”: what a value is. */
export function typeInWords(schema: Schema): string {
  const union = schema.anyOf ?? schema.oneOf
  if (union) return joined(union.map(typeInWords))
  if (schema.const === null) return 'null'
  if (schema.type === undefined) return typeOfValues(schema)
  if (typeof schema.type !== 'string') return joined(schema.type)
  if (schema.type === 'array') return schema.items ? `array of ${plural(typeInWords(schema.items))}` : 'array'
  if (schema.type === 'object') return objectInWords(schema)
  return schema.type
}

function objectInWords({ properties = {}, additionalProperties }: Schema): string {
  if (Object.keys(properties).length > 0 || typeof additionalProperties !== 'object') return 'object'
  const inside = typeInWords(additionalProperties)
  return inside === anything ? 'object' : `object of ${plural(inside)}`
}

const anything = 'any JSON'

/** A list of values or a constant says what it is without a type. */
function typeOfValues({ enum: values = [], const: constant }: Schema): string {
  const all = constant === undefined ? values : [constant]
  return all.length === 0 ? anything : joined(all.map((value) => typeof value))
}

const joined = (words: readonly string[]): string => [...new Set(words)].join(' or ')

function plural(words: string): string {
  if (words === anything || words === 'null') return words
  if (words.includes(' or ')) return words.split(' or ').map(plural).join(' or ')
  const [first = '', ...others] = words.split(' ')
  return [`${first}s`, ...others].join(' ')
}

/** One limit of a value: in words, and what stands there literally. */
export interface Limit {
  readonly words: string
  readonly literal?: string
}

/** What a value has to keep to, besides its type. Of the entries of an array too. */
export function limitsOf(schema: Schema): readonly Limit[] {
  const union = (schema.anyOf ?? schema.oneOf ?? []).flatMap(limitsOf)
  const ofEntries = schema.items && !isFoldable(schema.items) ? limitsOf(schema.items) : []
  return [
    ...constantOf(schema),
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, 'character'),
    ...range(schema.minItems, schema.maxItems, 'entry'),
    ...(schema.pattern === undefined ? [] : [{ words: 'matches', literal: schema.pattern }]),
    ...(schema.format === undefined ? [] : [{ words: 'format', literal: schema.format }]),
    ...ofEntries.map(({ words, ...rest }) => ({ words: `each ${words}`, ...rest })),
    ...union,
  ]
}

const constantOf = ({ const: constant }: Schema): readonly Limit[] =>
  constant === undefined ? [] : [{ words: 'always', literal: inJson(constant) }]

/** JavaScript's own limits say nothing about a field. */
const isLimit = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER

function range(from: number | undefined, to: number | undefined, unit: '' | 'character' | 'entry'): readonly Limit[] {
  const counted = (count: number) => {
    if (unit === '') return String(count)
    const units = unit === 'entry' ? 'entries' : 'characters'
    return `${count} ${count === 1 ? unit : units}`
  }
  const [low, high] = [isLimit(from) ? from : undefined, isLimit(to) ? to : undefined]
  if (low !== undefined && high !== undefined) {
    return [{ words: low === high ? `exactly ${counted(low)}` : `${low} to ${counted(high)}` }]
  }
  if (low !== undefined) return [{ words: `at least ${counted(low)}` }]
  return high === undefined ? [] : [{ words: `at most ${counted(high)}` }]
}

/** The values that are allowed, or that come; empty if any may. As JSON, so that `"1"` and `1` differ. */
export function valuesOf(schema: Schema): readonly string[] {
  const union = (schema.anyOf ?? schema.oneOf ?? []).flatMap(valuesOf)
  const own = schema.enum ?? schema.items?.enum ?? []
  return [...new Set([...own.map(inJson), ...union])]
}

/** As people write it: JSON, but a text without its quotes. */
export const inJson = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly isRequired: boolean
}

/** Fields that stand together inside a value; of a union there is one set for each kind it may be. */
export interface Inside {
  /** Whose fields they are, where that is not the value itself. */
  readonly of?: string
  readonly fields: readonly Field[]
}

/** What is inside a value; empty for texts, numbers and objects without named members. */
export function insidesOf(schema: Schema): readonly Inside[] {
  const union = schema.anyOf ?? schema.oneOf
  if (union) {
    const insides = union.map(insidesOf).filter((inside) => inside.length > 0)
    if (insides.length < 2) return insides.flat()
    return insides.flatMap((inside, at) => inside.map(({ fields }) => ({ of: `kind ${at + 1}`, fields })))
  }
  if (schema.items) return insidesOf(schema.items).map(({ fields }) => ({ of: 'each entry', fields }))
  const fields = fieldsOf(schema)
  if (fields.length > 0) return [{ fields }]
  const { additionalProperties } = schema
  if (typeof additionalProperties !== 'object') return []
  return insidesOf(additionalProperties).map((inside) => ({ of: 'each value', fields: inside.fields }))
}

const isFoldable = (schema: Schema): boolean => insidesOf(schema).length > 0

/** The named members of an object, in the order of the record. */
export const fieldsOf = ({ properties = {}, required = [] }: Schema): readonly Field[] =>
  Object.entries(properties).map(([name, schema]) => ({ name, schema, isRequired: required.includes(name) }))

/** The path of every field inside a schema, e.g. `user.emails.email_id`; each once. */
export function fieldPathsOf(schema: Schema): readonly string[] {
  const paths = insidesOf(schema).flatMap(({ fields }) =>
    fields.flatMap((field) => [field.name, ...fieldPathsOf(field.schema).map((path) => `${field.name}.${path}`)]),
  )
  return [...new Set(paths)]
}

/** One field, or several of which a request has exactly one. */
export type Entry =
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'one-of'; readonly fields: readonly Field[] }

/** Puts the fields of an “exactly one of” group together, where the first of them stands. */
export function grouped(fields: readonly Field[], exactlyOne: CataloguedOperation['exactlyOne']): readonly Entry[] {
  const groupOf = (field: Field) => exactlyOne.find((group) => group.includes(field.name))
  const entries = fields.map((field): Entry | undefined => {
    const members = fields.filter(({ name }) => groupOf(field)?.includes(name))
    if (members.length < 2) return { kind: 'field', field }
    return members[0] === field ? { kind: 'one-of', fields: members } : undefined
  })
  return entries.filter((entry) => entry !== undefined)
}

export type Travels = CataloguedOperation['places'][string]

/** The input by where it travels, in the order of a request; only what there is. */
export function inputByPlace({ input, places }: CataloguedOperation): readonly {
  readonly place: Travels
  readonly fields: readonly Field[]
}[] {
  const fields = fieldsOf(input)
  return (['path', 'query', 'body'] as const)
    .map((place) => ({ place, fields: fields.filter(({ name }) => places[name] === place) }))
    .filter(({ fields }) => fields.length > 0)
}

/** Errors of the operation itself, and those that nearly every operation of its kind answers. */
export function errorsOf(
  operation: CataloguedOperation,
  operations: readonly CataloguedOperation[],
): { readonly own: readonly string[]; readonly common: readonly string[] } {
  const likeIt = operations.filter(({ auth }) => auth === operation.auth)
  const everywhere = (type: string) => operations.every(({ errors }) => errors.includes(type))
  const byKind = (type: string) => likeIt.length > 9 && likeIt.every(({ errors }) => errors.includes(type))
  const isCommon = (type: string) => operations.length > 1 && (everywhere(type) || byKind(type))
  return {
    own: operation.errors.filter((type) => !isCommon(type)),
    common: operation.errors.filter(isCommon),
  }
}
