/** ID tokens: who may have issued one, and those that a native app or One Tap hands in without a code. */
import { type ForeignClaims, verifyForeignJwt } from '../crypto/foreign-jwt.ts'
import { idTokenExpired, idTokenIncorrectAudience, idTokenInvalid, oauthFlowCallbackError } from './errors.ts'
import type { Claims, Provider } from './provider.ts'
import type { Account, Upstream } from './upstream.ts'

/** Asymmetric ones only: with a shared secret, whoever can verify could sign. Yahoo signs with ES256, the others with RS256. */
export const idTokenAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

/**
 * The issuer that an ID token with these claims must name: the provider's; where it has one per tenant, that of the tenant
 * that the token names; where it writes its own in several ways, any of them.
 */
export function expectedIssuer(
  { provider, endpoints }: { readonly provider: Provider; readonly endpoints: Provider['endpoints'] },
  claims: Claims,
): string {
  const { issuer = '' } = endpoints
  if (issuer.includes('{tenantid}')) {
    const { tid } = claims
    const isTenant = typeof tid === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tid)
    return isTenant ? issuer.replace('{tenantid}', tid) : issuer
  }
  const isPublic = issuer === provider.endpoints.issuer
  const other = isPublic ? provider.otherIssuers?.find((one) => one === claims.iss) : undefined
  return other ?? issuer
}

export interface HandedIn {
  readonly account: Account
  readonly upstream: Upstream
  readonly token: string
  /** Client IDs of which one must be the audience. */
  readonly audiences: readonly string[]
  readonly now: Date
}

/**
 * Verifies an ID token that came without a code (OpenID Connect Core 1.0 §3.1.3.7). Throws `id_token_invalid`,
 * `id_token_expired`, `id_token_incorrect_audience`, or
 * `oauth_flow_callback_error` when the provider's keys cannot be had.
 */
export async function verifyIdToken({ account, upstream, token, audiences, now }: HandedIn): Promise<ForeignClaims> {
  const { provider, endpoints, isStandIn } = account
  const verdict = await verifyForeignJwt(token, {
    keys: (kid) =>
      upstream.keySets.get(endpoints.jwks ?? '', kid).catch((cause: unknown) => {
        throw oauthFlowCallbackError({ provider: provider.name, reason: 'its keys could not be fetched' }, { cause })
      }),
    issuer: (claims) => expectedIssuer(account, claims),
    audiences,
    algorithms: idTokenAlgorithms,
    // A real provider's clock is the machine's; a stand-in lives by ours, which may be turned.
    now: isStandIn ? now : new Date(upstream.systemTime()),
  })
  if ('claims' in verdict) return verdict.claims
  const errors = { invalid: idTokenInvalid, expired: idTokenExpired, audience: idTokenIncorrectAudience }
  throw errors[verdict.rejected]({ cause: verdict.cause })
}
