/** The same gateway for programs that call tools: a list with schemas, and calls that answer `{ data, meta }` (docs/gateway.md). */
import { z } from 'zod'
import type { Dispatch } from '../kernel/dispatch.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { badRequest } from '../kernel/errors.ts'
import { schemaOf } from '../kernel/openapi.ts'
import { flatName } from '../kernel/operation-name.ts'
import { text } from '../kernel/reply.ts'
import type { Operation } from '../kernel/run.ts'
import { exampleUser, exampleUserId } from '../users/index.ts'
import { type Call, CallInput, callErrors, callOperation, filledIn, isCallable } from './call.ts'
import { guardedCall, guardedRead } from './guard.ts'

const record = { auth: 'operator_bearer', tool: true } as const

const Tool = z.object({
  name: z.string().describe('As it is called: `POST /tools/stytch/{name}`.'),
  operation: z.string().describe('Its place in the reference, e.g. `oauth.attach`; a name to call it by, too.'),
  contract_id: z.string().optional(),
  method: z.string(),
  path: z.string(),
  summary: z.string(),
  description: z.string(),
  input_schema: z.looseObject({}).describe('JSON Schema 2020-12 of the arguments.'),
})

export const listTools = endpoint({
  ...record,
  method: 'GET',
  path: '/tools',
  summary: 'List the operations that can be called as tools',
  description: 'With what each is for and the JSON Schema of its arguments.',
  errors: guardedRead,
  input: z.object({
    q: z.string().optional().describe('Words that have to stand in the name, path, text or fields; all of them.'),
  }),
  output: z.object({ tools: z.array(Tool) }),
  example: {
    input: { q: 'delete external id' },
    output: {
      tools: [
        {
          name: 'apiUserV1DeleteExternalId',
          operation: 'users.deleteExternalId',
          contract_id: 'api_user_v1_DeleteExternalId',
          method: 'DELETE',
          path: '/v1/users/{user_id}/external_id',
          summary: 'Delete a user’s external ID',
          description: 'The external ID can be given to another user afterwards. Without one, nothing changes.',
          input_schema: {
            type: 'object',
            properties: { user_id: { type: 'string', description: 'Also an external ID.' } },
            required: ['user_id'],
          },
        },
      ],
    },
  },
  handle({ q = '' }, { dispatch }) {
    const words = q.toLowerCase().split(/\s+/)
    const found = toolsOf(dispatch).filter(({ words: all }) => words.every((word) => all.includes(word)))
    return { tools: found.map(({ tool }) => tool) }
  },
})

export const callTool = endpoint({
  ...record,
  method: 'POST',
  path: '/tools/stytch/{operation_id}',
  bare: true,
  summary: 'Call an operation as a tool',
  description:
    'Takes the arguments as they are, or `{ args, profile, session_token, bearer_token }`. Answers `{ data, meta }`; a failure has the status of the operation and `{ error, meta }`.',
  errors: [...guardedCall, ...callErrors],
  input: z.looseObject({ operation_id: z.string().describe('Flat name, dotted name or contract ID.') }),
  output: z.object({
    data: z.unknown().describe('What the operation answered.'),
    meta: z.object({ requestId: z.string(), durationMs: z.number() }),
  }),
  example: {
    input: { operation_id: 'apiUserV1DeleteExternalId', user_id: exampleUserId },
    output: {
      data: { user_id: exampleUserId, user: { ...exampleUser, external_id: '' } },
      meta: { requestId: 'request-id-test-8f14e45f-ceea-467f-a0b1-2c3d4e5f6a7b', durationMs: 1.4 },
    },
  },
  async handle({ operation_id, ...body }, context) {
    const started = performance.now()
    const { status, headers, body: answered } = await callOperation(context, operation_id, callIn(body))
    const answer = contentOf(answered, String(headers['content-type']))
    const meta = {
      requestId: requestIdOf(answer) ?? context.requestId,
      durationMs: tenths(performance.now() - started),
    }
    const retryAfter = headers['retry-after']
    return text(
      JSON.stringify(status < 400 ? { data: answer, meta } : { error: answer, meta }),
      'application/json',
      retryAfter === undefined ? {} : { 'retry-after': retryAfter },
      status,
    )
  },
})

/** No operation has a field `args`, so an object of that name tells the two forms apart. */
function callIn(body: Readonly<Record<string, unknown>>): Call {
  const { args } = body
  if (typeof args !== 'object' || Array.isArray(args)) return { args: body }
  const parsed = CallInput.safeParse(body)
  if (parsed.success) return parsed.data
  const field = String(parsed.error.issues[0]?.path[0])
  throw badRequest({ problem: `${field}: ${parsed.error.issues[0]?.message}.` }, { details: { field } })
}

interface ListedTool {
  readonly tool: z.input<typeof Tool>
  /** All that can be searched, in small letters. */
  readonly words: string
}

/** Made when first asked for: the schemas cost some tens of ms. */
const lists = new WeakMap<Dispatch, readonly ListedTool[]>()

function toolsOf(dispatch: Dispatch): readonly ListedTool[] {
  const made = lists.get(dispatch) ?? dispatch.operations.filter(isCallable).map(listed)
  lists.set(dispatch, made)
  return made
}

function listed({ name, endpoint }: Operation): ListedTool {
  const { contractId, method, path, summary, description } = endpoint
  const schema = inputSchemaOf(endpoint)
  const tool = {
    name: flatName(name, endpoint),
    operation: name,
    ...(contractId !== undefined && { contract_id: contractId }),
    method,
    path,
    summary,
    description,
    input_schema: schema,
  }
  const words = [tool.name, name, contractId, method, path, summary, description, ...Object.keys(schema.properties)]
  return { tool, words: words.join(' ').toLowerCase() }
}

/** Without what the credentials bring. */
function inputSchemaOf(endpoint: Operation['endpoint']) {
  const {
    properties = {},
    required = [],
    ...rest
  } = schemaOf(endpoint.input, 'input') as {
    readonly properties?: Readonly<Record<string, unknown>>
    readonly required?: readonly string[]
  }
  const isAsked = (name: string): boolean => !filledIn(endpoint).includes(name)
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => isAsked(name))),
    required: required.filter(isAsked),
  }
}

/** A body that is not JSON is a text; an empty one has nothing to tell. */
function contentOf(body: string | Uint8Array, contentType: string): unknown {
  const written = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  if (written === '') return {}
  return contentType.startsWith('application/json') ? JSON.parse(written) : written
}

/** Of the envelope; a body that others prescribe (a key set) has none. */
function requestIdOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const { request_id, data } = answer as {
    readonly request_id?: string
    readonly data?: { readonly request_id?: string }
  }
  return request_id ?? data?.request_id
}

const tenths = (milliseconds: number): number => Math.round(milliseconds * 10) / 10
