/** Coinbase: OAuth 2.0. New clients are for approved partners only. */
import { z } from 'zod'
import { type Provider, splitName } from '../provider.ts'

const User = z.object({
  data: z.object({
    id: z.string(),
    name: z.string().nullish(),
    email: z.string().nullish(),
    avatar_url: z.string().nullish(),
  }),
})

export const coinbase: Provider = {
  id: 'coinbase',
  name: 'Coinbase',
  documentation: [
    'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/integrations',
    'https://docs.cdp.coinbase.com/coinbase-business/authentication-authorization/oauth2/oauth2-permissions',
  ],
  setup: [
    'Coinbase creates OAuth clients for approved partners only; existing clients go on working.',
    'In the CDP portal, under "API Keys", "OAuth", add the callback URL to the client.',
  ],
  endpoints: {
    authorization: 'https://login.coinbase.com/oauth2/auth',
    token: 'https://login.coinbase.com/oauth2/token',
    userinfo: 'https://api.coinbase.com/v2/user',
  },
  scopes: ['wallet:user:read', 'wallet:user:email'],
  scopeSeparator: ',',
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'opt-in',
  emailPolicy:
    'Coinbase does not say whether an address is verified. It counts only where the project declares `trust_email` for this provider.',
  notes: ['A refresh token needs `custom_scopes=offline_access`.'],
  async profile({ get }) {
    const { data } = User.parse(await get('userinfo'))
    return {
      subject: data.id,
      email: data.email ? { address: data.email, verified: 'not stated' } : undefined,
      name: splitName(data.name ?? ''),
      pictureUrl: data.avatar_url ?? '',
      locale: '',
    }
  },
}
