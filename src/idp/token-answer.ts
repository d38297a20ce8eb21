/** What every grant type ends with: signed tokens, and what they are for. */
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { type AccessTokenRequest, signAccessToken } from './access-token.ts'
import * as errors from './errors.ts'
import type { Grant } from './grant.ts'
import { signIdToken } from './id-token.ts'
import { outsideGrant, refusedResource } from './resource.ts'
import type { TokenAnswer, TokenInput } from './token-request.ts'

export interface SigningRequest extends AccessTokenRequest {
  readonly nonce: string | undefined
}

/** One signature for the access token and, with `openid`, one for the ID token, which holds the other's hash. */
export async function signTokens(context: Context, project: Project, request: SigningRequest): Promise<TokenAnswer> {
  const within = Object.assign(context, { project })
  const { token, expiresIn } = await signAccessToken(within, request)
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: request.scopes.join(' '),
    ...(request.scopes.includes('openid') && {
      id_token: await signIdToken(within, { ...request, accessToken: token }),
    }),
  }
}

/**
 * The resources that a token is for: those that the request names, which must be among the granted ones, or all of these
 * (RFC 8707 §2.2). A grant that is bound to none takes what the token request names: not every consent page passes the
 * client's resources on, and a token for one resource is less than one for any.
 */
export function narrowedResources({ resource }: TokenInput, grant: Grant, project: Project): readonly string[] {
  const requested = [resource ?? []].flat().filter((one) => one !== '')
  if (requested.length === 0) return grant.resources
  const refused = refusedResource(requested, project)
  if (refused) throw errors.invalidTarget({ resource: refused.resource, problem: refused.problem })
  const outside = outsideGrant(requested, grant.resources)
  if (outside !== undefined) {
    const details = { received: outside, granted: grant.resources }
    throw errors.invalidTarget({ resource: outside, problem: 'it was not part of the authorization.' }, { details })
  }
  return requested
}
