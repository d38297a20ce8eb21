/** TikTok Login Kit: OAuth 2.0 that calls the client ID `client_key` and separates scopes by commas. */
import { z } from 'zod'
import { type Provider, splitName } from '../provider.ts'

const UserInfo = z.object({
  data: z.object({
    user: z.object({ open_id: z.string(), display_name: z.string().default(''), avatar_url: z.string().default('') }),
  }),
})

export const tiktok: Provider = {
  id: 'tiktok',
  name: 'TikTok',
  documentation: [
    'https://developers.tiktok.com/doc/login-kit-web/',
    'https://developers.tiktok.com/doc/oauth-get-a-user-access-token/',
    'https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info/',
  ],
  setup: [
    'In TikTok for Developers, create an app and add Login Kit with the scope `user.info.basic`.',
    'Add the callback URL to the redirect URIs for web. TikTok takes https only.',
    'The client key is the `client_id` of the project file.',
  ],
  endpoints: {
    authorization: 'https://www.tiktok.com/v2/auth/authorize/',
    token: 'https://open.tiktokapis.com/v2/oauth/token/',
    userinfo: 'https://open.tiktokapis.com/v2/user/info/',
  },
  scopes: ['user.info.basic'],
  scopeSeparator: ',',
  openid: false,
  pkce: false,
  clientAuthentication: 'client_secret_post',
  clientIdParameter: 'client_key',
  linksByEmail: 'never',
  emailPolicy: 'TikTok shares no address.',
  async profile({ get }) {
    const { user } = UserInfo.parse(await get('userinfo', { fields: 'open_id,union_id,avatar_url,display_name' })).data
    return { subject: user.open_id, name: splitName(user.display_name), pictureUrl: user.avatar_url, locale: '' }
  },
}
