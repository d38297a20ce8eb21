/** Calling one of our own operations with the credentials of a profile, in this process. */
import { z } from 'zod'
import type { AnyEndpoint, Context } from '../kernel/endpoint.ts'
import { addressKey, type Limit } from '../kernel/rate-limit.ts'
import type { HttpResponse, Operation } from '../kernel/run.ts'
import { kindOf } from '../reference/index.ts'
import { operationNotCallable, profileNotFound } from './errors.ts'
import { type Gateway, publicTokenOf } from './gateway.ts'

/** Only where there is an operator: in `dev` the server is its developer's own. */
const calls: Limit = { name: 'gateway', most: 240, window: 60_000 }

export const CallInput = z.object({
  profile: z.string().optional().describe('Whose credentials are used. Default: the first profile.'),
  args: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('The fields of the operation, by their names on the wire; those of its path too.'),
  session_token: z.string().optional().describe('For operations of browsers and apps: the session that they present.'),
  bearer_token: z
    .string()
    .optional()
    .describe('For operations without project credentials that take an access token in the Authorization header.'),
})

export type Call = z.infer<typeof CallInput>

/** Errors of `callOperation`. */
export const callErrors = [profileNotFound, operationNotCallable]

type GatewayContext = Context & { readonly gateway: Gateway }

/** Whether the gateway runs it: JSON operations, and none that stand in front of others. */
export const isCallable = ({ endpoint }: Operation): boolean =>
  kindOf(endpoint) === 'call' && Object.hasOwn(authorizations, endpoint.auth)

/** Runs an operation as if it had been called over HTTP. Its answer, whatever it is, is the result. */
export async function callOperation(context: GatewayContext, name: string, call: Call): Promise<HttpResponse> {
  const { dispatch, gateway, limits, http, now } = context
  const operation = dispatch.find(name)
  if (!operation || !isCallable(operation)) throw operationNotCallable({ name: name.slice(0, 200) })
  if (gateway.operatorPassword !== undefined) limits.spend(calls, addressKey(http.ip), now)
  if (call.profile !== undefined) gateway.profile(call.profile)
  const authorize = authorizations[operation.endpoint.auth as keyof typeof authorizations]
  return dispatch.run(operation, { from: http, ...(await authorize(context, call)) })
}

interface Authorized {
  readonly members: Call['args']
  readonly authorization?: string
}

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

type Authorize = (context: GatewayContext, call: Call) => Authorized | Promise<Authorized>

/** How each kind of operation is given its credentials. Kinds that are missing are not called. */
const authorizations: Readonly<Record<'none' | 'project' | 'frontend' | 'public_token', Authorize>> = {
  none: (_context, { args, bearer_token }) => ({
    members: args,
    ...(bearer_token !== undefined && { authorization: `Bearer ${bearer_token}` }),
  }),
  project({ gateway }, { args, profile }) {
    const { projectId, secret } = gateway.profile(profile)
    return { members: args, authorization: basic(projectId, secret) }
  },
  async frontend({ gateway, projects }, { args, profile, session_token }) {
    const publicToken = await publicTokenOf(projects, gateway.profile(profile).projectId)
    if (publicToken === undefined) return { members: args }
    return { members: args, authorization: basic(publicToken, session_token ?? publicToken) }
  },
  async public_token({ gateway, projects }, { args, profile }) {
    const publicToken = await publicTokenOf(projects, gateway.profile(profile).projectId)
    return { members: { public_token: publicToken, ...args } }
  },
}

/** Which of an operation's fields its credentials fill in, so that nobody has to. */
export const filledIn = ({ auth }: AnyEndpoint): readonly string[] => (auth === 'public_token' ? ['public_token'] : [])
