/** Yahoo: OpenID Connect; ID tokens may be signed with ES256 and hold little but the subject. */
import { type Provider, userinfoProfile } from '../provider.ts'

export const yahoo: Provider = {
  id: 'yahoo',
  name: 'Yahoo',
  documentation: [
    'https://developer.yahoo.com/sign-in-with-yahoo/',
    'https://developer.yahoo.com/oauth2/guide/openid_connect/getting_started.html',
    'https://api.login.yahoo.com/.well-known/openid-configuration',
  ],
  setup: [
    'In the Yahoo developer network, create an app with the OpenID Connect permissions "Email" and "Profile".',
    'Enter the callback URL as redirect URI. Yahoo takes https only.',
  ],
  endpoints: {
    issuer: 'https://api.login.yahoo.com',
    authorization: 'https://api.login.yahoo.com/oauth2/request_auth',
    token: 'https://api.login.yahoo.com/oauth2/get_token',
    jwks: 'https://api.login.yahoo.com/openid/v1/certs',
    userinfo: 'https://api.login.yahoo.com/openid/v1/userinfo',
  },
  scopes: ['openid', 'email', 'profile'],
  openid: true,
  // Reported to be refused from confidential clients; the nonce binds the code as well.
  pkce: false,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy: 'Yahoo states whether the address is verified (`email_verified`).',
  profile: userinfoProfile,
}
