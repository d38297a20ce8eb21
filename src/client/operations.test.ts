/** The types that are written out are those of the records: a proof for the type checker. And they stand alone. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { z } from 'zod'
import type { api } from '../api.ts'
import type { Envelope } from './client-type.ts'
import type { Operations } from './operations.ts'

/** The record of a dotted name. */
type At<List, Name> = Name extends `${infer First}.${infer Rest}`
  ? First extends keyof List
    ? At<List[First], Rest>
    : never
  : Name extends keyof List
    ? List[Name]
    : never

/** What a caller may send is written as readonly, which takes more. */
type Fixed<Value> = Value extends object ? { readonly [Name in keyof Value]: Fixed<Value[Name]> } : Value

type IsSame<One, Other> = [Fixed<One>] extends [Fixed<Other>]
  ? [Fixed<Other>] extends [Fixed<One>]
    ? true
    : false
  : false

interface Shapes {
  readonly input: z.ZodObject
  readonly output: z.ZodObject
}

/** Of an answer with no members of its own, zod says that no member is possible. */
type Answer<Output> = [Output] extends [Record<string, never>] ? Envelope : Output & Envelope

/** Names of operations of which one type or the other is not that of the record. */
type Different = {
  [Name in keyof Operations]: At<typeof api, Name> extends infer One extends Shapes
    ? IsSame<Operations[Name]['input'], z.input<One['input']>> extends true
      ? IsSame<Operations[Name]['output'], Answer<z.output<One['output']>>> extends true
        ? never
        : `${Name}: output`
      : `${Name}: input`
    : `${Name}: no record`
}[keyof Operations]

test('the types of the client are those of the records', () => {
  const none: [Different] extends [never] ? 'none' : Different = 'none'
  assert.equal(none, 'none')
})

test('the client stands alone: neither its code nor its types import anything of the server, of a package or of Node', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !/\.(test|fixture)\.ts$/.test(name))
  const imported = files.flatMap((name) =>
    [...readFileSync(`${import.meta.dirname}/${name}`, 'utf8').matchAll(/\b(?:from|import)\s*\(?'([^']+)'/g)].map(
      ([, path = '']) => path,
    ),
  )
  assert.ok(imported.length > 5)
  assert.deepEqual(
    imported.filter((path) => !/^\.\/[\w-]+\.ts$/.test(path)),
    [],
  )
})
