/**
 * What a social login provider is to us: a record, plus one function that reads a person's profile out of its answers.
 * Adding one is one file in `providers/` and a line in `providers/index.ts`.
 */
import type { ApiError, DefinedError, ErrorContext } from '../kernel/errors.ts'
import type { ProviderEndpoints } from '../projects/index.ts'

/** Who logged in, according to the provider. */
export interface Profile {
  /** The provider's own, stable id of the account. */
  readonly subject: string
  /** As the provider states it; whether it counts is decided by `Provider.linksByEmail`. */
  readonly email?: { readonly address: string; readonly verified: boolean | 'not stated' } | undefined
  readonly name: { readonly first: string; readonly middle: string; readonly last: string }
  /** Empty when there is none. */
  readonly pictureUrl: string
  readonly locale: string
}

export type Claims = Readonly<Record<string, unknown>>

/** What a profile can be read from. */
export interface ProviderAnswers {
  /** Claims of the ID token, its signature, issuer, audience, times and nonce verified. OpenID providers only. */
  readonly claims: Claims | undefined
  /** Fetches JSON from one of the provider's endpoints with the access token. */
  get(endpoint: 'userinfo' | 'emails', query?: Readonly<Record<string, string>>): Promise<unknown>
  /** What the provider sent along with the code, through the browser: unsigned, so good for a name and nothing else. */
  readonly userParameter: string | undefined
}

/** A token endpoint's refusal (RFC 6749 §5.2). */
export interface TokenRefusal {
  readonly error: string
  readonly description: string
}

/** A listed error that names the provider. */
export type ProviderError = (words: { readonly provider: string }, context?: ErrorContext) => ApiError

export interface Provider {
  /** Path segment, lower-case. */
  readonly id: string
  /** How people know it. */
  readonly name: string
  /** Pages of its own documentation that this record was checked against. */
  readonly documentation: readonly string[]
  /** What an operator does in its console, one sentence each, for docs/providers.md. */
  readonly setup: readonly string[]
  readonly endpoints: Partial<ProviderEndpoints> & Pick<ProviderEndpoints, 'authorization' | 'token'>
  /** Scopes that are always asked for. */
  readonly scopes: readonly string[]
  /** Between scopes in the authorization request; a space if absent (RFC 6749 §3.3). */
  readonly scopeSeparator?: ','
  /** Whether it issues an ID token, which is then required and verified. */
  readonly openid: boolean
  /** Issuers that its ID tokens and answers name beside `endpoints.issuer`. */
  readonly otherIssuers?: readonly string[]
  /** `false`: its ID tokens do not repeat the nonce. `state` and the cookie alone bind the answer to the browser then. */
  readonly echoesNonce?: false
  /** Whether it takes PKCE (RFC 7636) on its own leg. */
  readonly pkce: boolean
  /** How we authenticate at its token endpoint (RFC 6749 §2.3.1); `signed_jwt`: the secret is a JWT signed for each request. */
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic' | 'signed_jwt'
  /** Its own name for `client_id`. */
  readonly clientIdParameter?: 'client_key'
  /** Further parameters of the authorization request. */
  readonly authorizationParameters?: Readonly<Record<string, string>>
  /**
   * `verified`: an address that the provider vouches for is added to the user and links to a user who has it.
   * `opt-in`: the provider says nothing about its addresses; they count where the project trusts them (`trust_email`).
   * `never`: its addresses prove nothing and are ignored.
   */
  readonly linksByEmail: 'verified' | 'opt-in' | 'never'
  /** Why, in one sentence, for docs/providers.md. */
  readonly emailPolicy: string
  /** What else an operator should know, one sentence each. */
  readonly notes?: readonly string[]
  /** Brings an answer of its token endpoint into the form of RFC 6749 §5.1 and §5.2. */
  readonly tokenAnswer?: (answer: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** Names that the wire has for this provider's own refusals, by what the token endpoint said. */
  readonly refusalError?: (refusal: TokenRefusal) => ProviderError | undefined
  /** What is said where a project has no credentials, if the wire has a name of its own for it. */
  readonly missingConfigError?: DefinedError
  /** Errors that the wire has for a status of its other endpoints. */
  readonly statusErrors?: Readonly<Record<number, DefinedError>>
  readonly profile: (answers: ProviderAnswers) => Profile | Promise<Profile>
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Longest subject, in characters: what OpenID Connect Core 1.0 §2 allows. */
const longestSubject = 255
/** Longest part of a name, in characters; the same as users.update takes. */
const longestName = 128
const longestPictureUrl = 2_048
const longestLocale = 35

/**
 * What of a profile is taken over. Throws without a subject: two people without one would be the same. The rest comes from
 * outside too, some of it through the browser, so it is cut and cleaned.
 */
export function usableProfile(profile: Profile): Profile {
  const { subject, name, pictureUrl, locale } = profile
  if (subject === '' || subject.length > longestSubject || /\p{Cc}/u.test(subject)) {
    throw new TypeError('The provider named no subject.')
  }
  const clean = (value: string, longest: number) => value.replace(/\p{Cc}/gu, '').slice(0, longest)
  return {
    ...profile,
    name: {
      first: clean(name.first, longestName),
      middle: clean(name.middle, longestName),
      last: clean(name.last, longestName),
    },
    pictureUrl:
      /^https?:\/\/[^\s\p{Cc}]+$/u.test(pictureUrl) && pictureUrl.length <= longestPictureUrl ? pictureUrl : '',
    locale: clean(locale, longestLocale),
  }
}

/** The profile in the standard claims of OpenID Connect Core 1.0 §5.1, from an ID token or from userinfo. */
export function openidProfile(claims: Claims | undefined): Profile {
  if (typeof claims?.sub !== 'string' || claims.sub === '') throw new TypeError('The provider named no subject.')
  const address = text(claims.email)
  const given = text(claims.given_name)
  const family = text(claims.family_name)
  return {
    subject: claims.sub,
    // Some providers write the flag as a string.
    email:
      address === ''
        ? undefined
        : { address, verified: claims.email_verified === true || claims.email_verified === 'true' },
    name:
      given + family === ''
        ? splitName(text(claims.name))
        : { first: given, middle: text(claims.middle_name), last: family },
    pictureUrl: text(claims.picture),
    locale: text(claims.locale),
  }
}

/**
 * The profile from userinfo, for providers whose ID token holds little more than the subject. Throws if it speaks of
 * somebody else than the ID token does (OpenID Connect Core 1.0 §5.3.2).
 */
export async function userinfoProfile({ claims, get }: ProviderAnswers): Promise<Profile> {
  const info = (await get('userinfo')) as Claims
  if (claims && info.sub !== claims.sub) throw new TypeError('Userinfo is about another subject than the ID token.')
  return openidProfile(info)
}

/** Splits a full name for providers that give only one: the last word is the last name. */
export function splitName(full: string): Profile['name'] {
  const words = full.trim().split(/\s+/)
  const last = words.length > 1 ? words.pop() : ''
  return { first: words.join(' '), middle: '', last: last ?? '' }
}

/**
 * RFC 6749 §5.2 for providers that write `{"status": 400, "message": "…"}`; `undefined` for an answer that is no such
 * refusal.
 */
export function refusalInMessage({ status, message }: Readonly<Record<string, unknown>>) {
  if (typeof status !== 'number' || typeof message !== 'string') return undefined
  return { error: /client/i.test(message) ? 'invalid_client' : 'invalid_grant', error_description: message }
}
