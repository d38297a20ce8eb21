/** Google: OpenID Connect. https://developers.google.com/identity/openid-connect/openid-connect */
import { openidProfile, type Provider } from '../provider.ts'

export const google: Provider = {
  id: 'google',
  name: 'Google',
  endpoints: {
    issuer: 'https://accounts.google.com',
    authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    jwks: 'https://www.googleapis.com/oauth2/v3/certs',
    userinfo: 'https://openidconnect.googleapis.com/v1/userinfo',
  },
  scopes: ['openid', 'email', 'profile'],
  openid: true,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  profile: ({ claims }) => openidProfile(claims),
}
