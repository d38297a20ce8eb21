/** An M2M client: an OAuth client that acts for itself (docs/wire/connected-apps.md). Pure. */
import { hashToken, sameHash } from '../crypto/token.ts'

export interface M2mSecret {
  readonly hash: string
  readonly lastFour: string
}

export interface M2mClient {
  readonly id: string
  readonly projectId: string
  readonly name: string
  readonly description: string
  readonly status: 'active' | 'inactive'
  readonly scopes: readonly string[]
  readonly trustedMetadata: Readonly<Record<string, unknown>>
  readonly secret: M2mSecret
  /** During a rotation: the one that will take over. Both are valid. */
  readonly nextSecret: M2mSecret | undefined
  readonly createdAt: number
}

/** Whether a secret is one of the client's. Both are compared, whatever the first comparison says. */
export function m2mSecretMatches(
  { secret, nextSecret }: Pick<M2mClient, 'secret' | 'nextSecret'>,
  given: string,
): boolean {
  const presented = hashToken(given)
  return [secret, nextSecret].map((one) => one !== undefined && sameHash(one.hash, presented)).some(Boolean)
}
