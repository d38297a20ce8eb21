/** An M2M client: an OAuth client that acts for itself (docs/wire/connected-apps.md). Pure. */
import { type ClientSecret, secretMatches } from '../connected-apps/index.ts'
import { isId } from '../crypto/token.ts'
import * as errors from './errors.ts'

export interface M2mClient {
  readonly id: string
  readonly projectId: string
  readonly name: string
  readonly description: string
  /** An inactive one gets no tokens; whoever makes them has to look. */
  readonly status: 'active' | 'inactive'
  readonly scopes: readonly string[]
  readonly trustedMetadata: Readonly<Record<string, unknown>>
  readonly creationMethod: 'api' | 'project_file'
  readonly secret: ClientSecret
  /** During a rotation: the one that will take over. Both are valid. */
  readonly nextSecret: ClientSecret | undefined
  readonly createdAt: number
}

/** Whether a secret is one of the client's; says nothing of its status. */
export const m2mSecretMatches = (client: Pick<M2mClient, 'secret' | 'nextSecret'>, given: string): boolean =>
  secretMatches(client, given)

/**
 * Whether a text can be the id of a client: one that an earlier system gave, or one of ours. It stands in paths and in HTTP
 * Basic credentials, and is never mistaken for that of a Connected App.
 */
export const isM2mClientId = (text: string): boolean =>
  isId('m2m-client', text) || (/^[A-Za-z0-9][A-Za-z0-9._~@|+-]{0,127}$/.test(text) && !/^connected-app-/i.test(text))

const longestSecret = 128
const shortestSecret = 8
/** Fewest different characters of a secret. */
const fewestCharacters = 6

/**
 * Refuses a secret from elsewhere that cannot be used or is easily guessed: fewer than 8 characters, hardly any different
 * ones, or one after the other as in `abcdefgh`. RFC 6749 §A.2 says which characters it may have.
 */
export function requireGoodSecret(secret: string): void {
  if (secret.length > longestSecret) throw errors.clientSecretTooLong({ most: longestSecret })
  if (!/^[\x20-\x7e]*$/.test(secret)) throw errors.m2mClientInvalidClientSecret()
  const codes = [...secret].map((character) => character.charCodeAt(0))
  const steps = new Set(codes.slice(1).map((code, at) => code - (codes[at] ?? 0)))
  const isGuessable = new Set(codes).size < fewestCharacters || steps.size < 2
  if (secret.length < shortestSecret || isGuessable) throw errors.insecureM2mClientSecret({ fewest: shortestSecret })
}
