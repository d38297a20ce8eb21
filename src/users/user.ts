/** A person in a project. Pure. */
import { isId } from '../crypto/token.ts'
import { everybody } from '../projects/index.ts'

export interface PersonName {
  readonly first: string
  readonly middle: string
  readonly last: string
}

export interface Email {
  readonly id: string
  readonly address: string
  readonly verified: boolean
}

export interface PhoneNumber {
  readonly id: string
  readonly number: string
  readonly verified: boolean
}

/** An account at a provider that belongs to the user. */
export interface Registration {
  readonly id: string
  /** Path segment of the provider, e.g. `google`. */
  readonly provider: string
  readonly subject: string
  /** The address that this account proved, if any. */
  readonly emailId: string | undefined
  readonly profilePictureUrl: string
  readonly locale: string
}

/** JSON that the app keeps with a user; Selvage never looks inside. */
export type Metadata = Readonly<Record<string, unknown>>

export interface User {
  readonly id: string
  readonly projectId: string
  readonly externalId: string | undefined
  readonly status: 'active' | 'pending'
  readonly name: PersonName
  readonly emails: readonly Email[]
  readonly phoneNumbers: readonly PhoneNumber[]
  readonly registrations: readonly Registration[]
  readonly trustedMetadata: Metadata
  readonly untrustedMetadata: Metadata
  /** Assigned roles, without the one that everybody has. */
  readonly assignedRoles: readonly string[]
  readonly createdAt: number
}

/** All roles of a user, the built-in one first. */
export const rolesOf = ({ assignedRoles }: Pick<User, 'assignedRoles'>): readonly string[] => [
  ...new Set([everybody, ...assignedRoles]),
]

/** Letters, digits and `. _ - |`, at most 128 (docs/wire/users.md). Whatever looks like a user ID is one, so it cannot be this. */
export const isExternalId = (text: string): boolean => /^[A-Za-z0-9._|-]{1,128}$/.test(text) && !isId('user', text)

export const isRegistrationId = (text: string): boolean => isId('oauth-user', text)
