/** All SQL of users. Every statement is scoped by project, or by the id of a user that was found in the project. */

import { isId } from '../crypto/token.ts'
import { type Dialect, isUniqueViolation, type Queries, reading, writing } from '../db/open.ts'
import type { UsersTable } from '../db/tables.ts'
import type { ApiError, ErrorContext } from '../kernel/errors.ts'
import { emailKey } from './email.ts'
import { duplicateEmail, duplicatePhoneNumber, duplicateUserExternalId } from './errors.ts'
import { isExternalId, type Metadata, type PersonName, type User } from './user.ts'

/** A user with everything that belongs to them, as one row: lists are JSON, gathered by the database. */
export interface WholeUserRow extends Omit<UsersTable, 'created_at'> {
  readonly user_created_at: number
  readonly emails: string
  readonly phone_numbers: string
  readonly registrations: string
}

const list: Readonly<Record<Dialect, (members: string) => string>> = {
  sqlite: (members) => `json_group_array(json_object(${members}) order by created_at)`,
  postgres: (members) => `coalesce(json_agg(json_build_object(${members}) order by created_at)::text, '[]')`,
}

/** What belongs to a user and stands in a table of its own. */
type Lists = Readonly<Record<'emails' | 'phoneNumbers' | 'registrations', string>>

const lists = (dialect: Dialect): Lists => ({
  emails: `(select ${list[dialect](`'id', email_id, 'address', address, 'verified', verified`)}
     from user_emails e where e.user_id = u.user_id)`,
  phoneNumbers: `(select ${list[dialect](`'id', phone_id, 'number', phone_number, 'verified', verified`)}
     from user_phone_numbers p where p.user_id = u.user_id)`,
  registrations: `(select ${list[dialect](`'id', registration_id, 'provider', provider, 'subject', subject,
     'emailId', email_id, 'profilePictureUrl', profile_picture_url, 'locale', locale`)}
     from oauth_registrations r where r.user_id = u.user_id)`,
})

const userColumns = ({ emails, phoneNumbers, registrations }: Lists): string => `u.user_id, u.project_id, u.external_id,
  u.status, u.first_name, u.middle_name, u.last_name, u.trusted_metadata, u.untrusted_metadata, u.roles,
  u.created_at as user_created_at, ${emails} as emails, ${phoneNumbers} as phone_numbers,
  ${registrations} as registrations`

/** Select list for a `WholeUserRow`, the table being `users u`. For joins of other slices as well. */
export const wholeUser = (dialect: Dialect): string => userColumns(lists(dialect))

/**
 * The same, with each list read only where its condition, in SQL, holds; elsewhere it is empty. Each list costs the pages
 * of an index and of a table, so who is called often and needs none should not read them.
 */
export function userWithLists(dialect: Dialect, wanted: Lists): string {
  const { emails, phoneNumbers, registrations } = lists(dialect)
  const where = (condition: string, members: string) => `case when ${condition} then ${members} else '[]' end`
  return userColumns({
    emails: where(wanted.emails, emails),
    phoneNumbers: where(wanted.phoneNumbers, phoneNumbers),
    registrations: where(wanted.registrations, registrations),
  })
}

type Stored<Item> = Omit<Item, 'verified' | 'emailId'> & { readonly verified: number; readonly emailId: string | null }

export function userFromRow(row: WholeUserRow): User {
  const emails: readonly Stored<User['emails'][number]>[] = JSON.parse(row.emails)
  const phones: readonly Stored<User['phoneNumbers'][number]>[] = JSON.parse(row.phone_numbers)
  const registrations: readonly Stored<User['registrations'][number]>[] = JSON.parse(row.registrations)
  return {
    id: row.user_id,
    projectId: row.project_id,
    externalId: row.external_id ?? undefined,
    status: row.status,
    name: { first: row.first_name, middle: row.middle_name, last: row.last_name },
    emails: emails.map((email) => ({ ...email, verified: email.verified === 1 })),
    phoneNumbers: phones.map((phone) => ({ ...phone, verified: phone.verified === 1 })),
    registrations: registrations.map((one) => ({ ...one, emailId: one.emailId ?? undefined })),
    trustedMetadata: JSON.parse(row.trusted_metadata),
    untrustedMetadata: JSON.parse(row.untrusted_metadata),
    assignedRoles: JSON.parse(row.roles),
    createdAt: row.user_created_at,
  }
}

const selectUser = (condition: string): Readonly<Record<Dialect, string>> => ({
  sqlite: `select ${wholeUser('sqlite')} from users u where ${condition}`,
  postgres: `select ${wholeUser('postgres')} from users u where ${condition}`,
})

const readUserStatement = reading<WholeUserRow>('users_read', selectUser('u.user_id = $1 and u.project_id = $2'))

export async function readUser(db: Queries, projectId: string, userId: string): Promise<User | undefined> {
  const row = await db.first(readUserStatement, [userId, projectId])
  return row && userFromRow(row)
}

const idByIdStatement = reading<{ user_id: string }>(
  'users_id_by_id',
  'select user_id from users where user_id = $1 and project_id = $2',
)
const idByExternalIdStatement = reading<{ user_id: string }>(
  'users_id_by_external_id',
  'select user_id from users where external_id = $1 and project_id = $2',
)

/** The user ID behind a user ID or an external ID: what has the form of a user ID is one. */
export async function resolveUserId(db: Queries, projectId: string, given: string): Promise<string | undefined> {
  const statement = isId('user', given) ? idByIdStatement : idByExternalIdStatement
  // What can be neither is nobody's; PostgreSQL would fail on some of it.
  if (statement === idByExternalIdStatement && !isExternalId(given)) return undefined
  return (await db.first(statement, [given, projectId]))?.user_id
}

export async function resolveUser(db: Queries, projectId: string, given: string): Promise<User | undefined> {
  const userId = await resolveUserId(db, projectId, given)
  return userId === undefined ? undefined : readUser(db, projectId, userId)
}

export interface NewUser {
  readonly id: string
  readonly projectId: string
  readonly externalId?: string | undefined
  readonly status: 'active' | 'pending'
  readonly name: PersonName
  readonly trustedMetadata?: Metadata
  readonly untrustedMetadata?: Metadata
  readonly assignedRoles?: readonly string[]
  readonly createdAt: Date
}

/** Throws `duplicate_user_external_id` where another user has that one: the unique key decides, so races are settled. */
export async function insertUser(tx: Queries, user: NewUser): Promise<void> {
  const inserting = tx.query
    .insertInto('users')
    .values({
      user_id: user.id,
      project_id: user.projectId,
      external_id: user.externalId ?? null,
      status: user.status,
      first_name: user.name.first,
      middle_name: user.name.middle,
      last_name: user.name.last,
      trusted_metadata: JSON.stringify(user.trustedMetadata ?? {}),
      untrusted_metadata: JSON.stringify(user.untrustedMetadata ?? {}),
      roles: JSON.stringify(user.assignedRoles ?? []),
      created_at: user.createdAt.getTime(),
    })
    .execute()
  await unless(inserting, duplicateUserExternalId)
}

export interface NewEmail {
  readonly id: string
  readonly projectId: string
  readonly userId: string
  readonly address: string
  readonly verified: boolean
  readonly createdAt: Date
}

/** Fails with a unique violation where somebody in the project has the address. */
export async function insertEmail(tx: Queries, email: NewEmail): Promise<void> {
  await tx.query
    .insertInto('user_emails')
    .values({
      email_id: email.id,
      project_id: email.projectId,
      user_id: email.userId,
      address: email.address,
      address_key: emailKey(email.address),
      verified: email.verified ? 1 : 0,
      created_at: email.createdAt.getTime(),
    })
    .execute()
}

/** The same, for a caller who is told of it: throws `duplicate_email`. */
export const claimEmail = (tx: Queries, email: NewEmail): Promise<void> =>
  unless(insertEmail(tx, email), duplicateEmail)

/** Throws `duplicate_phone_number` where somebody in the project has the number. */
export async function claimPhoneNumber(
  tx: Queries,
  phone: Omit<NewEmail, 'address'> & { readonly number: string },
): Promise<void> {
  const inserting = tx.query
    .insertInto('user_phone_numbers')
    .values({
      phone_id: phone.id,
      project_id: phone.projectId,
      user_id: phone.userId,
      phone_number: phone.number,
      verified: phone.verified ? 1 : 0,
      created_at: phone.createdAt.getTime(),
    })
    .execute()
  await unless(inserting, duplicatePhoneNumber)
}

/** Runs a write and answers a unique violation with a listed error. */
async function unless(write: Promise<unknown>, error: (context: ErrorContext) => ApiError): Promise<void> {
  try {
    await write
  } catch (cause) {
    throw isUniqueViolation(cause) ? error({ cause }) : cause
  }
}

export interface UserChanges {
  readonly externalId?: string | undefined
  readonly name?: PersonName | undefined
  readonly trustedMetadata?: Metadata | undefined
  readonly untrustedMetadata?: Metadata | undefined
  readonly assignedRoles?: readonly string[] | undefined
}

/** Stores what is given; throws `duplicate_user_external_id` like `insertUser`. */
export async function updateUser(tx: Queries, userId: string, changes: UserChanges): Promise<void> {
  const { externalId, name, trustedMetadata, untrustedMetadata, assignedRoles } = changes
  const set = {
    ...(externalId !== undefined && { external_id: externalId }),
    ...(name && { first_name: name.first, middle_name: name.middle, last_name: name.last }),
    ...(trustedMetadata && { trusted_metadata: JSON.stringify(trustedMetadata) }),
    ...(untrustedMetadata && { untrusted_metadata: JSON.stringify(untrustedMetadata) }),
    ...(assignedRoles && { roles: JSON.stringify(assignedRoles) }),
  }
  if (Object.keys(set).length === 0) return
  await unless(tx.query.updateTable('users').set(set).where('user_id', '=', userId).execute(), duplicateUserExternalId)
}

export async function removeExternalId(tx: Queries, userId: string): Promise<void> {
  await tx.query.updateTable('users').set({ external_id: null }).where('user_id', '=', userId).execute()
}

/** Deletes the user with all that belongs to them, sessions included: foreign keys cascade. True if there was one. */
export async function deleteUser(db: Queries, projectId: string, userId: string): Promise<boolean> {
  const deleted = await db.query
    .deleteFrom('users')
    .where('user_id', '=', userId)
    .where('project_id', '=', projectId)
    .returning('user_id')
    .execute()
  return deleted.length === 1
}

/** Serialises changes to one user: whoever locks second reads what the first one wrote. */
export async function lockUser(tx: Queries, userId: string): Promise<void> {
  // A write that changes nothing holds the row on PostgreSQL; on SQLite the transaction holds everything anyway.
  await tx.run(lockStatement, [userId])
}
const lockStatement = writing('users_lock', 'update users set status = status where user_id = $1')

const activateStatement = writing('users_activate', `update users set status = 'active' where user_id = $1`)

/** A pending user becomes active with their first login. */
export async function activateUser(tx: Queries, userId: string): Promise<void> {
  await tx.run(activateStatement, [userId])
}

const fillNameStatement = writing(
  'users_fill_name',
  `update users set first_name = $1, middle_name = $2, last_name = $3
   where user_id = $4 and first_name = '' and middle_name = '' and last_name = ''`,
)

/** Gives a user without any name this one; a name that is there is never overwritten. */
export async function fillEmptyName(tx: Queries, userId: string, { first, middle, last }: PersonName): Promise<void> {
  if (first + middle + last !== '') await tx.run(fillNameStatement, [first, middle, last, userId])
}
