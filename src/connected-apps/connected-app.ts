/** A Connected App: an OAuth client that acts for users (docs/wire/connected-apps.md). Pure. */
import { hashToken, sameHash } from '../crypto/token.ts'

export const clientTypes = ['first_party', 'first_party_public', 'third_party', 'third_party_public'] as const
export type ClientType = (typeof clientTypes)[number]

export type CreationMethod = 'api' | 'project_file' | 'dynamic_client_registration' | 'client_id_metadata_document'

export interface ClientSecret {
  readonly hash: string
  readonly lastFour: string
}

export interface ConnectedApp {
  readonly id: string
  readonly projectId: string
  readonly type: ClientType
  readonly name: string
  readonly description: string
  readonly redirectUrls: readonly string[]
  readonly postLogoutRedirectUrls: readonly string[]
  readonly logoUrl: string | undefined
  readonly fullAccessAllowed: boolean
  readonly bypassConsentForOfflineAccess: boolean
  readonly accessTokenMinutes: number
  readonly accessTokenCustomAudience: string | undefined
  readonly accessTokenTemplate: string
  readonly idTokenTemplate: string
  readonly creationMethod: CreationMethod
  /** Which way of authenticating it registered for; `undefined`: any that its secret allows. */
  readonly tokenEndpointAuthMethod: string | undefined
  readonly secret: ClientSecret | undefined
  /** During a rotation: the one that will take over. Both are valid. */
  readonly nextSecret: ClientSecret | undefined
  /** Where its metadata document is: what it calls itself on the wire. */
  readonly metadataUrl: string | undefined
  /** When a user first completed a flow with it, in ms. */
  readonly firstUsedAt: number | undefined
  readonly createdAt: number
}

/** A public client has no secret, so that PKCE and rotation have to do what a secret would (RFC 6749 §2.1). */
export const isPublic = ({ type }: Pick<ConnectedApp, 'type'>): boolean => type.endsWith('_public')

/** Whether the project's own people made it: it is trusted without asking the user. */
export const isFirstParty = ({ type }: Pick<ConnectedApp, 'type'>): boolean => type.startsWith('first_party')

/** The `client_id` that the client knows: the URL of its metadata document, if it has one. */
export const wireClientId = ({ metadataUrl, id }: Pick<ConnectedApp, 'metadataUrl' | 'id'>): string => metadataUrl ?? id

/** Whether a secret is one of the client's. Both are compared, whatever the first comparison says. */
export function secretMatches(
  { secret, nextSecret }: Pick<ConnectedApp, 'secret' | 'nextSecret'>,
  given: string,
): boolean {
  const presented = hashToken(given)
  return [secret, nextSecret].map((one) => one !== undefined && sameHash(one.hash, presented)).some(Boolean)
}
