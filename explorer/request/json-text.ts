/** Reads JSON that a person typed, and says where and why it does not read, the same in every browser. */
import type { Json } from './draft.ts'

export type ReadJson =
  | { readonly ok: true; readonly value: Json }
  /** Line and column count from 1. */
  | { readonly ok: false; readonly line: number; readonly column: number; readonly text: string }

export function readJson(text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    const { at, why } = new Reader(text).firstProblem()
    const before = text.slice(0, at).split('\n')
    return { ok: false, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, text: why }
  }
}

class Unreadable extends Error {
  readonly at: number
  constructor(at: number, why: string) {
    super(why)
    this.at = at
  }
}

/** Walks the text as RFC 8259 has it; knows nothing of values, only of where they stop. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  firstProblem(): { readonly at: number; readonly why: string } {
    try {
      this.#value()
      this.#space()
      return { at: this.#at, why: 'Nothing may follow after the end.' }
    } catch (error) {
      if (error instanceof Unreadable) return { at: error.at, why: error.message }
      throw error
    }
  }

  #value(): void {
    this.#space()
    const start = this.#peek()
    if (start === '{') this.#members('}', () => this.#member())
    else if (start === '[') this.#members(']', () => this.#value())
    else if (start === '"') this.#string()
    else this.#word(start)
  }

  #word(start: string): void {
    const [word = ''] = /^[^\s,:{}[\]"]+/.exec(this.#text.slice(this.#at)) ?? []
    if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word)) this.#stop(reasonAgainst(word, start))
    this.#at += word.length
  }

  #members(end: '}' | ']', one: () => void): void {
    this.#at++
    this.#space()
    if (this.#skip(end)) return
    for (;;) {
      one()
      this.#space()
      if (this.#skip(end)) return
      if (this.#peek() === '') this.#stop(`The closing ${end} is missing.`)
      if (!this.#skip(',')) this.#stop(`A comma or ${end} is missing here.`)
      this.#space()
      if (this.#peek() === end) this.#stop(`Take away the comma in front of ${end}.`)
    }
  }

  #member(): void {
    this.#space()
    if (this.#peek() === '') this.#stop('The closing } is missing.')
    if (this.#peek() !== '"') this.#stop('A field name in double quotes is missing here.')
    this.#string()
    this.#space()
    if (!this.#skip(':')) this.#stop('A colon is missing after the field name.')
    this.#value()
  }

  #string(): void {
    const start = this.#at++
    for (;;) {
      const next = this.#peek()
      if (next === '') this.#stop('The closing double quote is missing.', start)
      if (next < ' ') this.#stop('A line break or tab inside a text is written \\n or \\t.')
      if (next === '\\' && !/^\\(["\\/bfnrt]|u[\da-fA-F]{4})/.test(this.#text.slice(this.#at, this.#at + 6))) {
        this.#stop('A backslash in a text is written \\\\.')
      }
      this.#at += next === '\\' ? 2 : 1
      if (next === '"') return
    }
  }

  #space(): void {
    while (/^[ \t\r\n]$/.test(this.#peek())) this.#at++
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #skip(character: string): boolean {
    const isHere = this.#peek() === character
    if (isHere) this.#at++
    return isHere
  }

  #stop(why: string, at = this.#at): never {
    throw new Unreadable(at, why)
  }
}

function reasonAgainst(word: string, start: string): string {
  if (start === '') return 'A value is missing at the end.'
  if (start === "'") return 'Texts stand in double quotes.'
  if (word === '') return `A value is missing in front of ${start}.`
  if (/^[-+.\d]/.test(word)) return `${word} is no number that JSON knows.`
  return `${word} is no JSON: put texts in double quotes.`
}
