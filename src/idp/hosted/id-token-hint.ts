/** ID tokens that come back as hints of who is meant. Ones that have expired still say it (RP-Initiated Logout §4). */
import { type ConnectedApp, wireClientId } from '../../connected-apps/index.ts'
import { verifyJwt } from '../../crypto/jwt.ts'
import type { Context } from '../../kernel/endpoint.ts'
import { issuerOf, type Project } from '../../projects/index.ts'
import { isSilent, type Pending } from './request.ts'

export interface Hint {
  readonly app: ConnectedApp
  readonly project: Project
}

/** The user that an ID token of this client names; `undefined` if it is no ID token that we made for it. */
export async function subjectOf(
  idToken: string,
  { app, project }: Hint,
  { keys, now, baseUrl }: Context,
): Promise<string | undefined> {
  const claims = await verifyJwt(keys, project.id, idToken, {
    issuer: issuerOf(project, baseUrl),
    audience: wireClientId(app),
    now,
    allowExpired: true,
  })
  // An access token may name the client as its audience too, and is none the less no ID token.
  return claims === undefined || 'client_id' in claims ? undefined : claims.sub
}

/**
 * Who is meant by an authorization request. A hint that says nothing is passed over, but where no page can be shown it means
 * nobody: the client wanted somebody in particular.
 */
export async function hintedUser(
  idToken: string | undefined,
  pending: Pending,
  context: Context,
): Promise<string | undefined> {
  if (idToken === undefined) return undefined
  return (await subjectOf(idToken, pending, context)) ?? (isSilent(pending.request) ? '' : undefined)
}
