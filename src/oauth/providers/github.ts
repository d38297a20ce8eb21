/** GitHub: plain OAuth 2.0. Its token endpoint answers errors with HTTP 200. */
import { z } from 'zod'
import { type Provider, splitName } from '../provider.ts'

const Account = z.object({
  id: z.int(),
  login: z.string(),
  name: z.string().nullish(),
  avatar_url: z.string().nullish(),
})
const Addresses = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

export const github: Provider = {
  id: 'github',
  name: 'GitHub',
  documentation: [
    'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
    'https://docs.github.com/en/apps/github-authentication-discovery-endpoints',
    'https://docs.github.com/en/rest/users/emails',
  ],
  setup: [
    'Under "Developer settings" of your account or organisation, register a new OAuth app.',
    'Enter the callback URL as "Authorization callback URL"; there is one per app.',
    'Generate a client secret.',
  ],
  endpoints: {
    // Named in the answer (RFC 9207), although there are no ID tokens.
    issuer: 'https://github.com/login/oauth',
    authorization: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
    userinfo: 'https://api.github.com/user',
    emails: 'https://api.github.com/user/emails',
  },
  scopes: ['user:email'],
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy:
    'The address that counts is the one that GitHub lists as both primary and verified; the one in the profile is whatever the person chose to show.',
  notes: ['Access tokens do not expire and there is no refresh token.'],
  async profile({ get }) {
    const account = Account.parse(await get('userinfo'))
    const primary = Addresses.parse(await get('emails')).find((address) => address.primary)
    return {
      subject: String(account.id),
      email: primary && { address: primary.email, verified: primary.verified },
      name: splitName(account.name ?? ''),
      pictureUrl: account.avatar_url ?? '',
      locale: '',
    }
  },
}
