/** What a request to log out comes to (OpenID Connect RP-Initiated Logout §2 and §3). */
import { z } from 'zod'
import { type ConnectedApp, redirectUriMatches } from '../../connected-apps/index.ts'
import { unverifiedClaims } from '../../crypto/foreign-jwt.ts'
import type { Context } from '../../kernel/endpoint.ts'
import { ApiError } from '../../kernel/errors.ts'
import type { Project } from '../../projects/index.ts'
import { parameter } from '../client-credentials.ts'
import { resolveClient } from '../resolve-client.ts'
import * as errors from './errors.ts'
import { subjectOf } from './id-token-hint.ts'

export const logoutFields = {
  id_token_hint: parameter.describe('The last ID token that the client received for the user. May have expired.'),
  client_id: parameter.describe('Needed without an ID token.'),
  post_logout_redirect_uri: parameter.describe('Where to go afterwards: one that the client registered.'),
  state: parameter.describe('Comes back unchanged.'),
}
const LogoutFields = z.object(logoutFields)
export type LogoutFields = Partial<z.infer<typeof LogoutFields>>

export interface LogoutRequest {
  readonly project: Project
  /** Who asks, as far as that is known. */
  readonly app: ConnectedApp | undefined
  /** Whom the client means, by an ID token that we made for it. */
  readonly subject: string | undefined
  /** Where the person goes afterwards, `state` included. */
  readonly target: string | undefined
  /** The request without its hint, to be read again when the person has answered. */
  readonly asked: LogoutFields
}

/** Errors of `readLogout`. */
export const logoutErrors = [errors.postLogoutRedirectUriNotRegistered, errors.idTokenHintMismatch]

/** The client that a request names, in one way or the other. */
export const logoutClient = ({ client_id, id_token_hint }: LogoutFields): string | undefined =>
  client_id ?? (id_token_hint === undefined ? undefined : audienceOf(id_token_hint))

/**
 * Reads the request, and changes nothing. Throws `post_logout_redirect_uri_not_registered` and `id_token_hint_mismatch`. A
 * hint that does not verify is as good as none.
 */
export async function readLogout(context: Context, project: Project, given: LogoutFields): Promise<LogoutRequest> {
  const { id_token_hint, client_id, post_logout_redirect_uri, state } = given
  const hinted = id_token_hint === undefined ? undefined : audienceOf(id_token_hint)
  const clientId = logoutClient(given)
  const app = clientId === undefined ? undefined : await findApp(context, project, clientId)
  const subject =
    app && id_token_hint !== undefined ? await subjectOf(id_token_hint, { app, project }, context) : undefined
  if (subject === undefined && client_id !== undefined && hinted !== undefined && hinted !== client_id) {
    throw errors.idTokenHintMismatch()
  }
  const target = post_logout_redirect_uri === undefined ? undefined : afterLogout(app, post_logout_redirect_uri, state)
  return { project, app, subject, target, asked: { client_id: clientId, post_logout_redirect_uri, state } }
}

/** The request once more, after a while: what is no longer registered leads nowhere, but keeps nobody from logging out. */
export async function rereadLogout(context: Context, project: Project, asked: LogoutFields): Promise<LogoutRequest> {
  try {
    return await readLogout(context, project, asked)
  } catch (error) {
    if (error instanceof ApiError) return { project, app: undefined, subject: undefined, target: undefined, asked: {} }
    throw error
  }
}

/**
 * Where to go after a logout, if the client has registered it; exactly, but for the port of a loopback address (§3.1). Throws
 * `post_logout_redirect_uri_not_registered`.
 */
export function afterLogout(app: ConnectedApp | undefined, uri: string, state: string | undefined): string {
  const registered = app?.postLogoutRedirectUrls ?? []
  if (!redirectUriMatches(uri, registered)) {
    throw errors.postLogoutRedirectUriNotRegistered({ details: { received: uri.slice(0, 500), registered } })
  }
  if (state === undefined) return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}

/** The client that an ID token says it is for; not verified yet. */
function audienceOf(idToken: string): string | undefined {
  const { aud } = unverifiedClaims(idToken)
  const [first] = [aud ?? []].flat()
  return typeof first === 'string' ? first : undefined
}

/** `undefined` if there is none of that name; nothing is fetched. */
export async function findApp(context: Context, project: Project, clientId: string): Promise<ConnectedApp | undefined> {
  try {
    return await resolveClient(context, project, clientId, 'token')
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}
