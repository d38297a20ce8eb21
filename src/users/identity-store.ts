/** SQL of what logins need to know of users: who has an address, who has an account at a provider. */
import { type Queries, reading, writing } from '../db/open.ts'
import { emailKey } from './email.ts'

export interface EmailOwner {
  readonly emailId: string
  readonly userId: string
  readonly verified: boolean
}

const findEmailStatement = reading<{ email_id: string; user_id: string; verified: number }>(
  'users_find_email',
  'select email_id, user_id, verified from user_emails where project_id = $1 and address_key = $2',
)

/** Who in the project has an address, by its normalised form. */
export async function findEmail(db: Queries, projectId: string, address: string): Promise<EmailOwner | undefined> {
  const row = await db.first(findEmailStatement, [projectId, emailKey(address)])
  return row && { emailId: row.email_id, userId: row.user_id, verified: row.verified === 1 }
}

const verifyEmailStatement = writing('users_verify_email', 'update user_emails set verified = 1 where email_id = $1')

export async function markEmailVerified(tx: Queries, emailId: string): Promise<void> {
  await tx.run(verifyEmailStatement, [emailId])
}

export interface RegistrationOwner {
  readonly id: string
  readonly userId: string
  readonly emailId: string | undefined
}

const findRegistrationStatement = reading<{ registration_id: string; user_id: string; email_id: string | null }>(
  'users_find_registration',
  'select registration_id, user_id, email_id from oauth_registrations where project_id = $1 and provider = $2 and subject = $3',
)

/** Who in the project has an account at a provider. */
export async function findRegistration(
  db: Queries,
  projectId: string,
  provider: string,
  subject: string,
): Promise<RegistrationOwner | undefined> {
  const row = await db.first(findRegistrationStatement, [projectId, provider, subject])
  return row && { id: row.registration_id, userId: row.user_id, emailId: row.email_id ?? undefined }
}

export interface NewRegistration {
  readonly id: string
  readonly projectId: string
  readonly userId: string
  readonly provider: string
  readonly subject: string
  readonly emailId: string | undefined
  readonly profilePictureUrl: string
  readonly locale: string
  readonly createdAt: Date
}

/** Fails with a unique violation where somebody in the project has that account. */
export async function insertRegistration(tx: Queries, registration: NewRegistration): Promise<void> {
  const time = registration.createdAt.getTime()
  await tx.query
    .insertInto('oauth_registrations')
    .values({
      registration_id: registration.id,
      project_id: registration.projectId,
      user_id: registration.userId,
      provider: registration.provider,
      subject: registration.subject,
      email_id: registration.emailId ?? null,
      profile_picture_url: registration.profilePictureUrl,
      locale: registration.locale,
      provider_values_sealed: null,
      created_at: time,
      updated_at: time,
    })
    .execute()
}

const refreshStatement = writing(
  'users_refresh_registration',
  'update oauth_registrations set profile_picture_url = $1, locale = $2, updated_at = $3 where registration_id = $4',
)

/** Keeps picture and locale as the provider last stated them. */
export async function refreshRegistration(
  tx: Queries,
  { id, profilePictureUrl, locale, now }: { id: string; profilePictureUrl: string; locale: string; now: Date },
): Promise<void> {
  await tx.run(refreshStatement, [profilePictureUrl, locale, now.getTime(), id])
}

const deleteRegistrationStatement = writing<{ user_id: string }>(
  'users_delete_registration',
  'delete from oauth_registrations where registration_id = $1 and project_id = $2 returning user_id',
)

/** Takes an account at a provider away from its user, whose id it gives; `undefined` if there is no such registration. */
export async function deleteRegistration(
  tx: Queries,
  projectId: string,
  registrationId: string,
): Promise<string | undefined> {
  return (await tx.first(deleteRegistrationStatement, [registrationId, projectId]))?.user_id
}

const dropRegistrationsStatement = writing(
  'users_drop_registrations',
  'delete from oauth_registrations where user_id = $1',
)
const dropEmailsStatement = writing(
  'users_drop_emails',
  'delete from user_emails where user_id = $1 and email_id <> $2',
)
const dropPhonesStatement = writing('users_drop_phones', 'delete from user_phone_numbers where user_id = $1')
// Their codes and refresh tokens go with them.
const dropGrantsStatement = writing('users_drop_grants', 'delete from grants where user_id = $1')
const dropConsentsStatement = writing('users_drop_consents', 'delete from consents where user_id = $1')

/**
 * Takes everything from a user by which whoever set the account up could come back: accounts at providers, other addresses,
 * phone numbers, apps that were let in. Only the address that has just been proven stays.
 */
export async function dropWaysIn(tx: Queries, userId: string, provenEmailId: string): Promise<void> {
  await tx.run(dropRegistrationsStatement, [userId])
  await tx.run(dropEmailsStatement, [userId, provenEmailId])
  await tx.run(dropPhonesStatement, [userId])
  await tx.run(dropGrantsStatement, [userId])
  await tx.run(dropConsentsStatement, [userId])
}
