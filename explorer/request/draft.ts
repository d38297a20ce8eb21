/** What the reader has filled in, per operation. Forms write it, snippets and Send read it. */
import { type Signal, signal } from '@preact/signals'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
/** Wire names of an operation's input; a field that is absent is not sent. */
export type Values = { readonly [field: string]: Json }

const drafts = new Map<string, Signal<Values>>()

/** The draft of an operation, empty at first; kept while the page is open. */
export function draftOf(operation: string): Signal<Values> {
  const draft = drafts.get(operation) ?? signal<Values>({})
  drafts.set(operation, draft)
  return draft
}

/** Sets one field, or with `undefined` leaves it out. */
export function setField(operation: string, field: string, value: Json | undefined): void {
  const draft = draftOf(operation)
  const { [field]: _, ...others } = draft.value
  draft.value = value === undefined ? others : { ...draft.value, [field]: value }
}
