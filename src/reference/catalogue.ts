/** The catalogue of every operation, made from the endpoint records; nothing in it is kept by hand but the products' names. */
import { type AnyEndpoint, type Api, operations, pathParameters } from '../kernel/endpoint.ts'
import { possibleErrors, schemaOf, successStatus } from '../kernel/openapi.ts'
import { flatName } from '../kernel/operation-name.ts'
import type { Catalogue, CataloguedError, CataloguedOperation, ObjectSchema, Product } from './catalogue-type.ts'

/** One for each member of `src/api.ts`; a test holds the two together. */
const products: readonly Product[] = [
  {
    id: 'oauth',
    title: 'Social login',
    description:
      'Logins through providers: where they start, where they come back, and what your backend does with the token.',
  },
  { id: 'sessions', title: 'Sessions', description: 'Whether a session is live, whose it is, and how it ends.' },
  { id: 'users', title: 'Users', description: 'The people of a project, their identities and their metadata.' },
  {
    id: 'idp',
    title: 'Authorization server',
    description: 'OAuth 2.1 and OpenID Connect for Connected Apps, MCP clients and agents.',
  },
  {
    id: 'connectedApp',
    title: 'Connected Apps',
    description:
      'The clients of the authorization server: their settings, their secrets, and how they register themselves.',
  },
  { id: 'm2m', title: 'Machine clients', description: 'Clients without a person, which get tokens for themselves.' },
  { id: 'rbac', title: 'Roles', description: 'Which role may do what with which resource.' },
  {
    id: 'frontend',
    title: 'Browsers and apps',
    description: 'What the official browser and mobile clients call, with a public token and no secret.',
  },
  {
    id: 'reference',
    title: 'This reference',
    description: 'What the server tells about itself, and the gateway of this page.',
  },
  {
    id: 'tools',
    title: 'Tools',
    description: 'The operations as tools for programs and agents, with credentials that stay on the server.',
  },
  { id: 'health', title: 'Health', description: 'For load balancers and supervisors.' },
  { id: 'sandbox', title: 'Sandbox', description: 'The stand-in for providers, in development only.' },
]

/** Builds the whole catalogue. Costs some tens of ms; keep the result. */
export function catalogueOf(
  api: Api,
  { baseUrl, version }: { readonly baseUrl: string; readonly version: string },
): Catalogue {
  const list = operations(api)
  const errors = new Map<string, CataloguedError>()
  for (const { endpoint } of list) {
    for (const { type, status, message, cause, fix, oauth } of possibleErrors(endpoint)) {
      errors.set(type, { status, message, cause, fix, ...(oauth !== undefined && { oauth }) })
    }
  }
  const catalogued = list.map(({ name, endpoint }) => operation(name, endpoint))
  return {
    version,
    baseUrl,
    products: products.filter(({ id }) => catalogued.some(({ product }) => product === id)),
    operations: catalogued,
    errors: Object.fromEntries(errors),
  }
}

function operation(name: string, endpoint: AnyEndpoint): CataloguedOperation {
  const { contractId, method, path, auth, summary, description, exactlyOne = [], example, oauth, wrapped } = endpoint
  return {
    name,
    flatName: flatName(name, endpoint),
    ...(contractId !== undefined && { contractId }),
    product: name.split('.')[0] ?? name,
    method,
    path,
    auth,
    kind: kindOf(endpoint),
    isOAuth: oauth === true,
    status: successStatus(endpoint),
    isBare: endpoint.bare === true,
    isWrapped: wrapped === true,
    summary,
    description,
    input: objectSchema(endpoint, 'input'),
    places: placesOf(endpoint),
    exactlyOne,
    output: objectSchema(endpoint, 'output'),
    errors: possibleErrors(endpoint).map(({ type }) => type),
    ...(example && { example }),
  }
}

/** How a reader can try an operation. */
export function kindOf({
  browser,
  produces,
  auth,
}: Pick<AnyEndpoint, 'browser' | 'produces' | 'auth'>): CataloguedOperation['kind'] {
  if (browser) return 'page'
  if (produces !== undefined) return 'document'
  // The gateway does not call itself.
  return auth === 'operator' || auth === 'operator_bearer' ? 'gateway' : 'call'
}

function placesOf({ path, method, input }: AnyEndpoint): CataloguedOperation['places'] {
  const inPath = pathParameters(path)
  const elsewhere = method === 'POST' || method === 'PUT' ? 'body' : 'query'
  return Object.fromEntries(
    Object.keys(input.shape).map((field) => [field, inPath.includes(field) ? 'path' : elsewhere]),
  )
}

function objectSchema(endpoint: AnyEndpoint, side: 'input' | 'output'): ObjectSchema {
  const schema = schemaOf(endpoint[side], side)
  return { ...schema, properties: (schema.properties ?? {}) as ObjectSchema['properties'] }
}
