/** What a session says of a client that took it over with an access token. Pure. */
import type { AuthenticationFactor } from '../sessions/index.ts'

export const exchangeMethod = 'oauth_access_token_exchange'

export function exchangeFactor(clientId: string, now: Date): AuthenticationFactor {
  const time = now.getTime()
  return {
    type: 'oauth',
    deliveryMethod: exchangeMethod,
    lastAuthenticatedAt: time,
    createdAt: time,
    updatedAt: time,
    details: { oauth_access_token_exchange_factor: { client_id: clientId } },
  }
}
