/** Claims about a person, by scope (OpenID Connect Core §5.4): the same in ID tokens and at userinfo. Pure. */
import type { User } from '../users/index.ts'

type Claims = Readonly<Record<string, unknown>>

const byScope: Readonly<Record<string, (user: User) => Claims>> = {
  profile: ({ name, registrations }) => {
    const known = (read: (one: User['registrations'][number]) => string) =>
      registrations.map(read).find((text) => text !== '')
    return {
      name: [name.first, name.middle, name.last].filter((part) => part !== '').join(' '),
      given_name: name.first,
      family_name: name.last,
      middle_name: name.middle,
      picture: known((one) => one.profilePictureUrl),
      locale: known((one) => one.locale),
    }
  },
  email: ({ emails }) => {
    const email = emails.find(({ verified }) => verified) ?? emails[0]
    return { email: email?.address, email_verified: email?.verified }
  },
  phone: ({ phoneNumbers }) => {
    const phone = phoneNumbers.find(({ verified }) => verified) ?? phoneNumbers[0]
    return { phone_number: phone?.number, phone_number_verified: phone?.verified }
  },
}

/** What the scopes let a client know. What is not known is left out, never null or empty: strict clients throw on that. */
export function personClaims(user: User, scopes: readonly string[]): Claims {
  const all = scopes.flatMap((scope) => Object.entries(byScope[scope]?.(user) ?? {}))
  return Object.fromEntries(all.filter(([, value]) => value !== undefined && value !== ''))
}
