/**
 * Carries out what `linking.ts` decides, in one transaction: the user, the registration and whatever the login leads to
 * appear together or not at all.
 */
import { newId } from '../crypto/token.ts'
import { type Queries, settle } from '../db/open.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { deleteSessionsOfUser } from '../sessions/index.ts'
import {
  dropWaysIn,
  fillEmptyName,
  findEmail,
  findRegistration,
  insertEmail,
  insertRegistration,
  insertUser,
  isEmailAddress,
  markEmailVerified,
  refreshRegistration,
} from '../users/index.ts'
import { invalidOauthAttachToken, oauthAttachConflict } from './errors.ts'
import { decideLinking } from './linking.ts'
import type { Profile } from './provider.ts'
import { dropTokensOfUser } from './store.ts'
import type { Account } from './upstream.ts'

/** An account at a provider that somebody has just proven to have. */
export interface Identity {
  readonly project: Project
  readonly account: Account
  readonly profile: Profile
  /**
   * Of a login that began with an attach token: uses the token up and says whom it was made for; `undefined` if it is no
   * longer good.
   */
  readonly attachTarget?: ((tx: Queries) => Promise<string | undefined>) | undefined
}

/** Whose the identity is from now on. */
export interface LinkedLogin {
  readonly userId: string
  readonly registrationId: string
  readonly emailId: string | undefined
  /** The user was made by this login. */
  readonly isSignup: boolean
  /** Their sessions were ended, because the login proved an address that had only been claimed. */
  readonly resetSessions: boolean
}

/**
 * Finds or makes the user of an identity, and in the same transaction whatever `complete` adds. Of two first logins that
 * race, one makes the user; the other runs into a unique key, starts over, and finds that user.
 */
export const linkIdentity = <T>(
  { db, now }: Pick<Context, 'db' | 'now'>,
  identity: Identity,
  complete: (tx: Queries, login: LinkedLogin) => Promise<T>,
): Promise<T> => settle(db, async (tx) => complete(tx, await link(tx, now, identity)))

async function link(tx: Queries, now: Date, identity: Identity): Promise<LinkedLogin> {
  const { project, account, profile, attachTarget } = identity
  const { provider } = account
  const attachTo = await attachTarget?.(tx)
  if (attachTarget && attachTo === undefined) throw invalidOauthAttachToken()
  const registration = await findRegistration(tx, project.id, provider.id, profile.subject)
  const address = provenAddress(account, profile)
  const email = address === undefined ? undefined : await findEmail(tx, project.id, address)
  const decision = decideLinking({ attachTo, registeredTo: registration?.userId, emailOwner: email })

  switch (decision.kind) {
    case 'refuse':
      throw oauthAttachConflict({ provider: provider.name })
    case 'log in': {
      const { pictureUrl, locale } = profile
      const { id = '', emailId } = registration ?? {}
      await refreshRegistration(tx, { id, profilePictureUrl: pictureUrl, locale, now })
      await fillEmptyName(tx, decision.userId, profile.name)
      return { userId: decision.userId, registrationId: id, emailId, isSignup: false, resetSessions: false }
    }
    case 'join': {
      // Proven now, by the provider. Until then anybody could have claimed the address, so what they set up ends.
      if (email && email.userId === decision.userId && !email.verified) await markEmailVerified(tx, email.emailId)
      if (decision.takeover && email) await takeOver(tx, project, decision.userId, email.emailId)
      // An address of somebody else's stays theirs: attaching an account does not move it.
      const emailId = await emailFor(tx, now, identity, decision.userId, email)
      await fillEmptyName(tx, decision.userId, profile.name)
      const registrationId = await register(tx, now, identity, decision.userId, emailId)
      return { userId: decision.userId, registrationId, emailId, isSignup: false, resetSessions: decision.takeover }
    }
    case 'sign up': {
      const userId = newId('user', project.environment)
      await insertUser(tx, { id: userId, projectId: project.id, status: 'active', name: profile.name, createdAt: now })
      const emailId = await emailFor(tx, now, identity, userId, email)
      const registrationId = await register(tx, now, identity, userId, emailId)
      return { userId, registrationId, emailId, isSignup: true, resetSessions: false }
    }
  }
}

/** Whoever set the account up keeps no way into it: neither what is open now nor what could be opened later. */
export async function takeOver(tx: Queries, project: Project, userId: string, provenEmailId: string): Promise<void> {
  await deleteSessionsOfUser(tx, project.id, userId)
  await dropTokensOfUser(tx, userId)
  await dropWaysIn(tx, userId, provenEmailId)
}

/** Throws `oauth_registration_belongs_to_another_user` if an account cannot be attached to a user. */
export async function requireAttachable(
  tx: Queries,
  { project, account, profile }: Identity,
  userId: string,
): Promise<{ readonly registrationId: string } | undefined> {
  const { provider } = account
  const registration = await findRegistration(tx, project.id, provider.id, profile.subject)
  if (registration && registration.userId !== userId) throw oauthAttachConflict({ provider: provider.name })
  return registration && { registrationId: registration.id }
}

/** The address that counts: vouched for by a provider whose word is taken, and an address at all. */
function provenAddress({ provider, settings }: Account, { email }: Profile): string | undefined {
  if (!email || !isEmailAddress(email.address)) return undefined
  const isProven =
    (provider.linksByEmail === 'verified' && email.verified === true) ||
    (provider.linksByEmail === 'opt-in' && email.verified === 'not stated' && settings.trust_email === true)
  return isProven ? email.address : undefined
}

/** The id of the address that this identity proves for this user; adds the address if nobody has it yet. */
async function emailFor(
  tx: Queries,
  now: Date,
  { project, account, profile }: Identity,
  userId: string,
  known: { readonly emailId: string; readonly userId: string } | undefined,
): Promise<string | undefined> {
  const address = provenAddress(account, profile)
  if (address === undefined) return undefined
  if (known) return known.userId === userId ? known.emailId : undefined
  const emailId = newId('email', project.environment)
  await insertEmail(tx, { id: emailId, projectId: project.id, userId, address, verified: true, createdAt: now })
  return emailId
}

async function register(
  tx: Queries,
  now: Date,
  { project, account, profile }: Identity,
  userId: string,
  emailId: string | undefined,
): Promise<string> {
  const registrationId = newId('oauth-user', project.environment)
  await insertRegistration(tx, {
    id: registrationId,
    projectId: project.id,
    userId,
    provider: account.provider.id,
    subject: profile.subject,
    emailId,
    profilePictureUrl: profile.pictureUrl,
    locale: profile.locale,
    createdAt: now,
  })
  return registrationId
}
