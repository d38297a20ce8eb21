/** GitLab: OpenID Connect. */
import { type Provider, userinfoProfile } from '../provider.ts'

export const gitlab: Provider = {
  id: 'gitlab',
  name: 'GitLab',
  documentation: [
    'https://docs.gitlab.com/integration/openid_connect_provider/',
    'https://docs.gitlab.com/api/oauth2/',
  ],
  setup: [
    'Under "Applications" of your user, group or instance, add an application with the scopes `openid`, `email` and `profile`.',
    'Enter the callback URL as "Redirect URI" and leave "Confidential" on.',
    'For a self-managed GitLab, set `endpoints` to its own addresses.',
  ],
  endpoints: {
    issuer: 'https://gitlab.com',
    authorization: 'https://gitlab.com/oauth/authorize',
    token: 'https://gitlab.com/oauth/token',
    jwks: 'https://gitlab.com/oauth/discovery/keys',
    userinfo: 'https://gitlab.com/oauth/userinfo',
  },
  scopes: ['openid', 'email', 'profile'],
  openid: true,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy: 'GitLab states whether the address is verified (`email_verified`).',
  // Older versions leave profile claims out of the ID token.
  profile: userinfoProfile,
}
