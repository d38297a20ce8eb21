/** `GET|POST /v1/oauth/callback/{id}`: where a provider sends the browser back to (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { hashToken, newToken, sameHash } from '../crypto/token.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { ApiError } from '../kernel/errors.ts'
import { type Reply, redirect } from '../kernel/reply.ts'
import type { Project } from '../projects/index.ts'
import { browserName } from './browser.ts'
import { type CodeExchange, exchangeCode } from './code-exchange.ts'
import * as errors from './errors.ts'
import { callbackOwner, type Flow } from './flow.ts'
import { type Identity, linkIdentity, requireAttachable } from './link-identity.ts'
import { type FinishedLogin, issueLoginToken } from './login-token.ts'
import { isOneTap, OneTapInput, oneTapErrors, submitOneTap } from './one-tap.ts'
import { ownPage } from './own-page.ts'
import { providers } from './providers/index.ts'
import { matchForProject, withParameters } from './redirect-url.ts'
import { responseIssuerProblem } from './response-issuer.ts'
import { consumeFlow, consumeReservedToken, readFlow } from './store.ts'

const CallbackInput = z.object({
  oauth_callback_id: z.string().describe('The project’s callback id.'),
  state: z.string().optional().describe('As it was sent to the provider.'),
  code: z.string().optional().describe('Authorization code of the provider.'),
  error: z.string().optional().describe('Why the provider ended the login.'),
  error_description: z.string().optional(),
  iss: z.string().optional().describe('Issuer of the response (RFC 9207).'),
  user: z.string().optional().describe('Apple: the person’s name as JSON, with their first login.'),
})
type CallbackInput = z.infer<typeof CallbackInput>

const CallbackOutput = z.object({ redirect_url: z.string().describe('The app’s own URL, with the token added.') })

/** What a login with a provider of the project's own can meet. */
const customErrors = [
  errors.invalidCallbackId,
  errors.oauthInvalidCallbackRequest,
  errors.oauthInvalidState,
  errors.oauthStateUsed,
  errors.oauthStateMismatch,
  errors.expiredOauthResponse,
  errors.oauthFlowCallbackError,
  errors.oauthInvalidScopeRequested,
  errors.oauthAppNotAuthorized,
  errors.oauthAuthCodeError,
  errors.oauthTokenExchangeInvalidClient,
  errors.oauthTokenExchangeInvalidRequest,
  errors.oauthTokenExchangeInvalidScope,
  errors.oauthTokenExchangeUnauthorizedClient,
  errors.invalidOauthAttachToken,
  errors.oauthAttachConflict,
  errors.noMatchForProvidedOauthUrl,
]

const record = {
  path: '/v1/oauth/callback/{oauth_callback_id}',
  auth: 'none',
  browser: true,
  errors: [
    ...customErrors,
    errors.oauthConfigNotFound,
    errors.oauthTokenExchangeMicrosoftExpiredSecret,
    errors.oauthTokenExchangeMicrosoftInvalidSecret,
    errors.twitter401,
    errors.twitter403,
  ],
  output: CallbackOutput,
} as const

const description =
  'Registered with each provider as the redirect URI. Ends in a redirect to the app with `stytch_token_type=oauth` and `token` added, which `oauth.authenticate` accepts once.'

export const loginCallback = endpoint({
  ...record,
  method: 'GET',
  summary: 'Receive the provider’s answer',
  description,
  input: CallbackInput,
  handle: (input, context) => finishLogin(input, context, { status: 302 }),
})

export const loginCallbackForm = endpoint({
  ...record,
  method: 'POST',
  summary: 'Receive the provider’s answer as a form',
  description: `${description} With the header \`x-stytch-oauth-type: google-one-tap\` it receives a One Tap credential instead, as JSON, and answers with \`redirect_url\` for the page to follow.`,
  errors: [...record.errors, ...oneTapErrors],
  crossOrigin: isOneTap,
  input: z.object({ ...CallbackInput.shape, ...OneTapInput.shape }),
  handle: (input, context) =>
    // 303: the browser must not repeat the provider's form at the app.
    isOneTap(context.http) ? submitOneTap(input, context) : finishLogin(input, context, { status: 303 }),
})

/**
 * A provider of the project's own answers at a callback of its own. At a shared one it could pass a person on to another
 * provider, whose code we would then hand to it (RFC 9700 §4.4.2.2); the built-in ones would not do that.
 */
const ofProvider = {
  ...record,
  path: '/v1/oauth/callback/{oauth_callback_id}/{provider}',
  description: 'Registered with a provider of the project’s own as the redirect URI; otherwise as the shared callback.',
  errors: [...customErrors, errors.invalidOauthProvider, errors.oauthCreatingRedirectUrlError],
  input: z.object({ ...CallbackInput.shape, provider: z.string().describe('Path segment of the provider.') }),
} as const

export const customCallback = endpoint({
  ...ofProvider,
  method: 'GET',
  summary: 'Receive the answer of a provider of the project’s own',
  handle: (input, context) => finishLogin(input, context, { status: 302, provider: input.provider }),
})

export const customCallbackForm = endpoint({
  ...ofProvider,
  method: 'POST',
  summary: 'Receive the answer of a provider of the project’s own as a form',
  handle: (input, context) => finishLogin(input, context, { status: 303, provider: input.provider }),
})

interface Arrival {
  readonly status: 302 | 303
  /** Whose callback it is; absent: the one that all built-in providers share. */
  readonly provider?: string
}

async function finishLogin(input: CallbackInput, context: Context, { status, provider }: Arrival): Promise<Reply> {
  const { db, now, projects } = context
  const project = await projects.byCallbackId(input.oauth_callback_id)
  if (!project) throw errors.invalidCallbackId()
  const { state, flow } = await findFlow(input, context, project)
  if (provider !== callbackOwner(flow.provider)) throw errors.oauthInvalidState()
  try {
    if (flow.expiresAt <= now.getTime()) throw errors.expiredOauthResponse()
    if (!(await consumeFlow(db, flow, now.getTime()))) throw errors.oauthStateUsed()
    return redirect(await logIn(input, { ...context, project }, flow, state), {}, status)
  } catch (error) {
    return redirect(tellApp(error, flow, { ...context, project }), {}, status)
  }
}

type ProjectContext = Context & { readonly project: Project }

/** From the provider's answer to the URL at which the app takes over. */
async function logIn(input: CallbackInput, context: ProjectContext, flow: Flow, state: string): Promise<URL> {
  const { now, project, upstream, sealer, baseUrl } = context
  // Looked up again: a provider that was removed meanwhile logs nobody in.
  const account = await upstream.account(project, flow.provider, baseUrl)
  const problem = responseIssuerProblem(input.iss, account, project, providers)
  if (problem) throw errors.oauthAuthCodeError({ provider: account.provider.name }, { cause: new Error(problem) })
  refuseProviderError(input, account.provider.name)
  const exchange: CodeExchange = {
    account,
    upstream,
    sealer,
    now,
    redirectUri: flow.redirectUri,
    state,
    scopes: flow.scopes,
    response: responseParameters(input),
    userParameter: input.user,
  }
  const { profile, values } = await exchangeCode(exchange)
  const finish = { token: newToken(), values, codeChallenge: flow.codeChallenge }
  const identity = { project, account, profile }
  if (flow.attachTokenHash !== undefined) return attach(context, flow, identity, finish)
  return linkIdentity(context, identity, async (tx, { userId, registrationId, isSignup, resetSessions }) => {
    // Inside the transaction: a URL that is no longer registered leaves neither a user nor a token behind.
    const target = registeredTarget(context, flow, isSignup ? 'SIGNUP' : 'LOGIN')
    await issueLoginToken(tx, context, { ...finish, userId, account: { registrationId }, resetSessions })
    return withToken(target, finish.token)
  })
}

const withToken = (target: URL, token: string): URL => withParameters(target, { stytch_token_type: 'oauth', token })

/**
 * A login that adds an account to a user. The attach token is used up here; the account joins when the app authenticates the
 * login, with its PKCE verifier if it has one. Otherwise whoever holds an attach token of their own could have somebody else
 * open the start URL, and have that person's account join theirs (security check 39).
 */
async function attach(
  context: ProjectContext,
  flow: Flow,
  identity: Identity,
  finish: Pick<FinishedLogin, 'token' | 'values' | 'codeChallenge'>,
): Promise<URL> {
  const { db, now } = context
  const { account, profile } = identity
  return db.transaction(async (tx) => {
    const target = registeredTarget(context, flow, 'LOGIN')
    const userId = await consumeReservedToken(tx, flow, now.getTime())
    if (userId === undefined) throw errors.invalidOauthAttachToken()
    const known = await requireAttachable(tx, identity, userId)
    const waiting = { provider: account.provider.id, profile }
    await issueLoginToken(tx, context, { ...finish, userId, account: known ?? waiting, resetSessions: false })
    return withToken(target, finish.token)
  })
}

/** Where the flow was to return to: a page of ours, or a URL that the project still has. */
function registeredTarget({ project, baseUrl }: ProjectContext, flow: Flow, type: 'LOGIN' | 'SIGNUP'): URL {
  const candidate = type === 'LOGIN' ? flow.loginRedirectUrl : flow.signupRedirectUrl
  const own = ownPage(candidate, baseUrl)
  if (own) return own
  const match = matchForProject(candidate, project, type)
  if (match.kind === 'match') return match.url
  throw errors.noMatchForProvidedOauthUrl({ parameter: `${type.toLowerCase()}_redirect_url`, type })
}

/**
 * Where the person is sent with a failed login: to the page of ours that began it, or to the app if the project wants to tell
 * them itself; else the error goes on to the page of this server. Only for logins that this very browser began.
 */
function tellApp(error: unknown, flow: Flow, { project, requestId, log, baseUrl }: ProjectContext): URL {
  if (!(error instanceof ApiError) || error.definition === errors.oauthStateUsed) throw error
  const own = ownPage(flow.loginRedirectUrl, baseUrl)
  if (!own && !project.settings.oauth_errors_to_app) throw error
  const { type } = error.definition
  const target = own ? { kind: 'match', url: own } : matchForProject(flow.loginRedirectUrl, project, 'LOGIN')
  if (target.kind !== 'match') throw error
  log.info({ request_id: requestId, error_type: type, err: error.cause }, 'a login failed, and the app was told')
  return withParameters(target.url, { stytch_token_type: 'oauth', error: type, error_description: error.message })
}

/** The login that this callback belongs to, if it may go on: known, unused, and in the browser it began in. */
async function findFlow(input: CallbackInput, { db, http, sealer, baseUrl }: Context, project: Project) {
  const { state } = input
  if (!state || (!input.code && !input.error)) throw errors.oauthInvalidCallbackRequest()
  const flow: Flow | undefined = await readFlow(db, project.id, state)
  if (!flow) throw errors.oauthInvalidState()
  const browser = browserName(http.headers.cookie, baseUrl, sealer)
  if (browser === undefined) throw errors.oauthStateMismatch({ problem: 'its cookie did not come along' })
  if (!sameHash(hashToken(browser), flow.browserHash)) {
    throw errors.oauthStateMismatch({ problem: 'its cookie belongs to another one' })
  }
  if (flow.consumedAt !== undefined) throw errors.oauthStateUsed()
  return { state, flow }
}

/** RFC 6749 §4.1.2.1: the provider refused. Its own words go into the details; they are data, never markup. */
function refuseProviderError({ error, error_description }: CallbackInput, provider: string): void {
  if (!error) return
  const details = {
    provider_error: error.slice(0, 200),
    provider_error_description: error_description?.slice(0, 500) ?? '',
  }
  if (error === 'invalid_scope') throw errors.oauthInvalidScopeRequested({ provider }, { details })
  if (error === 'unauthorized_client') throw errors.oauthAppNotAuthorized({ provider }, { details })
  const isDeclined = declined.has(error)
  const reason = isDeclined ? 'access was declined' : 'it reported an error'
  throw errors.oauthFlowCallbackError({ provider, reason }, { details })
}

/** How providers say that the person pressed cancel. RFC 6749 has the first; Apple and LinkedIn have words of their own. */
const declined: ReadonlySet<string> = new Set([
  'access_denied',
  'user_cancelled_authorize',
  'user_cancelled_login',
  'user_denied',
])

/** For the protocol library. The issuer has been looked at. */
const responseParameters = ({ state = '', code = '' }: CallbackInput): URLSearchParams =>
  new URLSearchParams({ state, code })
