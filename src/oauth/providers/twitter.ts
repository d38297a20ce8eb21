/** X, formerly Twitter: OAuth 2.0 with mandatory PKCE and Basic authentication. */
import { z } from 'zod'
import { twitter401, twitter403 } from '../errors.ts'
import { type Provider, splitName } from '../provider.ts'

const Me = z.object({
  data: z.object({ id: z.string(), name: z.string().default(''), profile_image_url: z.string().default('') }),
})

export const twitter: Provider = {
  id: 'twitter',
  name: 'X (Twitter)',
  documentation: [
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token',
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code',
    'https://docs.x.com/x-api/users/lookup/quickstart/authenticated-lookup',
  ],
  setup: [
    'In the X developer console, set up user authentication for your app, of type "Web App" (a confidential client).',
    'Enter the callback URL there. Client ID and secret are those of OAuth 2.0, not the API key.',
  ],
  endpoints: {
    authorization: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    userinfo: 'https://api.x.com/2/users/me',
  },
  scopes: ['users.read', 'tweet.read', 'offline.access'],
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_basic',
  linksByEmail: 'never',
  emailPolicy: 'X shares no address with these scopes, and the original interface never takes one from it.',
  statusErrors: { 401: twitter401, 403: twitter403 },
  async profile({ get }) {
    const { data } = Me.parse(await get('userinfo', { 'user.fields': 'profile_image_url' }))
    return { subject: data.id, name: splitName(data.name), pictureUrl: data.profile_image_url, locale: '' }
  },
}
