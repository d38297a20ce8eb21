/** Fills a database with what the scenarios need: thousands of distinct users, sessions and finished logins. */
import { Keyring } from '../src/crypto/keyring.ts'
import { codeChallenge } from '../src/crypto/pkce.ts'
import { Sealer } from '../src/crypto/seal.ts'
import { hashToken, newId, newSecret, newToken } from '../src/crypto/token.ts'
import { migrate, openDatabase } from '../src/db/open.ts'
import { sealLoginSecrets } from '../src/oauth/provider-values.ts'
import { credentialsPurpose } from '../src/projects/store.ts'
import { sessionJwt } from '../src/sessions/jwt.ts'
import { startSession } from '../src/sessions/session.ts'
import { tokenPurpose } from '../src/sessions/store.ts'
import { type SeededIdp, seedIdp } from './seed-idp.ts'

export interface Seeded {
  readonly masterKey: string
  readonly projectId: string
  readonly secret: string
  readonly publicToken: string
  readonly privateKeyPem: string
  readonly keyId: string
  readonly userIds: readonly string[]
  readonly sessionTokens: readonly string[]
  readonly sessionJwts: readonly string[]
  /** Single use: one per request. */
  readonly loginTokens: readonly string[]
  readonly idp: SeededIdp
}

const uuid = '00000000-0000-4000-8000-000000000000'
const users = 5_000
/** Signing one costs as much as a request, so fewer sessions are authenticated by JWT. */
const jwts = 1_000
const chunk = 400

/** `grants`: how many codes and how many refresh tokens. */
export async function seed(
  url: string,
  { logins, grants }: { readonly logins: number; readonly grants: number },
): Promise<Seeded> {
  const masterKey = Buffer.alloc(32, 7).toString('base64')
  const sealer = new Sealer(masterKey)
  const db = openDatabase({ url, powerLossSafe: false, connections: 4 })
  await migrate(db)
  const now = new Date()
  const created_at = now.getTime()
  const project_id = `project-test-${uuid}`
  const secret = newSecret('test')
  const publicToken = `public-token-test-${uuid}`
  await db.transaction(async ({ query }) => {
    await query
      .insertInto('projects')
      .values({
        project_id,
        name: 'Bench',
        environment: 'test',
        oauth_callback_id: `oauth-callback-test-${uuid}`,
        settings: '{}',
        created_at,
      })
      .execute()
    await query
      .insertInto('project_secrets')
      .values({ secret_id: 's', project_id, secret_hash: hashToken(secret), created_at, last_used_at: created_at })
      .execute()
    await query.insertInto('public_tokens').values({ public_token: publicToken, project_id, created_at }).execute()
    for (const type of ['LOGIN', 'SIGNUP'] as const) {
      await query
        .insertInto('redirect_urls')
        .values({ project_id, type, url: 'https://app.example.com/authenticate', is_default: 1, position: 0 })
        .execute()
    }
    const credentials_sealed = sealer.seal('{"client_secret":"x"}', credentialsPurpose(project_id, 'google'))
    await query
      .insertInto('provider_configs')
      .values({ project_id, provider: 'google', client_id: 'client', credentials_sealed, settings: '{}' })
      .execute()
  })
  const keys = new Keyring({ db, sealer, now: () => now })
  const signer = await keys.signer(project_id)

  const people = Array.from({ length: users }, (_, at) => {
    const id = newId('user', 'test')
    const session = startSession({
      id: newId('session', 'test'),
      projectId: project_id,
      userId: id,
      minutes: 527_040,
      claims: {},
      factors: [
        {
          type: 'oauth',
          deliveryMethod: 'oauth_google',
          lastAuthenticatedAt: created_at,
          createdAt: created_at,
          updatedAt: created_at,
          details: { google_oauth_factor: { id: `oauth-user-test-${at}`, provider_subject: String(at), email_id: '' } },
        },
      ],
      attributes: { ipAddress: '', userAgent: '' },
      now,
    })
    return { id, at, session, token: newToken(), registration: newId('oauth-user', 'test') }
  })
  const loginTokens = Array.from({ length: logins }, newToken)
  await db.transaction(async ({ query }) => {
    for (const some of chunks(people)) {
      await query
        .insertInto('users')
        .values(
          some.map(({ id }) => ({
            user_id: id,
            project_id,
            external_id: null,
            status: 'active' as const,
            first_name: 'Ada',
            middle_name: '',
            last_name: 'Lovelace',
            trusted_metadata: '{}',
            untrusted_metadata: '{}',
            roles: '[]',
            created_at,
          })),
        )
        .execute()
      await query
        .insertInto('user_emails')
        .values(
          some.map(({ id, at }) => ({
            email_id: newId('email', 'test'),
            project_id,
            user_id: id,
            address: `user${at}@example.com`,
            address_key: `user${at}@example.com`,
            verified: 1,
            created_at,
          })),
        )
        .execute()
      await query
        .insertInto('oauth_registrations')
        .values(
          some.map(({ id, at, registration }) => ({
            registration_id: registration,
            project_id,
            user_id: id,
            provider: 'google',
            subject: String(at),
            email_id: null,
            profile_picture_url: '',
            locale: '',
            created_at,
            updated_at: created_at,
          })),
        )
        .execute()
      await query
        .insertInto('sessions')
        .values(
          some.map(({ id, session, token }) => ({
            session_id: session.id,
            project_id,
            user_id: id,
            token_hash: hashToken(token),
            token_sealed: sealer.seal(token, tokenPurpose(session.id)),
            started_at: created_at,
            last_accessed_at: created_at,
            expires_at: session.expiresAt,
            ip_address: '',
            user_agent: '',
            factors: JSON.stringify(session.factors),
            custom_claims: '{}',
          })),
        )
        .execute()
    }
    const values = {
      accessToken: 'x'.repeat(120),
      refreshToken: '',
      idToken: 'x'.repeat(600),
      scopes: ['openid', 'email', 'profile'],
    }
    for (const [page, some] of chunks(loginTokens).entries()) {
      await query
        .insertInto('oauth_tokens')
        .values(
          some.map((token, at) => {
            const person = people[(page * chunk + at) % users]
            if (!person) throw new Error('No users.')
            return {
              token_hash: hashToken(token),
              project_id,
              user_id: person.id,
              registration_id: person.registration,
              code_challenge: codeChallenge('v'.repeat(43)),
              provider_values_sealed: sealLoginSecrets(sealer, token, values, undefined),
              reset_sessions: 0,
              failed_attempts: 0,
              created_at,
              expires_at: created_at + 3_600_000,
              consumed_at: null,
            }
          }),
        )
        .execute()
    }
  })
  const sessionJwts = await Promise.all(
    people.slice(0, jwts).map(({ session }) => sessionJwt({ keys, now }, session, ['stytch_user'])),
  )
  const userIds = people.map(({ id }) => id)
  const idp = await seedIdp({ db, keys, projectId: project_id, userIds, count: grants, now })
  await db.close()
  return {
    masterKey,
    projectId: project_id,
    secret,
    publicToken,
    privateKeyPem: signer.key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    keyId: signer.keyId,
    userIds,
    sessionTokens: people.map(({ token }) => token),
    sessionJwts,
    loginTokens,
    idp,
  }
}

function chunks<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / chunk) }, (_, at) => all.slice(at * chunk, (at + 1) * chunk))
}
