/**
 * One authorization: from a request to what the user could give, and on to a code. Shared by the operations for pages of the
 * app's own and by the built-in page (docs/wire/idp.md).
 */
import { type ConnectedApp, isFirstParty, isPublic, noteFirstUse, redirectUriMatches } from '../connected-apps/index.ts'
import { isCodeChallenge } from '../crypto/pkce.ts'
import { newToken } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { issuerOf, type Project } from '../projects/index.ts'
import { rolesOf, type User } from '../users/index.ts'
import { consentReason } from './consent.ts'
import * as errors from './errors.ts'
import { codeLifetime, type Grant, newGrantId, refreshLifetime } from './grant.ts'
import { insertCode, insertGrant, rememberConsent, rememberedScopes } from './grant-store.ts'
import { refusedResource } from './resource.ts'
import { distinct, type JudgedScope, judgeScopes, unknownScopes } from './scope.ts'

type ProjectContext = Context & { readonly project: Project }

/** What a client asks for, before anything about it is checked. */
export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly responseType: string
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  /** Values of `prompt`. */
  readonly prompts: readonly string[]
  readonly state: string | undefined
  readonly nonce: string | undefined
  readonly codeChallenge: string | undefined
}

/** What can be wrong with a request of which nothing is known yet but who asks for what. */
export const startErrors = [
  errors.misconfiguredClient,
  errors.redirectUrlNotFoundInClient,
  errors.unsupportedResponseType,
  errors.invalidScopeRequested,
  errors.thirdPartyFullAccess,
]

/** Errors of `requireRedirectUri` and `requireValid`. */
export const requestErrors = [...startErrors, errors.invalidCodeChallenge, errors.invalidTarget]

/** Until this has passed, nobody may be redirected anywhere (RFC 6749 §3.1.2.4). */
export function requireRedirectUri({ redirectUrls }: ConnectedApp, redirectUri: string): void {
  if (redirectUrls.length === 0) throw errors.misconfiguredClient()
  if (redirectUriMatches(redirectUri, redirectUrls)) return
  throw errors.redirectUrlNotFoundInClient({
    details: { received: redirectUri.slice(0, 500), registered: redirectUrls },
  })
}

/** Most unknown scopes that a refusal names. */
const mostShown = 10

/** Everything else that a request must fulfil, in the order in which a developer should hear of it. */
export function requireValid(request: AuthorizationRequest, app: ConnectedApp, project: Project): void {
  const { responseType, scopes, codeChallenge, resources } = request
  if (responseType !== 'code')
    throw errors.unsupportedResponseType({ details: { received: responseType.slice(0, 100) } })
  if (scopes.length === 0) throw errors.invalidScopeRequested({ problem: 'none was asked for.' })
  const unknown = unknownScopes(scopes, project)
  if (unknown.length > 0) {
    const shown = unknown.slice(0, mostShown).map((one) => one.slice(0, 128))
    const problem = `the project has no scope ${shown.join(', ')}.`
    throw errors.invalidScopeRequested({ problem }, { details: { unknown: shown } })
  }
  if (scopes.includes('full_access') && !isFirstParty(app)) throw errors.thirdPartyFullAccess()
  if (codeChallenge !== undefined && !isCodeChallenge(codeChallenge)) throw errors.invalidCodeChallenge()
  const refused = refusedResource(resources, project)
  if (refused) throw errors.invalidTarget({ resource: refused.resource, problem: refused.problem })
}

/** RFC 9700 §2.1.1: the code of a public client is worth nothing without the verifier, or it is worth tokens to anybody. */
export function requireChallenge({ codeChallenge }: AuthorizationRequest, app: ConnectedApp): void {
  if (isPublic(app) && codeChallenge === undefined) throw errors.pkceRequired()
}

/** What the request comes to for one user. */
export interface Judgement {
  readonly scopes: readonly JudgedScope[]
  /** Scopes that the tokens would carry, in the order of the request. */
  readonly granted: readonly string[]
  /** Why the user must be asked; `undefined` if they need not be. */
  readonly consentReason: string | undefined
}

export async function judge(
  { db, project }: Pick<ProjectContext, 'db' | 'project'>,
  { app, user, request }: { readonly app: ConnectedApp; readonly user: User; readonly request: AuthorizationRequest },
): Promise<Judgement> {
  const scopes = judgeScopes(request.scopes, { app, project, roles: rolesOf(user) })
  const granted = scopes.filter(({ isGrantable }) => isGrantable).map(({ scope }) => scope)
  const question = {
    app,
    prompts: request.prompts,
    scopes: granted,
    remembered: await rememberedScopes(db, user.id, app.id),
    remembersOfflineAccess: project.settings.idp_remember_offline_access,
  }
  return { scopes, granted, consentReason: consentReason(question) }
}

/** Who authorizes, and how sure that is. */
export interface Authorizer {
  readonly userId: string
  readonly sessionId: string | undefined
  /** When they last proved who they are, in ms. */
  readonly authTime: number
}

/** Stores the grant with its code and what the user agreed to, in one transaction, and gives the code. */
export async function issueCode(
  context: ProjectContext,
  app: ConnectedApp,
  request: AuthorizationRequest,
  { granted, authorizer }: { readonly granted: readonly string[]; readonly authorizer: Authorizer },
): Promise<string> {
  const { db, now, project } = context
  const time = now.getTime()
  const grant: Grant = {
    id: newGrantId(),
    projectId: project.id,
    clientId: app.id,
    ...authorizer,
    scopes: granted,
    resources: distinct(request.resources),
    nonce: request.nonce,
    createdAt: time,
    endedAt: undefined,
    endedBecause: undefined,
  }
  const code = newToken()
  const { redirectUri, codeChallenge } = request
  const expiresAt = time + codeLifetime
  await db.transaction(async (tx) => {
    await insertGrant(tx, grant, lastExpiry(grant, app, time))
    await insertCode(tx, {
      code,
      projectId: project.id,
      grantId: grant.id,
      redirectUri,
      codeChallenge,
      createdAt: time,
      expiresAt,
    })
    await rememberConsent(tx, grant)
    if (app.firstUsedAt === undefined) await noteFirstUse(tx, app.id, time)
  })
  return code
}

/** When the last token that the code can be redeemed for expires, in ms. */
const lastExpiry = ({ scopes }: Grant, { accessTokenMinutes }: ConnectedApp, now: number): number =>
  now + codeLifetime + (scopes.includes('offline_access') ? refreshLifetime : accessTokenMinutes * 60_000)

/** Members of a response that goes back to the client through the browser (RFC 6749 §4.1.2, §4.1.2.1). */
export type ResponseParameters =
  | { readonly code: string }
  | { readonly error: string; readonly error_description: string; readonly error_uri?: string }

/**
 * The URL that the browser is sent back to: the redirect URI as it was written, its query kept, with the response, `state` if
 * there was one, and `iss`, on success and on failure (RFC 9207 §2).
 */
export function responseUrl(
  { project, baseUrl }: Pick<ProjectContext, 'project' | 'baseUrl'>,
  { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  response: ResponseParameters,
): string {
  const parameters = new URLSearchParams({
    ...response,
    ...(state !== undefined && { state }),
    iss: issuerOf(project, baseUrl),
  })
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}`
}

/** RFC 6749 §4.1.2.1. */
export const declined = { error: 'access_denied', error_description: 'The user did not agree.' }
export const nothingGrantable = {
  error: 'invalid_scope',
  error_description: 'The user has no permission to give any of the scopes.',
}
