/**
 * `POST /v1/idp/oauth/authorize/start` and `…/authorize`: for a consent page of the app's own. The first says what to ask the
 * user, the second takes their answer and gives the URL to send the browser to. Nothing is stored in between
 * (docs/wire/idp.md).
 */
import { z } from 'zod'
import { clientTypes, metadataClientErrors } from '../connected-apps/index.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { frontendErrors, type Project } from '../projects/index.ts'
import {
  exampleToken,
  liveSession,
  type PresentedSession,
  presentedSession,
  type Session,
  sessionNotFound,
  unableToParseSessionJwt,
  userUnauthenticated,
} from '../sessions/index.ts'
import { resolveUser, UserShape, userNotFound } from '../users/index.ts'
import { requestErrors, startErrors } from './authorization.ts'
import { type Selected, startStep, submitStep } from './authorize-steps.ts'
import { parameter } from './client-credentials.ts'
import * as errors from './errors.ts'
import { exampleConsent, exampleRequest, exampleStart, exampleSubmitted } from './examples.ts'
import { exchangeMethod } from './exchange-factor.ts'

type ProjectContext = Context & { readonly project: Project }

const requestFields = {
  client_id: z.string().describe('Of the Connected App; or the URL of its metadata document.'),
  redirect_uri: z.string().describe('As the client sent it.'),
  response_type: z.string().describe('`code`.'),
  scopes: z.array(z.string()).describe('As the client asked for them, one by one.'),
  prompt: parameter.describe('As the client sent it: `consent` asks the user in any case.'),
}

const answerFields = {
  consent_granted: z.boolean().default(false).describe('Whether the user agreed. Leaving it out means no.'),
  state: parameter.describe('As the client sent it.'),
  nonce: parameter.describe('As the client sent it; stands in the ID token.'),
  code_challenge: parameter.describe('As the client sent it; the method is S256.'),
  resources: z.array(z.string()).optional().describe('Values of the client’s `resource` parameters (RFC 8707).'),
  resource: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('The same under the name that some clients use.'),
}

const userFields = {
  user_id: parameter.describe('Who authorizes; also an external ID.'),
  session_token: parameter.describe('Who authorizes, by their session. Needed for a session exchange later.'),
  session_jwt: parameter.describe('The same by its JWT.'),
}

const startShape = {
  user_id: z.string(),
  user: UserShape,
  client: z.object({
    client_id: z.string(),
    client_name: z.string(),
    client_description: z.string(),
    client_type: z.enum(clientTypes),
    logo_url: z.string().optional(),
    client_logo_url: z.string().optional().describe('The same, under the name that browser clients read.'),
  }),
  consent_required: z.boolean().describe('Whether the user must be asked before the answer is submitted.'),
  scope_results: z
    .array(z.object({ scope: z.string(), description: z.string(), is_grantable: z.boolean() }))
    .describe('In the order of the request. What is not grantable is left out of the tokens.'),
}

const submitShape = {
  redirect_uri: z.string().describe('Where to send the browser: with a code, or with an error.'),
  authorization_code: z.string().optional().describe('Absent when the user declined.'),
}

const backendErrors = [
  errors.noUserSelector,
  errors.tooManyUserSelectors,
  userNotFound,
  sessionNotFound,
  unableToParseSessionJwt,
  ...metadataClientErrors,
]
const fromFrontend = [...frontendErrors, userUnauthenticated, ...metadataClientErrors]
const submitErrors = [...requestErrors, errors.pkceRequired]

export const startAuthorization = endpoint({
  method: 'POST',
  path: '/v1/idp/oauth/authorize/start',
  auth: 'project',
  contractId: 'api_idp_v1_idp_oauth_AuthorizeStart',
  summary: 'Ask what a Connected App wants of a user',
  description:
    'For a consent page of your own: checks the client’s request and says whom it is from, which of its scopes the user could give, and whether they must be asked. Changes nothing.',
  errors: [...backendErrors, ...startErrors],
  input: z.object({ ...requestFields, ...userFields }),
  exactlyOne: [['user_id', 'session_token', 'session_jwt']],
  output: z.object(startShape),
  example: { input: { ...exampleRequest, session_token: exampleToken }, output: exampleStart },
  handle: async (input, context) => startStep(input, await selectedUser(input, context), context),
})

export const submitAuthorization = endpoint({
  method: 'POST',
  path: '/v1/idp/oauth/authorize',
  auth: 'project',
  contractId: 'api_idp_v1_idp_oauth_Authorize',
  summary: 'Submit a user’s answer to a Connected App',
  description:
    'Gives the URL to send the browser to, with a code if the user agreed or need not be asked, and with `error=access_denied` if they declined.',
  errors: [...backendErrors, ...submitErrors],
  input: z.object({ ...requestFields, ...answerFields, ...userFields }),
  exactlyOne: [['user_id', 'session_token', 'session_jwt']],
  output: z.object(submitShape),
  example: { input: { ...exampleRequest, ...exampleConsent, session_token: exampleToken }, output: exampleSubmitted },
  handle: async (input, context) => submitStep(input, await selectedUser(input, context), context),
})

const frontend = { method: 'POST', auth: 'frontend', crossOrigin: true, wrapped: true } as const

export const startAuthorizationFrontend = endpoint({
  ...frontend,
  path: '/sdk/v1/idp/oauth/authorize/start',
  summary: 'Ask what a Connected App wants of the user who is logged in',
  description: 'As the backend operation, for a page that has the user’s session and no secret.',
  errors: [...fromFrontend, ...startErrors],
  input: z.object(requestFields),
  output: z.object(startShape),
  example: { input: exampleRequest, output: exampleStart },
  handle: async (input, context) => startStep(input, await loggedIn(context), context),
})

export const submitAuthorizationFrontend = endpoint({
  ...frontend,
  path: '/sdk/v1/idp/oauth/authorize/submit',
  summary: 'Submit the answer of the user who is logged in',
  description: 'As the backend operation, for a page that has the user’s session and no secret.',
  errors: [...fromFrontend, ...submitErrors],
  input: z.object({ ...requestFields, ...answerFields }),
  output: z.object(submitShape),
  example: { input: { ...exampleRequest, ...exampleConsent }, output: exampleSubmitted },
  handle: async (input, context) => submitStep(input, await loggedIn(context), context),
})

async function selectedUser(
  input: { readonly [Name in keyof typeof userFields]?: string | undefined },
  context: ProjectContext,
): Promise<Selected> {
  const { user_id, session_token, session_jwt } = input
  const count = [user_id, session_token, session_jwt].filter((one) => one !== undefined).length
  if (count === 0) throw errors.noUserSelector()
  if (count > 1) throw errors.tooManyUserSelectors()
  if (user_id === undefined) {
    const presented = await presentedSession(context, { session_token, session_jwt })
    if (!presented) throw sessionNotFound()
    return bySession(presented)
  }
  const user = await resolveUser(context.db, context.project.id, user_id)
  if (!user) throw userNotFound()
  return { user, authorizer: { userId: user.id, sessionId: undefined, authTime: context.now.getTime() } }
}

async function loggedIn(context: ProjectContext & { readonly presentedToken: string | undefined }): Promise<Selected> {
  const presented = await liveSession(context)
  if (!presented) throw userUnauthenticated()
  return bySession(presented)
}

const bySession = ({ session, user }: PresentedSession): Selected => ({
  user,
  authorizer: { userId: user.id, sessionId: session.id, authTime: lastProof(session) },
})

/**
 * When the user of a session last proved who they are, in ms: `auth_time` (OpenID Connect Core §2). A client that exchanges
 * its token proves nothing of that kind.
 */
export const lastProof = ({ factors, startedAt }: Session): number =>
  Math.max(
    startedAt,
    ...factors
      .filter(({ deliveryMethod }) => deliveryMethod !== exchangeMethod)
      .map(({ lastAuthenticatedAt }) => lastAuthenticatedAt),
  )
