/** Google: OpenID Connect. */
import { openidProfile, type Provider } from '../provider.ts'

export const google: Provider = {
  id: 'google',
  name: 'Google',
  documentation: [
    'https://developers.google.com/identity/openid-connect/openid-connect',
    'https://developers.google.com/identity/openid-connect/reference',
    'https://developers.google.com/identity/gsi/web/guides/verify-google-id-token',
  ],
  setup: [
    'In the Google Cloud console, configure the OAuth consent screen, then create an OAuth client ID of type "Web application".',
    'Add the callback URL under "Authorized redirect URIs".',
    'For One Tap, add the origin of your app under "Authorized JavaScript origins".',
    'For native apps, create a client ID per platform and list those IDs as `native_client_ids`.',
  ],
  endpoints: {
    issuer: 'https://accounts.google.com',
    authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    jwks: 'https://www.googleapis.com/oauth2/v3/certs',
    userinfo: 'https://openidconnect.googleapis.com/v1/userinfo',
  },
  // Both spellings are documented for ID tokens.
  otherIssuers: ['accounts.google.com'],
  scopes: ['openid', 'email', 'profile'],
  openid: true,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy: 'Google states in the signed ID token whether it has verified the address (`email_verified`).',
  notes: ['A refresh token comes with the first consent only; `provider_prompt=consent` asks again.'],
  profile: ({ claims }) => openidProfile(claims),
}
