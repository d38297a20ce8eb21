/** The session that a login leads to. */
import { newId, newToken } from '../crypto/token.ts'
import type { Queries } from '../db/open.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import {
  addFactor,
  insertSession,
  mergeClaims,
  type PresentedSession,
  type Session,
  saveSession,
  sessionNotFound,
  startSession,
  touchSession,
} from '../sessions/index.ts'
import { oauthFactor, type ProviderLogin } from './factor.ts'

type ProjectContext = Context & { readonly project: Project }

export interface SessionWish {
  readonly session_duration_minutes?: number | undefined
  readonly session_custom_claims?: Record<string, unknown> | undefined
}

export interface NextSession {
  readonly session: Session
  readonly token: string
  readonly isNew: boolean
}

/** For a session that an app's server starts: its address and agent say nothing of the user's. */
export const noAttributes: Session['attributes'] = { ipAddress: '', userAgent: '' }

/**
 * The caller's own session with one factor more, or a new one, or none when neither a session nor a duration was given. A
 * session of another user is left alone, as if it had not been sent.
 */
export function sessionAfter(
  login: ProviderLogin & { readonly userId: string },
  wish: SessionWish,
  presented: PresentedSession | undefined,
  { now, project }: ProjectContext,
  attributes = noAttributes,
): NextSession | undefined {
  const minutes = wish.session_duration_minutes
  const factor = oauthFactor(login, now)
  if (presented && presented.session.userId === login.userId) {
    const touched = addFactor(touchSession(presented.session, now, minutes), factor)
    const customClaims = mergeClaims(touched.customClaims, wish.session_custom_claims)
    return { session: { ...touched, customClaims }, token: presented.token, isNew: false }
  }
  if (minutes === undefined) return undefined
  const session = startSession({
    id: newId('session', project.environment),
    projectId: project.id,
    userId: login.userId,
    minutes,
    claims: mergeClaims({}, wish.session_custom_claims),
    factors: [factor],
    attributes,
    now,
  })
  return { session, token: newToken(), isNew: true }
}

export async function storeSession(
  tx: Queries,
  next: NextSession | undefined,
  { sealer }: Pick<Context, 'sealer'>,
): Promise<void> {
  if (next?.isNew) await insertSession(tx, sealer, next.session, next.token)
  // Revoked at this very moment: the login is not used up, and the caller is told.
  else if (next && !(await saveSession(tx, next.session))) throw sessionNotFound()
}
