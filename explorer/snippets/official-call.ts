/**
 * The same operation in the official server-side clients. They have one method per operation of the vendor's API, named the
 * same but for each language's spelling, and take the wire's names; what they do not have is not here. Seen in stytch-node
 * 14.2, stytch-python 15.2, stytch-ruby and stytch-go v18.
 */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Json, Values } from '../request/draft.ts'
import { type Given, givenOf, Variable } from './given.ts'

export interface OfficialCall {
  /** The method's path, as Node spells it: `['users', 'deleteOAuthRegistration']`. */
  readonly method: readonly string[]
  readonly given: Given
}

/** Their methods under the same name as ours. */
const sameName = new Set([
  'oauth.authenticate',
  'oauth.attach',
  'sessions.authenticate',
  'sessions.get',
  'sessions.attest',
  'sessions.exchangeAccessToken',
  'sessions.revoke',
  'users.create',
  'users.get',
  'users.update',
  'users.delete',
  'users.deleteExternalId',
  'users.deleteOAuthRegistration',
  'users.connectedApps',
  'users.revoke',
  'idp.oauth.authorizeStart',
  'idp.oauth.authorize',
  'connectedApp.clients.create',
  'connectedApp.clients.get',
  'connectedApp.clients.update',
  'connectedApp.clients.delete',
  'connectedApp.clients.search',
  'connectedApp.clients.secrets.rotateStart',
  'connectedApp.clients.secrets.rotateCancel',
  'connectedApp.clients.secrets.rotate',
  'm2m.clients.create',
  'm2m.clients.get',
  'm2m.clients.update',
  'm2m.clients.delete',
  'm2m.clients.search',
  'm2m.clients.secrets.rotateStart',
  'm2m.clients.secrets.rotateCancel',
  'm2m.clients.secrets.rotate',
  'rbac.policy',
])

/** Fields of ours that their methods do not take. */
const ours: Readonly<Record<string, readonly string[]>> = {
  'sessions.attest': ['telemetry_id'],
  'idp.oauth.authorize': ['resource'],
}

const introspection = ['token', 'client_id', 'client_secret', 'token_type_hint']

/** The call, or `undefined` where they have none that sends these values. */
export function officialCall(operation: CataloguedOperation, values: Values): OfficialCall | undefined {
  const { name } = operation
  const given = givenOf(operation, values)
  if (sameName.has(name)) {
    const isKnown = !Object.keys(values).some((field) => ours[name]?.includes(field))
    return isKnown ? { method: name.split('.'), given } : undefined
  }
  if (name === 'sessions.jwks') return { method: ['sessions', 'getJWKS'], given }
  if (name === 'idp.ofProject.introspect') return networkIntrospection(given)
  return name === 'idp.ofProject.token' ? machineToken(given) : undefined
}

/** The project is the client's own. */
function networkIntrospection({ project_id, ...given }: Given): OfficialCall | undefined {
  if (!isOwn(project_id) || Object.keys(given).some((field) => !introspection.includes(field))) return undefined
  return { method: ['idp', 'introspectTokenNetwork'], given }
}

/** `client_credentials` only, and the scopes are a list. */
function machineToken({ project_id, grant_type, scope, ...given }: Given): OfficialCall | undefined {
  const isPlain = Object.keys(given).every((field) => field === 'client_id' || field === 'client_secret')
  if (!isOwn(project_id) || grant_type !== 'client_credentials' || !isPlain) return undefined
  const hasScopes = typeof scope === 'string' && scope !== ''
  return { method: ['m2m', 'token'], given: { ...given, ...(hasScopes && { scopes: scope.split(' ') }) } }
}

const isOwn = (projectId: Json | Variable | undefined): boolean => projectId instanceof Variable
