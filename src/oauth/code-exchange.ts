/**
 * The provider's leg, from the code that comes back to tokens and a profile. The protocol is oauth4webapi's; ours is which
 * provider differs how.
 */
import * as oauth from 'oauth4webapi'
import { unverifiedClaims } from '../crypto/foreign-jwt.ts'
import type { Sealer } from '../crypto/seal.ts'
import { legSecrets } from './authorization-request.ts'
import { clientAuthentication } from './client-authentication.ts'
import {
  oauthAuthCodeError,
  oauthTokenExchangeInvalidClient,
  oauthTokenExchangeInvalidRequest,
  oauthTokenExchangeInvalidScope,
  oauthTokenExchangeUnauthorizedClient,
} from './errors.ts'
import { expectedIssuer, idTokenAlgorithms } from './id-token.ts'
import type { Profile, Provider, ProviderError } from './provider.ts'
import { readProfile } from './read-profile.ts'
import { objectIn, plainTokenAnswer } from './token-answer.ts'
import type { Account, Upstream } from './upstream.ts'

/** What the app gets to see of the provider's own tokens; absent ones are empty (docs/wire/oauth-login.md). */
export interface ProviderValues {
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
  readonly scopes: readonly string[]
  /** Epoch ms; absent when the provider does not say. */
  readonly expiresAt?: number | undefined
}

export interface CodeExchange {
  readonly account: Account
  readonly upstream: Upstream
  readonly sealer: Sealer
  readonly now: Date
  readonly redirectUri: string
  readonly state: string
  /** Scopes that were asked for; the provider's own word on what it granted comes first. */
  readonly scopes: readonly string[]
  /** Parameters of the callback. */
  readonly response: URLSearchParams
  /** What the provider sent along with the code. */
  readonly userParameter: string | undefined
}

/** Exchanges the code and reads who logged in. Every failure of the provider is an error of the table, its cause logged. */
export async function exchangeCode(exchange: CodeExchange): Promise<{ profile: Profile; values: ProviderValues }> {
  const { now, scopes } = exchange
  const { tokens, claims } = await requestTokens(exchange)
  const profile = await readProfile({ ...exchange, accessToken: tokens.access_token, claims })
  const granted = tokens.scope?.split(/[\s,]+/).filter((scope) => scope !== '')
  return {
    profile,
    values: {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token ?? '',
      idToken: tokens.id_token ?? '',
      scopes: granted && granted.length > 0 ? granted : scopes,
      expiresAt: tokens.expires_in === undefined ? undefined : now.getTime() + tokens.expires_in * 1_000,
    },
  }
}

async function requestTokens(exchange: CodeExchange) {
  const { account, upstream, sealer, now, redirectUri, state, response } = exchange
  const { provider } = account
  const server = serverOf(account)
  const client: oauth.Client = {
    client_id: account.clientId,
    // The library reads the machine's clock, and so do real providers. A stand-in lives by ours, which may be turned.
    [oauth.clockSkew]: account.isStandIn ? Math.round((now.getTime() - upstream.systemTime()) / 1_000) : 0,
    [oauth.clockTolerance]: 30,
  }
  const { codeVerifier, nonce } = legSecrets(sealer, state)
  const insecure = { [oauth.allowInsecureRequests]: upstream.allowHttp }
  const tokenFetch = async (url: string, init: RequestInit) =>
    plainTokenAnswer(provider, await upstream.fetch(url, init))
  try {
    const parameters = oauth.validateAuthResponse(server, client, response, state)
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      await clientAuthentication(account, account.isStandIn ? now : new Date(upstream.systemTime())),
      parameters,
      redirectUri,
      provider.pkce ? codeVerifier : oauth.nopkce,
      { ...insecure, [oauth.customFetch]: tokenFetch },
    )
    const tokens = await oauth.processAuthorizationCodeResponse(
      await issuerOf(account, server, answer),
      client,
      answer,
      {
        requireIdToken: provider.openid,
        ...(provider.openid && provider.echoesNonce !== false && { expectedNonce: nonce }),
      },
    )
    // It goes into a header (RFC 6750 §2.1); an odd one would be quoted whole by whoever refuses it.
    if (!/^[\x21-\x7e]+$/.test(tokens.access_token)) throw new Error('The access token holds forbidden characters.')
    if (!provider.openid) return { tokens, claims: undefined }
    await oauth.validateApplicationLevelSignature(server, answer, {
      ...insecure,
      [oauth.customFetch]: upstream.keySets.fetch,
      [oauth.jwksCache]: upstream.keySets.cache(server.jwks_uri ?? ''),
    })
    return { tokens, claims: oauth.getValidatedIdTokenClaims(tokens) }
  } catch (cause) {
    throw exchangeError(provider, cause)
  }
}

const serverOf = ({ endpoints }: Account): oauth.AuthorizationServer => ({
  // The library wants an issuer. Where there is none it is compared with nothing: the callback has looked at `iss` already.
  issuer: endpoints.issuer ?? new URL(endpoints.authorization).origin,
  authorization_endpoint: endpoints.authorization,
  token_endpoint: endpoints.token,
  ...(endpoints.jwks !== undefined && { jwks_uri: endpoints.jwks }),
  id_token_signing_alg_values_supported: [...idTokenAlgorithms],
})

/** The server under the issuer that this very ID token must name; the library then compares the two. */
async function issuerOf(account: Account, server: oauth.AuthorizationServer, answer: Response) {
  if (!account.provider.openid) return server
  const { id_token } = objectIn(await answer.clone().text()) ?? {}
  const claims = typeof id_token === 'string' ? unverifiedClaims(id_token) : {}
  return { ...server, issuer: expectedIssuer(account, claims) }
}

/** Errors of the token endpoint (RFC 6749 §5.2) that the wire has names for. */
const exchangeErrors: Readonly<Record<string, ProviderError>> = {
  invalid_client: oauthTokenExchangeInvalidClient,
  incorrect_client_credentials: oauthTokenExchangeInvalidClient,
  invalid_request: oauthTokenExchangeInvalidRequest,
  redirect_uri_mismatch: oauthTokenExchangeInvalidRequest,
  invalid_scope: oauthTokenExchangeInvalidScope,
  unauthorized_client: oauthTokenExchangeUnauthorizedClient,
}

function exchangeError(provider: Provider, cause: unknown) {
  const words = { provider: provider.name }
  if (!(cause instanceof oauth.ResponseBodyError)) return oauthAuthCodeError(words, { cause })
  const { error, error_description = '' } = cause
  const listed = Object.hasOwn(exchangeErrors, error) ? exchangeErrors[error] : undefined
  const own = provider.refusalError?.({ error, description: error_description })
  return (own ?? listed ?? oauthAuthCodeError)(words, { cause })
}
