/** All SQL of social login. State, tokens and browser names come in plain and are only ever stored hashed. */
import { hashToken } from '../crypto/token.ts'
import { type Db, type Queries, reading, writing } from '../db/open.ts'
import type { OauthFlowsTable } from '../db/tables.ts'
import { type Flow, mostFailedVerifiers } from './flow.ts'

const insertFlowStatement = writing(
  'oauth_insert_flow',
  `insert into oauth_flows (state_hash, project_id, provider, browser_hash, redirect_uri, login_redirect_url,
     signup_redirect_url, scopes, code_challenge, attach_token_hash, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
)

export async function insertFlow(db: Queries, flow: Flow): Promise<void> {
  await db.run(insertFlowStatement, [
    flow.stateHash,
    flow.projectId,
    flow.provider,
    flow.browserHash,
    flow.redirectUri,
    flow.loginRedirectUrl,
    flow.signupRedirectUrl,
    JSON.stringify(flow.scopes),
    flow.codeChallenge ?? null,
    flow.attachTokenHash ?? null,
    flow.createdAt,
    flow.expiresAt,
  ])
}

const readFlowStatement = reading<OauthFlowsTable>(
  'oauth_read_flow',
  'select * from oauth_flows where state_hash = $1 and project_id = $2',
)

export async function readFlow(db: Queries, projectId: string, state: string): Promise<Flow | undefined> {
  const row = await db.first(readFlowStatement, [hashToken(state), projectId])
  if (!row) return undefined
  return {
    projectId: row.project_id,
    stateHash: row.state_hash,
    provider: row.provider,
    browserHash: row.browser_hash,
    redirectUri: row.redirect_uri,
    loginRedirectUrl: row.login_redirect_url,
    signupRedirectUrl: row.signup_redirect_url,
    scopes: JSON.parse(row.scopes),
    codeChallenge: row.code_challenge ?? undefined,
    attachTokenHash: row.attach_token_hash ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    consumedAt: row.consumed_at ?? undefined,
  }
}

const consumeFlowStatement = writing(
  'oauth_consume_flow',
  'update oauth_flows set consumed_at = $1 where state_hash = $2 and consumed_at is null',
)

/**
 * Takes the login attempt: true for exactly one caller, ever. It is taken before the code is exchanged, because the code
 * can be exchanged only once as well; after a crash right here the person starts again.
 */
export async function consumeFlow(db: Queries, flow: Flow, now: number): Promise<boolean> {
  return (await db.run(consumeFlowStatement, [now, flow.stateHash])) === 1
}

const reserveAttachStatement = writing<{ needs_pkce: number }>(
  'oauth_reserve_attach',
  `update oauth_attach_tokens set reserved_by = $1
   where token_hash = $2 and project_id = $3 and provider = $4 and consumed_at is null and expires_at > $5
   returning needs_pkce`,
)

export interface AttachReservation {
  readonly token: string
  readonly projectId: string
  readonly provider: string
  readonly stateHash: string
  readonly now: number
}

/**
 * Ties an attach token to the login that starts with it. A later start takes it over, so that a person who reloads the
 * consent page is not locked out; the earlier login can then no longer consume it. `undefined` if there is nothing to
 * reserve.
 */
export async function reserveAttachToken(
  db: Queries,
  reservation: AttachReservation,
): Promise<{ readonly needsPkce: boolean } | undefined> {
  const { token, projectId, provider, stateHash, now } = reservation
  const row = await db.first(reserveAttachStatement, [stateHash, hashToken(token), projectId, provider, now])
  return row && { needsPkce: row.needs_pkce === 1 }
}

const consumeReservedStatement = writing<{ user_id: string }>(
  'oauth_consume_attach',
  `update oauth_attach_tokens set consumed_at = $1
   where token_hash = $2 and reserved_by = $3 and consumed_at is null
   returning user_id`,
)

/**
 * Uses the attach token of a login up and says whom it was made for; `undefined` if another login has taken it over or used
 * it. Part of the transaction that links: if that rolls back, the token is still good.
 */
export async function consumeReservedToken(tx: Queries, flow: Flow, now: number): Promise<string | undefined> {
  const row = await tx.first(consumeReservedStatement, [now, flow.attachTokenHash ?? '', flow.stateHash])
  return row?.user_id
}

const consumeAttachStatement = writing<{ user_id: string }>(
  'oauth_consume_attach_at_once',
  `update oauth_attach_tokens set consumed_at = $1
   where token_hash = $2 and project_id = $3 and provider = $4 and consumed_at is null and expires_at > $1
   returning user_id`,
)

/** The same for a login that starts and ends with one request, so that there is nothing to reserve. */
export async function consumeAttachToken(
  tx: Queries,
  { token, projectId, provider, now }: Omit<AttachReservation, 'stateHash'>,
): Promise<string | undefined> {
  return (await tx.first(consumeAttachStatement, [now, hashToken(token), projectId, provider]))?.user_id
}

const insertAttachStatement = writing(
  'oauth_insert_attach',
  `insert into oauth_attach_tokens (token_hash, project_id, user_id, provider, needs_pkce, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)

export interface NewAttachToken {
  readonly token: string
  readonly projectId: string
  readonly userId: string
  readonly provider: string
  readonly needsPkce: boolean
  readonly createdAt: number
  readonly expiresAt: number
}

export async function insertAttachToken(db: Queries, made: NewAttachToken): Promise<void> {
  const { token, projectId, userId, provider, needsPkce, createdAt, expiresAt } = made
  const row = [hashToken(token), projectId, userId, provider, needsPkce ? 1 : 0, createdAt, expiresAt]
  await db.run(insertAttachStatement, row)
}

const dropTokensStatement = writing('oauth_drop_tokens', 'delete from oauth_tokens where user_id = $1')
const dropAttachStatement = writing('oauth_drop_attach', 'delete from oauth_attach_tokens where user_id = $1')

/** Burns every login and attach token of a user that has not been used yet. */
export async function dropTokensOfUser(tx: Queries, userId: string): Promise<void> {
  await tx.run(dropTokensStatement, [userId])
  await tx.run(dropAttachStatement, [userId])
}

/** A finished login that waits for the app to authenticate it. */
export interface LoginToken {
  readonly token: string
  readonly projectId: string
  readonly userId: string
  /** Absent: the account joins the user when the login is authenticated. */
  readonly registrationId: string | undefined
  readonly codeChallenge: string | undefined
  readonly providerValuesSealed: string
  readonly resetSessions: boolean
  readonly createdAt: number
  readonly expiresAt: number
}

/** What sealed provider values are bound to. */
export const providerValuesPurpose = (token: string): string => providerValuesPurposeOf(hashToken(token))
export const providerValuesPurposeOf = (tokenHash: string): string => `provider values ${tokenHash}`

const insertTokenStatement = writing(
  'oauth_insert_token',
  `insert into oauth_tokens (token_hash, project_id, user_id, registration_id, code_challenge, provider_values_sealed,
     reset_sessions, failed_attempts, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)`,
)

export async function insertLoginToken(tx: Queries, made: LoginToken): Promise<void> {
  await tx.run(insertTokenStatement, [
    hashToken(made.token),
    made.projectId,
    made.userId,
    made.registrationId ?? null,
    made.codeChallenge ?? null,
    made.providerValuesSealed,
    made.resetSessions ? 1 : 0,
    made.createdAt,
    made.expiresAt,
  ])
}

interface LoginTokenRow {
  readonly user_id: string
  readonly registration_id: string | null
  readonly provider: string | null
  readonly subject: string | null
  readonly email_id: string | null
  readonly code_challenge: string | null
  readonly provider_values_sealed: string
  readonly reset_sessions: number
  readonly failed_attempts: number
}

/** The registration that a login was made with. */
export interface LoginRegistration {
  readonly registrationId: string
  readonly provider: string
  readonly subject: string
  readonly emailId: string | undefined
}

export interface PresentedLogin {
  readonly userId: string
  /** Absent: the account joins the user now; what it is stands beside the provider's tokens. */
  readonly registration: LoginRegistration | undefined
  readonly codeChallenge: string | undefined
  readonly providerValuesSealed: string
  readonly resetSessions: boolean
  readonly failedAttempts: number
}

const readTokenStatement = reading<LoginTokenRow>(
  'oauth_read_token',
  `select t.user_id, t.registration_id, r.provider, r.subject, r.email_id, t.code_challenge, t.provider_values_sealed,
     t.reset_sessions, t.failed_attempts
   from oauth_tokens t left join oauth_registrations r on r.registration_id = t.registration_id
   where t.token_hash = $1 and t.project_id = $2 and t.consumed_at is null and t.expires_at > $3
     and t.failed_attempts < ${mostFailedVerifiers}`,
)

/** A token that is used, expired, burnt by wrong verifiers, or another project's is the same as one that never was. */
export async function readLoginToken(
  db: Queries,
  projectId: string,
  token: string,
  now: number,
): Promise<PresentedLogin | undefined> {
  const row = await db.first(readTokenStatement, [hashToken(token), projectId, now])
  if (!row) return undefined
  const { registration_id, provider, subject, email_id } = row
  return {
    userId: row.user_id,
    registration:
      registration_id === null || provider === null || subject === null
        ? undefined
        : { registrationId: registration_id, provider, subject, emailId: email_id ?? undefined },
    codeChallenge: row.code_challenge ?? undefined,
    providerValuesSealed: row.provider_values_sealed,
    resetSessions: row.reset_sessions === 1,
    failedAttempts: row.failed_attempts,
  }
}

const consumeTokenStatement = writing(
  'oauth_consume_token',
  `update oauth_tokens set consumed_at = $1, provider_values_sealed = ''
   where token_hash = $2 and consumed_at is null and failed_attempts < ${mostFailedVerifiers}`,
)

/**
 * Uses the token up: true for exactly one caller, ever. Part of the transaction that makes the session, so a crash in
 * between leaves the token good. The provider's own tokens are forgotten with it.
 */
export async function consumeLoginToken(tx: Queries, token: string, now: number): Promise<boolean> {
  return (await tx.run(consumeTokenStatement, [now, hashToken(token)])) === 1
}

const countFailureStatement = writing(
  'oauth_count_failure',
  'update oauth_tokens set failed_attempts = failed_attempts + 1 where token_hash = $1',
)

/** Counts a wrong PKCE verifier. Atomic, so that parallel guesses all count. */
export async function countFailedVerifier(db: Queries, token: string): Promise<void> {
  await db.run(countFailureStatement, [hashToken(token)])
}

/** What kept provider tokens are sealed to. */
export const keptValuesPurpose = (registrationId: string): string => `provider values of ${registrationId}`

const keepValuesStatement = writing(
  'oauth_keep_values',
  'update oauth_registrations set provider_values_sealed = $1 where registration_id = $2',
)

/** Keeps a provider's tokens with a registration, or drops them. */
export async function keepProviderValues(tx: Queries, registrationId: string, sealed: string | null): Promise<void> {
  await tx.run(keepValuesStatement, [sealed, registrationId])
}

export interface KeptValues {
  readonly userId: string
  readonly provider: string
  /** `null`: nothing is kept. */
  readonly sealed: string | null
}

const readKeptStatement = reading<{ user_id: string; provider: string; provider_values_sealed: string | null }>(
  'oauth_read_kept',
  'select user_id, provider, provider_values_sealed from oauth_registrations where registration_id = $1 and project_id = $2',
)

export async function readKeptValues(
  db: Queries,
  projectId: string,
  registrationId: string,
): Promise<KeptValues | undefined> {
  const row = await db.first(readKeptStatement, [registrationId, projectId])
  return row && { userId: row.user_id, provider: row.provider, sealed: row.provider_values_sealed }
}

/** How long, in ms, what has expired stays, so that a late caller can still be told "expired" rather than "unknown". */
const grace = 60 * 60_000

/** Deletes login attempts and tokens that expired more than an hour ago. */
export async function sweepLogins(db: Db, now: number): Promise<void> {
  for (const table of ['oauth_flows', 'oauth_tokens', 'oauth_attach_tokens'] as const) {
    await db.query
      .deleteFrom(table)
      .where('expires_at', '<', now - grace)
      .execute()
  }
}
