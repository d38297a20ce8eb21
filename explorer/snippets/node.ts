/** The official client for Node, `stytch`. Every method takes one object. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Values } from '../request/draft.ts'
import type { Given } from './given.ts'
import { javascript } from './javascript.ts'
import { block, type Style } from './literal.ts'
import { officialCall } from './official-call.ts'

/** A module, or `undefined` where the client has no such call. */
export function node(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  const call = officialCall(operation, values)
  if (!call) return undefined
  const isEmpty = Object.keys(operation.input.properties).length === 0
  return `import * as stytch from 'stytch'

const client = new stytch.Client({
  project_id: process.env.STYTCH_PROJECT_ID,
  secret: process.env.STYTCH_SECRET,
  env: ${javascript.text(baseUrl)},
})

const answer = await client.${call.method.join('.')}(${isEmpty ? '' : objectOf(call.given, javascript)})
console.log(answer)
`
}

/** The argument of a call, an object even without members. */
export function objectOf(given: Given, style: Style): string {
  const members = Object.entries(given).map(([field, value]) => [style.key(field), value] as const)
  return block({ opening: '{', closing: '}', members, padding: ' ' }, style, 0, 40)
}
