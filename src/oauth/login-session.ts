/** The session that a login leads to. */
import { newId, newToken } from '../crypto/token.ts'
import type { Queries } from '../db/open.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import {
  addFactor,
  insertSession,
  lockSession,
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
}

/** What becomes of the session, decided before anything is written. */
export type SessionPlan =
  /** Neither a session nor a duration was given. */
  | { readonly kind: 'none' }
  | { readonly kind: 'start'; readonly session: Session; readonly token: string }
  /** The caller's own session gains a factor. */
  | {
      readonly kind: 'stack'
      readonly sessionId: string
      readonly token: string
      readonly change: (session: Session) => Session
    }

/** For a session that an app's server starts: its address and agent say nothing of the user's. */
export const noAttributes: Session['attributes'] = { ipAddress: '', userAgent: '' }

export interface SessionRequest {
  readonly login: ProviderLogin & { readonly userId: string }
  readonly wish: SessionWish
  readonly presented: PresentedSession | undefined
  readonly attributes: Session['attributes']
}

/**
 * The caller's own session with one factor more, or a new one, or none. A session of another user is left alone, as if it
 * had not been sent.
 */
export function planSession(
  { login, wish, presented, attributes }: SessionRequest,
  { now, project }: ProjectContext,
): SessionPlan {
  const minutes = wish.session_duration_minutes
  const factor = oauthFactor(login, now)
  if (presented && presented.session.userId === login.userId) {
    const change = (session: Session): Session => {
      const touched = addFactor(touchSession(session, now, minutes), factor)
      return { ...touched, customClaims: mergeClaims(touched.customClaims, wish.session_custom_claims) }
    }
    return { kind: 'stack', sessionId: presented.session.id, token: presented.token, change }
  }
  if (minutes === undefined) return { kind: 'none' }
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
  return { kind: 'start', session, token: newToken() }
}

/** Carries the plan out, in the transaction that uses the login up. */
export async function carryOut(
  tx: Queries,
  plan: SessionPlan,
  { sealer }: Pick<Context, 'sealer'>,
): Promise<NextSession | undefined> {
  switch (plan.kind) {
    case 'none':
      return undefined
    case 'start':
      await insertSession(tx, sealer, plan.session, plan.token)
      return plan
    case 'stack': {
      // Read again under a lock: two logins at once would otherwise each write back the session without the other's factor.
      const current = await lockSession(tx, plan.sessionId)
      // Revoked at this very moment: the login is not used up, and the caller is told.
      if (!current) throw sessionNotFound()
      const session = plan.change(current)
      await saveSession(tx, session)
      return { session, token: plan.token }
    }
  }
}
