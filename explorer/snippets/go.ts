/** The official client for Go. Every method takes a struct of the package of its product. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Json, Values } from '../request/draft.ts'
import { type Given, Variable } from './given.ts'
import { doubleQuoted, literal, type Style } from './literal.ts'
import { officialCall } from './official-call.ts'
import { goName } from './words.ts'

const root = 'github.com/stytchauth/stytch-go/v18/stytch/consumer'

const style: Style = {
  text: doubleQuoted,
  variable: (name) => `os.Getenv("${name}")`,
  words: { true: 'true', false: 'false', null: 'nil' },
  list: ['[]any{', '}'],
  record: ['map[string]any{', '}'],
  key: (name) => `${doubleQuoted(name)}: `,
  indent: '\t',
  padding: '',
}
const texts: Style = { ...style, list: ['[]string{', '}'] }
const onOneLine = Number.NEGATIVE_INFINITY

/** Fields that have a type of their own, and the package that it is from. */
const structs: Readonly<Record<string, { readonly type: string; readonly from: string }>> = {
  name: { type: 'users.Name', from: 'users' },
  attributes: { type: 'attribute.Attributes', from: 'attribute' },
  authorization_check: { type: 'sessions.AuthorizationCheck', from: 'sessions' },
  query: { type: 'm2m.M2MSearchQuery', from: 'm2m' },
}

/** Calls whose spelling in Go we have not seen; guessing would not compile. */
const unseen = new Set(['users.deleteExternalId'])

/** Fields that Go wants as pointers. */
const pointers: Readonly<Record<string, readonly string[]>> = {
  'idp.introspectTokenNetwork': ['client_secret', 'token_type_hint'],
}

/** A program, or `undefined` where the client has no such call. */
export function go(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  const call = officialCall(operation, values)
  if (!call || unseen.has(operation.name)) return undefined
  const { method, given } = call
  const folder = method.slice(0, -1).map((part) => (part === 'connectedApp' ? 'connectedapps' : part))
  const name = goName(method.at(-1) ?? '')
  const own = pointers[method.join('.')] ?? []
  const locals = Object.entries(given).filter(([field]) => own.includes(field))
  const used = Object.keys(given).flatMap((field) => structs[field]?.from ?? [])
  const imports = [...new Set([folder.join('/'), ...used, 'stytchapi'])].sort()
  const parameters = fields(given, own)
  return `package main

import (
	"context"
	"fmt"
	"log"
	"os"

${imports.map((path) => `\t"${root}/${path}"\n`).join('')})

func main() {
	client, err := stytchapi.NewClient(
		os.Getenv("STYTCH_PROJECT_ID"),
		os.Getenv("STYTCH_SECRET"),
		stytchapi.WithBaseURI(${doubleQuoted(baseUrl.replace(/\/+$/, ''))}),
	)
	if err != nil {
		log.Fatal(err)
	}
${locals.map(([field, value]) => `\t${localName(field)} := ${literal(value, style, 1)}\n`).join('')}
	answer, err := client.${method.map(goName).join('.')}(context.Background(), &${folder.at(-1)}.${name}Params{${parameters}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\\n", answer)
}
`
}

const localName = (field: string): string => {
  const name = goName(field)
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** Members of the struct, aligned as `gofmt` does. */
function fields(given: Given, pointersOf: readonly string[]): string {
  const members = Object.entries(given)
  if (members.length === 0) return ''
  const width = Math.max(...members.map(([field]) => goName(field).length)) + 1
  const lines = members.map(([field, value]) => {
    const text = pointersOf.includes(field) ? `&${localName(field)}` : member(field, value)
    return `\t\t${`${goName(field)}:`.padEnd(width)} ${text},\n`
  })
  return `\n${lines.join('')}\t`
}

function member(field: string, value: Json | Variable): string {
  const struct = structs[field]
  if (struct && isRecord(value)) {
    const inner = Object.entries(value).map(([name, part]) => `${goName(name)}: ${flat(part, name === 'operands')}`)
    return `&${struct.type}{${inner.join(', ')}}`
  }
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string')
  return isTexts ? literal(value, texts, 0, onOneLine) : flat(value)
}

/** A list of maps has a type of its own. */
function flat(value: Json | Variable, isMaps = false): string {
  if (!isMaps || !Array.isArray(value)) return literal(value, style, 0, onOneLine)
  return `[]map[string]any{${value.map((one) => literal(one, style, 0, onOneLine).replace(/^map\[string\]any/, '')).join(', ')}}`
}

const isRecord = (value: Json | Variable): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Variable)
