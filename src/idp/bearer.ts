/** Access tokens on requests (RFC 6750): where they may stand, and how a refusal says what is missing. */
import { unverifiedAudience } from '../crypto/jwt.ts'
import { isId } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { printable } from '../kernel/run.ts'
import { type LiveAccessToken, liveAccessToken } from './access-token.ts'
import * as errors from './errors.ts'

export const bearerErrors = [
  errors.accessTokenMissing,
  errors.accessTokenInvalid,
  errors.bearerMalformed,
  errors.insufficientScope,
]

const challenge = (...parts: readonly string[]) => ({
  headers: { 'www-authenticate': ['Bearer', ...parts].join(' ').trim() },
})

const problem = (error: string, description: string) =>
  `error="${error}", error_description="${printable(description)}"`

/** RFC 6750 §2.1. What stands behind it cannot end in a space: HTTP leaves that out of a header's value (RFC 9110 §5.5). */
const bearerHeader = /^bearer(?: +(.*))?$/i
const bearerToken = /^[A-Za-z0-9._~+/-]+=*$/

/** The token in the header or, for POST, in the form; one in the query is not read (RFC 6750 §2). */
function presented({ http }: Context, inBody: string | undefined): string {
  const { authorization } = http.headers
  const header = bearerHeader.exec(typeof authorization === 'string' ? authorization : '')
  if (header && inBody !== undefined) throw malformed('it was sent twice.')
  if (header && !bearerToken.test(header[1] ?? '')) throw malformed('the header holds no single token.')
  const token = header?.[1] ?? inBody
  // RFC 6750 §3.1: whoever sent no credentials learns only how to authenticate.
  if (token === undefined) throw errors.accessTokenMissing(challenge())
  return token
}

const malformed = (what: string) =>
  errors.bearerMalformed({ problem: what }, challenge(problem('invalid_request', `The token cannot be read: ${what}`)))

/**
 * The access token of a request, good and with this scope. The project is the one that the token names; its keys decide
 * whether that is true. Throws one of `bearerErrors`, each with its challenge.
 */
export async function requireAccessToken(
  context: Context,
  {
    scope,
    projectId,
    inBody,
  }: { readonly scope: string; readonly projectId?: string; readonly inBody?: string | undefined },
): Promise<LiveAccessToken> {
  const token = presented(context, inBody)
  const named = projectNamedIn(token)
  const isElsewhere = projectId !== undefined && projectId !== named
  const project = named === undefined || isElsewhere ? undefined : await context.projects.byId(named)
  const live = project && (await liveAccessToken(Object.assign(context, { project }), token, 'scopes'))
  if (!live) {
    throw errors.accessTokenInvalid(challenge(problem('invalid_token', 'It is malformed, expired or revoked.')))
  }
  if (!live.token.scopes.includes(scope)) {
    const needed = `${problem('insufficient_scope', `The scope ${scope} is needed.`)}, scope="${scope}"`
    throw errors.insufficientScope({ scope }, challenge(needed))
  }
  return live
}

/** The first of the audiences is the project, before anything about the token is known to be true. */
export function projectNamedIn(token: string): string | undefined {
  const [first] = [unverifiedAudience(token)].flat()
  return typeof first === 'string' && isId('project', first) ? first : undefined
}
