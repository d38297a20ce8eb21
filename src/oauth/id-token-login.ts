/**
 * Logins of native apps: the platform's own dialog gives the app an ID token, which is handed in without any redirect. For
 * Google and Apple, from a backend (`/v1`) and from the app itself (`/sdk/v1`) (docs/wire/oauth-login.md).
 */
import { z } from 'zod'
import { hashText } from '../crypto/token.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { frontendErrors, type Project } from '../projects/index.ts'
import {
  attributesOf,
  carryOut,
  exampleJwt,
  frontendSessionErrors,
  frontendSessionFields,
  liveSession,
  noAttributes,
  type PresentedSession,
  planSession,
  presentedSession,
  requireShortEnough,
  SessionShape,
  type SessionWish,
  sessionErrors,
  sessionFields,
  sessionInvalid,
  sessionJwt,
  sessionToWire,
} from '../sessions/index.ts'
import { activateUser, providerType, readUser, rolesOf, UserShape, userToWire } from '../users/index.ts'
import { redirectNonce } from './authorization-request.ts'
import * as errors from './errors.ts'
import { exampleAppleLogin, exampleFrontendAppleLogin, exampleFrontendLogin, exampleLogin } from './examples.ts'
import { oauthFactor } from './factor.ts'
import { verifyIdToken } from './id-token.ts'
import { linkIdentity } from './link-identity.ts'
import { openidProfile, type Profile, usableProfile } from './provider.ts'
import { consumeAttachToken } from './store.ts'
import { type Account, declaredAccount } from './upstream.ts'

type ProjectContext = Context & { readonly project: Project }

const ownFields = {
  id_token: z.string().describe('From the provider’s own SDK.'),
  nonce: z.string().optional().describe('The raw nonce that the SDK was given. Needed if the token holds one.'),
  oauth_attach_token: z.string().optional().describe('From `oauth.attach`: adds the account to that user.'),
}

const nameField = {
  name: z
    .object({
      first_name: z.string().max(128).optional(),
      middle_name: z.string().max(128).optional(),
      last_name: z.string().max(128).optional(),
    })
    .optional()
    .describe('As Apple gave it to the app, with the first login only. Ignored if the user has a name.'),
}

const ownShape = {
  user_id: z.string(),
  provider_subject: z.string().describe('The provider’s own id of the account.'),
  session_token: z.string().describe('Empty without a session.'),
  session_jwt: z.string().describe('Empty without a session.'),
  user: UserShape,
  reset_sessions: z.boolean().describe('As in oauth.authenticate.'),
  user_created: z.boolean().describe('Whether this login made the user.'),
}

const ownErrors = [
  errors.idTokenInvalid,
  errors.idTokenExpired,
  errors.idTokenIncorrectAudience,
  errors.idTokenNonceInvalid,
  errors.oauthFlowCallbackError,
  errors.invalidOauthAttachToken,
  errors.oauthAttachConflict,
]
const googleErrors = [...ownErrors, errors.oauthConfigNotFound]
const appleErrors = [...ownErrors, errors.appleOauthConfigNotFound, errors.missingAppleAppId]

const backend = {
  method: 'POST',
  auth: 'project',
  description:
    'For native apps that send the token to their own backend. The nonce must belong to the token, and the token must have been issued for a client ID of this project.',
  invalid: sessionInvalid,
  output: z.object({
    ...ownShape,
    provider_type: z.string(),
    oauth_user_registration_id: z.string(),
    user_session: SessionShape.optional().describe('Absent without a session.'),
  }),
} as const

export const authenticateGoogleIdToken = endpoint({
  ...backend,
  path: '/v1/oauth/google/id_token/authenticate',
  summary: 'Log in with a Google ID token',
  errors: [...sessionErrors, ...googleErrors],
  input: z.object({ ...ownFields, ...sessionFields }),
  example: {
    input: { id_token: exampleJwt, nonce: 'n-0S6_WzA2Mj', session_duration_minutes: 60 },
    output: { ...exampleLogin, user_created: false },
  },
  handle: (input, context) => fromBackend('google', input, context),
})

export const authenticateAppleIdToken = endpoint({
  ...backend,
  path: '/v1/oauth/apple/id_token/authenticate',
  summary: 'Log in with an Apple ID token',
  errors: [...sessionErrors, ...appleErrors],
  input: z.object({ ...ownFields, ...nameField, ...sessionFields }),
  example: {
    input: {
      id_token: exampleJwt,
      nonce: 'n-0S6_WzA2Mj',
      name: { first_name: 'Ada', last_name: 'Lovelace' },
      session_duration_minutes: 60,
    },
    output: { ...exampleAppleLogin, user_created: true },
  },
  handle: (input, context) => fromBackend('apple', input, context),
})

const frontend = {
  method: 'POST',
  auth: 'frontend',
  crossOrigin: true,
  wrapped: true,
  description: 'For native apps that call this server themselves. A session that the app has gains the factor.',
  invalid: sessionInvalid,
  output: z.object({ ...ownShape, session: SessionShape.nullable(), __user: UserShape }),
} as const
const ownFrontendErrors = [...frontendErrors, ...frontendSessionErrors]

export const authenticateGoogleIdTokenFrontend = endpoint({
  ...frontend,
  path: '/sdk/v1/oauth/google/id_token/authenticate',
  summary: 'Log in with a Google ID token, from an app',
  errors: [...ownFrontendErrors, ...googleErrors],
  input: z.object({ ...ownFields, ...frontendSessionFields }),
  example: {
    input: { id_token: exampleJwt, nonce: 'n-0S6_WzA2Mj', session_duration_minutes: 60 },
    output: { ...exampleFrontendLogin, user_created: false },
  },
  handle: (input, context) => fromFrontend('google', input, context),
})

export const authenticateAppleIdTokenFrontend = endpoint({
  ...frontend,
  path: '/sdk/v1/oauth/apple/id_token/authenticate',
  summary: 'Log in with an Apple ID token, from an app',
  errors: [...ownFrontendErrors, ...appleErrors],
  input: z.object({ ...ownFields, ...nameField, ...frontendSessionFields }),
  example: {
    input: {
      id_token: exampleJwt,
      nonce: 'n-0S6_WzA2Mj',
      name: { first_name: 'Ada', last_name: 'Lovelace' },
      session_duration_minutes: 60,
    },
    output: { ...exampleFrontendAppleLogin, user_created: true },
  },
  handle: (input, context) => fromFrontend('apple', input, context),
})

interface Input extends SessionWish {
  readonly id_token: string
  readonly nonce?: string | undefined
  readonly oauth_attach_token?: string | undefined
  readonly name?:
    | { readonly first_name?: string | undefined; middle_name?: string | undefined; last_name?: string | undefined }
    | undefined
}

async function fromBackend(
  provider: string,
  input: Input & { readonly session_token?: string | undefined; readonly session_jwt?: string | undefined },
  context: ProjectContext,
) {
  const presented = await presentedSession(context, input)
  const { session, registrationId, ...rest } = await logIn(provider, input, presented, context)
  return {
    ...rest,
    provider_type: providerType(provider),
    oauth_user_registration_id: registrationId,
    ...(session && { user_session: session }),
  }
}

async function fromFrontend(
  provider: string,
  input: Input,
  context: ProjectContext & { readonly presentedToken: string | undefined },
) {
  requireShortEnough(context.project, input.session_duration_minutes)
  const presented = await liveSession(context)
  const attributes = attributesOf(context.http)
  const { session, registrationId: _, ...rest } = await logIn(provider, input, presented, context, attributes)
  return { ...rest, session: session ?? null, __user: rest.user }
}

async function logIn(
  provider: string,
  input: Input,
  presented: PresentedSession | undefined,
  context: ProjectContext,
  attributes = noAttributes,
) {
  const { db, now, project, upstream } = context
  const account = declaredAccount(context, provider)
  const claims = await verifyIdToken({ account, upstream, token: input.id_token, audiences: audiencesOf(account), now })
  requireNonce(provider, claims.nonce, input.nonce)
  const profile = usableProfile(withName(openidProfile(claims), input.name))
  const { oauth_attach_token: token } = input
  const attachTarget =
    token === undefined
      ? undefined
      : (tx: Parameters<typeof consumeAttachToken>[0]) =>
          consumeAttachToken(tx, { token, projectId: project.id, provider, now: now.getTime() })

  const identity = { project, account, profile, attachTarget }
  const { login, next } = await linkIdentity(context, identity, async (tx, linked) => {
    if (!linked.isSignup) await activateUser(tx, linked.userId)
    // A takeover has just ended every session of the user, the presented one included.
    const kept = linked.resetSessions ? undefined : presented
    const request = {
      userId: linked.userId,
      factor: oauthFactor({ ...linked, provider, subject: profile.subject }, now),
      wish: input,
      presented: kept,
      attributes,
    }
    return { login: linked, next: await carryOut(tx, planSession(request, context), context) }
  })
  const user = await readUser(db, project.id, login.userId)
  if (!user) throw errors.idTokenInvalid()
  const roles = rolesOf(user)
  return {
    user_id: user.id,
    provider_subject: profile.subject,
    registrationId: login.registrationId,
    session: next && sessionToWire(next.session, roles),
    session_token: next?.token ?? '',
    session_jwt: next ? await sessionJwt(context, next.session, roles) : '',
    user: userToWire(user),
    reset_sessions: login.resetSessions,
    user_created: login.isSignup,
  }
}

/**
 * Google issues tokens of native apps for the web client ID or the platform's; Apple for the bundle ID only. Throws
 * `missing_apple_app_id` where none is declared.
 */
function audiencesOf({ provider, clientId, settings }: Account): readonly string[] {
  const native = settings.native_client_ids ?? []
  if (provider.id !== 'apple') return [clientId, ...native]
  if (native.length === 0) throw errors.missingAppleAppId()
  return native
}

/**
 * A token with a nonce needs the nonce, a nonce needs a token with one: otherwise a caught token could be handed in by
 * somebody else. Google's token holds the nonce as it is; Apple's its SHA-256, in base64 with the vendor's own clients, in
 * base64url or hex with others.
 */
function requireNonce(provider: string, claim: unknown, nonce: string | undefined): void {
  if (claim === undefined && nonce === undefined) return
  if (typeof claim !== 'string' || nonce === undefined) throw errors.idTokenNonceInvalid()
  if (claim.startsWith(redirectNonce)) throw errors.idTokenNonceInvalid()
  const accepted =
    provider === 'google' ? [nonce] : (['base64', 'base64url', 'hex'] as const).map((form) => hashText(nonce, form))
  if (!accepted.includes(claim)) throw errors.idTokenNonceInvalid()
}

function withName(profile: Profile, name: Input['name']): Profile {
  if (!name) return profile
  const { first_name: first = '', middle_name: middle = '', last_name: last = '' } = name
  return { ...profile, name: { first, middle, last } }
}
