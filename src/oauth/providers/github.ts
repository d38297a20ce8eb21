/**
 * GitHub: plain OAuth 2.0. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 * The address that counts is the one that is both primary and verified in the list of addresses; the one in the profile
 * is whatever the person chose to show.
 */
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
  endpoints: {
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
  errorsArriveWith200: true,
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
