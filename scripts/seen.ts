/** Checks what the tests have seen against what the records list and, where there is one, against the contract. */
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { api } from '../src/api.ts'
import { type Api, operations } from '../src/kernel/endpoint.ts'
import { sandboxApi } from '../src/sandbox/index.ts'
import type { SeenAnswer } from '../src/testing/seen.ts'

const everything: Api = { ...api, sandbox: sandboxApi }

export const readSeen = (file: string): readonly SeenAnswer[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Errors that a record lists and no test has provoked. An error counts for every method of its path. */
export function neverProvoked(seen: readonly SeenAnswer[]): readonly string[] {
  const all = operations(everything)
  const pathOf = new Map(all.map(({ name, endpoint }) => [name, endpoint.path]))
  const provoked = new Set(seen.map(({ operation, errorType }) => `${pathOf.get(operation)} ${errorType}`))
  return all.flatMap(({ name, endpoint }) =>
    endpoint.errors
      .filter(({ type }) => !provoked.has(`${endpoint.path} ${type}`))
      .map(({ type }) => `${name}: ${type}`),
  )
}

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  nullable?: boolean
  $ref?: string
  [more: string]: unknown
}

interface Contract {
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: Schema }> }> }>
  >
  readonly components: { readonly schemas: Record<string, Schema> }
}

export interface ContractReport {
  readonly covered: number
  readonly operations: number
  readonly problems: readonly string[]
}

/** Validates every success that was seen against the contract's schema of that operation. */
export function checkContract(path: string, seen: readonly SeenAnswer[]): ContractReport {
  const contract: Contract = JSON.parse(readFileSync(path, 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  for (const [name, schema] of Object.entries(contract.components.schemas)) {
    ajv.addSchema(openToOwnProviders(nullableWhereOptional(schema)), `#/components/schemas/${name}`)
  }
  const inContract = new Set<string>()
  const problems: string[] = []
  for (const { name, endpoint } of operations(api)) {
    const operation = contract.paths[endpoint.path]?.[endpoint.method.toLowerCase()]
    const schema = operation?.responses['200']?.content['application/json']?.schema
    const answers = seen.filter((one) => one.operation === name && one.status === 200)
    if (!schema || answers.length === 0) continue
    inContract.add(name)
    const validate = ajv.compile(schema)
    for (const { body } of answers) {
      if (validate(body)) continue
      const [first] = validate.errors ?? []
      problems.push(`${name}: ${first?.instancePath || 'the answer'} ${first?.message}`)
    }
  }
  const total = Object.values(contract.paths).reduce((count, methods) => count + Object.keys(methods).length, 0)
  return { covered: inContract.size, operations: total, problems: [...new Set(problems)] }
}

/** A project's own providers have delivery methods that no contract can list (docs/providers.md). */
function openToOwnProviders(schema: Schema): Schema {
  const isDeliveryMethod = Array.isArray(schema.enum) && schema.enum.includes('oauth_google')
  if (isDeliveryMethod) return { anyOf: [schema, { type: 'string', pattern: '^oauth_[a-z][a-z0-9_-]*$' }] }
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: schema.anyOf.map(openToOwnProviders) }
  if (!schema.properties) return schema
  const properties = Object.entries(schema.properties).map(([name, one]) => [name, openToOwnProviders(one)])
  return { ...schema, properties: Object.fromEntries(properties) }
}

/**
 * Optional members may be null: published objects show `password` and the lock times that way, although the contract knows no
 * null (docs/wire/users.md). Required ones may not.
 */
function nullableWhereOptional(schema: Schema): Schema {
  const required = new Set(schema.required ?? [])
  const properties = Object.entries(schema.properties ?? {}).map(([name, one]) => {
    const inner = nullableWhereOptional(one)
    return [name, required.has(name) ? inner : { anyOf: [inner, { type: 'null' }] }]
  })
  return schema.properties ? { ...schema, properties: Object.fromEntries(properties) } : schema
}
