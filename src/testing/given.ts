/** States that tests begin in, made through the same stores that the server uses. */
import { hashToken, newId, newToken } from '../crypto/token.ts'
import { insertSession, sessionJwt, startSession } from '../sessions/index.ts'
import { insertUser, readUser, rolesOf } from '../users/index.ts'
import type { TestApp } from './app.ts'

export interface GivenSession {
  readonly userId: string
  readonly sessionId: string
  readonly token: string
  readonly jwt: string
}

/** A user with a live session, as after a login with Google. */
export async function givenSession(
  { app, clock, project }: TestApp,
  { minutes = 60, claims = {} }: { readonly minutes?: number; readonly claims?: Record<string, unknown> } = {},
): Promise<GivenSession> {
  const userId = newId('user', 'test')
  const now = clock.now()
  const time = now.getTime()
  const name = { first: 'Ada', middle: '', last: 'Lovelace' }
  const session = startSession({
    id: newId('session', 'test'),
    projectId: project.id,
    userId,
    minutes,
    claims,
    attributes: { ipAddress: '', userAgent: '' },
    factors: [
      {
        type: 'oauth',
        deliveryMethod: 'oauth_google',
        lastAuthenticatedAt: time,
        createdAt: time,
        updatedAt: time,
        details: { google_oauth_factor: { id: newId('oauth-user', 'test'), provider_subject: '1', email_id: '' } },
      },
    ],
    now,
  })
  const token = newToken()
  await app.db.transaction(async (tx) => {
    await insertUser(tx, { id: userId, projectId: project.id, status: 'active', name, createdAt: now })
    await insertSession(tx, app.sealer, session, token)
  })
  const user = await readUser(app.db, project.id, userId)
  if (!user) throw new Error('The user was not stored.')
  const jwt = await sessionJwt({ keys: app.keys, now }, session, rolesOf(user))
  return { userId, sessionId: session.id, token, jwt }
}

/** Credentials of a second project in the same database, for what must not cross over. */
export async function givenOtherProject({
  app: { db },
}: TestApp): Promise<{ readonly username: string; readonly password: string }> {
  const uuid = '99999999-9999-4999-8999-999999999999'
  const project_id = `project-test-${uuid}`
  const password = 'x'.repeat(40)
  const row = {
    project_id,
    name: 'Other',
    environment: 'test' as const,
    oauth_callback_id: `oauth-callback-test-${uuid}`,
  }
  await db.query
    .insertInto('projects')
    .values({ ...row, settings: '{}', created_at: 0 })
    .execute()
  const secret = { secret_id: 'other', project_id, secret_hash: hashToken(password), created_at: 0, last_used_at: null }
  await db.query.insertInto('project_secrets').values(secret).execute()
  return { username: project_id, password }
}
