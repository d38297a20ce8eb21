/**
 * What a provider is to the sandbox: how its real answers look. One record per provider, in `providers/`; how we talk to the
 * provider is in the record of the same name that social login uses. Pure.
 */
import { hashToken } from '../crypto/token.ts'
import type { Account } from './persona.ts'

/** An account as one provider knows it. */
export interface Member {
  readonly account: Account
  /** The provider's id of the account, in the provider's form. */
  readonly subject: string
  readonly fullName: string
  readonly pictureUrl: string
  /** 64 hexadecimal digits that are the account's own, for whatever else the provider says of it. */
  readonly seed: string
}

/** What a token endpoint may refuse. */
export type TokenFailure = 'client' | 'grant_type' | 'code' | 'redirect_uri' | 'code_verifier' | 'refresh_token'

export interface TokenError {
  readonly error: string
  readonly error_description: string
  readonly error_uri?: string
}

/** An answer in the provider's own words. */
export interface Answer {
  readonly status: number
  readonly body: object
}

/** Something that an access token opens. */
export interface Resource {
  /** Below `/sandbox/{provider}/`, named as the real one. */
  readonly path: string
  readonly summary: string
  /** The answer to a valid access token; `scopes` are those granted with it. */
  answer(member: Member, scopes: readonly string[], query: URLSearchParams): Answer
}

export interface SandboxProvider {
  readonly id: string
  /** Its colour, dark enough to carry white text. */
  readonly color: string
  /** What its codes and tokens begin with. */
  readonly prefixes: { readonly code: string; readonly accessToken: string; readonly refreshToken: string }
  /** Lifetime of access tokens in seconds; absent: they do not expire, and the answer does not speak of it. */
  readonly accessTokenSeconds?: number
  /** What brings a refresh token: `access_type=offline`, a scope, every login, or nothing. */
  readonly refreshTokens: 'offline' | 'always' | 'never' | { readonly scope: string }
  readonly scopeSeparator: ' ' | ','
  /** As it spells it; compared without case (RFC 6749 §7.1). */
  readonly tokenType: string
  /** Scopes that are granted under another name than they were asked for. */
  readonly scopeNames?: Readonly<Record<string, string>>
  /** Parameters that it adds to a successful callback. */
  readonly callbackParameters?: Readonly<Record<string, string>>
  /** Whether its answers name the issuer (RFC 9207). */
  readonly namesIssuer?: true
  /** The id of an account, given 64 hexadecimal digits that are the account's own. */
  subject(seed: string): string
  /** Claims that its ID tokens make about a person. OpenID providers only; `wanted` are those asked for by `claims`. */
  claims?(member: Member, scopes: readonly string[], wanted: ReadonlySet<string>): object
  /** Below the sandbox's own issuer, for a provider with one issuer per tenant. */
  issuerPath?(member: Member): string
  /** Signature of its ID tokens; RS256 if absent. */
  readonly algorithm?: 'ES256'
  readonly resources: { readonly userinfo?: Resource; readonly emails?: Resource }
  /** Brings a successful token answer into the provider's own shape. */
  shapeTokens?(answer: Readonly<Record<string, unknown>>, member: Member): object
  /** Brings an error of the token endpoint into the provider's own shape. */
  shapeError?(error: TokenError): object
  /** Status of its token endpoint's errors; those of RFC 6749 §5.2 if absent. */
  tokenErrorStatus?(failure: TokenFailure): number
  /** Where its errors differ from RFC 6749 §5.2. */
  readonly tokenErrors?: Partial<Readonly<Record<TokenFailure, TokenError>>>
  /** The answer to a missing or invalid access token. */
  readonly badAccessToken: Answer
  /** Whether the token endpoint answers as a form unless JSON is asked for. */
  readonly answersForms?: true
}

/** The account as this provider knows it: the same person has another id at every provider, as in life. */
export function memberOf(provider: SandboxProvider, account: Account, baseUrl: string): Member {
  const seed = Buffer.from(hashToken(`${provider.id} ${account.key}`), 'base64url').toString('hex')
  const { givenName, familyName } = account
  return {
    account,
    subject: provider.subject(seed),
    fullName: [givenName, familyName].filter((name) => name !== '').join(' '),
    pictureUrl: `${baseUrl}/sandbox/avatars/${encodeURIComponent(initials(givenName, familyName))}.svg`,
    seed,
  }
}

/** `count` decimal digits out of a seed, the first of them `first`. */
export const digits = (seed: string, count: number, first: string): string =>
  first + (BigInt(`0x${seed}`) % 10n ** BigInt(count - 1)).toString().padStart(count - 1, '0')

/** `count` capital letters and digits out of a seed. */
export const letters = (seed: string, count: number): string =>
  BigInt(`0x${seed}`).toString(36).toUpperCase().padStart(count, '0').slice(0, count)

/** A UUID of version 4 out of a seed. */
export const uuid = (seed: string): string =>
  [seed.slice(0, 8), seed.slice(8, 12), `4${seed.slice(13, 16)}`, `a${seed.slice(17, 20)}`, seed.slice(20, 32)].join(
    '-',
  )

export const initials = (givenName: string, familyName: string): string =>
  [givenName, familyName]
    .flatMap((name) => [...name].slice(0, 1))
    .join('')
    .toUpperCase()

/** Claims of OpenID Connect Core 1.0 §5.1 and §5.4, by the scope that opens them. */
export function standardClaims({ account, fullName, pictureUrl }: Member, scopes: readonly string[]): object {
  const { email, givenName, familyName } = account
  return {
    ...(scopes.includes('email') && email && { email: email.address, email_verified: email.verified }),
    ...(scopes.includes('profile') && {
      name: fullName,
      picture: pictureUrl,
      given_name: givenName,
      ...(familyName !== '' && { family_name: familyName }),
    }),
  }
}

/** Scopes as the provider names them when it grants them. */
export const grantedScopes = ({ scopeNames = {} }: SandboxProvider, asked: readonly string[]): readonly string[] =>
  asked.map((scope) => (Object.hasOwn(scopeNames, scope) ? (scopeNames[scope] ?? scope) : scope))

const invalidGrant = (error_description: string): TokenError => ({ error: 'invalid_grant', error_description })

/** Errors of a token endpoint that follows RFC 6749 §5.2 to the letter. */
const standardTokenErrors: Readonly<Record<TokenFailure, TokenError>> = {
  client: { error: 'invalid_client', error_description: 'Client authentication failed.' },
  grant_type: { error: 'unsupported_grant_type', error_description: 'The grant type is not supported.' },
  code: invalidGrant('The code is unknown, was used before, or has expired.'),
  redirect_uri: invalidGrant('The redirect_uri is not the one of the authorization request.'),
  code_verifier: invalidGrant('The code_verifier does not match the code_challenge.'),
  refresh_token: invalidGrant('The refresh token is unknown.'),
}

/** What a provider's token endpoint says to a failure. */
export function tokenRefusal(provider: SandboxProvider, failure: TokenFailure): Answer {
  const error = provider.tokenErrors?.[failure] ?? standardTokenErrors[failure]
  // RFC 6749 §5.2: 401 for the client, 400 for all else.
  const status = provider.tokenErrorStatus?.(failure) ?? (failure === 'client' ? 401 : 400)
  return { status, body: provider.shapeError?.(error) ?? error }
}

export const ok = (body: object): Answer => ({ status: 200, body })
