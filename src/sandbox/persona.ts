/**
 * Who can log in at a provider that the sandbox plays, and what goes wrong for them. Records only: a new persona is a new
 * row, and whatever plays it reads the row. Pure.
 */
import { hashToken } from '../crypto/token.ts'

/** A person's account at a provider. */
export interface Account {
  /** What the account's id at the provider follows from: the same key is the same account, now and after a restart. */
  readonly key: string
  readonly givenName: string
  /** Empty where only one name is known. */
  readonly familyName: string
  readonly email: { readonly address: string; readonly verified: boolean } | undefined
  /** The address is one that the provider made up and relays. */
  readonly isRelay?: true
  /** The account belongs to a directory whose administrator can write any address into it. */
  readonly isForeign?: true
}

interface Person {
  readonly givenName: string
  readonly familyName: string
}

/** What a provider that is played gets wrong. */
export type TokenFault = 'status 500' | 'malformed' | 'huge'
export type IdTokenFault = 'nonce' | 'issuer' | 'expired'

export interface Persona {
  readonly name: string
  /** What happens, in a few words, for the page and the API. */
  readonly effect: string
  /** Who it is, unless the choice names an account. Their e-mail address follows from the name. */
  readonly person: Person
  /**
   * What the provider says of the address; `none`: it gives no address; `changed`: the account has another one than it is
   * named by; `relay`: one that the provider made up.
   */
  readonly email: 'verified' | 'unverified' | 'none' | 'changed' | 'relay'
  /** The only provider that it exists at; absent: all. */
  readonly at?: string
  readonly isForeign?: true
  /** The authorization request ends with this error instead of a code (RFC 6749 §4.1.2.1). */
  readonly refusal?: { readonly error: string; readonly description: string }
  /** How long, in ms, the token endpoint keeps the server waiting. */
  readonly tokenDelay?: number
  readonly tokenFault?: TokenFault
  /** OpenID providers only. */
  readonly idTokenFault?: IdTokenFault
  /** The refresh token of the login is worth nothing. */
  readonly refreshRevoked?: true
}

const somebody: Person = { givenName: 'Sam', familyName: 'Doe' }

/** People to log in as, in the order of the page. */
const people: readonly Persona[] = [
  {
    name: 'verified',
    effect: 'E-mail verified by the provider',
    person: { givenName: 'Maya', familyName: 'Okafor' },
    email: 'verified',
  },
  {
    name: 'unverified',
    effect: 'E-mail never verified',
    person: { givenName: 'Tomas', familyName: 'Rivera' },
    email: 'unverified',
  },
  {
    name: 'no-email',
    effect: 'Shares no e-mail address',
    person: { givenName: 'Ines', familyName: 'Lindqvist' },
    email: 'none',
  },
  {
    name: 'email-changed',
    effect: 'A new address since last time',
    person: { givenName: 'Amara', familyName: 'Nkosi' },
    email: 'changed',
  },
  {
    name: 'private-relay',
    effect: 'Hides the address behind a relay',
    person: { givenName: 'Yuki', familyName: 'Tanaka' },
    email: 'relay',
    at: 'apple',
  },
  {
    name: 'foreign-tenant',
    effect: 'Anybody’s address, in a directory of their own',
    person: { givenName: 'Lena', familyName: 'Fischer' },
    email: 'verified',
    at: 'microsoft',
    isForeign: true,
  },
  {
    name: 'revoked-refresh',
    effect: 'Refresh token revoked at once',
    person: { givenName: 'Omar', familyName: 'Aziz' },
    email: 'verified',
    refreshRevoked: true,
  },
  {
    name: 'slow',
    effect: 'Answers after three seconds',
    person: { givenName: 'Wei', familyName: 'Chen' },
    email: 'verified',
    tokenDelay: 3_000,
  },
]

/** Logins that fail, in the order of the page. */
const failures: readonly Persona[] = [
  {
    name: 'denied',
    effect: 'Decline to log in',
    person: somebody,
    email: 'none',
    refusal: { error: 'access_denied', description: 'The user has denied your application access.' },
  },
  {
    name: 'error',
    effect: 'The provider fails',
    person: somebody,
    email: 'none',
    refusal: { error: 'server_error', description: 'The provider met an unexpected condition.' },
  },
  {
    name: 'token-500',
    effect: 'Status 500 for the code',
    person: somebody,
    email: 'verified',
    tokenFault: 'status 500',
  },
  {
    name: 'malformed-json',
    effect: 'Half a JSON answer',
    person: somebody,
    email: 'verified',
    tokenFault: 'malformed',
  },
  { name: 'huge-response', effect: 'A megabyte of answer', person: somebody, email: 'verified', tokenFault: 'huge' },
  {
    name: 'wrong-nonce',
    effect: 'Another login’s ID token',
    person: somebody,
    email: 'verified',
    idTokenFault: 'nonce',
  },
  {
    name: 'wrong-issuer',
    effect: 'A stranger’s ID token',
    person: somebody,
    email: 'verified',
    idTokenFault: 'issuer',
  },
  {
    name: 'expired-id-token',
    effect: 'Yesterday’s ID token',
    person: somebody,
    email: 'verified',
    idTokenFault: 'expired',
  },
]

const failureNames = new Set(failures.map(({ name }) => name))
export const isFailure = ({ name }: Persona): boolean => failureNames.has(name)

export const personas: readonly Persona[] = [...people, ...failures]

/** What decides which personas a provider knows. */
export interface PersonaTraits {
  readonly id: string
  readonly openid: boolean
  readonly echoesNonce?: false
}

/** Whether a persona exists at a provider: without ID tokens, none can be wrong. */
export function existsAt({ at, idTokenFault }: Persona, { id, openid, echoesNonce }: PersonaTraits): boolean {
  if (at !== undefined) return at === id
  if (idTokenFault === 'nonce') return openid && echoesNonce !== false
  return idTokenFault === undefined || openid
}

/** A persona, and the account that it logs in with. */
export interface Choice {
  readonly persona: Persona
  readonly account: Account
}

/** Longest account name: the longest e-mail address that can be delivered to (RFC 5321 §4.5.3.1). */
const longestAccount = 254

/**
 * Reads `verified` or `verified:ada@example.com`: a persona, and after a colon the account to log in with. The problem, if
 * there is one, is a sentence for whoever wrote it.
 */
export function readChoice(text: string): Choice | { readonly problem: string } {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const persona = personas.find((known) => known.name === name)
  if (!persona) {
    return { problem: `"${name.slice(0, 60)}" is none of ${personas.map((known) => known.name).join(', ')}.` }
  }
  if (colon < 0) return { persona, account: ownAccount(persona) }
  if (persona.refusal) return { problem: `"${name}" never gets as far as an account, so it cannot name one.` }
  const account =
    persona.email === 'none' ? readName(text.slice(colon + 1)) : readAddress(text.slice(colon + 1), persona)
  return 'problem' in account ? account : { persona, account }
}

/** The account of a persona that names none. */
export function ownAccount(persona: Persona): Account {
  const { person, email } = persona
  const { givenName, familyName } = person
  if (email === 'none') return { ...person, key: `${givenName} ${familyName}`.toLowerCase(), email: undefined }
  return withAddress(persona, person, `${givenName}.${familyName}@example.com`.toLowerCase())
}

/** The account that an address names, and what the provider says of its address. */
function withAddress({ email, isForeign }: Persona, person: Person, address: string): Account {
  const key = address.toLowerCase()
  const shown = { changed: `new.${address}`, relay: relayAddress(key) }[String(email)] ?? address
  return {
    ...person,
    key,
    email: { address: shown, verified: email !== 'unverified' },
    ...(email === 'relay' && { isRelay: true }),
    ...(isForeign && { isForeign }),
  }
}

/** Apple's relay has addresses of ten letters and digits. */
const relayAddress = (key: string): string =>
  `${hashToken(key)
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 10)}@privaterelay.appleid.com`

// Full-width forms are let through: how such an address is read is for the server under test to decide.
const at = /[@\uFE6B\uFF20]/

function readAddress(address: string, persona: Persona): Account | { readonly problem: string } {
  const { name } = persona
  if (!at.test(address)) return { problem: `what follows "${name}:" must be an e-mail address.` }
  if (address.length > longestAccount) return { problem: `the e-mail address has over ${longestAccount} characters.` }
  if (/[\p{Cc}\s]/u.test(address)) {
    return { problem: 'the e-mail address holds a space or a control character. In a URL, write + as %2B.' }
  }
  const local = address.split(at)[0] ?? ''
  return withAddress(persona, personOf(local.split('+')[0] ?? ''), address)
}

function readName(name: string): Account | { readonly problem: string } {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > longestAccount || /\p{Cc}/u.test(trimmed)) {
    return { problem: `a name must have 1 to ${longestAccount} printable characters.` }
  }
  return { ...personOf(trimmed), key: trimmed.toLowerCase(), email: undefined }
}

/** `ada.lovelace` is Ada Lovelace; `ada` has only the one name, as some people do. */
function personOf(text: string): Person {
  const [givenName = text, ...others] = text
    .split(/[\s._-]+/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return { givenName, familyName: others.join(' ') }
}
