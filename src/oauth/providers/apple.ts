/** Sign in with Apple: OpenID Connect with a signed client secret and an answer that the browser posts. */
import { z } from 'zod'
import { appleOauthConfigNotFound } from '../errors.ts'
import { openidProfile, type Profile, type Provider } from '../provider.ts'

/** Sent once in a person's life, with their first authorization, as a form field beside the code. */
const FirstLogin = z.object({
  name: z.object({ firstName: z.string().nullish(), middleName: z.string().nullish(), lastName: z.string().nullish() }),
})

export const apple: Provider = {
  id: 'apple',
  name: 'Apple',
  documentation: [
    'https://developer.apple.com/documentation/signinwithapplerestapi/generate-and-validate-tokens',
    'https://developer.apple.com/documentation/signinwithapplerestapi/request-an-authorization-to-the-sign-in-with-apple-server.',
  ],
  setup: [
    'In your Apple developer account, create an App ID with "Sign in with Apple", then a Services ID; the latter is the `client_id`.',
    'Add the domain and the callback URL to the Services ID. Apple takes neither http nor localhost.',
    'Create a key for "Sign in with Apple"; `key_id` is its ID, `team_id` your team’s, `private_key` the content of the .p8 file.',
    'For native apps, list their bundle IDs as `native_client_ids`.',
  ],
  endpoints: {
    issuer: 'https://appleid.apple.com',
    authorization: 'https://appleid.apple.com/auth/authorize',
    token: 'https://appleid.apple.com/auth/token',
    jwks: 'https://appleid.apple.com/auth/keys',
  },
  // In 2025 the discovery document named this one for a while; libraries expected it in ID tokens.
  otherIssuers: ['https://account.apple.com'],
  scopes: ['name', 'email'],
  openid: true,
  pkce: false,
  clientAuthentication: 'signed_jwt',
  // Mandatory as soon as a scope is asked for.
  authorizationParameters: { response_mode: 'form_post' },
  missingConfigError: appleOauthConfigNotFound,
  linksByEmail: 'verified',
  emailPolicy: 'Apple states in the signed ID token whether the address is verified. A relay address counts as one.',
  notes: ['The name comes with a person’s first login only. It is stored then.'],
  profile({ claims, userParameter }) {
    const profile = openidProfile(claims)
    return userParameter === undefined ? profile : { ...profile, name: firstLoginName(userParameter) ?? profile.name }
  },
}

function firstLoginName(parameter: string): Profile['name'] | undefined {
  try {
    const { name } = FirstLogin.parse(JSON.parse(parameter))
    return { first: name.firstName ?? '', middle: name.middleName ?? '', last: name.lastName ?? '' }
  } catch {
    // Came through the browser, so it may be anything. A login does not fail for a name.
    return undefined
  }
}
