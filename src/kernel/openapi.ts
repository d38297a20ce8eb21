/**
 * The OpenAPI 3.1 document, made from the endpoint records. Nothing in it is kept by hand: operations, fields, limits, errors
 * and examples are those that the server runs on.
 */
import { z } from 'zod'
import { type AnyEndpoint, type Api, operations, pathParameters } from './endpoint.ts'
import { commonErrors, type ErrorDefinition } from './errors.ts'

export interface DocumentSettings {
  readonly baseUrl: string
  readonly version: string
}

type Json = Record<string, unknown>

const securityOf: Readonly<Record<string, readonly Json[]>> = {
  none: [],
  project: [{ project: [] }],
  public_token: [{ public_token: [] }],
  frontend: [{ frontend: [] }],
  operator: [{ operator: [] }],
  operator_bearer: [{ operator_bearer: [] }],
}

/** Builds the whole document. Costs some ms; keep the result. */
export function openApiDocument(api: Api, { baseUrl, version }: DocumentSettings): Json {
  const paths: Record<string, Json> = {}
  for (const { name, endpoint } of operations(api)) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operation(name, endpoint, baseUrl),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Selvage',
      version,
      summary: 'Social login, users and sessions, on the Stytch Consumer API.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: baseUrl }],
    tags: [...new Set(operations(api).map(({ name }) => tagOf(name)))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        project: {
          type: 'http',
          scheme: 'basic',
          description: 'Project ID as user name, a secret of the project as password.',
        },
        public_token: {
          type: 'apiKey',
          in: 'query',
          name: 'public_token',
          description: 'For URLs that a browser opens.',
        },
        frontend: {
          type: 'http',
          scheme: 'basic',
          description:
            'Public token as user name; as password the session token, or the public token again without a session.',
        },
        operator: {
          type: 'apiKey',
          in: 'cookie',
          name: 'selvage_operator',
          description:
            'The cookie of a login at /reference/login, on pages of this server; `selvage dev` needs none. Over https its name begins with `__Host-`.',
        },
        operator_bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The operator’s password; `selvage dev` needs none.',
        },
      },
      schemas: { Error: errorSchema },
    },
  }
}

const tagOf = (name: string): string => name.split('.')[0] ?? name

function operation(name: string, endpoint: AnyEndpoint, baseUrl: string): Json {
  return {
    operationId: name,
    tags: [tagOf(name)],
    summary: endpoint.summary,
    description: endpoint.description,
    security: securityOf[endpoint.auth] ?? [],
    ...request(endpoint),
    responses: { ...successes(endpoint), ...failures(endpoint, baseUrl) },
  }
}

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 speaks. What a transformation does to a value is not described. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return rest
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, Json>>
  readonly required: readonly string[]
}

function objectSchema(schema: z.ZodType, io: 'input' | 'output'): ObjectSchema {
  const { properties, required } = schemaOf(schema, io)
  return {
    properties: (properties ?? {}) as ObjectSchema['properties'],
    required: (required ?? []) as readonly string[],
  }
}

/** Parameters and body: the path's fields travel there, the others in the query (GET, DELETE) or in the body. */
function request(endpoint: AnyEndpoint): Json {
  const { properties, required } = objectSchema(endpoint.input, 'input')
  const inPath = pathParameters(endpoint.path)
  const hasBody = endpoint.method === 'POST' || endpoint.method === 'PUT'
  const example = endpoint.example?.input as Json | undefined
  const parameter = (name: string) => {
    const { description, ...schema } = properties[name] ?? {}
    const isInPath = inPath.includes(name)
    return {
      name,
      in: isInPath ? 'path' : 'query',
      required: isInPath || required.includes(name),
      ...(description !== undefined && { description }),
      schema,
      ...(example && name in example && { example: example[name] }),
    }
  }
  const names = Object.keys(properties)
  const parameters = names.filter((name) => inPath.includes(name) || !hasBody).map(parameter)
  const inBody = names.filter((name) => hasBody && !inPath.includes(name))
  if (inBody.length === 0) return parameters.length === 0 ? {} : { parameters }
  const pick = (from: Json) => Object.fromEntries(Object.entries(from).filter(([name]) => inBody.includes(name)))
  const schema = {
    type: 'object',
    properties: pick(properties),
    required: required.filter((name) => inBody.includes(name)),
  }
  const content = endpoint.browser
    ? { 'application/x-www-form-urlencoded': { schema } }
    : { 'application/json': { schema, ...(example && { example: pick(example) }) } }
  return {
    ...(parameters.length > 0 && { parameters }),
    requestBody: { required: schema.required.length > 0, content },
  }
}

const envelope = {
  status_code: { type: 'integer', description: 'The HTTP status, again.' },
  request_id: { type: 'string', description: 'Names this request in the server’s log.' },
} as const

/** What a success answers with; pages that may be redirects count as those. */
export function successStatus({ browser, output, method, succeeds }: AnyEndpoint): number {
  if (browser && 'redirect_url' in output.shape) return method === 'POST' ? 303 : 302
  return succeeds ?? 200
}

function successes(endpoint: AnyEndpoint): Json {
  const { properties, required } = objectSchema(endpoint.output, 'output')
  const status = successStatus(endpoint)
  if (status === 204) return { 204: { description: 'Success, without a body.' } }
  const members = endpoint.bare
    ? { type: 'object', properties, required }
    : {
        type: 'object',
        properties: { ...properties, ...envelope },
        required: [...required, 'status_code', 'request_id'],
      }
  const schema = endpoint.wrapped ? { type: 'object', properties: { data: members }, required: ['data'] } : members
  const output = endpoint.example?.output as Json | undefined
  const whole = output && (endpoint.bare ? output : { ...output, status_code: status, request_id: exampleRequestId })
  const example = endpoint.wrapped ? whole && { data: whole } : whole
  const content =
    endpoint.produces === undefined
      ? { 'application/json': { schema, ...(example && { example }) } }
      : { [endpoint.produces]: {} }
  return {
    [status]: {
      description: status < 300 ? 'Success.' : 'A redirect for the browser.',
      ...(status >= 300 && { headers: { Location: { schema: { type: 'string', format: 'uri' } } } }),
      content,
    },
  }
}

const exampleRequestId = 'request-id-test-8f14e45f-ceea-467f-a0b1-2c3d4e5f6a7b'

const errorSchema = {
  type: 'object',
  properties: {
    ...envelope,
    error_type: { type: 'string', description: 'Stable; what programs decide by.' },
    error_message: { type: 'string', description: 'For people; says what to do.' },
    error_url: { type: 'string', description: 'Where the error is explained.' },
    error_details: { type: 'object', description: 'What was compared, where that helps.' },
  },
  required: ['status_code', 'request_id', 'error_type', 'error_message', 'error_url'],
}

/** Every error that the operation can answer, by status. */
function failures(endpoint: AnyEndpoint, baseUrl: string): Json {
  const byStatus = Object.groupBy(possibleErrors(endpoint), ({ status }) => status)
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, errors = []]) => [
      status,
      {
        description: errors.map(({ type }) => type).join(', '),
        content: { 'application/json': { schema: errorOf(errors), examples: errorExamples(errors, baseUrl) } },
      },
    ]),
  )
}

/** Credentials can be wrong only where some are asked for. */
export function possibleErrors(endpoint: AnyEndpoint): readonly ErrorDefinition[] {
  const ofCredentials = new Set(['unauthorized_credentials', 'invalid_project_id_authentication'])
  const ofRouting = new Set(['route_not_found', 'method_not_allowed'])
  const common = commonErrors.filter(
    ({ type }) => !ofRouting.has(type) && (endpoint.auth === 'project' || !ofCredentials.has(type)),
  )
  return [...new Map([...endpoint.errors, ...common].map((error) => [error.type, error])).values()]
}

const errorOf = (errors: readonly ErrorDefinition[]): Json => ({
  allOf: [
    { $ref: '#/components/schemas/Error' },
    { type: 'object', properties: { error_type: { enum: errors.map(({ type }) => type) } } },
  ],
})

const errorExamples = (errors: readonly ErrorDefinition[], baseUrl: string): Json =>
  Object.fromEntries(
    errors.map(({ type, status, message }) => [
      type,
      {
        value: {
          status_code: status,
          request_id: exampleRequestId,
          error_type: type,
          error_message: message,
          error_url: `${baseUrl}/docs/errors#${type}`,
        },
      },
    ]),
  )
