/** curl in a POSIX shell. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Values } from '../request/draft.ts'
import { type Given, Variable } from './given.ts'
import { type Credentials, type PlainRequest, requestOf, type Text } from './request.ts'

/** One command, its options each on a line. */
export function curl(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  const request = requestOf(operation, values, baseUrl)
  const first = [
    'curl',
    // A page answers with a redirect, which stands in the headers.
    ...(operation.kind === 'page' ? ['--include'] : []),
    ...(request.method === 'GET' ? [] : [`--request ${request.method}`]),
    quoted(request.url),
  ].join(' ')
  return [first, ...credentials(request.credentials), ...body(request.body)].join(' \\\n  ')
}

/** One word of the shell: in single quotes, where nothing has a meaning, unless a variable has to be filled in. */
export function quoted(text: Text): string {
  if (text.every((part) => typeof part === 'string')) return `'${text.join('').replaceAll("'", "'\\''")}'`
  const parts = text.map((part) => (part instanceof Variable ? `\${${part.name}}` : part.replace(/["$`\\]/g, '\\$&')))
  return `"${parts.join('')}"`
}

function credentials(credentials: Credentials): readonly string[] {
  switch (credentials.kind) {
    case 'none':
      return []
    case 'project':
      return ['--user "$STYTCH_PROJECT_ID:$STYTCH_SECRET"']
    case 'frontend':
      return ['--user "$STYTCH_PUBLIC_TOKEN:${STYTCH_SESSION_TOKEN:-$STYTCH_PUBLIC_TOKEN}"']
    case 'bearer':
      return [`--header "Authorization: Bearer $${credentials.variable}"`]
  }
}

function body(body: PlainRequest['body']): readonly string[] {
  switch (body.kind) {
    case 'none':
      return []
    case 'form':
      return body.pairs.map(([field, value]) => `--data-urlencode ${quoted([`${field}=`, value])}`)
    case 'json':
      return ["--header 'Content-Type: application/json'", `--data ${json(body.given)}`]
  }
}

/** In single quotes, which a variable interrupts: `'{"a": "'"$A"'"}'`. */
function json(given: Given): string {
  const members = Object.entries(given).map(([field, value]) => {
    const text =
      value instanceof Variable
        ? `"'"$${value.name}"'"`
        : JSON.stringify(value, null, 2).replaceAll('\n', '\n  ').toWellFormed().replaceAll("'", "'\\''")
    return `  ${JSON.stringify(field)}: ${text}`
  })
  return `'{\n${members.join(',\n')}\n}'`
}
