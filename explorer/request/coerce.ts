/**
 * Between what a reader types and what is sent. An empty control is a field that is not sent; what cannot be read as the type
 * of its field stays text, so that a wrong request can be sent on purpose.
 */

import type { Json } from './draft.ts'
import type { Field } from './form-model.ts'

/** The JSON for what was typed into the control of a field; `undefined`: nothing, the field is not sent. */
export function fromText(field: Pick<Field, 'kind'>, text: string): Json | undefined {
  if (text === '') return undefined
  if (field.kind === 'number') return numberIn(text) ?? text
  return field.kind === 'json' ? anyFromText(text) : text
}

/** What the control of a field shows for a value; `fromText` gives the value back wherever it fits the field. */
export function toText(field: Pick<Field, 'kind'>, value: Json | undefined): string {
  if (value === undefined) return ''
  if (field.kind === 'json') return anyToText(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Reads a value of any type: JSON where it is JSON, otherwise the text itself. `"12"` in quotes is a text. */
export function anyFromText(text: string): Json {
  try {
    const value = JSON.parse(text)
    return typeof value === 'number' && numberIn(text) === undefined ? text : value
  } catch {
    return text
  }
}

/** Shows a value of any type such that `anyFromText` gives the same value. */
export function anyToText(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const isPlain = value !== '' && anyFromText(value) === value && !/[\r\n]/.test(value)
  return isPlain ? value : JSON.stringify(value)
}

/** An ID of twenty digits is no number: it would come back as another one. */
function numberIn(text: string): number | undefined {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) return undefined
  const isExact = !Number.isInteger(number) || Number.isSafeInteger(number) || String(number) === text.trim()
  return isExact ? number : undefined
}
