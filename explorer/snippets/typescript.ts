/**
 * TypeScript with our typed client. What that client is not for (pages, a browser's public token, somebody else's bearer
 * token) is plain `fetch`, which every runtime has.
 */
import { routes } from '../../src/client/routes.ts'
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Values } from '../request/draft.ts'
import { givenOf, Variable } from './given.ts'
import { javascript, typescriptStyle as style } from './javascript.ts'
import { block } from './literal.ts'
import { objectOf } from './node.ts'
import { type Credentials, type PlainRequest, requestOf, type Text } from './request.ts'

/** A module; the method stands in its product. `undefined` for a page that a browser posts to. */
export function typescript(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  if (operation.kind === 'page') return pageAddress(operation, values, baseUrl)
  return hasMethod(operation)
    ? withClient(operation, values, baseUrl, operation.name)
    : withFetch(requestOf(operation, values, baseUrl), operation)
}

/** The same with the flat name of the operation, as generated clients have it; `undefined` where there is no method. */
export function typescriptFlat(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  return hasMethod(operation) ? withClient(operation, values, baseUrl, operation.flatName) : undefined
}

const hasMethod = (operation: CataloguedOperation): boolean =>
  operation.kind === 'call' &&
  Object.hasOwn(routes, operation.name) &&
  ['none', 'project'].includes(requestOf(operation, {}, '').credentials.kind)

function withClient(operation: CataloguedOperation, values: Values, baseUrl: string, method: string): string {
  const given = givenOf(operation, values)
  const argument = Object.keys(given).length === 0 ? '' : objectOf(given, style)
  return `import { createClient } from 'selvage/client'

const client = createClient({
  baseUrl: ${style.text(baseUrl)},
  projectId: process.env.STYTCH_PROJECT_ID ?? '',
  secret: process.env.STYTCH_SECRET ?? '',
})

const answer = await client.${method}(${argument})
console.log(answer)
`
}

function pageAddress(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  if (operation.method !== 'GET') return undefined
  return `// A browser opens this address: answer with a redirect to it, or make it a link.
const url = ${template(requestOf(operation, values, baseUrl).url)}
console.log(url)
`
}

function withFetch({ method, url, credentials, body }: PlainRequest, { kind, output }: CataloguedOperation): string {
  const authorization = authorizationOf(credentials)
  const headers = [
    ...(authorization === undefined ? [] : [`    authorization: ${authorization},\n`]),
    ...(body.kind === 'json' ? [`    'content-type': 'application/json',\n`] : []),
  ]
  const settings = [
    ...(method === 'GET' ? [] : [`  method: '${method}',\n`]),
    ...(headers.length === 0 ? [] : [`  headers: {\n${headers.join('')}  },\n`]),
    ...(body.kind === 'none' ? [] : [`  body: ${bodyOf(body)},\n`]),
  ]
  const argument = settings.length === 0 ? '' : `, {\n${settings.join('')}}`
  // RFC 7592 §2.3: a deletion answers without a body, which is not JSON.
  const isEmpty = method === 'DELETE' && Object.keys(output.properties).length === 0
  return `const response = await fetch(${template(url)}${argument})
console.log(response.status, await response.${kind === 'call' && !isEmpty ? 'json' : 'text'}())
`
}

function bodyOf(body: Exclude<PlainRequest['body'], { kind: 'none' }>): string {
  const indented = (text: string) => text.replaceAll('\n', '\n  ')
  if (body.kind === 'json') return `JSON.stringify(${indented(objectOf(body.given, style))})`
  const members = body.pairs.map((pair) => ['', pair] as const)
  const isRepeated = new Set(body.pairs.map(([field]) => field)).size < members.length
  if (!isRepeated) return `new URLSearchParams(${indented(objectOf(Object.fromEntries(body.pairs), style))})`
  const lines = body.pairs.map(([field, value]) => `    ${pairOf(field, value)},\n`)
  return `new URLSearchParams([\n${lines.join('')}  ])`
}

const pairOf = (field: string, value: string | Variable): string =>
  block(
    {
      opening: '[',
      closing: ']',
      padding: '',
      members: [
        ['', field],
        ['', value],
      ],
    },
    style,
  )

function authorizationOf(credentials: Credentials): string | undefined {
  switch (credentials.kind) {
    case 'none':
      return undefined
    case 'bearer':
      return `\`Bearer \${${javascript.variable(credentials.variable)}}\``
    case 'project':
      return '`Basic ${btoa(`${process.env.STYTCH_PROJECT_ID}:${process.env.STYTCH_SECRET}`)}`'
    case 'frontend':
      return '`Basic ${btoa(`${process.env.STYTCH_PUBLIC_TOKEN}:${process.env.STYTCH_SESSION_TOKEN || process.env.STYTCH_PUBLIC_TOKEN}`)}`'
  }
}

/** A string, or a template where something comes from the environment. */
function template(text: Text): string {
  if (text.every((part) => typeof part === 'string')) return javascript.text(text.join(''))
  const parts = text.map((part) =>
    part instanceof Variable ? `\${${javascript.variable(part.name)}}` : part.replace(/[`\\]|\$(?=\{)/g, '\\$&'),
  )
  return `\`${parts.join('')}\``
}
