/**
 * What a social login provider is to us: a record, plus at most one function that reads a person's profile out of its
 * answers. Adding one is one file in `providers/` and a line in `providers/index.ts`.
 */
import type { ProviderEndpoints } from '../projects/index.ts'

/** Who logged in, according to the provider. */
export interface Profile {
  /** The provider's own, stable id of the account. */
  readonly subject: string
  /** As the provider states it; whether it counts is decided by `Provider.linksByEmail`. */
  readonly email?: { readonly address: string; readonly verified: boolean } | undefined
  readonly name: { readonly first: string; readonly middle: string; readonly last: string }
  /** Empty when there is none. */
  readonly pictureUrl: string
  readonly locale: string
}

/** What a profile can be read from. */
export interface ProviderAnswers {
  /** Claims of the ID token, its signature, issuer, audience, times and nonce verified. OpenID providers only. */
  readonly claims: Readonly<Record<string, unknown>> | undefined
  /** Fetches JSON from one of the provider's endpoints with the access token. */
  get(endpoint: 'userinfo' | 'emails'): Promise<unknown>
}

export interface Provider {
  /** Path segment, lower-case. */
  readonly id: string
  /** How people know it. */
  readonly name: string
  readonly endpoints: Partial<ProviderEndpoints> & Pick<ProviderEndpoints, 'authorization' | 'token'>
  /** Scopes that are always asked for. */
  readonly scopes: readonly string[]
  /** Whether it issues an ID token, which is then required and verified. */
  readonly openid: boolean
  /** Whether it takes PKCE (RFC 7636) on its own leg. */
  readonly pkce: boolean
  /** How we authenticate at its token endpoint (RFC 6749 §2.3.1). */
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic'
  /**
   * `verified`: an address that the provider vouches for is added to the user and links to a user who has it.
   * `never`: its addresses prove nothing and are ignored.
   */
  readonly linksByEmail: 'verified' | 'never'
  /** Answers errors of the token endpoint with HTTP 200. */
  readonly errorsArriveWith200?: true
  readonly profile: (answers: ProviderAnswers) => Profile | Promise<Profile>
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The profile in the standard claims of OpenID Connect Core 1.0 §5.1, from an ID token or from userinfo. */
export function openidProfile(claims: Readonly<Record<string, unknown>> | undefined): Profile {
  if (typeof claims?.sub !== 'string') throw new TypeError('The provider named no subject.')
  const address = text(claims.email)
  return {
    subject: claims.sub,
    // Some providers write the flag as a string.
    email:
      address === ''
        ? undefined
        : { address, verified: claims.email_verified === true || claims.email_verified === 'true' },
    name: { first: text(claims.given_name), middle: text(claims.middle_name), last: text(claims.family_name) },
    pictureUrl: text(claims.picture),
    locale: text(claims.locale),
  }
}

/** Splits a full name for providers that give only one: the last word is the last name. */
export function splitName(full: string): Profile['name'] {
  const words = full.trim().split(/\s+/)
  const last = words.length > 1 ? words.pop() : ''
  return { first: words.join(' '), middle: '', last: last ?? '' }
}
