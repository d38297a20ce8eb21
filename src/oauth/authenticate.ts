/** `POST /v1/oauth/authenticate`: the app turns the token of a finished login into a session (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { isCodeVerifier, verifierMatches } from '../crypto/pkce.ts'
import { newId, newToken } from '../crypto/token.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import {
  addFactor,
  insertSession,
  mergeClaims,
  type PresentedSession,
  presentedSession,
  type Session,
  SessionShape,
  saveSession,
  sessionErrors,
  sessionFields,
  sessionInvalid,
  sessionJwt,
  sessionToWire,
  startSession,
  touchSession,
} from '../sessions/index.ts'
import { activateUser, providerType, readUser, rolesOf, UserShape, userToWire } from '../users/index.ts'
import * as errors from './errors.ts'
import { oauthFactor } from './factor.ts'
import { mostFailedVerifiers } from './flow.ts'
import { openProviderValues, ProviderValuesShape } from './provider-values.ts'
import { consumeLoginToken, countFailedVerifier, type PresentedLogin, readLoginToken } from './store.ts'
import { accountOf } from './upstream.ts'

type ProjectContext = Context & { readonly project: Project }

const AuthenticateInput = z.object({
  token: z.string().describe('From the redirect URL that the login ended at.'),
  code_verifier: z.string().optional().describe('Of the app’s PKCE leg; needed if the start URL had a code_challenge.'),
  telemetry_id: z.string().optional().describe('Accepted and ignored: there is no device history.'),
  ...sessionFields,
})
type AuthenticateInput = z.infer<typeof AuthenticateInput>

export const authenticateLogin = endpoint({
  method: 'POST',
  path: '/v1/oauth/authenticate',
  auth: 'project',
  summary: 'Authenticate a finished login',
  description:
    'Exchanges the token of a login, once, for the user and, if `session_duration_minutes` is given, a session. A wrong `code_verifier` does not use the token up; five wrong ones do.',
  errors: [
    ...sessionErrors,
    errors.oauthTokenNotFound,
    errors.oauthConfigNotFound,
    errors.pkceExpectedCodeVerifier,
    errors.pkceDidNotExpectCodeVerifier,
    errors.pkceMismatch,
    errors.invalidPkceCodeVerifier,
  ],
  input: AuthenticateInput,
  invalid: sessionInvalid,
  output: z.object({
    user_id: z.string(),
    provider_subject: z.string().describe('The provider’s own id of the account.'),
    provider_type: z.string().describe('The provider, e.g. `Google`.'),
    oauth_user_registration_id: z.string().describe('Names this account among the user’s `providers`.'),
    session_token: z.string().describe('Empty without a session.'),
    session_jwt: z.string().describe('Empty without a session.'),
    user_session: SessionShape.optional().describe('Absent without a session.'),
    provider_values: ProviderValuesShape,
    user: UserShape,
    reset_sessions: z
      .boolean()
      .describe(
        'True when the user’s other sessions were ended, because this login proved an address that they had only claimed.',
      ),
  }),
  example: { input: { token: 'hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g', session_duration_minutes: 60 } },
  async handle(input, context) {
    const { db, now, project, sealer } = context
    const presented = await presentedSession(context, input)
    const login = await readLoginToken(db, project.id, input.token, now.getTime())
    if (!login) throw errors.oauthTokenNotFound()
    await checkVerifier(input, login, context)
    // A provider that was removed meanwhile logs nobody in.
    accountOf(context, login.provider)
    const user = await readUser(db, project.id, login.userId)
    if (!user) throw errors.oauthTokenNotFound()

    const next = sessionAfter(input, login, presented, context)
    const roles = rolesOf(user)
    const [jwt] = await Promise.all([
      next && sessionJwt(context, next.session, roles),
      commit(input.token, login, next, user.status === 'pending', context),
    ])
    return {
      user_id: user.id,
      provider_subject: login.subject,
      provider_type: providerType(login.provider),
      oauth_user_registration_id: login.registrationId,
      session_token: next?.token ?? '',
      session_jwt: jwt ?? '',
      ...(next && { user_session: sessionToWire(next.session, roles) }),
      provider_values: openProviderValues(sealer, input.token, login.providerValuesSealed),
      user: userToWire({ ...user, status: 'active' }),
      reset_sessions: login.resetSessions,
    }
  },
})

/** RFC 7636 §4.6 for the app's leg. A wrong verifier is counted, so that guessing ends; nothing else is changed. */
async function checkVerifier(
  { token, code_verifier }: AuthenticateInput,
  { codeChallenge, failedAttempts }: PresentedLogin,
  { db }: Context,
): Promise<void> {
  if (codeChallenge === undefined) {
    if (code_verifier !== undefined) throw errors.pkceDidNotExpectCodeVerifier()
    return
  }
  if (code_verifier === undefined) throw errors.pkceExpectedCodeVerifier()
  if (!isCodeVerifier(code_verifier)) throw errors.invalidPkceCodeVerifier()
  if (verifierMatches(code_verifier, codeChallenge)) return
  await countFailedVerifier(db, token)
  throw errors.pkceMismatch({ left: mostFailedVerifiers - failedAttempts - 1 })
}

interface NextSession {
  readonly session: Session
  readonly token: string
  readonly isNew: boolean
}

/**
 * The session that this login leads to: the caller's own with one factor more, or a new one, or none when neither a session
 * nor a duration was given. A session of another user is left alone, as if it had not been sent.
 */
function sessionAfter(
  input: AuthenticateInput,
  login: PresentedLogin,
  presented: PresentedSession | undefined,
  { now, project }: ProjectContext,
): NextSession | undefined {
  const minutes = input.session_duration_minutes
  const factor = oauthFactor(login, now)
  if (presented && presented.session.userId === login.userId) {
    const touched = addFactor(touchSession(presented.session, now, minutes), factor)
    const customClaims = mergeClaims(touched.customClaims, input.session_custom_claims)
    return { session: { ...touched, customClaims }, token: presented.token, isNew: false }
  }
  if (minutes === undefined) return undefined
  const session = startSession({
    id: newId('session', project.environment),
    projectId: project.id,
    userId: login.userId,
    minutes,
    claims: mergeClaims({}, input.session_custom_claims),
    factors: [factor],
    // The caller is the app's server: its address and agent say nothing of the user's.
    attributes: { ipAddress: '', userAgent: '' },
    now,
  })
  return { session, token: newToken(), isNew: true }
}

/** Uses the token up and stores the session, together or not at all. */
async function commit(
  token: string,
  login: PresentedLogin,
  next: NextSession | undefined,
  isPending: boolean,
  { db, now, sealer }: ProjectContext,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await consumeLoginToken(tx, token, now.getTime()))) throw errors.oauthTokenNotFound()
    if (isPending) await activateUser(tx, login.userId)
    if (next?.isNew) await insertSession(tx, sealer, next.session, next.token)
    else if (next) await saveSession(tx, next.session)
  })
}
