/**
 * The authorization request as a client's browser brings it (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), and as it travels
 * on from one of our pages to the next.
 */
import { Buffer } from 'node:buffer'
import { z } from 'zod'
import { type ConnectedApp, findClient } from '../../connected-apps/index.ts'
import { isId } from '../../crypto/token.ts'
import type { Context } from '../../kernel/endpoint.ts'
import { ApiError, requestTooLarge } from '../../kernel/errors.ts'
import { type Project, projectNotFound, projectOfIssuer } from '../../projects/index.ts'
import {
  type AuthorizationRequest,
  requestErrors,
  requireChallenge,
  requireRedirectUri,
  requireValid,
} from '../authorization.ts'
import { parameter } from '../client-credentials.ts'
import * as idpErrors from '../errors.ts'
import { resolveClient } from '../resolve-client.ts'
import { scopeList } from '../scope.ts'
import * as errors from './errors.ts'
import { openState, sealState } from './sealed-state.ts'

export const authorizationFields = {
  client_id: z.string().describe('Of the Connected App; or the URL of its metadata document.'),
  redirect_uri: z.string().describe('One that the client registered.'),
  response_type: parameter.describe('`code`, which is also the default.'),
  scope: parameter.describe('Separated by spaces. Default: the project’s `idp_default_scopes`.'),
  state: parameter.describe('Comes back unchanged.'),
  nonce: parameter.describe('Stands in the ID token.'),
  code_challenge: parameter.describe('base64url(SHA-256(code_verifier)). A public client has to send it.'),
  code_challenge_method: parameter.describe('`S256`, which is also the default here.'),
  resource: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('What the tokens are for (RFC 8707). May be repeated.'),
  prompt: parameter.describe('`none`, or any of `login`, `consent`, `select_account`, separated by spaces.'),
  max_age: parameter.describe('Asks for a new login if the last one is longer ago, in seconds.'),
  login_hint: parameter.describe('Passed on to the provider.'),
  id_token_hint: parameter.describe('An ID token of the user who should be logged in.'),
  response_mode: parameter.describe('`query`.'),
  request: parameter.describe('Refused: request objects are not supported.'),
  request_uri: parameter.describe('Refused, as `request`.'),
}
const AuthorizationFields = z.object(authorizationFields)
export type AuthorizationFields = z.infer<typeof AuthorizationFields>

export interface HostedRequest extends AuthorizationRequest {
  /** As the client sent it. */
  readonly clientId: string
  /** In seconds. */
  readonly maxAge: number | undefined
  readonly loginHint: string | undefined
  /** The only user that may answer, by the client's hint. */
  readonly subject: string | undefined
}

/** Values of `prompt` beside `none`, which stands alone. */
const prompts = ['login', 'consent', 'select_account']

/** Values of a parameter that are separated by spaces. */
const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter((one) => one !== '')

/** The request with what the project's defaults add. Nothing is checked yet. */
export const requestFrom = (input: AuthorizationFields, { settings }: Project): HostedRequest => ({
  clientId: input.client_id,
  redirectUri: input.redirect_uri,
  responseType: input.response_type ?? 'code',
  scopes: scopeList(input.scope ?? settings.idp_default_scopes.join(' ')),
  resources: [input.resource ?? []].flat().filter((one) => one !== ''),
  prompts: words(input.prompt),
  state: input.state,
  nonce: input.nonce,
  codeChallenge: input.code_challenge,
  maxAge: input.max_age === undefined ? undefined : Number(input.max_age),
  loginHint: input.login_hint,
  subject: undefined,
})

/** Whether the client wants an answer without any page (OpenID Connect Core §3.1.2.1). */
export const isSilent = ({ prompts }: Pick<HostedRequest, 'prompts'>): boolean =>
  prompts.length === 1 && prompts[0] === 'none'

/** Errors of `requireAcceptable`. */
export const acceptanceErrors = [
  errors.requestNotSupported,
  errors.requestUriNotSupported,
  errors.unsupportedResponseMode,
  ...requestErrors,
  idpErrors.pkceRequired,
  errors.invalidPrompt,
  errors.invalidMaxAge,
]

/** All that a request must fulfil beside its redirect URI. Throws one of `acceptanceErrors`. */
export function requireAcceptable(
  input: AuthorizationFields,
  request: HostedRequest,
  { app, project }: { readonly app: ConnectedApp; readonly project: Project },
): void {
  if (input.request !== undefined) throw errors.requestNotSupported()
  if (input.request_uri !== undefined) throw errors.requestUriNotSupported()
  if (input.response_mode !== undefined && input.response_mode !== 'query') throw errors.unsupportedResponseMode()
  requireValid(request, app, project)
  const { code_challenge_method: method, max_age } = input
  // A method without a challenge: somebody lost the challenge, or took it away (RFC 9700 §4.8.2).
  const isLost = method !== undefined && request.codeChallenge === undefined
  if (isLost || (method !== undefined && method !== 'S256')) throw idpErrors.invalidCodeChallenge()
  requireChallenge(request, app)
  if (!isSilent(request) && request.prompts.some((one) => !prompts.includes(one))) throw errors.invalidPrompt()
  if (max_age !== undefined && !/^\d{1,10}$/.test(max_age)) throw errors.invalidMaxAge()
}

/** The project that a request is for: the one in the path, that of the Connected App, or the one of the bare origin. */
export async function projectOf(context: Context, clientId: string, inPath: string | undefined): Promise<Project> {
  const { db, projects } = context
  if (inPath !== undefined) {
    const project = await projects.byId(inPath)
    if (!project) throw projectNotFound()
    return project
  }
  const app = isId('connected-app', clientId) ? await findClient(db, clientId) : undefined
  return (app && (await projects.byId(app.projectId))) ?? projectOfIssuer(context)
}

/** A request on its way through our pages. */
export interface Pending {
  readonly project: Project
  readonly app: ConnectedApp
  readonly request: HostedRequest
  /** The session that the person began for this very request, which is as fresh as one can be. */
  readonly freshSession: string | undefined
}

interface Kept {
  readonly projectId: string
  readonly request: HostedRequest
  readonly freshSession?: string | undefined
}

/** Most bytes of a request: it has to fit into URLs, beside the cookies. */
const largest = 5_000

/** The request for the next page. Throws `request_too_large`. */
export function sealPending(context: Context, { project, request, freshSession }: Omit<Pending, 'app'>): string {
  if (Buffer.byteLength(JSON.stringify(request)) > largest) throw requestTooLarge({ limit: largest })
  const kept: Kept = { projectId: project.id, request, freshSession }
  return sealState(context, 'authorization request', kept)
}

/**
 * The request from the page before. All is looked up and checked again: the client may be gone, or have another redirect URI
 * by now. Throws `authorization_request_expired`.
 */
export async function openPending(context: Context, sealed: string): Promise<Pending> {
  const { projectId, request, freshSession } = openState<Kept>(context, 'authorization request', sealed)
  const project = await context.projects.byId(projectId)
  if (!project) throw errors.requestExpired()
  try {
    const app = await resolveClient(context, project, request.clientId)
    requireRedirectUri(app, request.redirectUri)
    requireValid(request, app, project)
    requireChallenge(request, app)
    return { project, app, request, freshSession }
  } catch (cause) {
    if (cause instanceof ApiError) throw errors.requestExpired({ cause })
    throw cause
  }
}
