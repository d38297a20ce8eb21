/**
 * The provider's leg: the authorization request, and from the code that comes back to tokens and a profile. The protocol is
 * oauth4webapi's; ours is which provider differs how.
 */
import * as oauth from 'oauth4webapi'
import { codeChallenge } from '../crypto/pkce.ts'
import type { Sealer } from '../crypto/seal.ts'
import {
  oauthAuthCodeError,
  oauthFlowCallbackError,
  oauthTokenExchangeInvalidClient,
  oauthTokenExchangeInvalidRequest,
  oauthTokenExchangeInvalidScope,
  oauthTokenExchangeUnauthorizedClient,
} from './errors.ts'
import type { Profile } from './provider.ts'
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

/**
 * Secrets of one login on the provider's leg. They follow from the state under the master key: nothing needs to be
 * stored, and the state, which travels through URLs, tells nothing of them.
 */
export function legSecrets(sealer: Sealer, state: string): { readonly codeVerifier: string; readonly nonce: string } {
  const half = (purpose: string) => sealer.mac(state, purpose)
  return {
    // 32 bytes are 43 characters, the shortest verifier that RFC 7636 §4.1 allows.
    codeVerifier: Buffer.concat([half('provider verifier 1'), half('provider verifier 2')]).toString('base64url'),
    nonce: half('provider nonce').toString('base64url'),
  }
}

export interface AuthorizationRequest {
  readonly account: Account
  readonly redirectUri: string
  readonly state: string
  readonly scopes: readonly string[]
  readonly forwarded: readonly (readonly [string, string])[]
  readonly sealer: Sealer
}

/** The provider's authorization URL (RFC 6749 §4.1.1), parameters in alphabetical order as the original writes them. */
export function authorizationUrl({
  account,
  redirectUri,
  state,
  scopes,
  forwarded,
  sealer,
}: AuthorizationRequest): URL {
  const { provider, endpoints, clientId } = account
  const { codeVerifier, nonce } = legSecrets(sealer, state)
  const url = new URL(endpoints.authorization)
  for (const [name, value] of forwarded) url.searchParams.set(name, value)
  const parameters = {
    access_type: 'offline',
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: scopes.join(' '),
    state,
    ...(provider.openid && { nonce }),
    ...(provider.pkce && { code_challenge: codeChallenge(codeVerifier), code_challenge_method: 'S256' }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  url.searchParams.sort()
  return url
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
}

/** Exchanges the code and reads who logged in. Every failure of the provider is an error of the table, its cause logged. */
export async function exchangeCode(exchange: CodeExchange): Promise<{ profile: Profile; values: ProviderValues }> {
  const { account, now, scopes } = exchange
  const { tokens, claims } = await requestTokens(exchange)
  const profile = await readProfile(exchange, tokens.access_token, claims)
  const granted = tokens.scope?.split(/[\s,]+/).filter((scope) => scope !== '')
  return {
    profile,
    values: {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token ?? '',
      idToken: account.provider.openid ? (tokens.id_token ?? '') : '',
      scopes: granted && granted.length > 0 ? granted : scopes,
      expiresAt: tokens.expires_in === undefined ? undefined : now.getTime() + tokens.expires_in * 1_000,
    },
  }
}

async function requestTokens(exchange: CodeExchange) {
  const { account, upstream, sealer, now, redirectUri, state, response } = exchange
  const { provider, clientSecret } = account
  const server = serverOf(account)
  const client: oauth.Client = {
    client_id: account.clientId,
    // The library reads the machine's clock, and so do real providers. A stand-in lives by ours, which may be turned.
    [oauth.clockSkew]: account.isStandIn ? Math.round((now.getTime() - upstream.systemTime()) / 1_000) : 0,
    [oauth.clockTolerance]: 30,
  }
  const authentication =
    provider.clientAuthentication === 'client_secret_basic'
      ? oauth.ClientSecretBasic(clientSecret)
      : oauth.ClientSecretPost(clientSecret)
  const options = requestOptions(exchange)
  const { codeVerifier, nonce } = legSecrets(sealer, state)
  try {
    const parameters = oauth.validateAuthResponse(server, client, response, state)
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      redirectUri,
      provider.pkce ? codeVerifier : oauth.nopkce,
      options,
    )
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
      requireIdToken: provider.openid,
      ...(provider.openid && { expectedNonce: nonce }),
    })
    if (!provider.openid) return { tokens, claims: undefined }
    await oauth.validateApplicationLevelSignature(server, answer, {
      ...options,
      [oauth.jwksCache]: upstream.keySet(server.jwks_uri ?? ''),
    })
    return { tokens, claims: oauth.getValidatedIdTokenClaims(tokens) }
  } catch (cause) {
    throw exchangeError(provider.name, cause)
  }
}

const serverOf = ({ endpoints }: Account): oauth.AuthorizationServer => ({
  // A provider without OpenID has no issuer; the library wants one and compares it with nothing.
  issuer: endpoints.issuer ?? new URL(endpoints.authorization).origin,
  authorization_endpoint: endpoints.authorization,
  token_endpoint: endpoints.token,
  ...(endpoints.jwks !== undefined && { jwks_uri: endpoints.jwks }),
})

/** Errors of the token endpoint (RFC 6749 §5.2) that the wire has names for. */
const exchangeErrors: Readonly<
  Record<string, typeof oauthTokenExchangeInvalidClient | typeof oauthTokenExchangeInvalidRequest>
> = {
  invalid_client: oauthTokenExchangeInvalidClient,
  incorrect_client_credentials: oauthTokenExchangeInvalidClient,
  invalid_request: oauthTokenExchangeInvalidRequest,
  redirect_uri_mismatch: oauthTokenExchangeInvalidRequest,
  invalid_scope: oauthTokenExchangeInvalidScope,
  unauthorized_client: oauthTokenExchangeUnauthorizedClient,
}

function exchangeError(provider: string, cause: unknown) {
  const code = cause instanceof oauth.ResponseBodyError ? cause.error : ''
  const listed = Object.hasOwn(exchangeErrors, code) ? exchangeErrors[code] : undefined
  return (listed ?? oauthAuthCodeError)({ provider }, { cause })
}

async function readProfile(
  exchange: CodeExchange,
  accessToken: string,
  claims: Readonly<Record<string, unknown>> | undefined,
): Promise<Profile> {
  const { account } = exchange
  const get = async (endpoint: 'userinfo' | 'emails'): Promise<unknown> => {
    const url = account.endpoints[endpoint]
    if (url === undefined) throw new Error(`${account.provider.name} has no ${endpoint} endpoint.`)
    const headers = new Headers({ accept: 'application/json', 'user-agent': 'Selvage' })
    const response = await oauth.protectedResourceRequest(
      accessToken,
      'GET',
      new URL(url),
      headers,
      null,
      requestOptions(exchange),
    )
    if (!response.ok) throw new Error(`${url} answered ${response.status}.`)
    return response.json()
  }
  try {
    return await account.provider.profile({ claims, get })
  } catch (cause) {
    const reason = 'it did not say who logged in'
    throw oauthFlowCallbackError({ provider: account.provider.name, reason }, { cause })
  }
}

function requestOptions({ account, upstream }: CodeExchange) {
  const answer = async (url: string | URL, init?: RequestInit) => {
    const response = await upstream.fetch(url, init)
    return account.provider.errorsArriveWith200 ? withErrorStatus(response) : response
  }
  return { [oauth.customFetch]: answer, [oauth.allowInsecureRequests]: upstream.allowHttp }
}

/** Gives an error that arrived as a success the status that RFC 6749 §5.2 prescribes. */
async function withErrorStatus(response: Response): Promise<Response> {
  const text = await response.text()
  const isError = response.status === 200 && /^\s*\{\s*"error"\s*:/.test(text)
  return new Response(text, { status: isError ? 400 : response.status, headers: response.headers })
}
