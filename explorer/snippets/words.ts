/** One name in the spellings of several languages. */

/** `deleteOAuthRegistration` is `delete`, `oauth`, `registration`. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/OAuth/g, 'Oauth')
    .replace(/[A-Z]{2,}/g, (letters) => letters.charAt(0) + letters.slice(1).toLowerCase())
    .split(/_|(?=[A-Z])/)
    .map((word) => word.toLowerCase())

/** `deleteOAuthRegistration` is `delete_oauth_registration`. */
export const snakeCase = (name: string): string => wordsOf(name).join('_')

/** Words that Go writes in capitals of their own. */
const initialisms: Readonly<Record<string, string>> = {
  id: 'ID',
  idp: 'IDP',
  ip: 'IP',
  jwks: 'JWKS',
  jwt: 'JWT',
  m2m: 'M2M',
  oauth: 'OAuth',
  rbac: 'RBAC',
  uri: 'URI',
  url: 'URL',
  urls: 'URLs',
}

/** `oauth_user_registration_id` is `OAuthUserRegistrationID`. */
export const goName = (name: string): string =>
  wordsOf(name)
    .map((word) => initialisms[word] ?? word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
