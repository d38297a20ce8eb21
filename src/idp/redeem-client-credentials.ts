/** `grant_type=client_credentials` (RFC 6749 §4.4): an M2M client acts for itself. */
import { signJwt } from '../crypto/jwt.ts'
import { newToken } from '../crypto/token.ts'
import type { M2mClient } from '../m2m/index.ts'
import { issuerOf } from '../projects/index.ts'
import * as errors from './errors.ts'
import { refusedResource } from './resource.ts'
import { scopeList } from './scope.ts'
import type { Redeem, TokenInput } from './token-request.ts'
import { rendered } from './user-claims.ts'

/** How long, in seconds, a token of an M2M client lasts. */
const lifetime = 3_600
/** Characters of the token's id. */
const tokenIdLength = 43

export const redeemClientCredentials: Redeem = async (input, caller, context) => {
  if (caller.kind === 'app') {
    const advice = 'A Connected App acts for a user: use authorization_code.'
    throw errors.unauthorizedClient({ grant: 'client_credentials', advice })
  }
  const { client, project } = caller
  const { keys, now, baseUrl } = context
  const wanted = scopeList(input.scope)
  const outside = wanted.find((scope) => !client.scopes.includes(scope))
  if (outside !== undefined) {
    throw errors.scopeNotGranted({ scope: outside.slice(0, 128) }, { details: { granted: client.scopes } })
  }
  const resources = [input.resource ?? []].flat().filter((one) => one !== '')
  const refused = refusedResource(resources, project)
  if (refused) throw errors.invalidTarget({ resource: refused.resource, problem: refused.problem })
  const scope = (wanted.length === 0 ? client.scopes : wanted).join(' ')
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const claims = {
    ...ownClaims(project.settings.m2m_access_token_template_content, client, input),
    iss: issuerOf(project, baseUrl),
    sub: client.id,
    aud: [project.id, ...resources],
    client_id: client.id,
    scope,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + lifetime,
    jti: newToken().slice(0, tokenIdLength),
  }
  const token = await signJwt(keys, project.id, claims, project.settings.idp_access_token_type)
  return { access_token: token, token_type: 'Bearer', expires_in: lifetime, scope }
}

/** Claims of the project's own: about the client, and from whatever else the request held, as the original has it. */
function ownClaims(
  template: string,
  client: M2mClient,
  { client_secret: _, client_assertion: __, ...request }: TokenInput,
): object {
  if (template === '') return {}
  const { id, name, description, scopes, trustedMetadata } = client
  return rendered(template, {
    client: {
      client_id: id,
      client_name: name,
      client_description: description,
      scopes,
      trusted_metadata: trustedMetadata,
    },
    request,
  })
}
