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
import type { Flow } from './flow.ts'
import { linkIdentity } from './link-identity.ts'
import { issueLoginToken } from './login-token.ts'
import { isOneTap, OneTapInput, oneTapErrors, submitOneTap } from './one-tap.ts'
import { matchForProject, withParameters } from './redirect-url.ts'
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

const record = {
  path: '/v1/oauth/callback/{oauth_callback_id}',
  auth: 'none',
  browser: true,
  errors: [
    errors.invalidCallbackId,
    errors.oauthInvalidCallbackRequest,
    errors.oauthInvalidState,
    errors.oauthStateUsed,
    errors.oauthStateMismatch,
    errors.expiredOauthResponse,
    errors.oauthConfigNotFound,
    errors.oauthFlowCallbackError,
    errors.oauthInvalidScopeRequested,
    errors.oauthAppNotAuthorized,
    errors.oauthAuthCodeError,
    errors.oauthTokenExchangeInvalidClient,
    errors.oauthTokenExchangeInvalidRequest,
    errors.oauthTokenExchangeInvalidScope,
    errors.oauthTokenExchangeUnauthorizedClient,
    errors.oauthTokenExchangeMicrosoftExpiredSecret,
    errors.oauthTokenExchangeMicrosoftInvalidSecret,
    errors.twitter401,
    errors.twitter403,
    errors.invalidOauthAttachToken,
    errors.oauthAttachConflict,
    errors.noMatchForProvidedOauthUrl,
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
  handle: (input, context) => finishLogin(input, context, 302),
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
    isOneTap(context.http) ? submitOneTap(input, context) : finishLogin(input, context, 303),
})

async function finishLogin(input: CallbackInput, context: Context, status: 302 | 303): Promise<Reply> {
  const { db, now, projects } = context
  const project = await projects.byCallbackId(input.oauth_callback_id)
  if (!project) throw errors.invalidCallbackId()
  const { state, flow } = await findFlow(input, context, project)
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
  const token = newToken()
  const attachTarget =
    flow.attachTokenHash === undefined
      ? undefined
      : (tx: Parameters<typeof consumeReservedToken>[0]) => consumeReservedToken(tx, flow, now.getTime())
  return linkIdentity(context, { project, account, profile, attachTarget }, async (tx, login) => {
    // Inside the transaction: a URL that is no longer registered leaves neither a user nor a token behind.
    const target = registeredTarget(project, flow, login.isSignup ? 'SIGNUP' : 'LOGIN')
    await issueLoginToken(tx, context, { token, login, values, codeChallenge: flow.codeChallenge })
    return withParameters(target, { stytch_token_type: 'oauth', token })
  })
}

/** Where the flow was to return to, if the project still has that URL. */
function registeredTarget(project: Project, flow: Flow, type: 'LOGIN' | 'SIGNUP'): URL {
  const candidate = type === 'LOGIN' ? flow.loginRedirectUrl : flow.signupRedirectUrl
  const match = matchForProject(candidate, project, type)
  if (match.kind === 'match') return match.url
  throw errors.noMatchForProvidedOauthUrl({ parameter: `${type.toLowerCase()}_redirect_url`, type })
}

/**
 * Where the person is sent with a failed login, if the project wants to tell them itself; else the error goes on to the page
 * of this server. Only for logins that this very browser began.
 */
function tellApp(error: unknown, flow: Flow, { project, requestId, log }: ProjectContext): URL {
  if (
    !(error instanceof ApiError) ||
    error.definition === errors.oauthStateUsed ||
    !project.settings.oauth_errors_to_app
  )
    throw error
  const { type } = error.definition
  const target = matchForProject(flow.loginRedirectUrl, project, 'LOGIN')
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

function responseParameters({ state, code, iss }: CallbackInput): URLSearchParams {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries({ state, code, iss })) if (value !== undefined) parameters.set(name, value)
  return parameters
}
