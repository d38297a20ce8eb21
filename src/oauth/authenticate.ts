/** `POST /v1/oauth/authenticate`: the app turns the token of a finished login into a session (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { isCodeVerifier, verifierMatches } from '../crypto/pkce.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import {
  type PresentedSession,
  presentedSession,
  SessionShape,
  sessionErrors,
  sessionFields,
  sessionInvalid,
  sessionJwt,
  sessionToWire,
} from '../sessions/index.ts'
import { activateUser, providerType, readUser, rolesOf, type User, UserShape, userToWire } from '../users/index.ts'
import * as errors from './errors.ts'
import { mostFailedVerifiers } from './flow.ts'
import { type NextSession, noAttributes, sessionAfter, storeSession } from './login-session.ts'
import { openProviderValues, ProviderValuesShape } from './provider-values.ts'
import { isSandboxLogin, sandboxLogin } from './sandbox-login.ts'
import { consumeLoginToken, countFailedVerifier, type PresentedLogin, readLoginToken } from './store.ts'
import { declaredAccount } from './upstream.ts'

type ProjectContext = Context & { readonly project: Project }

/** Fields that both routes read. */
export const loginTokenFields = {
  token: z.string().describe('From the redirect URL that the login ended at.'),
  code_verifier: z.string().optional().describe('Of the app’s PKCE leg; needed if the start URL had a code_challenge.'),
}

const AuthenticateInput = z.object({
  ...loginTokenFields,
  telemetry_id: z.string().optional().describe('Accepted and ignored: there is no device history.'),
  ...sessionFields,
})

/** Members of the answer on both routes. */
export const loginShape = {
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
}

/** What can be wrong with the token and its verifier. */
export const loginTokenErrors = [
  errors.oauthTokenNotFound,
  errors.oauthConfigNotFound,
  errors.pkceExpectedCodeVerifier,
  errors.pkceDidNotExpectCodeVerifier,
  errors.pkceMismatch,
  errors.invalidPkceCodeVerifier,
]

export const authenticateLogin = endpoint({
  method: 'POST',
  path: '/v1/oauth/authenticate',
  auth: 'project',
  summary: 'Authenticate a finished login',
  description:
    'Exchanges the token of a login, once, for the user and, if `session_duration_minutes` is given, a session. A wrong `code_verifier` does not use the token up; five wrong ones do.',
  errors: [...sessionErrors, ...loginTokenErrors],
  input: AuthenticateInput,
  invalid: sessionInvalid,
  output: z.object(loginShape),
  example: { input: { token: 'hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g', session_duration_minutes: 60 } },
  async handle(input, context) {
    if (isSandboxLogin(input.token, context.project)) return sandboxLogin(input, context)
    const presented = await presentedSession(context, input)
    return (await redeemLogin(input, presented, context)).answer
  },
})

export interface Redemption {
  readonly answer: z.infer<z.ZodObject<typeof loginShape>>
  readonly user: User
  readonly next: NextSession | undefined
}

/** Uses a login's token up and starts or extends a session. The rest of both routes. */
export async function redeemLogin(
  input: Pick<
    z.infer<typeof AuthenticateInput>,
    'token' | 'code_verifier' | 'session_duration_minutes' | 'session_custom_claims'
  >,
  presented: PresentedSession | undefined,
  context: ProjectContext,
  attributes = noAttributes,
): Promise<Redemption> {
  const { db, now, project, sealer } = context
  const login = await readLoginToken(db, project.id, input.token, now.getTime())
  if (!login) throw errors.oauthTokenNotFound()
  await checkVerifier(input, login, context)
  // A provider that was removed meanwhile logs nobody in.
  declaredAccount(context, login.provider)
  const user = await readUser(db, project.id, login.userId)
  if (!user) throw errors.oauthTokenNotFound()

  const next = sessionAfter(login, input, presented, context, attributes)
  const roles = rolesOf(user)
  const [jwt] = await Promise.all([
    next && sessionJwt(context, next.session, roles),
    commit(input.token, login, next, user.status === 'pending', context),
  ])
  const active: User = { ...user, status: 'active' }
  const answer = {
    user_id: user.id,
    provider_subject: login.subject,
    provider_type: providerType(login.provider),
    oauth_user_registration_id: login.registrationId,
    session_token: next?.token ?? '',
    session_jwt: jwt ?? '',
    ...(next && { user_session: sessionToWire(next.session, roles) }),
    provider_values: openProviderValues(sealer, input.token, login.providerValuesSealed),
    user: userToWire(active),
    reset_sessions: login.resetSessions,
  }
  return { answer, user: active, next }
}

/** RFC 7636 §4.6 for the app’s leg. A wrong verifier is counted, so that guessing ends; nothing else is changed. */
async function checkVerifier(
  { token, code_verifier }: { readonly token: string; readonly code_verifier?: string | undefined },
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

/** Uses the token up and stores the session, together or not at all. */
async function commit(
  token: string,
  login: PresentedLogin,
  next: NextSession | undefined,
  isPending: boolean,
  context: ProjectContext,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    if (!(await consumeLoginToken(tx, token, context.now.getTime()))) throw errors.oauthTokenNotFound()
    if (isPending) await activateUser(tx, login.userId)
    await storeSession(tx, next, context)
  })
}
