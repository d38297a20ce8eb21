/** Discord: OAuth 2.0. */
import { z } from 'zod'
import { type Provider, splitName } from '../provider.ts'

const User = z.object({
  id: z.string(),
  username: z.string(),
  global_name: z.string().nullish(),
  avatar: z.string().nullish(),
  locale: z.string().nullish(),
  email: z.string().nullish(),
  verified: z.boolean().nullish(),
})

export const discord: Provider = {
  id: 'discord',
  name: 'Discord',
  documentation: [
    'https://docs.discord.com/developers/topics/oauth2',
    'https://discord.com/.well-known/oauth-authorization-server',
    'https://docs.discord.com/developers/resources/user',
    'https://docs.discord.com/developers/reference#image-formatting',
  ],
  setup: [
    'In the Discord developer portal, create an application.',
    'Under "OAuth2", add the callback URL to the redirects and copy client ID and secret.',
  ],
  endpoints: {
    issuer: 'https://discord.com',
    authorization: 'https://discord.com/oauth2/authorize',
    token: 'https://discord.com/api/oauth2/token',
    userinfo: 'https://discord.com/api/users/@me',
  },
  scopes: ['identify', 'email'],
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy: 'Discord states whether the address is verified (`verified`).',
  async profile({ get }) {
    const { id, username, global_name, avatar, locale, email, verified } = User.parse(await get('userinfo'))
    return {
      subject: id,
      email: email ? { address: email, verified: verified === true } : undefined,
      name: splitName(global_name ?? username),
      pictureUrl: avatar ? `https://cdn.discordapp.com/avatars/${id}/${avatar}.png` : '',
      locale: locale ?? '',
    }
  },
}
