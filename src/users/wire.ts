/** The user as clients see it (docs/wire/users.md). Every member is always there: typed clients throw on less. */
import { z } from 'zod'
import { providerType } from './provider-type.ts'
import { rolesOf, type User } from './user.ts'

const Name = z.object({ first_name: z.string(), middle_name: z.string(), last_name: z.string() })

/** A name in a request: what is left out stays empty, or as it was. */
export const NameInput = z.object({
  first_name: z.string().max(128).optional(),
  middle_name: z.string().max(128).optional(),
  last_name: z.string().max(128).optional(),
})

export const MetadataInput = z.record(z.string(), z.unknown())

/** Addresses of the request that the app acts for. Accepted and not stored: nothing here depends on them. */
export const AttributesInput = z.object({ ip_address: z.string().optional(), user_agent: z.string().optional() })

const nothingYet = z.array(z.object({})).describe('Always empty: not part of this server.')

export const UserShape = z.object({
  user_id: z.string(),
  name: Name,
  emails: z.array(z.object({ email_id: z.string(), email: z.string(), verified: z.boolean() })),
  phone_numbers: z.array(z.object({ phone_id: z.string(), phone_number: z.string(), verified: z.boolean() })),
  providers: z.array(
    z.object({
      oauth_user_registration_id: z.string(),
      provider_type: z.string().describe('E.g. `Google`.'),
      provider_subject: z.string(),
      profile_picture_url: z.string().describe('Empty when unknown.'),
      locale: z.string().describe('Empty when unknown.'),
    }),
  ),
  webauthn_registrations: nothingYet,
  biometric_registrations: nothingYet,
  totps: nothingYet,
  crypto_wallets: nothingYet,
  password: z.null(),
  status: z.enum(['active', 'pending']),
  trusted_metadata: z.record(z.string(), z.unknown()),
  untrusted_metadata: z.record(z.string(), z.unknown()),
  external_id: z.string().describe('Empty when there is none.'),
  roles: z.array(z.string()),
  is_locked: z.boolean(),
  lock_created_at: z.null(),
  lock_expires_at: z.null(),
  created_at: z.string().describe('RFC 3339, UTC.'),
})
export type UserShape = z.infer<typeof UserShape>

/** RFC 3339 in UTC with whole seconds, as every timestamp on the wire. */
export const wireTime = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`

export function userToWire(user: User): UserShape {
  return {
    user_id: user.id,
    name: { first_name: user.name.first, middle_name: user.name.middle, last_name: user.name.last },
    emails: user.emails.map(({ id, address, verified }) => ({ email_id: id, email: address, verified })),
    phone_numbers: user.phoneNumbers.map(({ id, number, verified }) => ({
      phone_id: id,
      phone_number: number,
      verified,
    })),
    providers: user.registrations.map((registration) => ({
      oauth_user_registration_id: registration.id,
      provider_type: providerType(registration.provider),
      provider_subject: registration.subject,
      profile_picture_url: registration.profilePictureUrl,
      locale: registration.locale,
    })),
    webauthn_registrations: [],
    biometric_registrations: [],
    totps: [],
    crypto_wallets: [],
    password: null,
    status: user.status,
    trusted_metadata: { ...user.trustedMetadata },
    untrusted_metadata: { ...user.untrustedMetadata },
    external_id: user.externalId ?? '',
    roles: [...rolesOf(user)],
    is_locked: false,
    lock_created_at: null,
    lock_expires_at: null,
    created_at: wireTime(user.createdAt),
  }
}
