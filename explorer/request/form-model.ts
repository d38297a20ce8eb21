/** From an operation's input schema to the fields of a form. Pure: schemas in, fields out. */
import type { CataloguedOperation, Schema } from '../catalogue.ts'
import { fieldsOf, grouped, limitsOf, type Field as SchemaField, typeInWords } from '../reading/describe.ts'
import type { Json } from './draft.ts'

interface FieldBase {
  /** Wire name; of an entry or an alternative: what it is, in words. */
  readonly name: string
  readonly isRequired: boolean
  readonly description: string
  /** What may be filled in, in words: “5 to 1440”. The longest text is left out: it is rarely met, and said when it is. */
  readonly limits: string
  /** What the server takes if it is not sent. */
  readonly fallback?: Json
  readonly schema: Schema
}

type FieldKind =
  /** `isLong`: worth several lines. */
  | { readonly kind: 'text'; readonly isLong: boolean }
  | { readonly kind: 'number' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly options: readonly Json[] }
  | { readonly kind: 'date'; readonly withTime: boolean }
  | { readonly kind: 'list'; readonly entry: Field }
  | { readonly kind: 'group'; readonly fields: readonly Field[] }
  | { readonly kind: 'record'; readonly entry: Field }
  | { readonly kind: 'union'; readonly alternatives: readonly Field[] }
  | { readonly kind: 'null' }
  /** Any JSON. */
  | { readonly kind: 'json' }

export type Field = FieldBase & FieldKind

/** A line of the form: one field, or a group of which exactly one is sent. */
export type Part =
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'exactlyOne'; readonly fields: readonly Field[] }

export interface FormModel {
  /** In the order of the schema: what is required, and as many optional ones as do not make the form long. */
  readonly shown: readonly Part[]
  /** The optional rest. */
  readonly folded: readonly Part[]
}

type Shape = Pick<CataloguedOperation, 'input' | 'exactlyOne' | 'example'>

/** A form with at most so many parts is not worth folding. */
const shortForm = 6
/** So many optional parts stay in sight when the rest is folded: those of the example before others. */
const optionalInSight = 3

/** The form of an operation. */
export function formOf(operation: Shape): FormModel {
  const parts = partsOf(operation)
  if (parts.length <= shortForm) return { shown: parts, folded: [] }
  const optional = parts.filter((part) => part.kind === 'field' && !part.field.isRequired)
  const inExample = (part: Part) => part.kind === 'field' && part.field.name in (operation.example?.input ?? {})
  const likeliest = optional.toSorted((one, other) => Number(inExample(other)) - Number(inExample(one)))
  const folded = new Set(likeliest.slice(optionalInSight))
  return { shown: parts.filter((part) => !folded.has(part)), folded: parts.filter((part) => folded.has(part)) }
}

function partsOf({ input, exactlyOne }: Shape): readonly Part[] {
  const made = ({ name, schema, isRequired }: SchemaField) => fieldOf(name, schema, isRequired)
  return grouped(fieldsOf(input), exactlyOne).map((entry) =>
    entry.kind === 'field'
      ? { kind: 'field', field: made(entry.field) }
      : { kind: 'exactlyOne', fields: entry.fields.map(made) },
  )
}

/** The field for one schema. */
export function fieldOf(name: string, schema: Schema, isRequired: boolean): Field {
  return {
    name,
    isRequired,
    description: schema.description ?? '',
    limits: limitsOf(schema)
      .filter(({ words }) => !/^at most .* characters$/.test(words))
      .map(({ words, literal }) => (literal === undefined ? words : `${words} ${literal}`))
      .join(', '),
    ...(schema.default !== undefined && { fallback: schema.default as Json }),
    schema,
    ...kindOf(schema),
  }
}

function kindOf(schema: Schema): FieldKind {
  const alternatives = alternativesOf(schema)
  if (alternatives.length > 0) {
    return { kind: 'union', alternatives: alternatives.map((one) => fieldOf(typeInWords(one), one, true)) }
  }
  if (schema.const !== undefined) return { kind: 'choice', options: [schema.const as Json] }
  if (schema.enum) return { kind: 'choice', options: schema.enum as readonly Json[] }
  if (schema.format === 'date-time' || schema.format === 'date') {
    return { kind: 'date', withTime: schema.format === 'date-time' }
  }
  switch (schema.type) {
    case 'string':
      return { kind: 'text', isLong: (schema.maxLength ?? 0) >= longText }
    case 'integer':
    case 'number':
      return { kind: 'number' }
    case 'boolean':
      return { kind: 'boolean' }
    case 'null':
      return { kind: 'null' }
    case 'array':
      return { kind: 'list', entry: fieldOf('entry', schema.items ?? {}, true) }
    case 'object':
      return objectKind(schema)
    default:
      return { kind: 'json' }
  }
}

/** From this length on a text gets several lines. */
const longText = 4096

function objectKind(schema: Schema): FieldKind {
  const { additionalProperties } = schema
  const fields = fieldsOf(schema).map(({ name, schema: member, isRequired }) => fieldOf(name, member, isRequired))
  if (fields.length > 0) return { kind: 'group', fields }
  return {
    kind: 'record',
    entry: fieldOf('value', typeof additionalProperties === 'object' ? additionalProperties : {}, true),
  }
}

/** The schemas of which one fits: `anyOf`, `oneOf`, or one for each of several types. */
function alternativesOf(schema: Schema): readonly Schema[] {
  const listed = schema.anyOf ?? schema.oneOf
  if (listed && listed.length > 0) return listed
  if (typeof schema.type !== 'object') return []
  const { description: _, default: __, ...rest } = schema
  return schema.type.map((type) => ({ ...rest, type }))
}
