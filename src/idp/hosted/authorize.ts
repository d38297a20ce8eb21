/**
 * `GET|POST /v1/oauth2/authorize`: where Connected Apps send people (RFC 6749 §3.1), for projects that have no page of their
 * own (docs/wire/hosted-pages.md).
 */
import { z } from 'zod'
import { noteFailure } from '../../attempts/index.ts'
import { isFirstParty, metadataClientErrors } from '../../connected-apps/index.ts'
import { type Context, endpoint } from '../../kernel/endpoint.ts'
import { ApiError } from '../../kernel/errors.ts'
import { document, html } from '../../kernel/html.ts'
import { page, type Reply, redirect } from '../../kernel/reply.ts'
import { acceptsHtml, oauthCode, printable } from '../../kernel/run.ts'
import { issuerIsAmbiguous, issuerUnknown, type Project, projectNotFound } from '../../projects/index.ts'
import { requireRedirectUri, responseUrl } from '../authorization.ts'
import { endpointsOf } from '../endpoints.ts'
import * as idpErrors from '../errors.ts'
import { resolveClient } from '../resolve-client.ts'
import { byGet, inProject, queryOf } from './by-get.ts'
import { hintedUser } from './id-token-hint.ts'
import { askerOf, destinationOf } from './parties.ts'
import {
  type AuthorizationFields,
  acceptanceErrors,
  authorizationFields,
  type HostedRequest,
  isSilent,
  type Pending,
  projectOf,
  requestFrom,
  requireAcceptable,
} from './request.ts'
import { visitorOf } from './session-cookie.ts'
import { proceed } from './steps.ts'

const record = {
  auth: 'none',
  browser: true,
  oauth: true,
  failureTitle: 'This app cannot be let in',
  repeats: ['resource'],
  output: z.object({ redirect_url: z.string().describe('Back to the client, with a code or an error.') }),
} as const

const errors = [
  issuerUnknown,
  issuerIsAmbiguous,
  ...metadataClientErrors,
  idpErrors.misconfiguredClient,
  idpErrors.redirectUrlNotFoundInClient,
  ...acceptanceErrors,
]
const errorsOfProject = [projectNotFound, ...errors.slice(2)]

const path = '/v1/oauth2/authorize'
const pathOfProject = '/v1/public/{project_id}/oauth2/authorize'
const input = z.object(authorizationFields)
const inputOfProject = z.object({ project_id: z.string(), ...authorizationFields })
const description =
  'Opened by a browser: lets the person log in, asks them, and sends them back with a code. If the client or its redirect URI is not known, nobody is sent anywhere. Unknown parameters are ignored.'
const formDescription = `${description} The form is turned into the same request by GET.`

export const authorizePage = endpoint({
  ...record,
  method: 'GET',
  path,
  summary: 'Authorize a Connected App',
  description,
  errors,
  input,
  handle: (given, context) => authorize(given, context),
})

export const authorizeForm = endpoint({
  ...record,
  method: 'POST',
  path,
  summary: 'Authorize a Connected App, by a form',
  description: formDescription,
  errors: [],
  input,
  handle: (given, { baseUrl }) => byGet(given, baseUrl, path),
})

export const authorizePageOfProject = endpoint({
  ...record,
  method: 'GET',
  path: pathOfProject,
  summary: 'Authorize a Connected App, with the project in the path',
  description,
  errors: errorsOfProject,
  input: inputOfProject,
  handle: ({ project_id, ...given }, context) => authorize(given, context, project_id),
})

export const authorizeFormOfProject = endpoint({
  ...record,
  method: 'POST',
  path: pathOfProject,
  summary: 'Authorize a Connected App, by a form with the project in the path',
  description: formDescription,
  errors: [],
  input: inputOfProject,
  handle: ({ project_id, ...given }, { baseUrl }) => byGet(given, baseUrl, inProject(pathOfProject, project_id)),
})

async function authorize(given: AuthorizationFields, context: Context, inPath?: string): Promise<Reply> {
  const project = await projectOf(context, given.client_id, inPath)
  const elsewhere = ownPageOf(project, context.baseUrl)
  if (elsewhere) return redirect(new URL(`${elsewhere}${elsewhere.includes('?') ? '&' : '?'}${queryOf(given)}`))
  const pending = await knownClient(given, context, project)
  try {
    requireAcceptable(given, pending.request, pending)
  } catch (error) {
    if (error instanceof ApiError) return refuse(error, pending, context)
    throw error
  }
  // Who only wants to see the headers is shown that there is a page, and nothing happens.
  if (context.http.method === 'HEAD') return page('')
  const subject = await hintedUser(given.id_token_hint, pending, context)
  return proceed(context, { ...pending, request: { ...pending.request, subject } }, 302)
}

/** The page that the project names in place of this one: what it asks of people should not be got around here. */
function ownPageOf({ settings, ...project }: Project, baseUrl: string): string | undefined {
  const url = settings.idp_authorization_url
  return url?.startsWith(`${endpointsOf({ settings, ...project }, baseUrl)}/`) ? undefined : url
}

/** Until this has passed, nobody is sent anywhere (RFC 6749 §3.1.2.4). */
async function knownClient(given: AuthorizationFields, context: Context, project: Project): Promise<Pending> {
  const request: HostedRequest = requestFrom(given, project)
  try {
    const app = await resolveClient(context, project, given.client_id)
    requireRedirectUri(app, request.redirectUri)
    return { project, app, request, freshSession: undefined }
  } catch (error) {
    const attempt = { projectId: project.id, step: 'authorize', clientId: given.client_id } as const
    if (error instanceof ApiError) noteFailure(context, attempt, error)
    throw error
  }
}

/**
 * An error for the client. Anybody can become a client and have people sent to a site of theirs by a link to ours, so a
 * stranger's error is first shown to the person, unless they are logged in, or the client asked for silence
 * (RFC 9700 §4.11.2). Programs read it as it is.
 */
async function refuse(error: ApiError, pending: Pending, context: Context): Promise<Reply> {
  const { project, app, request } = pending
  noteFailure(context, { projectId: project.id, step: 'authorize', clientId: request.clientId }, error)
  const { http, baseUrl } = context
  const target = responseUrl({ project, baseUrl }, request, {
    error: oauthCode(error.definition),
    error_description: printable(error.message),
    error_uri: `${baseUrl}/docs/errors#${error.definition.type}`,
  })
  const isTrusted = isFirstParty(app) || isSilent(request)
  if (isTrusted || (await visitorOf(Object.assign(context, { project })))) return redirect(new URL(target))
  if (!acceptsHtml(http.headers.accept)) throw error
  const asker = askerOf(app, project)
  const destination = destinationOf(request.redirectUri)
  const content = html`<div class="card" role="alert">
<h1><bdi>${asker.name}</bdi> asked for something that cannot be had</h1>
<p>${error.message}</p>
<p class="soft">This is for the app’s developers to mend. Nothing was given to it.</p>
<p><a class="button primary" href="${target}" rel="noreferrer">Back to ${destination.name}</a></p>
<dl><dt>App</dt><dd><code>${asker.origin}</code></dd><dt>What</dt><dd><code>${error.definition.type}</code></dd>
<dt>Request</dt><dd><code>${context.requestId}</code></dd></dl>
</div>`
  return page(document({ title: record.failureTitle, content }), error.definition.status)
}
