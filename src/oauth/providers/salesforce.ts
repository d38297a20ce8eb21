/** Salesforce: OpenID Connect; the subject is a URL, the id that people know stands beside it. */
import { z } from 'zod'
import { openidProfile, type Provider } from '../provider.ts'

const UserInfo = z.looseObject({
  sub: z.string(),
  user_id: z.string(),
  photos: z.object({ picture: z.string().nullish() }).nullish(),
})

export const salesforce: Provider = {
  id: 'salesforce',
  name: 'Salesforce',
  documentation: [
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm',
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm',
  ],
  setup: [
    'In Setup, create an external client app (or connected app) with OAuth enabled and the scopes `openid`, `profile` and `email`.',
    'Enter the callback URL there; consumer key and secret are client ID and secret.',
    'For a sandbox or My Domain, set `endpoints` to its own addresses, the issuer included.',
  ],
  endpoints: {
    issuer: 'https://login.salesforce.com',
    authorization: 'https://login.salesforce.com/services/oauth2/authorize',
    token: 'https://login.salesforce.com/services/oauth2/token',
    jwks: 'https://login.salesforce.com/id/keys',
    userinfo: 'https://login.salesforce.com/services/oauth2/userinfo',
  },
  scopes: ['openid', 'email', 'profile'],
  openid: true,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy: 'Salesforce states whether the address is verified (`email_verified`).',
  notes: [
    'A refresh token needs `custom_scopes=refresh_token`.',
    'Administrators of an organisation control the addresses of its users.',
  ],
  async profile({ claims, get }) {
    const info = UserInfo.parse(await get('userinfo'))
    if (info.sub !== claims?.sub) throw new TypeError('Userinfo is about another subject than the ID token.')
    const profile = openidProfile(info)
    return { ...profile, subject: info.user_id, pictureUrl: info.photos?.picture || profile.pictureUrl }
  },
}
