/** A grant: what one completed authorization lets a client have. Pure; time is an argument. */
import { newToken } from '../crypto/token.ts'

/** Why a grant ended, for whoever asks later, with the sentence that a developer reads. */
export const endings = {
  code_replayed: 'its authorization code was used twice.',
  refresh_token_reused: 'a refresh token was used again after its successor had been given out.',
  revoked_by_client: 'the client revoked its refresh token.',
  consent_revoked: 'the user withdrew their consent.',
  logged_out: 'the user logged out.',
} as const
export type Ending = keyof typeof endings

export interface Grant {
  readonly id: string
  readonly projectId: string
  readonly clientId: string
  readonly userId: string
  /** The session that the user authorized with; without one, the tokens cannot be exchanged for a session. */
  readonly sessionId: string | undefined
  readonly scopes: readonly string[]
  /** RFC 8707. Empty: not bound to any. */
  readonly resources: readonly string[]
  readonly nonce: string | undefined
  /** When the user last proved who they are, in ms. */
  readonly authTime: number
  readonly createdAt: number
  readonly endedAt: number | undefined
  readonly endedBecause: Ending | undefined
}

/** How long, in ms, a code can be redeemed; RFC 6749 §4.1.2 allows ten minutes. */
export const codeLifetime = 300_000
/** Wrong verifiers after which a code is used up. */
export const mostFailedVerifiers = 5
/** How long, in ms, a refresh token lasts from its last use: three months. */
export const refreshLifetime = 90 * 86_400_000
/** How long, in ms, an ID token lasts. */
export const idTokenLifetime = 3_600_000
/** How long, in ms, a grant is kept after all of its tokens have expired, so that one can ask why it ended. */
export const keptAfterwards = 7 * 86_400_000

/** Characters of base64url in a grant's name: 132 random bits. */
const grantIdLength = 22
/** Characters of an access token's id. */
const tokenIdLength = 43

export const newGrantId = (): string => newToken().slice(0, grantIdLength)

/**
 * The `jti` of an access token: its grant's name and a random rest. So the grant of a token is known from the token itself,
 * and no row has to be written for each token.
 */
export const newTokenId = (grantId: string): string => grantId + newToken().slice(0, tokenIdLength - grantId.length)

export const grantIdOf = (tokenId: string): string => tokenId.slice(0, grantIdLength)
