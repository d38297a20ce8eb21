/** The official client for Ruby, `stytch`. Every method takes keyword arguments with the wire's names. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Values } from '../request/draft.ts'
import { block, doubleQuoted, isPlainName, type Style } from './literal.ts'
import { officialCall } from './official-call.ts'
import { snakeCase } from './words.ts'

/** In single quotes only these two have a meaning; what cannot be seen needs double quotes, where `#{` fills in. */
function text(value: string): string {
  if (/\p{C}|\u2028|\u2029/u.test(value)) return doubleQuoted(value).replaceAll('#', '\\#')
  return `'${value.replace(/[\\']/g, '\\$&')}'`
}

const style: Style = {
  text,
  variable: (name) => `ENV.fetch('${name}')`,
  words: { true: 'true', false: 'false', null: 'nil' },
  list: ['[', ']'],
  record: ['{', '}'],
  key: (name) => (isPlainName(name) ? `${name}: ` : `${text(name)} => `),
  indent: '  ',
  padding: ' ',
}

/** A script, or `undefined` where the client has no such call. */
export function ruby(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  const call = officialCall(operation, values)
  if (!call) return undefined
  const method = call.method.map(snakeCase).join('.')
  const members = Object.entries(call.given).map(([field, value]) => [`${field}: `, value] as const)
  const call_ = block({ opening: '(', closing: ')', members, padding: '' }, style, 0, 16 + method.length)
  return `require 'stytch'

client = Stytch::Client.new(
  project_id: ENV.fetch('STYTCH_PROJECT_ID'),
  secret: ENV.fetch('STYTCH_SECRET'),
  env: ${text(baseUrl)}
)

answer = client.${method}${trimmed(call_)}
puts answer
`
}

/** Ruby allows a comma after the last argument, but nobody writes it. */
const trimmed = (code: string): string => code.replace(/,\n(\s*[)\]}])/g, '\n$1')
