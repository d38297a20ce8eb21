/** A session: a user, how they proved themselves, and until when that counts. Pure; time is an argument. */

export interface AuthenticationFactor {
  /** E.g. `oauth`. */
  readonly type: string
  /** E.g. `oauth_google`. */
  readonly deliveryMethod: string
  readonly lastAuthenticatedAt: number
  readonly createdAt: number
  readonly updatedAt: number
  /** The objects that name what was proven, under their wire names. */
  readonly details: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export type Claims = Readonly<Record<string, unknown>>

export interface Session {
  readonly id: string
  readonly projectId: string
  readonly userId: string
  readonly startedAt: number
  readonly lastAccessedAt: number
  readonly expiresAt: number
  readonly attributes: { readonly ipAddress: string; readonly userAgent: string }
  readonly factors: readonly AuthenticationFactor[]
  readonly customClaims: Claims
}

const minute = 60_000

export interface NewSession {
  readonly id: string
  readonly projectId: string
  readonly userId: string
  readonly minutes: number
  readonly claims: Claims
  readonly factors: readonly AuthenticationFactor[]
  readonly attributes: Session['attributes']
  readonly now: Date
}

export function startSession({ minutes, claims, now, ...rest }: NewSession): Session {
  const time = now.getTime()
  return { ...rest, startedAt: time, lastAccessedAt: time, expiresAt: time + minutes * minute, customClaims: claims }
}

/** Using a session neither shortens nor lengthens it, unless the caller asks for a duration. */
export function touchSession(session: Session, now: Date, minutes?: number): Session {
  const time = now.getTime()
  return {
    ...session,
    lastAccessedAt: time,
    expiresAt: minutes === undefined ? session.expiresAt : time + minutes * minute,
  }
}

/** What makes two factors the same: how, and what was proven. */
const identity = ({ type, deliveryMethod, details }: AuthenticationFactor): string =>
  JSON.stringify([
    type,
    deliveryMethod,
    Object.entries(details).map(([name, { id, client_id }]) => [name, id, client_id]),
  ])

/** Adds a factor; one that the session has already is brought up to date instead. */
export function addFactor(session: Session, factor: AuthenticationFactor): Session {
  const key = identity(factor)
  const known = session.factors.find((one) => identity(one) === key)
  if (!known) return { ...session, factors: [...session.factors, factor] }
  const renewed = { ...factor, createdAt: known.createdAt }
  return { ...session, factors: session.factors.map((one) => (one === known ? renewed : one)) }
}
