/** The session that proving oneself leads to: decided before anything is written, then carried out with it. */
import { newId, newToken } from '../crypto/token.ts'
import type { Queries } from '../db/open.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { mergeClaims } from './claims.ts'
import { sessionNotFound } from './errors.ts'
import type { PresentedSession } from './present.ts'
import { type AuthenticationFactor, addFactor, type Session, startSession, touchSession } from './session.ts'
import { insertSession, lockSession, saveSession } from './store.ts'

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
  readonly userId: string
  /** What the user has just proven. */
  readonly factor: AuthenticationFactor
  readonly wish: SessionWish
  readonly presented: PresentedSession | undefined
  readonly attributes: Session['attributes']
}

/**
 * The caller's own session with one factor more, or a new one, or none. A session of another user is left alone, as if it
 * had not been sent.
 */
export function planSession(
  { userId, factor, wish, presented, attributes }: SessionRequest,
  { now, project }: Context & { readonly project: Project },
): SessionPlan {
  const minutes = wish.session_duration_minutes
  if (presented && presented.session.userId === userId) {
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
    userId,
    minutes,
    claims: mergeClaims({}, wish.session_custom_claims),
    factors: [factor],
    attributes,
    now,
  })
  return { kind: 'start', session, token: newToken() }
}

/** Carries the plan out, in the transaction that uses the proof up. */
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
      // Revoked at this very moment: the proof is not used up, and the caller is told.
      if (!current) throw sessionNotFound()
      const session = plan.change(current)
      await saveSession(tx, session)
      return { session, token: plan.token }
    }
  }
}
