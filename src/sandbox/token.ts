/** `POST /sandbox/{provider}/token`: the code exchange (RFC 6749 §4.1.3), in the words of the provider that is played. */
import { z } from 'zod'
import { verifierMatches } from '../crypto/pkce.ts'
import { basicCredentials } from '../kernel/auth.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { type Reply, text } from '../kernel/reply.ts'
import { appleTeam, clientIdOf, clientSecretOf } from './endpoints.ts'
import { sandboxProviderUnknown } from './errors.ts'
import { idToken } from './id-token.ts'
import type { TokenFault } from './persona.ts'
import { type Answer, memberOf, ok, type TokenFailure, tokenRefusal } from './provider.ts'
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
  client_key: field.describe('What TikTok calls the client ID.'),
  client_secret: field,
  refresh_token: field.describe('From an earlier answer.'),
})
type TokenRequest = z.infer<typeof TokenRequest>

export const exchangeToken = endpoint({
  method: 'POST',
  path: '/sandbox/{provider}/token',
  auth: 'none',
  bare: true,
  summary: 'Exchange a code',
  description:
    'Plays the provider’s token endpoint. Takes a form, authenticates the client as the provider would, verifies PKCE, and answers in the provider’s own shape, errors included.',
  errors: [sandboxProviderUnknown],
  input: TokenRequest,
  output: z.object({}),
  async handle(input, context) {
    const played = requireProvider(input.provider)
    const found = redeem(played, input, context)
    if (typeof found === 'string') return shaped(played, tokenRefusal(played, found), context)
    const { tokenDelay, tokenFault } = found.persona
    if (tokenDelay !== undefined) await sandboxOf(context).wait(tokenDelay)
    if (tokenFault) return faults[tokenFault]()
    return shaped(played, ok(await tokensOf(played, input, found, context)), context)
  },
})

const json = 'application/json; charset=utf-8'

/** What a provider that stumbles answers. */
const faults: Readonly<Record<TokenFault, () => Reply>> = {
  'status 500': () => text('<h1>Internal Server Error</h1>', 'text/html; charset=utf-8', {}, 500),
  malformed: () => text('{"access_token": "half-an-answ', json),
  huge: () => text(JSON.stringify({ access_token: 'x'.repeat(1_000_000), token_type: 'bearer' }), json),
}

/** What stands behind the request, or what is wrong with it. */
function redeem(played: PlayedProvider, input: TokenRequest, context: Context): Grant | TokenFailure {
  const { now } = context
  const sandbox = sandboxOf(context)
  // The client comes first: a stranger must not be able to use a code up.
  if (!isClient(played, input, context)) return 'client'
  if (input.grant_type === 'refresh_token') {
    const grant = sandbox.grantOfRefreshToken(played, input.refresh_token ?? '', now)
    return grant && !grant.persona.refreshRevoked ? grant : 'refresh_token'
  }
  if (input.grant_type !== 'authorization_code') return 'grant_type'
  const grant = sandbox.takeCode(played, input.code ?? '', now)
  if (!grant) return 'code'
  if (grant.redirectUri !== input.redirect_uri) return 'redirect_uri'
  // A provider without PKCE does not look at the verifier.
  return !played.real.pkce || verifierFits(grant.codeChallenge, input.code_verifier) ? grant : 'code_verifier'
}

/** RFC 6749 §2.3.1, by the one method that the provider documents. */
function isClient({ id, real }: PlayedProvider, input: TokenRequest, context: Context): boolean {
  const [clientId, clientSecret] = [clientIdOf(id), clientSecretOf(id)]
  switch (real.clientAuthentication) {
    case 'client_secret_post':
      return input[real.clientIdParameter ?? 'client_id'] === clientId && input.client_secret === clientSecret
    case 'client_secret_basic': {
      const basic = basicCredentials(context.http.headers.authorization)
      return basic !== undefined && unescaped(basic.username) === clientId && unescaped(basic.password) === clientSecret
    }
    case 'signed_jwt':
      return input.client_id === clientId && isSignedSecret(input.client_secret ?? '', clientId, context)
  }
}

/** Longest lifetime, in seconds, that Apple takes: six months. */
const longestSecret = 15_777_000

/** As Apple's documentation of client secrets demands. */
function isSignedSecret(secret: string, clientId: string, context: Context): boolean {
  const { iss, sub, iat, exp } = sandboxOf(context).clientKey.claimsOf(secret) ?? {}
  const now = context.now.getTime() / 1_000
  if (typeof iat !== 'number' || typeof exp !== 'number') return false
  return iss === appleTeam && sub === clientId && iat <= now + 30 && exp > now && exp - iat <= longestSecret
}

/** Credentials in a Basic header are form-encoded first (RFC 6749 §2.3.1). */
const unescaped = (encoded: string): string => new URLSearchParams(`value=${encoded}`).get('value') ?? ''

/** RFC 7636 §4.6; a verifier without a challenge is an attack or a mix-up (RFC 9700 §2.1.1). */
function verifierFits(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined) return verifier === undefined
  return verifier !== undefined && verifierMatches(verifier, challenge)
}

async function tokensOf(played: PlayedProvider, { grant_type }: TokenRequest, grant: Grant, context: Context) {
  const { now, baseUrl } = context
  const sandbox = sandboxOf(context)
  const access_token = sandbox.issueAccessToken(played, grant, now)
  const isFirst = grant_type === 'authorization_code'
  const hasIdToken = played.real.openid && (played.id === 'apple' || grant.scopes.includes('openid'))
  const wish = { grant, audience: clientIdOf(played.id), accessToken: access_token }
  const answer = {
    access_token,
    ...(played.accessTokenSeconds !== undefined && { expires_in: played.accessTokenSeconds }),
    ...(isFirst && bringsRefreshToken(played, grant) && { refresh_token: sandbox.issueRefreshToken(played, grant) }),
    scope: grant.scopes.join(played.scopeSeparator),
    token_type: played.tokenType,
    ...(hasIdToken && { id_token: await idToken(played, wish, context) }),
  }
  return played.shapeTokens?.(answer, memberOf(played, grant.account, baseUrl)) ?? answer
}

function bringsRefreshToken({ refreshTokens }: PlayedProvider, { offline, scopes }: Grant): boolean {
  if (typeof refreshTokens === 'object') return scopes.includes(refreshTokens.scope)
  return refreshTokens === 'always' || (refreshTokens === 'offline' && offline)
}

/** JSON, or a form where the provider writes one unless asked otherwise. */
function shaped(played: PlayedProvider, { status, body }: Answer, { http }: Context): Reply {
  if (played.answersForms && !String(http.headers.accept ?? '').includes('json')) {
    const form = new URLSearchParams(
      Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]),
    )
    return text(form.toString(), 'application/x-www-form-urlencoded; charset=utf-8', {}, status)
  }
  return text(JSON.stringify(body), json, {}, status)
}
