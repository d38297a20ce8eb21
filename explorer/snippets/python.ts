/** The official client for Python, `stytch`. Every method takes keyword arguments with the wire's names. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Values } from '../request/draft.ts'
import { block, doubleQuoted, type Style } from './literal.ts'
import { officialCall } from './official-call.ts'
import { snakeCase } from './words.ts'

const style: Style = {
  text: doubleQuoted,
  variable: (name) => `os.environ["${name}"]`,
  words: { true: 'True', false: 'False', null: 'None' },
  list: ['[', ']'],
  record: ['{', '}'],
  key: (name) => `${doubleQuoted(name)}: `,
  indent: '    ',
  padding: '',
}

/** A script, or `undefined` where the client has no such call. */
export function python(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  const call = officialCall(operation, values)
  if (!call) return undefined
  const method = call.method.map(snakeCase).join('.')
  const members = Object.entries(call.given).map(([field, value]) => [`${field}=`, value] as const)
  return `import os

import stytch

client = stytch.Client(
    project_id=os.environ["STYTCH_PROJECT_ID"],
    secret=os.environ["STYTCH_SECRET"],
    environment=${style.text(baseUrl)},
)

answer = client.${method}${block({ opening: '(', closing: ')', members, padding: '' }, style, 0, 16 + method.length)}
print(answer)
`
}
