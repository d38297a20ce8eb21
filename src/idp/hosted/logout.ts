/** `GET|POST /v1/oauth2/logout`: the `end_session_endpoint` (OpenID Connect RP-Initiated Logout §2). */
import { z } from 'zod'
import { noteAttempt, noteFailure } from '../../attempts/index.ts'
import { type Context, endpoint } from '../../kernel/endpoint.ts'
import { ApiError } from '../../kernel/errors.ts'
import { page, type Reply, redirect } from '../../kernel/reply.ts'
import { issuerIsAmbiguous, issuerUnknown, type Project, projectNotFound } from '../../projects/index.ts'
import { revokeById } from '../../sessions/index.ts'
import { byGet, inProject } from './by-get.ts'
import { requestExpired } from './errors.ts'
import { askToLogOut, type LogoutForm, loggedOut, logoutAnswerPath, stillLoggedIn } from './logout-page.ts'
import {
  type LogoutFields,
  type LogoutRequest,
  logoutClient,
  logoutErrors,
  logoutFields,
  readLogout,
  rereadLogout,
} from './logout-request.ts'
import { isIntroduced } from './parties.ts'
import { projectOf } from './request.ts'
import { openState } from './sealed-state.ts'
import { clearedCookie, visitorOf } from './session-cookie.ts'

const record = {
  auth: 'none',
  browser: true,
  oauth: true,
  failureTitle: 'You were not logged out',
  output: z.object({ redirect_url: z.string().describe('Back to the client.') }),
} as const

const path = '/v1/oauth2/logout'
const pathOfProject = '/v1/public/{project_id}/oauth2/logout'
const input = z.object(logoutFields)
const inputOfProject = z.object({ project_id: z.string(), ...logoutFields })
const errors = [issuerUnknown, issuerIsAmbiguous, ...logoutErrors]
const errorsOfProject = [projectNotFound, ...logoutErrors]
const description =
  'Opened by a browser: ends the session at the pages of this server and sends the person on. Asks first, unless the ID token says who is logged in. Other parameters are ignored.'
const formDescription = `${description} The form is turned into the same request by GET.`

export const logoutPage = endpoint({
  ...record,
  method: 'GET',
  path,
  summary: 'Log out',
  description,
  errors,
  input,
  handle: (given, context) => logOut(given, context),
})

export const logoutForm = endpoint({
  ...record,
  method: 'POST',
  path,
  summary: 'Log out, by a form',
  description: formDescription,
  errors: [],
  input,
  handle: (given, { baseUrl }) => byGet(given, baseUrl, path),
})

export const logoutPageOfProject = endpoint({
  ...record,
  method: 'GET',
  path: pathOfProject,
  summary: 'Log out, with the project in the path',
  description,
  errors: errorsOfProject,
  input: inputOfProject,
  handle: ({ project_id, ...given }, context) => logOut(given, context, project_id),
})

export const logoutFormOfProject = endpoint({
  ...record,
  method: 'POST',
  path: pathOfProject,
  summary: 'Log out, by a form with the project in the path',
  description: formDescription,
  errors: [],
  input: inputOfProject,
  handle: ({ project_id, ...given }, { baseUrl }) => byGet(given, baseUrl, inProject(pathOfProject, project_id)),
})

export const logoutAnswer = endpoint({
  ...record,
  method: 'POST',
  path: logoutAnswerPath,
  summary: 'Answer whether to log out',
  description: 'The form of the page. It is good for the session that it was shown to.',
  errors: [requestExpired],
  input: z.object({
    form: z.string().describe('Sealed by the page.'),
    answer: z.enum(['log_out', 'stay']).describe('The button that was pressed.'),
  }),
  handle: ({ form, answer }, context) => decide(openState(context, 'logout form', form), answer, context),
})

async function logOut(given: LogoutFields, context: Context, inPath?: string): Promise<Reply> {
  const project = await projectOf(context, logoutClient(given) ?? '', inPath)
  const request = await read(given, context, project)
  const { subject, target } = request
  if (context.http.method === 'HEAD') return page('')
  const within = Object.assign(context, { project })
  const visitor = await visitorOf(within)
  if (!visitor) return isVouchedFor(request) ? redirect(new URL(request.target)) : loggedOut(project, target)
  if (visitor.user.id !== subject) return askToLogOut(context, request, visitor)
  return end(within, visitor.session.id, target, 302)
}

/**
 * Whether a person who is not logged in is sent on at once: for a client that the operator made, and that shows an ID token.
 * Anybody can introduce a client, log in to it, and have people sent to a site of theirs by a link to ours; who comes by such
 * a link decides (RFC 9700 §4.11.2).
 */
const isVouchedFor = (request: LogoutRequest): request is LogoutRequest & { readonly target: string } =>
  request.app !== undefined &&
  !isIntroduced(request.app) &&
  request.subject !== undefined &&
  request.target !== undefined

async function read(given: LogoutFields, context: Context, project: Project): Promise<LogoutRequest> {
  const attempt = { projectId: project.id, step: 'logout', clientId: logoutClient(given) } as const
  try {
    const request = await readLogout(context, project, given)
    noteAttempt(context, { ...attempt, outcome: 'ok' })
    return request
  } catch (error) {
    if (error instanceof ApiError) noteFailure(context, attempt, error)
    throw error
  }
}

async function decide(
  { projectId, sessionId, asked }: LogoutForm,
  answer: 'log_out' | 'stay',
  context: Context,
): Promise<Reply> {
  const project = await context.projects.byId(projectId)
  if (!project) throw requestExpired()
  const within = Object.assign(context, { project })
  const visitor = await visitorOf(within)
  const request = await rereadLogout(context, project, asked)
  if (!visitor) return loggedOut(project, request.target)
  if (answer === 'stay') return stillLoggedIn(project)
  // The browser has changed hands since: whoever is here now is asked.
  if (visitor.session.id !== sessionId) return askToLogOut(context, request, visitor)
  return end(within, sessionId, request.target, 303)
}

async function end(
  context: Context & { readonly project: Project },
  sessionId: string,
  target: string | undefined,
  status: 302 | 303,
): Promise<Reply> {
  const { db, project } = context
  await revokeById(db, project.id, sessionId)
  const headers = { 'set-cookie': clearedCookie(context) }
  return target === undefined ? loggedOut(project, undefined, headers) : redirect(new URL(target), headers, status)
}
