/** Finding the session that a request presents, by token or by JWT. */
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import type { User } from '../users/index.ts'
import { sessionNotFound, tooManySessionArguments, unableToParseSessionJwt } from './errors.ts'
import { sessionIdIn } from './jwt.ts'
import type { Session } from './session.ts'
import { findById, findByToken, openToken } from './store.ts'

export interface SessionArguments {
  readonly session_token?: string | undefined
  readonly session_jwt?: string | undefined
}

export interface PresentedSession {
  readonly session: Session
  readonly user: User
  /** The opaque token, whichever of the two was presented. */
  readonly token: string
}

/**
 * The live session that the request names; `undefined` if it names none. Throws `too_many_session_arguments`,
 * `session_not_found` for one that is unknown, expired, revoked or another project's, and `unable_to_parse_session_jwt` for a
 * JWT that does not verify. A JWT may have expired: its signature says which session, and the session decides.
 */
export async function presentedSession(
  context: Context & { readonly project: Project },
  { session_token, session_jwt }: SessionArguments,
): Promise<PresentedSession | undefined> {
  const { db, now, project } = context
  if (session_token !== undefined && session_jwt !== undefined) throw tooManySessionArguments()
  if (session_token !== undefined) {
    const live = await findByToken(db, project.id, session_token, now.getTime())
    if (!live) throw sessionNotFound()
    return { session: live.session, user: live.user, token: session_token }
  }
  if (session_jwt === undefined) return undefined
  const id = await sessionIdIn(context, project.id, session_jwt)
  if (id === undefined) throw unableToParseSessionJwt()
  const live = await liveSessionById(context, id)
  if (!live) throw sessionNotFound()
  return live
}

/** The live session with this ID; `undefined` when it has ended. */
export async function liveSessionById(
  { db, now, project, sealer }: Pick<Context, 'db' | 'now' | 'sealer'> & { readonly project: Project },
  id: string,
): Promise<PresentedSession | undefined> {
  const live = await findById(db, project.id, id, now.getTime())
  const token = live && openToken(sealer, live)
  return token === undefined || !live ? undefined : { session: live.session, user: live.user, token }
}

/** The live session behind the token that a browser or app carries; `undefined` without one, or when it has ended. */
export async function liveSession({
  db,
  now,
  project,
  presentedToken,
}: Context & {
  readonly project: Project
  readonly presentedToken: string | undefined
}): Promise<PresentedSession | undefined> {
  if (presentedToken === undefined) return undefined
  const live = await findByToken(db, project.id, presentedToken, now.getTime())
  return live && { session: live.session, user: live.user, token: presentedToken }
}
