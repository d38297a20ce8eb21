/** Whose session a trusted token starts: somebody known, or, where the profile says so, somebody new. */
import { newId } from '../crypto/token.ts'
import type { Queries } from '../db/open.ts'
import { takeOver } from '../oauth/index.ts'
import type { Project, TrustedTokenProfile } from '../projects/index.ts'
import {
  activateUser,
  findEmail,
  insertEmail,
  insertUser,
  markEmailVerified,
  readUser,
  resolveUser,
} from '../users/index.ts'
import { invalidTrustedAuthToken } from './errors.ts'
import type { Attestation } from './trusted-token.ts'

export interface AttestedUser {
  readonly userId: string
  /** Their sessions were ended, because the token proved an address that had only been claimed. */
  readonly resetSessions: boolean
}

interface Attested {
  readonly project: Project
  readonly profile: TrustedTokenProfile
  readonly attestation: Attestation
  readonly now: Date
}

/**
 * Finds the user by external ID, else by an address that the issuer calls verified, else makes one. Throws
 * `invalid_trusted_auth_token` for somebody who is not known and may not be made.
 */
export async function attestedUser(tx: Queries, attested: Attested): Promise<AttestedUser> {
  const { project, profile, attestation } = attested
  const { externalId } = attestation
  const known = externalId === undefined ? undefined : await resolveUser(tx, project.id, externalId)
  if (known) {
    if (known.status === 'pending') await activateUser(tx, known.id)
    return { userId: known.id, resetSessions: false }
  }
  const byEmail = await userWithEmail(tx, attested)
  if (byEmail) return byEmail
  if (!profile.can_jit_provision) {
    throw invalidTrustedAuthToken({
      problem: 'it names nobody whom the project knows, and its profile makes no users.',
    })
  }
  return provision(tx, attested)
}

async function userWithEmail(
  tx: Queries,
  { project, attestation: { email, externalId } }: Attested,
): Promise<AttestedUser | undefined> {
  const owner = email === undefined ? undefined : await findEmail(tx, project.id, email)
  const user = owner && (await readUser(tx, project.id, owner.userId))
  if (!owner || !user) return undefined
  // The issuer tells two people apart who had the same address one after the other; so do we.
  if (user.externalId !== undefined && externalId !== undefined && user.externalId !== externalId) {
    throw invalidTrustedAuthToken({ problem: 'its e-mail address belongs to a user with another external ID.' })
  }
  await activateUser(tx, user.id)
  if (owner.verified) return { userId: user.id, resetSessions: false }
  // Until now anybody could have claimed the address, so what they set up ends.
  await markEmailVerified(tx, owner.emailId)
  await takeOver(tx, project, user.id, owner.emailId)
  return { userId: user.id, resetSessions: true }
}

async function provision(tx: Queries, { project, attestation, now }: Attested): Promise<AttestedUser> {
  const { environment, id: projectId } = project
  const { externalId, email } = attestation
  const userId = newId('user', environment)
  const name = { first: '', middle: '', last: '' }
  await insertUser(tx, { id: userId, projectId, externalId, status: 'active', name, createdAt: now })
  if (email !== undefined) {
    const id = newId('email', environment)
    await insertEmail(tx, { id, projectId, userId, address: email, verified: true, createdAt: now })
  }
  return { userId, resetSessions: false }
}
