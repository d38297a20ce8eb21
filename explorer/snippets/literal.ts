/** JSON values as literals of a programming language, on one line where they fit and one member a line where not. */
import type { Json } from '../request/draft.ts'
import { Variable } from './given.ts'

/** How one language writes values. */
export interface Style {
  readonly text: (value: string) => string
  readonly variable: (name: string) => string
  readonly words: { readonly true: string; readonly false: string; readonly null: string }
  readonly list: readonly [opening: string, closing: string]
  readonly record: readonly [opening: string, closing: string]
  /** A member's name with whatever stands before its value. */
  readonly key: (name: string) => string
  readonly indent: string
  /** Between the brackets of a record on one line. */
  readonly padding: string
}

/** Longest line that is not broken, in characters. */
const widest = 76

/** The literal; `depth` is how far its first line is indented already, `used` how many characters stand before it. */
export function literal(value: Json | Variable, style: Style, depth = 0, used = 0): string {
  if (value instanceof Variable) return style.variable(value.name)
  if (typeof value === 'string') return style.text(value.toWellFormed())
  if (typeof value === 'number') return String(value)
  if (value === null || typeof value === 'boolean') return style.words[`${value}`]
  const members = Array.isArray(value)
    ? value.map((member) => ['', member] as const)
    : Object.entries(value).map(([name, member]) => [style.key(name), member] as const)
  const [opening, closing] = Array.isArray(value) ? style.list : style.record
  return block({ opening, closing, members, padding: Array.isArray(value) ? '' : style.padding }, style, depth, used)
}

interface Block {
  readonly opening: string
  readonly closing: string
  /** What stands before the value, and the value. */
  readonly members: readonly (readonly [string, Json | Variable])[]
  readonly padding: string
}

/** Anything in brackets: a list, a record, the arguments of a call. */
export function block({ opening, closing, members, padding }: Block, style: Style, depth = 0, used = 0): string {
  if (members.length === 0) return opening + closing
  const line = `${opening}${padding}${members.map(([name, value]) => name + flat(value, style)).join(', ')}${padding}${closing}`
  if (depth * style.indent.length + used + line.length <= widest && !line.includes('\n')) return line
  const inner = style.indent.repeat(depth + 1)
  const lines = members.map(([name, value]) => `${inner}${name}${literal(value, style, depth + 1, name.length)},\n`)
  return `${opening}\n${lines.join('')}${style.indent.repeat(depth)}${closing}`
}

/** On one line, however long that is. */
const flat = (value: Json | Variable, style: Style): string => literal(value, style, 0, Number.NEGATIVE_INFINITY)

/** Whether a name can stand without quotes in every language here. */
export const isPlainName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name)

/** Between double quotes with the escapes of JSON, which most languages share. */
export const doubleQuoted = (value: string): string =>
  JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
