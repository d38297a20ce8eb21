/** `GET|POST /v1/oauth/callback/{id}`: where a provider sends the browser back to (docs/wire/oauth-login.md). */
import { z } from 'zod'
import { hashToken, newToken, sameHash } from '../crypto/token.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { type Reply, redirect } from '../kernel/reply.ts'
import type { Project } from '../projects/index.ts'
import { browserName } from './browser.ts'
import { exchangeCode } from './code-exchange.ts'
import * as errors from './errors.ts'
import type { Flow } from './flow.ts'
import { linkIdentity } from './link-identity.ts'
import { sealProviderValues } from './provider-values.ts'
import { withParameters } from './redirect-url.ts'
import { consumeFlow, readFlow } from './store.ts'

const CallbackInput = z.object({
  oauth_callback_id: z.string().describe('The project’s callback id.'),
  state: z.string().optional().describe('As it was sent to the provider.'),
  code: z.string().optional().describe('Authorization code of the provider.'),
  error: z.string().optional().describe('Why the provider ended the login.'),
  error_description: z.string().optional(),
  iss: z.string().optional().describe('Issuer of the response (RFC 9207).'),
})
type CallbackInput = z.infer<typeof CallbackInput>

const CallbackOutput = z.object({ redirect_url: z.string().describe('The app’s own URL, with the token added.') })

const record = {
  path: '/v1/oauth/callback/{oauth_callback_id}',
  auth: 'none',
  browser: true,
  description:
    'Registered with each provider as the redirect URI. Ends in a redirect to the app with `stytch_token_type=oauth` and `token` added, which `oauth.authenticate` accepts once.',
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
    errors.invalidOauthAttachToken,
    errors.oauthAttachConflict,
  ],
  input: CallbackInput,
  output: CallbackOutput,
} as const

export const loginCallback = endpoint({
  ...record,
  method: 'GET',
  summary: 'Receive the provider’s answer',
  handle: (input, context) => finishLogin(input, context, 302),
})

export const loginCallbackForm = endpoint({
  ...record,
  method: 'POST',
  summary: 'Receive the provider’s answer as a form',
  // 303: the browser must not repeat the provider's form at the app.
  handle: (input, context) => finishLogin(input, context, 303),
})

async function finishLogin(input: CallbackInput, context: Context, status: 302 | 303): Promise<Reply> {
  const { db, now, projects, upstream, sealer, baseUrl } = context
  const project = await projects.byCallbackId(input.oauth_callback_id)
  if (!project) throw errors.invalidCallbackId()
  const { state, flow } = await findFlow(input, context, project)
  // Looked up again: a provider that was removed meanwhile logs nobody in.
  const account = upstream.account(project, flow.provider, baseUrl)
  if (!(await consumeFlow(db, flow, now.getTime()))) throw errors.oauthStateUsed()
  refuseProviderError(input, account.provider.name)

  const { profile, values } = await exchangeCode({
    account,
    upstream,
    sealer,
    now,
    redirectUri: flow.redirectUri,
    state,
    scopes: flow.scopes,
    response: responseParameters(input),
  })
  const token = newToken()
  const login = await linkIdentity(context, {
    project,
    flow,
    provider: account.provider,
    profile,
    token,
    providerValuesSealed: sealProviderValues(sealer, token, values),
  })
  const target = new URL(login.isSignup ? flow.signupRedirectUrl : flow.loginRedirectUrl)
  return redirect(withParameters(target, { stytch_token_type: 'oauth', token }), {}, status)
}

/** The login that this callback belongs to, if it may go on: known, unused, in time, and in the browser it began in. */
async function findFlow(input: CallbackInput, { db, http, now, sealer, baseUrl }: Context, project: Project) {
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
  if (flow.expiresAt <= now.getTime()) throw errors.expiredOauthResponse()
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
  const reason = error === 'access_denied' ? 'access was declined' : 'it reported an error'
  throw errors.oauthFlowCallbackError({ provider, reason }, { details })
}

function responseParameters({ state, code, iss }: CallbackInput): URLSearchParams {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries({ state, code, iss })) if (value !== undefined) parameters.set(name, value)
  return parameters
}
