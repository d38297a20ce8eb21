/** `GET /v1/oauth2/login`: the way to a provider and back, in between which the person logs in as at any app. */
import { z } from 'zod'
import { type Context, endpoint } from '../../kernel/endpoint.ts'
import { ApiError } from '../../kernel/errors.ts'
import { page, type Reply, redirect } from '../../kernel/reply.ts'
import { finishOwnLogin, startOwnLogin, waysIn } from '../../oauth/index.ts'
import type { Project } from '../../projects/index.ts'
import { revokeById } from '../../sessions/index.ts'
import { parameter } from '../client-credentials.ts'
import { requestExpired } from './errors.ts'
import { consentPath, loginPath, showLogin } from './login-page.ts'
import { openPending, type Pending, sealPending } from './request.ts'
import { sessionCookie, sessionMinutes, visitorOf } from './session-cookie.ts'

type ProjectContext = Context & { readonly project: Project }

const callbackPath = `${loginPath}/callback` as const

const record = {
  method: 'GET',
  auth: 'none',
  browser: true,
  errors: [requestExpired],
  output: z.object({ redirect_url: z.string() }),
} as const
const sealedRequest = z.string().describe('The authorization request, sealed by the page before.')

export const loginPage = endpoint({
  ...record,
  path: loginPath,
  summary: 'Log in to go on with an authorization',
  description: 'Shows the providers, or with `provider` goes to one. Reached from the pages of an authorization only.',
  input: z.object({ request: sealedRequest, provider: parameter.describe('Lower-case name, e.g. `google`.') }),
  async handle({ request, provider }, context) {
    if (context.http.method === 'HEAD') return page('')
    const pending = await openPending(context, request)
    const within = Object.assign(context, { project: pending.project })
    return provider === undefined ? showLogin(within, pending) : goTo(provider, pending, within)
  },
})

/** Providers that are known to take `prompt=select_account`. */
const letChoose = new Set(['google', 'microsoft', 'github'])

async function goTo(provider: string, pending: Pending, context: ProjectContext): Promise<Reply> {
  if (!waysIn(context).some(({ id }) => id === provider)) {
    return showLogin(context, pending, 'There is no such provider here. Choose one of these.')
  }
  const { loginHint } = pending.request
  const forwarded: [string, string][] = loginHint === undefined ? [] : [['login_hint', loginHint]]
  // Who is logged in and comes here wants to be somebody else; the provider would give back the same person unasked.
  if (letChoose.has(provider) && (await visitorOf(context))) forwarded.push(['prompt', 'select_account'])
  const request = sealPending(context, pending)
  const returnTo = (login: string) => `${callbackPath}?${new URLSearchParams({ login, request })}` as const
  try {
    return await startOwnLogin(context, { provider, returnTo, forwarded })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    context.log.warn({ request_id: context.requestId, err: error }, 'a login could not be started')
    return showLogin(context, pending, 'This provider cannot be reached now. Try again later, or choose another one.')
  }
}

export const loginReturn = endpoint({
  ...record,
  path: callbackPath,
  summary: 'Come back from a provider',
  description: 'Where a login that began at the page ends: starts the session and goes on with the authorization.',
  input: z.object({
    request: sealedRequest,
    login: z.string().describe('Which login it was.'),
    token: parameter.describe('Of the finished login.'),
    error: parameter.describe('Why there is no token.'),
  }),
  async handle({ request, login, token, error }, context) {
    if (context.http.method === 'HEAD') return page('')
    const pending = await openPending(context, request)
    const within = Object.assign(context, { project: pending.project })
    if (token === undefined) return showLogin(within, pending, sentence(error))
    try {
      return await logIn({ token, login }, pending, within)
    } catch (thrown) {
      if (!(thrown instanceof ApiError)) throw thrown
      // The page was loaded again: the token is used up, but the person is here.
      if (await visitorOf(within)) return onward(within, pending)
      return showLogin(within, pending, 'This login did not begin in this browser, or took too long. Log in again.')
    }
  },
})

/** Whatever the address says is not shown: anybody can write one. */
const sentence = (error: string | undefined): string =>
  error === 'oauth_flow_callback_error'
    ? 'You were not logged in, because the provider or you ended it. Try again, or choose another way.'
    : `You were not logged in. Try again, or choose another way.${/^[a-z0-9_]{1,60}$/.test(error ?? '') ? ` (${error})` : ''}`

async function logIn(
  { token, login }: { readonly token: string; readonly login: string },
  pending: Pending,
  context: ProjectContext,
): Promise<Reply> {
  const { db, project } = context
  const before = await visitorOf(context)
  const { userId, sessionId, sessionToken } = await finishOwnLogin(context, { token, login, minutes: sessionMinutes })
  // Somebody else took over this browser. A session of the same person may be in use at an app: it runs out by itself.
  if (before && before.user.id !== userId) await revokeById(db, project.id, before.session.id)
  return onward(context, { ...pending, freshSession: sessionId }, sessionCookie(context, sessionToken))
}

function onward(context: ProjectContext, pending: Pending, cookie?: string): Reply {
  const location = new URL(
    `${consentPath}?${new URLSearchParams({ request: sealPending(context, pending) })}`,
    context.baseUrl,
  )
  return redirect(location, cookie === undefined ? {} : { 'set-cookie': cookie })
}
