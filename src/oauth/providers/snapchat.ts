/** Snapchat Login Kit: OAuth 2.0 with full-URL scopes and a GraphQL profile. */
import { z } from 'zod'
import { type Provider, splitName } from '../provider.ts'

const scope = (name: string) => `https://auth.snapchat.com/oauth2/api/user.${name}`

const Me = z.object({
  data: z.object({
    me: z.object({
      externalId: z.string(),
      displayName: z.string().nullish(),
      bitmoji: z.object({ avatar: z.string().nullish() }).nullish(),
    }),
  }),
})

export const snapchat: Provider = {
  id: 'snapchat',
  name: 'Snapchat',
  documentation: [
    'https://developers.snap.com/snap-kit/login-kit/overview',
    'https://developers.snap.com/snap-kit/login-kit/Tutorials/web',
  ],
  setup: [
    'In the Snap Kit portal, create a project with Login Kit, display name and Bitmoji avatar.',
    'Generate a confidential OAuth client and add the callback URL to its redirect URIs.',
  ],
  endpoints: {
    authorization: 'https://accounts.snapchat.com/accounts/oauth2/auth',
    token: 'https://accounts.snapchat.com/accounts/oauth2/token',
    userinfo: 'https://kit.snapchat.com/v1/me',
  },
  scopes: ['display_name', 'bitmoji.avatar', 'external_id'].map(scope),
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'never',
  emailPolicy: 'Snapchat shares no address.',
  async profile({ get }) {
    const { me } = Me.parse(await get('userinfo', { query: '{me{externalId displayName bitmoji{avatar}}}' })).data
    return {
      subject: me.externalId,
      name: splitName(me.displayName ?? ''),
      pictureUrl: me.bitmoji?.avatar ?? '',
      locale: '',
    }
  },
}
