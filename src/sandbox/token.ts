/** `POST /sandbox/{provider}/token`: the code exchange (RFC 6749 §4.1.3), in the words of the provider that is played. */
import { z } from 'zod'
import { verifierMatches } from '../crypto/pkce.ts'
import { accessTokenHash } from '../crypto/token.ts'
import { basicCredentials } from '../kernel/auth.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { type Reply, text } from '../kernel/reply.ts'
import { sandboxCredentials, sandboxIssuer } from './endpoints.ts'
import { sandboxProviderUnknown } from './errors.ts'
import { memberOf, type TokenFailure } from './provider.ts'
import { type PlayedProvider, requireProvider } from './providers/index.ts'
import { type Grant, sandboxOf } from './sandbox.ts'

const field = z.string().max(2_000).optional()

const TokenRequest = z.object({
  provider: z.string().describe('Name of the provider that is played, e.g. `google`.'),
  grant_type: field.describe('`authorization_code` or `refresh_token`.'),
  code: field.describe('From the callback. Works once, for 60 seconds.'),
  redirect_uri: field.describe('As in the authorization request.'),
  code_verifier: field.describe('Required if a code_challenge was sent.'),
  client_id: field,
  client_secret: field,
  refresh_token: field.describe('From an earlier answer.'),
})
type TokenRequest = z.infer<typeof TokenRequest>

export const exchangeToken = endpoint({
  method: 'POST',
  path: '/sandbox/{provider}/token',
  auth: 'none',
  summary: 'Exchange a code',
  description:
    'Plays the provider’s token endpoint. Takes a form, authenticates the client as the provider would, verifies PKCE, and answers in the provider’s own shape, errors included.',
  errors: [sandboxProviderUnknown],
  input: TokenRequest,
  output: z.object({}),
  async handle(input, context) {
    const played = requireProvider(input.provider)
    const found = redeem(played, input, context)
    if (typeof found === 'string')
      return shaped(played, played.tokenErrors[found], context, played.tokenErrorStatus(found))
    const { tokenDelay } = found.persona
    if (tokenDelay !== undefined) await sandboxOf(context).wait(tokenDelay)
    return shaped(played, await tokensOf(played, input, found, context), context)
  },
})

/** What stands behind the request, or what is wrong with it. */
function redeem(played: PlayedProvider, input: TokenRequest, context: Context): Grant | TokenFailure {
  const { now } = context
  const sandbox = sandboxOf(context)
  // The client comes first: a stranger must not be able to use a code up.
  if (!isClient(played, input, context)) return 'client'
  if (input.grant_type === 'refresh_token') {
    return sandbox.grantOfRefreshToken(played, input.refresh_token ?? '', now) ?? 'refresh_token'
  }
  if (input.grant_type !== 'authorization_code') return 'grant_type'
  const grant = sandbox.takeCode(played, input.code ?? '', now)
  if (!grant) return 'code'
  if (grant.redirectUri !== input.redirect_uri) return 'redirect_uri'
  return verifierFits(grant.codeChallenge, input.code_verifier) ? grant : 'code_verifier'
}

/** RFC 6749 §2.3.1, by the one method that the provider documents. */
function isClient({ id, real }: PlayedProvider, input: TokenRequest, { http }: Context): boolean {
  const { clientId, clientSecret } = sandboxCredentials(id)
  if (real.clientAuthentication === 'client_secret_post') {
    return input.client_id === clientId && input.client_secret === clientSecret
  }
  const basic = basicCredentials(http.headers.authorization)
  return basic !== undefined && unescaped(basic.username) === clientId && unescaped(basic.password) === clientSecret
}

/** Credentials in a Basic header are form-encoded first (RFC 6749 §2.3.1). */
const unescaped = (encoded: string): string => new URLSearchParams(`value=${encoded}`).get('value') ?? ''

/** RFC 7636 §4.6; a verifier without a challenge is an attack or a mix-up (RFC 9700 §2.1.1). */
function verifierFits(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined) return verifier === undefined
  return verifier !== undefined && verifierMatches(verifier, challenge)
}

async function tokensOf(played: PlayedProvider, { grant_type }: TokenRequest, grant: Grant, context: Context) {
  const { now } = context
  const sandbox = sandboxOf(context)
  const access_token = sandbox.issueAccessToken(played, grant, now)
  const isFirst = grant_type === 'authorization_code'
  return {
    access_token,
    ...(played.accessTokenSeconds !== undefined && { expires_in: played.accessTokenSeconds }),
    ...(isFirst &&
      played.refreshTokens &&
      grant.offline && { refresh_token: sandbox.issueRefreshToken(played, grant) }),
    scope: grant.scopes.join(played.scopeSeparator),
    token_type: played.tokenType,
    ...(played.real.openid &&
      grant.scopes.includes('openid') && { id_token: await idToken(played, grant, access_token, context) }),
  }
}

/** OpenID Connect Core 1.0 §2 and §3.1.3.6. */
async function idToken(played: PlayedProvider, grant: Grant, accessToken: string, context: Context): Promise<string> {
  const { now, baseUrl } = context
  const { clientId } = sandboxCredentials(played.id)
  const member = memberOf(played, grant.account, baseUrl)
  const iat = Math.floor(now.getTime() / 1_000)
  return sandboxOf(context).signer.sign({
    iss: sandboxIssuer(baseUrl, played.id),
    azp: clientId,
    aud: clientId,
    sub: member.subject,
    at_hash: accessTokenHash(accessToken),
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    ...played.claims?.(member, grant.scopes),
    iat,
    exp: iat + 3_600,
  })
}

/** JSON, or a form where the provider writes one unless asked otherwise. */
function shaped(played: PlayedProvider, body: object, { http }: Context, status = 200): Reply {
  if (played.answersForms && !String(http.headers.accept ?? '').includes('json')) {
    const form = new URLSearchParams(
      Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]),
    )
    return text(form.toString(), 'application/x-www-form-urlencoded; charset=utf-8', {}, status)
  }
  return text(JSON.stringify(body), 'application/json; charset=utf-8', {}, status)
}
