/** `POST /v1/oauth/authenticate`: the app turns the token of a finished login into a session (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { isCodeVerifier, verifierMatches } from '../crypto/pkce.ts'
import type { Queries } from '../db/open.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import {
  carryOut,
  type NextSession,
  noAttributes,
  type PresentedSession,
  planSession,
  presentedSession,
  type SessionPlan,
  SessionShape,
  sessionErrors,
  sessionFields,
  sessionInvalid,
  sessionJwt,
  sessionToWire,
} from '../sessions/index.ts'
import { activateUser, providerType, readUser, rolesOf, type User, UserShape, userToWire } from '../users/index.ts'
import * as errors from './errors.ts'
import { exampleLogin, exampleProviderValues } from './examples.ts'
import { oauthFactor } from './factor.ts'
import { mostFailedVerifiers } from './flow.ts'
import { linkIdentity } from './link-identity.ts'
import { keepOrDrop } from './login-token.ts'
import type { Profile } from './provider.ts'
import { openLoginSecrets, ProviderValuesShape } from './provider-values.ts'
import { isSandboxLogin, sandboxLogin } from './sandbox-login.ts'
import {
  consumeLoginToken,
  countFailedVerifier,
  type LoginRegistration,
  type PresentedLogin,
  readLoginToken,
} from './store.ts'
import { type Account, declaredAccount } from './upstream.ts'

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
  errors.oauthAttachConflict,
  errors.pkceExpectedCodeVerifier,
  errors.pkceDidNotExpectCodeVerifier,
  errors.pkceMismatch,
  errors.invalidPkceCodeVerifier,
]

export const authenticateLogin = endpoint({
  method: 'POST',
  path: '/v1/oauth/authenticate',
  auth: 'project',
  contractId: 'api_oauth_v1_Authenticate',
  summary: 'Authenticate a finished login',
  description:
    'Exchanges the token of a login, once, for the user and, if `session_duration_minutes` is given, a session. A wrong `code_verifier` does not use the token up; five wrong ones do.',
  errors: [...sessionErrors, ...loginTokenErrors],
  input: AuthenticateInput,
  invalid: sessionInvalid,
  output: z.object(loginShape),
  example: {
    input: { token: 'hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g', session_duration_minutes: 60 },
    output: { ...exampleLogin, provider_values: exampleProviderValues },
  },
  async handle(input, context) {
    if (isSandboxLogin(input.token, context.project)) return sandboxLogin(input, context)
    const presented = await presentedSession(context, input)
    return redeemLogin(input, presented, context)
  },
})

interface Redemption {
  readonly token: string
  readonly code_verifier?: string | undefined
  readonly session_duration_minutes?: number | undefined
  readonly session_custom_claims?: Record<string, unknown> | undefined
}

/** Uses a login's token up and starts or extends a session: the rest of both routes. */
export async function redeemLogin(
  input: Redemption,
  presented: PresentedSession | undefined,
  context: ProjectContext,
  attributes = noAttributes,
): Promise<z.infer<z.ZodObject<typeof loginShape>>> {
  const { db, now, project, sealer } = context
  const login = await readLoginToken(db, project.id, input.token, now.getTime())
  if (!login) throw errors.oauthTokenNotFound()
  await checkVerifier(input, login, context)
  const { values, waiting } = openLoginSecrets(sealer, input.token, login.providerValuesSealed)
  const user = await readUser(db, project.id, login.userId)
  const provider = login.registration?.provider ?? waiting?.provider
  if (!user || provider === undefined) throw errors.oauthTokenNotFound()
  // A provider that was removed meanwhile logs nobody in.
  const account = declaredAccount(context, provider)

  const plan = (registration: LoginRegistration): SessionPlan =>
    planSession(
      { userId: user.id, factor: oauthFactor(registration, now), wish: input, presented, attributes },
      context,
    )
  const useUp = async (tx: Queries): Promise<void> => {
    if (!(await consumeLoginToken(tx, input.token, now.getTime()))) throw errors.oauthTokenNotFound()
    if (user.status === 'pending') await activateUser(tx, user.id)
  }
  const done = login.registration
    ? await completeLogin(login.registration, { user, plan, useUp }, context)
    : await completeAttachment({ account, profile: waiting?.profile, values }, { user, plan, useUp }, context)
  const { registration, next, jwt } = done
  return {
    user_id: user.id,
    provider_subject: registration.subject,
    provider_type: providerType(provider),
    oauth_user_registration_id: registration.registrationId,
    session_token: next?.token ?? '',
    session_jwt: jwt,
    ...(next && { user_session: sessionToWire(next.session, rolesOf(user)) }),
    provider_values: values,
    user: userToWire({ ...done.user, status: 'active' }),
    reset_sessions: login.resetSessions,
  }
}

interface Steps {
  readonly user: User
  readonly plan: (registration: LoginRegistration) => SessionPlan
  /** Uses the token up; true for exactly one caller, so it comes first. */
  readonly useUp: (tx: Queries) => Promise<void>
}

interface Completed {
  readonly user: User
  readonly registration: LoginRegistration
  readonly next: NextSession | undefined
  /** Empty without a session. */
  readonly jwt: string
}

/** The account belongs to the user already. */
async function completeLogin(
  registration: LoginRegistration,
  steps: Steps,
  context: ProjectContext,
): Promise<Completed> {
  const { user, useUp } = steps
  const plan = steps.plan(registration)
  const write = context.db.transaction(async (tx) => {
    await useUp(tx)
    return carryOut(tx, plan, context)
  })
  if (plan.kind !== 'start') {
    const next = await write
    return { user, registration, next, jwt: await jwtOf(next, user, context) }
  }
  // The signature, by far the longest part, is computed on another thread while the write commits.
  const [next, jwt] = await Promise.all([write, sessionJwt(context, plan.session, rolesOf(user))])
  return { user, registration, next, jwt }
}

/** The account joins the user now: the attach token was theirs, and whoever began the login has just proven to be back. */
async function completeAttachment(
  { account, profile, values }: { account: Account; profile: Profile | undefined; values: ProviderValuesShape },
  { user, plan, useUp }: Steps,
  context: ProjectContext,
): Promise<Completed> {
  const { project, db } = context
  if (!profile) throw errors.oauthTokenNotFound()
  const identity = { project, account, profile, attachTarget: async () => user.id }
  const { registration, next } = await linkIdentity(context, identity, async (tx, { registrationId, emailId }) => {
    await useUp(tx)
    await keepOrDrop(tx, context, registrationId, values)
    const joined = { registrationId, emailId, provider: account.provider.id, subject: profile.subject }
    return { registration: joined, next: await carryOut(tx, plan(joined), context) }
  })
  // Read again, because the answer shows the account that has joined.
  const now = (await readUser(db, project.id, user.id)) ?? user
  return { user: now, registration, next, jwt: await jwtOf(next, user, context) }
}

const jwtOf = async (next: NextSession | undefined, user: User, context: ProjectContext): Promise<string> =>
  next ? sessionJwt(context, next.session, rolesOf(user)) : ''

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
