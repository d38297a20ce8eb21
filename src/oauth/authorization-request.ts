/** The authorization request to a provider (RFC 6749 §4.1.1), and the secrets that bind its answer to it. */
import { codeChallenge } from '../crypto/pkce.ts'
import type { Sealer } from '../crypto/seal.ts'
import type { Account } from './upstream.ts'

/**
 * What nonces of logins by redirect begin with. The app is given the ID tokens of such logins; they must not be good for a
 * login by ID token.
 */
export const redirectNonce = 'redirect-'

/**
 * Secrets of one login on the provider's leg. They follow from the state under the master key: nothing needs to be
 * stored, and the state, which travels through URLs, tells nothing of them.
 */
export function legSecrets(sealer: Sealer, state: string): { readonly codeVerifier: string; readonly nonce: string } {
  const half = (purpose: string) => sealer.mac(state, purpose)
  return {
    // 32 bytes are 43 characters, the shortest verifier that RFC 7636 §4.1 allows.
    codeVerifier: Buffer.concat([half('provider verifier 1'), half('provider verifier 2')]).toString('base64url'),
    nonce: redirectNonce + half('provider nonce').toString('base64url'),
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
    [provider.clientIdParameter ?? 'client_id']: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: scopes.join(provider.scopeSeparator ?? ' '),
    state,
    ...provider.authorizationParameters,
    ...(provider.openid && provider.echoesNonce !== false && { nonce }),
    ...(provider.pkce && { code_challenge: codeChallenge(codeVerifier), code_challenge_method: 'S256' }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  url.searchParams.sort()
  return url
}
