/**
 * Who can log in at a provider that the sandbox plays, and what goes wrong for them. Records only: a new persona is a new
 * row, and whatever plays it reads the row. Pure.
 */

/** A person's account at a provider. */
export interface Account {
  /** What the account's id at the provider follows from: the same key is the same account, now and after a restart. */
  readonly key: string
  readonly givenName: string
  /** Empty where only one name is known. */
  readonly familyName: string
  readonly email: { readonly address: string; readonly verified: boolean } | undefined
}

interface Person {
  readonly givenName: string
  readonly familyName: string
}

export interface Persona {
  readonly name: string
  /** What happens, in a few words, for the page and the API. */
  readonly effect: string
  /** Who it is, unless the choice names an account. Their e-mail address follows from the name. */
  readonly person: Person
  /** What the provider says of the address; `none`: it gives no address. */
  readonly email: 'verified' | 'unverified' | 'none'
  /** The authorization request ends with this error instead of a code (RFC 6749 §4.1.2.1). */
  readonly refusal?: { readonly error: string; readonly description: string }
  /** How long, in ms, the token endpoint keeps the server waiting. */
  readonly tokenDelay?: number
}

export const personas: readonly Persona[] = [
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
    name: 'slow',
    effect: 'Answers after three seconds',
    person: { givenName: 'Wei', familyName: 'Chen' },
    email: 'verified',
    tokenDelay: 3_000,
  },
  {
    name: 'denied',
    effect: 'Decline to log in',
    person: { givenName: 'Noor', familyName: 'Haddad' },
    email: 'none',
    refusal: { error: 'access_denied', description: 'The user has denied your application access.' },
  },
  {
    name: 'error',
    effect: 'The provider fails',
    person: { givenName: 'Ola', familyName: 'Berg' },
    email: 'none',
    refusal: { error: 'server_error', description: 'The provider met an unexpected condition.' },
  },
]

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
export function ownAccount({ person, email }: Persona): Account {
  const { givenName, familyName } = person
  if (email === 'none') return { ...person, key: `${givenName} ${familyName}`.toLowerCase(), email: undefined }
  const address = `${givenName}.${familyName}@example.com`.toLowerCase()
  return { ...person, key: address, email: { address, verified: email === 'verified' } }
}

// Full-width forms are let through: how such an address is read is for the server under test to decide.
const at = /[@\uFE6B\uFF20]/

function readAddress(address: string, { name, email }: Persona): Account | { readonly problem: string } {
  if (!at.test(address)) return { problem: `what follows "${name}:" must be an e-mail address.` }
  if (address.length > longestAccount) return { problem: `the e-mail address has over ${longestAccount} characters.` }
  if (/[\p{Cc}\s]/u.test(address)) {
    return { problem: 'the e-mail address holds a space or a control character. In a URL, write + as %2B.' }
  }
  const local = address.split(at)[0] ?? ''
  return {
    ...personOf(local.split('+')[0] ?? ''),
    key: address.toLowerCase(),
    email: { address, verified: email === 'verified' },
  }
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
