/** What comes next for a request: a login, a question, or the way back to the client. */
import { noteAttempt } from '../../attempts/index.ts'
import type { Context } from '../../kernel/endpoint.ts'
import { type Reply, redirect } from '../../kernel/reply.ts'
import type { PresentedSession } from '../../sessions/index.ts'
import {
  issueCode,
  type Judgement,
  judge,
  nothingGrantable,
  type ResponseParameters,
  responseUrl,
} from '../authorization.ts'
import { lastProof } from '../authorize.ts'
import { showConsent } from './consent-page.ts'
import { showLogin } from './login-page.ts'
import { canBeImpersonated } from './parties.ts'
import { isSilent, type Pending } from './request.ts'
import { keepLoggedIn, visitorOf } from './session-cookie.ts'

/** OpenID Connect Core §3.1.2.6. */
const loginRequired = { error: 'login_required', error_description: 'The user has to log in.' }
const consentRequired = { error: 'consent_required', error_description: 'The user has to be asked.' }

type Status = 302 | 303

/** Takes a request as far as it goes without the person. */
export async function proceed(context: Context, pending: Pending, status: Status): Promise<Reply> {
  const { app, request, project } = pending
  const within = Object.assign(context, { project })
  const visitor = await visitorOf(within)
  const isWrongUser = visitor !== undefined && request.subject !== undefined && visitor.user.id !== request.subject
  if (!visitor || needsLogin(pending, visitor, context.now)) {
    // Logged in for this request, and still not who the client means: nobody else may answer (OpenID Connect Core §3.1.2.2).
    const isPointless = isWrongUser && visitor.session.id === pending.freshSession
    if (isSilent(request) || isPointless) return answer(context, pending, loginRequired, status)
    return showLogin(within, pending)
  }
  await keepLoggedIn(context, visitor)
  const judgement = await judge(within, { app, user: visitor.user, request })
  if (judgement.granted.length === 0) return answer(context, pending, nothingGrantable, status)
  if (judgement.consentReason === undefined && !canBeImpersonated(app, request.redirectUri)) {
    return giveCode(context, pending, { visitor, granted: judgement.granted, status })
  }
  if (isSilent(request)) return answer(context, pending, consentRequired, status)
  return showConsent(within, pending, visitor, judgement)
}

/** Whether the person has to log in, although they are: the client may want them to do it anew, or somebody else to. */
export function needsLogin(
  { request, freshSession }: Pending,
  { session, user }: PresentedSession,
  now: Date,
): boolean {
  if (request.subject !== undefined && user.id !== request.subject) return true
  if (session.id === freshSession) return false
  if (request.prompts.includes('login') || request.prompts.includes('select_account')) return true
  return request.maxAge !== undefined && now.getTime() - lastProof(session) > request.maxAge * 1_000
}

interface Consented {
  readonly visitor: PresentedSession
  readonly granted: Judgement['granted']
  readonly status: Status
}

/** Sends the person back with a code. */
export async function giveCode(
  context: Context,
  pending: Pending,
  { visitor, granted, status }: Consented,
): Promise<Reply> {
  const { app, request, project } = pending
  const authorizer = {
    userId: visitor.user.id,
    sessionId: visitor.session.id,
    authTime: lastProof(visitor.session),
  }
  const code = await issueCode(Object.assign(context, { project }), app, request, { granted, authorizer })
  const dropped = request.scopes.filter((scope) => !granted.includes(scope))
  note(context, pending, 'ok', { granted, ...(dropped.length > 0 && { dropped }) })
  return back(context, pending, { code }, status)
}

/** Sends the person back with an error. */
export function answer(
  context: Context,
  pending: Pending,
  response: Extract<ResponseParameters, { error: string }>,
  status: Status,
): Reply {
  note(context, pending, response.error)
  return back(context, pending, response, status)
}

const back = (context: Context, pending: Pending, response: ResponseParameters, status: Status): Reply =>
  redirect(
    new URL(responseUrl({ baseUrl: context.baseUrl, project: pending.project }, pending.request, response)),
    {},
    status,
  )

function note(
  context: Context,
  { project, request }: Pending,
  outcome: string,
  details: Readonly<Record<string, unknown>> = {},
): void {
  noteAttempt(context, { projectId: project.id, step: 'authorize', clientId: request.clientId, outcome, details })
}
