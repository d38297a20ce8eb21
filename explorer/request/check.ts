/** Values against the schema of an operation, in words that say what to do. The server decides; this only warns. */
import type { CataloguedOperation, Schema } from '../catalogue.ts'
import { typeInWords } from '../reading/describe.ts'
import type { Json, Values } from './draft.ts'

export interface Problem {
  /** Names and positions from the input to the value. */
  readonly path: readonly string[]
  /** `missing`: nothing is filled in yet. `unknown`: the operation has no such field. `wrong`: it does not fit. */
  readonly kind: 'missing' | 'unknown' | 'wrong'
  /** A sentence without its subject: “is required.” */
  readonly text: string
}

type Shape = Pick<CataloguedOperation, 'input' | 'exactlyOne'>

/** What is wrong with an input, in the order of its fields. Empty: the server will take its form. */
export function problemsOf({ input, exactlyOne }: Shape, values: Values): readonly Problem[] {
  return [...membersOf(input, values, []), ...exactlyOne.flatMap((group) => groupProblem(group, values))]
}

/** `name.first_name is required.` */
export const sentence = ({ path, text }: Problem): string => `${path.join('.')} ${text}`

function groupProblem(group: readonly string[], values: Values): readonly Problem[] {
  const sent = group.filter((name) => name in values)
  if (sent.length === 1) return []
  const [first = ''] = sent.length > 0 ? sent : group
  const others = group.filter((name) => name !== first).join(', ')
  return sent.length === 0
    ? [{ path: [first], kind: 'missing', text: `is required, or one of ${others}.` }]
    : [{ path: [first], kind: 'wrong', text: `goes alone: leave out ${sent.slice(1).join(', ')}.` }]
}

type Path = readonly string[]
const wrong = (path: Path, text: string): Problem => ({ path, kind: 'wrong', text })

function membersOf(schema: Schema, value: { readonly [name: string]: Json }, path: Path): readonly Problem[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const named = Object.entries(properties).flatMap(([name, member]): readonly Problem[] => {
    const here = [...path, name]
    const given = value[name]
    // At the top the server reads null as absent.
    if (given === undefined || (given === null && path.length === 0)) {
      return required.includes(name) ? [{ path: here, kind: 'missing', text: 'is required.' }] : []
    }
    return valueProblems(member, given, here)
  })
  const others = Object.entries(value).filter(([name]) => !(name in properties))
  return [...named, ...others.flatMap(([name, given]) => otherProblems(additionalProperties, given, [...path, name]))]
}

function otherProblems(schema: Schema['additionalProperties'], value: Json, path: Path): readonly Problem[] {
  if (typeof schema === 'object') return valueProblems(schema, value, path)
  return schema === true ? [] : [{ path, kind: 'unknown', text: 'is not a field here; the server ignores it.' }]
}

function valueProblems(schema: Schema, value: Json, path: Path): readonly Problem[] {
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives && alternatives.length > 0) return unionProblems(alternatives, value, path)
  const options = schema.const !== undefined ? [schema.const] : schema.enum
  if (options && !options.some((option) => option === value)) {
    return [wrong(path, `has to be ${listOf(options.map((option) => String(option)))}.`)]
  }
  if (!hasType(schema, value)) return [wrong(path, `has to be ${article(typeInWords(schema))}.`)]
  if (typeof value === 'string') return textProblems(schema, value, path)
  if (typeof value === 'number') return numberProblems(schema, value, path)
  if (isList(value)) return listProblems(schema, value, path)
  return isObject(value) ? membersOf(openObject(schema), value, path) : []
}

/** A schema without members is an object of any members. */
const openObject = (schema: Schema): Schema =>
  schema.properties === undefined && schema.additionalProperties === undefined
    ? { ...schema, additionalProperties: true }
    : schema

function unionProblems(alternatives: readonly Schema[], value: Json, path: Path): readonly Problem[] {
  const outcomes = alternatives.map((one) => valueProblems(one, value, path))
  if (outcomes.some((problems) => problems.length === 0)) return []
  const meant = alternatives.findIndex((one) => hasType(one, value))
  return outcomes[meant] ?? [wrong(path, `has to be ${listOf(alternatives.map((one) => article(typeInWords(one))))}.`)]
}

/** Whether a value is of the type of a schema, whatever its limits. */
export function hasType({ type }: Schema, value: Json): boolean {
  if (type === undefined) return true
  const types = typeof type === 'string' ? [type] : type
  return types.some((one) => {
    if (one === 'integer') return Number.isInteger(value)
    if (one === 'null') return value === null
    if (one === 'array') return isList(value)
    return one === 'object' ? isObject(value) : typeof value === one
  })
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value)

function textProblems({ minLength = 0, maxLength, pattern, format }: Schema, value: string, path: Path) {
  const problems: Problem[] = []
  if (value.length < minLength) problems.push(wrong(path, `has to have at least ${counted(minLength, 'character')}.`))
  if (maxLength !== undefined && value.length > maxLength) {
    problems.push(wrong(path, `may have at most ${counted(maxLength, 'character')}; it has ${value.length}.`))
  }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    problems.push(wrong(path, `has to have the form ${pattern}.`))
  }
  if ((format === 'date-time' || format === 'date') && Number.isNaN(Date.parse(value))) {
    problems.push(wrong(path, `has to be a date such as ${format === 'date' ? '2026-01-31' : '2026-01-31T12:00:00Z'}.`))
  }
  return problems
}

function numberProblems({ minimum, maximum }: Schema, value: number, path: Path): readonly Problem[] {
  if (minimum !== undefined && value < minimum) return [wrong(path, `has to be at least ${minimum}.`)]
  return maximum !== undefined && value > maximum ? [wrong(path, `has to be at most ${maximum}.`)] : []
}

function listProblems({ items, minItems = 0, maxItems }: Schema, value: readonly Json[], path: Path) {
  const problems: Problem[] = []
  if (value.length < minItems)
    problems.push(wrong(path, `has to have at least ${counted(minItems, 'entry', 'entries')}.`))
  if (maxItems !== undefined && value.length > maxItems) {
    problems.push(wrong(path, `may have at most ${counted(maxItems, 'entry', 'entries')}; it has ${value.length}.`))
  }
  const entries = value.flatMap((entry, at) => (items ? valueProblems(items, entry, [...path, String(at)]) : []))
  return [...problems, ...entries]
}

const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}

const article = (words: string): string =>
  words === 'null' ? words : `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`
