/** One login attempt, from start to callback. Pure. */
import { providers } from './providers/index.ts'

/** How long, in ms, a person may take at the provider. */
export const flowLifetime = 10 * 60_000
/** How long, in ms, an attach token can be used to start a login. */
export const attachLifetime = 5 * 60_000
/** Wrong PKCE verifiers before a token is burnt: a bound, so that guessing is no way in (RFC 7636 §7.1). */
export const mostFailedVerifiers = 5

export interface Flow {
  readonly projectId: string
  readonly stateHash: string
  readonly provider: string
  /** Hash of the name of the browser that started it. */
  readonly browserHash: string
  /** Our callback URL as it was sent to the provider; the exchange must repeat it (RFC 6749 §4.1.3). */
  readonly redirectUri: string
  readonly loginRedirectUrl: string
  readonly signupRedirectUrl: string
  readonly scopes: readonly string[]
  /** The app's own PKCE leg. */
  readonly codeChallenge: string | undefined
  readonly attachTokenHash: string | undefined
  readonly createdAt: number
  readonly expiresAt: number
  readonly consumedAt: number | undefined
}

/** Parameters of the authorization request that only we may set. */
const ours = new Set([
  'client_id', 'redirect_uri', 'response_type', 'response_mode', 'state', 'scope', 'nonce', 'code_challenge',
  'code_challenge_method', 'request', 'request_uri', 'client_secret', 'client_assertion', 'access_type',
]) // biome-ignore format: a list of names reads best as a block

/** The `provider_…` parameters of a start URL, without the prefix and without those that only we may set. */
export function forwardedParameters(query: string): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(query)]
    .filter(([name]) => name.startsWith('provider_'))
    .map(([name, value]) => [name.slice('provider_'.length), value] as const)
    .filter(([name, value]) => name !== '' && value !== '' && !ours.has(name))
}

/** Default scopes, then custom ones, each once. Custom ones are separated by spaces; some clients write commas. */
export const combinedScopes = (defaults: readonly string[], custom: string | undefined): readonly string[] => [
  ...new Set([...defaults, ...(custom ?? '').split(/[\s,]+/).filter((scope) => scope !== '')]),
]

/** The provider whose own callback a login returns to; `undefined` for the one that the built-in providers share. */
export const callbackOwner = (provider: string): string | undefined => (providers.has(provider) ? undefined : provider)
