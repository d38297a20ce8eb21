/**
 * The two steps of a consent page of the app's own, whoever calls them: what to ask the user, and what becomes of their
 * answer. Each leaves an entry among the attempts (docs/attempts.md).
 */
import { noteAttempt, noteFailure } from '../attempts/index.ts'
import type { ConnectedApp } from '../connected-apps/index.ts'
import type { Context } from '../kernel/endpoint.ts'
import { ApiError } from '../kernel/errors.ts'
import type { Project } from '../projects/index.ts'
import { type User, userToWire } from '../users/index.ts'
import {
  type AuthorizationRequest,
  type Authorizer,
  declined,
  issueCode,
  judge,
  nothingGrantable,
  requireChallenge,
  requireRedirectUri,
  requireValid,
  responseUrl,
} from './authorization.ts'
import { resolveClient } from './resolve-client.ts'

type ProjectContext = Context & { readonly project: Project }

export interface Selected {
  readonly user: User
  readonly authorizer: Authorizer
}

interface RequestInput {
  readonly client_id: string
  readonly redirect_uri: string
  readonly response_type: string
  readonly scopes: readonly string[]
  readonly prompt?: string | undefined
  readonly state?: string | undefined
  readonly nonce?: string | undefined
  readonly code_challenge?: string | undefined
  readonly resources?: readonly string[] | undefined
  readonly resource?: string | readonly string[] | undefined
}

const requestFrom = (input: RequestInput): AuthorizationRequest => ({
  redirectUri: input.redirect_uri,
  responseType: input.response_type,
  scopes: input.scopes,
  resources: [...(input.resources ?? []), ...[input.resource ?? []].flat()].filter((one) => one !== ''),
  prompts: (input.prompt ?? '').split(' '),
  state: input.state,
  nonce: input.nonce,
  codeChallenge: input.code_challenge,
})

/** Says what to ask the user. Changes nothing. */
export const startStep = (input: RequestInput, selected: Selected, context: ProjectContext) =>
  noted(input, context, () => start(input, selected, context))

async function start(input: RequestInput, { user }: Selected, context: ProjectContext) {
  const request = requestFrom(input)
  const app = await checkedClient(input.client_id, request, context)
  const { scopes, consentReason } = await judge(context, { app, user, request })
  return {
    user_id: user.id,
    user: userToWire(user),
    client: clientToPage(app),
    consent_required: consentReason !== undefined,
    scope_results: scopes.map(({ scope, description, isGrantable }) => ({
      scope,
      description,
      is_grantable: isGrantable,
    })),
  }
}

type Answer = RequestInput & { readonly consent_granted: boolean }

/** Takes the user's answer: gives the URL to send the browser to. */
export const submitStep = (input: Answer, selected: Selected, context: ProjectContext) =>
  noted(input, context, () => submit(input, selected, context))

async function submit(input: Answer, { user, authorizer }: Selected, context: ProjectContext) {
  const request = requestFrom(input)
  const app = await checkedClient(input.client_id, request, context)
  requireChallenge(request, app)
  const { granted, consentReason } = await judge(context, { app, user, request })
  const note = (outcome: string) => noteAnswer(context, input, { outcome, granted })
  // Decided anew, whatever the page was told: a scope or the consent may have changed since.
  if (consentReason !== undefined && !input.consent_granted) {
    note(declined.error)
    return { redirect_uri: responseUrl(context, request, declined) }
  }
  if (granted.length === 0) {
    note(nothingGrantable.error)
    return { redirect_uri: responseUrl(context, request, nothingGrantable) }
  }
  const code = await issueCode(context, app, request, { granted, authorizer })
  note('ok')
  return { redirect_uri: responseUrl(context, request, { code }), authorization_code: code }
}

/** What came of an answer, and which scopes were left out because the user could not give them. */
function noteAnswer(
  context: ProjectContext,
  { client_id, scopes }: RequestInput,
  { outcome, granted }: { readonly outcome: string; readonly granted: readonly string[] },
): void {
  const dropped = scopes.filter((scope) => !granted.includes(scope))
  const details = { granted, ...(dropped.length > 0 && { dropped }) }
  noteAttempt(context, { projectId: context.project.id, step: 'authorize', clientId: client_id, outcome, details })
}

async function noted<T>({ client_id }: RequestInput, context: ProjectContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const attempt = { projectId: context.project.id, step: 'authorize', clientId: client_id } as const
    if (error instanceof ApiError) noteFailure(context, attempt, error)
    throw error
  }
}

async function checkedClient(
  clientId: string,
  request: AuthorizationRequest,
  context: ProjectContext,
): Promise<ConnectedApp> {
  const { project } = context
  const app = await resolveClient(context, project, clientId)
  requireRedirectUri(app, request.redirectUri)
  requireValid(request, app, project)
  return app
}

const clientToPage = ({ id, name, description, type, logoUrl }: ConnectedApp) => ({
  client_id: id,
  client_name: name,
  client_description: description,
  client_type: type,
  ...(logoUrl !== undefined && { logo_url: logoUrl, client_logo_url: logoUrl }),
})
