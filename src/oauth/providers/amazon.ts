/** Login with Amazon: OAuth 2.0. */
import { z } from 'zod'
import { type Provider, splitName } from '../provider.ts'

const CustomerProfile = z.object({ user_id: z.string(), name: z.string().default('') })

export const amazon: Provider = {
  id: 'amazon',
  name: 'Amazon',
  documentation: [
    'https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html',
    'https://developer.amazon.com/docs/login-with-amazon/customer-profile.html',
  ],
  setup: [
    'In the Amazon developer console, create a security profile for Login with Amazon.',
    'Under its web settings, add the callback URL to "Allowed Return URLs".',
  ],
  endpoints: {
    authorization: 'https://www.amazon.com/ap/oa',
    token: 'https://api.amazon.com/auth/o2/token',
    userinfo: 'https://api.amazon.com/user/profile',
  },
  scopes: ['profile'],
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'never',
  emailPolicy:
    'Amazon does not say whether an address is verified, and the original interface never takes one from it.',
  async profile({ get }) {
    const { user_id, name } = CustomerProfile.parse(await get('userinfo'))
    return { subject: user_id, name: splitName(name), pictureUrl: '', locale: '' }
  },
}
