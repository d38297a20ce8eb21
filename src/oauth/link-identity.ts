/**
 * Carries out what `linking.ts` decides, in one transaction: user, registration and login token appear together or not at
 * all.
 */
import { newId } from '../crypto/token.ts'
import { isUniqueViolation, type Queries } from '../db/open.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { deleteSessionsOfUser } from '../sessions/index.ts'
import {
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
import type { Flow } from './flow.ts'
import { decideLinking } from './linking.ts'
import type { Profile, Provider } from './provider.ts'
import { consumeAttachToken, insertLoginToken } from './store.ts'

export interface Identity {
  readonly project: Project
  readonly flow: Flow
  readonly provider: Provider
  readonly profile: Profile
  /** The login token that will name this login. */
  readonly token: string
  readonly providerValuesSealed: string
}

/** Races that are retried: each loss means that somebody else's transaction has just made the row that is looked for. */
const attempts = 4

/**
 * Finds or makes the user of an identity and stores the login token. Of two first logins that race, one makes the user; the
 * other runs into a unique key, starts over, and finds that user.
 */
export async function linkIdentity(context: Context, identity: Identity): Promise<{ readonly isSignup: boolean }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await context.db.transaction((tx) => link(tx, context.now, identity))
    } catch (error) {
      if (attempt === attempts || !isUniqueViolation(error)) throw error
    }
  }
}

async function link(tx: Queries, now: Date, identity: Identity): Promise<{ readonly isSignup: boolean }> {
  const { project, flow, provider, profile } = identity
  const attachTo = flow.attachTokenHash === undefined ? undefined : await consumeAttachToken(tx, flow, now.getTime())
  if (flow.attachTokenHash !== undefined && attachTo === undefined) throw invalidOauthAttachToken()
  const registration = await findRegistration(tx, project.id, provider.id, profile.subject)
  const address = provenAddress(provider, profile)
  const email = address === undefined ? undefined : await findEmail(tx, project.id, address)
  const decision = decideLinking({ attachTo, registeredTo: registration?.userId, emailOwner: email })

  switch (decision.kind) {
    case 'refuse':
      throw oauthAttachConflict({ provider: provider.name })
    case 'log in': {
      const { pictureUrl, locale } = profile
      const registrationId = registration?.id ?? ''
      await refreshRegistration(tx, { id: registrationId, profilePictureUrl: pictureUrl, locale, now })
      await fillEmptyName(tx, decision.userId, profile.name)
      return finish(tx, now, identity, { userId: decision.userId, registrationId, isSignup: false })
    }
    case 'join': {
      // Proven now, by the provider. Until then anybody could have claimed the address, so what they set up ends.
      if (email && email.userId === decision.userId && !email.verified) await markEmailVerified(tx, email.emailId)
      if (decision.takeover) await deleteSessionsOfUser(tx, project.id, decision.userId)
      // An address of somebody else's stays theirs: attaching an account does not move it.
      const emailId = await emailFor(tx, now, identity, decision.userId, email)
      await fillEmptyName(tx, decision.userId, profile.name)
      return register(tx, now, identity, {
        userId: decision.userId,
        emailId,
        isSignup: false,
        resetSessions: decision.takeover,
      })
    }
    case 'sign up': {
      const userId = newId('user', project.environment)
      await insertUser(tx, { id: userId, projectId: project.id, status: 'active', name: profile.name, createdAt: now })
      const emailId = await emailFor(tx, now, identity, userId, email)
      return register(tx, now, identity, { userId, emailId, isSignup: true })
    }
  }
}

/** The address that counts: vouched for by a provider whose word is taken, and an address at all. */
function provenAddress({ linksByEmail }: Provider, { email }: Profile): string | undefined {
  return linksByEmail === 'verified' && email?.verified === true && isEmailAddress(email.address)
    ? email.address
    : undefined
}

/** The id of the address that this identity proves for this user; adds the address if nobody has it yet. */
async function emailFor(
  tx: Queries,
  now: Date,
  { project, provider, profile }: Identity,
  userId: string,
  known: { readonly emailId: string; readonly userId: string } | undefined,
): Promise<string | undefined> {
  const address = provenAddress(provider, profile)
  if (address === undefined) return undefined
  if (known) return known.userId === userId ? known.emailId : undefined
  const emailId = newId('email', project.environment)
  await insertEmail(tx, { id: emailId, projectId: project.id, userId, address, verified: true, createdAt: now })
  return emailId
}

interface Outcome {
  readonly userId: string
  readonly isSignup: boolean
  readonly resetSessions?: boolean
}

async function register(
  tx: Queries,
  now: Date,
  identity: Identity,
  outcome: Outcome & { readonly emailId: string | undefined },
): Promise<{ readonly isSignup: boolean }> {
  const { project, provider, profile } = identity
  const registrationId = newId('oauth-user', project.environment)
  await insertRegistration(tx, {
    id: registrationId,
    projectId: project.id,
    userId: outcome.userId,
    provider: provider.id,
    subject: profile.subject,
    emailId: outcome.emailId,
    profilePictureUrl: profile.pictureUrl,
    locale: profile.locale,
    createdAt: now,
  })
  return finish(tx, now, identity, { ...outcome, registrationId })
}

async function finish(
  tx: Queries,
  now: Date,
  { project, flow, token, providerValuesSealed }: Identity,
  { userId, registrationId, isSignup, resetSessions = false }: Outcome & { readonly registrationId: string },
): Promise<{ readonly isSignup: boolean }> {
  await insertLoginToken(tx, {
    token,
    projectId: project.id,
    userId,
    registrationId,
    codeChallenge: flow.codeChallenge,
    providerValuesSealed,
    resetSessions,
    createdAt: now.getTime(),
    expiresAt: now.getTime() + project.settings.oauth_token_minutes * 60_000,
  })
  return { isSignup }
}
