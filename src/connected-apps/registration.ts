/**
 * What a client may say of itself when it registers, and what is made of it (RFC 7591 §2, docs/wire/client-registration.md).
 * Pure. Members that are not named here are ignored; grants, full access and consent are not for a stranger to choose.
 */
import { z } from 'zod'
import { hashText } from '../crypto/token.ts'
import type { ErrorDefinition } from '../kernel/errors.ts'
import { builtInScopes, type Project } from '../projects/index.ts'
import type { ConnectedApp } from './connected-app.ts'
import { invalidClientMetadata, invalidRedirectUri, invalidSoftwareStatement } from './errors.ts'
import { isWebUrl, nameProblem } from './introduction.ts'
import { redirectUriProblem, withoutPort } from './redirect-uri.ts'

const mostUris = 50
const ShortText = z.string().max(256)

/** Members that are read. A value that is `null` counts as left out. */
export const registrationMembers = {
  redirect_uris: z
    .array(z.string())
    .describe('Where the client is sent back to: https, http on loopback, or, without a secret, a scheme of its own.'),
  client_name: z.string().optional().describe('What people know it by. It is shown to them as what a stranger says.'),
  token_endpoint_auth_method: z
    .string()
    .optional()
    .describe('`none` (default) for a public client; `client_secret_basic` or `client_secret_post` for a secret.'),
  grant_types: z.array(z.string()).optional().describe('Always `authorization_code` and `refresh_token`.'),
  response_types: z.array(z.string()).optional().describe('Always `code`.'),
  scope: z.string().max(4_000).optional().describe('Scopes that it will ask for. What the project lacks is left out.'),
  client_uri: z.string().optional(),
  logo_uri: z.string().optional(),
  tos_uri: z.string().optional(),
  policy_uri: z.string().optional(),
  contacts: z.array(z.string().max(320)).max(20).optional(),
  post_logout_redirect_uris: z.array(z.string()).max(mostUris).optional(),
  application_type: z.unknown().optional().describe('Accepted, whatever it says.'),
  software_id: ShortText.optional(),
  software_version: ShortText.optional(),
  software_statement: z.unknown().optional().describe('Refused: it cannot be verified here.'),
}

const Input = z.object(registrationMembers)
export type RegistrationInput = z.infer<typeof Input>

/** What it is called when a member has the wrong type. */
export const invalidMembers: { readonly [Name in keyof RegistrationInput]?: ErrorDefinition } = {
  ...Object.fromEntries(Object.keys(registrationMembers).map((name) => [name, invalidClientMetadata])),
  redirect_uris: invalidRedirectUri,
}

export const authMethods = ['none', 'client_secret_basic', 'client_secret_post'] as const
export type AuthMethod = (typeof authMethods)[number]

/** What was registered, under the names of the wire. */
export const RegisteredMetadata = {
  redirect_uris: z.array(z.string()),
  token_endpoint_auth_method: z.enum(authMethods),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  client_name: z.string().optional(),
  scope: z.string().optional(),
  client_uri: z.string().optional(),
  logo_uri: z.string().optional(),
  tos_uri: z.string().optional(),
  policy_uri: z.string().optional(),
  contacts: z.array(z.string()).optional(),
  post_logout_redirect_uris: z.array(z.string()).optional(),
  application_type: z.string().optional(),
  software_id: z.string().optional(),
  software_version: z.string().optional(),
}
const Registered = z.object(RegisteredMetadata)
export type Registered = z.infer<typeof Registered>

export const readRegistered = (text: string): Registered => Registered.parse(JSON.parse(text))

/**
 * What these members come to in this project. `usual` is how a client authenticates that does not say. Throws
 * `invalid_redirect_uri`, `invalid_client_metadata` and `invalid_software_statement`.
 */
export function registered(input: RegistrationInput, project: Project, usual: AuthMethod = 'none'): Registered {
  if (input.software_statement !== undefined) throw invalidSoftwareStatement()
  const method = authMethod(input.token_endpoint_auth_method ?? usual)
  const { client_name, contacts, software_id, software_version, application_type } = input
  const problem = nameProblem(client_name ?? '')
  if (problem !== undefined) throw invalidClientMetadata({ problem: `client_name: ${problem}.` })
  const type = clientType(method)
  const members = {
    redirect_uris: redirectUris(input.redirect_uris, type),
    token_endpoint_auth_method: method,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_name,
    scope: knownScopes(input.scope ?? '', project),
    ...webUrls(input),
    contacts,
    post_logout_redirect_uris: input.post_logout_redirect_uris?.map((uri) =>
      usableUri(uri, type, invalidClientMetadata),
    ),
    application_type: typeof application_type === 'string' ? application_type.slice(0, 256) : undefined,
    software_id,
    software_version,
  }
  // Clients stumble over `null`, and some over empty texts.
  const said = Object.entries(members).filter(([, value]) => value !== undefined && value !== '')
  return Registered.parse(Object.fromEntries(said))
}

/** Only strangers register: never a first-party type (security check 58). */
export const clientType = (method: AuthMethod): ConnectedApp['type'] =>
  method === 'none' ? 'third_party_public' : 'third_party'

function authMethod(given: string): AuthMethod {
  const method = authMethods.find((one) => one === given)
  if (method !== undefined) return method
  const problem = `token_endpoint_auth_method must be ${authMethods.join(', ')} or left out, not ${given.slice(0, 100)}.`
  throw invalidClientMetadata({ problem }, { details: { expected: authMethods, received: given.slice(0, 100) } })
}

function redirectUris(uris: readonly string[], type: ConnectedApp['type']): string[] {
  if (uris.length === 0) throw invalidRedirectUri({ problem: 'redirect_uris is empty. Send at least one.' })
  if (uris.length > mostUris) throw invalidRedirectUri({ problem: `redirect_uris holds more than ${mostUris}.` })
  return uris.map((uri) => usableUri(uri, type, invalidRedirectUri))
}

function usableUri(
  uri: string,
  type: ConnectedApp['type'],
  refuse: typeof invalidRedirectUri | typeof invalidClientMetadata,
) {
  const problem = redirectUriProblem(uri, type)
  if (problem === undefined) return uri
  const received = uri.slice(0, 200)
  throw refuse({ problem: `${received}: ${problem}` }, { details: { received } })
}

const urlMembers = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri'] as const

/** Pages link to these. An empty text counts as left out, as clients mean it. */
function webUrls(input: RegistrationInput) {
  for (const name of urlMembers) {
    const value = input[name] ?? ''
    const received = value.slice(0, 100)
    if (value !== '' && !isWebUrl(value))
      throw invalidClientMetadata({ problem: `${name} must be an http or https URL, not ${received}.` })
  }
  const { client_uri, logo_uri, tos_uri, policy_uri } = input
  return { client_uri, logo_uri, tos_uri, policy_uri }
}

/** Of what it wants to ask for, what there is to ask for. `full_access` is not for strangers. */
function knownScopes(scope: string, { rbac }: Pick<Project, 'rbac'>): string {
  const known = new Set<string>([...builtInScopes, ...rbac.scopes.map((one) => one.scope)])
  known.delete('full_access')
  return [...new Set(scope.split(' '))].filter((one) => known.has(one)).join(' ')
}

/**
 * What is equal for two registrations of one public client: everything but the order of its redirect URIs and the ports of
 * those on loopback, which an app takes as they are free (RFC 8252 §7.3).
 */
export function registrationHash({ redirect_uris, ...rest }: Registered): string {
  const uris = [...new Set(redirect_uris.map((uri) => withoutPort(uri) ?? uri))].sort()
  const members = Object.entries({ ...rest, redirect_uris: uris }).sort(([one], [other]) => (one < other ? -1 : 1))
  return hashText(JSON.stringify(members), 'base64url')
}
