/** Sign in with Slack: OpenID Connect, inside Slack's own envelope. */
import { openidProfile, type Provider } from '../provider.ts'

export const slack: Provider = {
  id: 'slack',
  name: 'Slack',
  documentation: [
    'https://docs.slack.dev/authentication/sign-in-with-slack/',
    'https://docs.slack.dev/reference/methods/openid.connect.token',
    'https://slack.com/.well-known/openid-configuration',
  ],
  setup: [
    'Create a Slack app. Under "OAuth & Permissions", add the callback URL to the redirect URLs.',
    'Add the user token scopes `openid`, `email` and `profile`.',
    'To let people of other workspaces log in, activate public distribution.',
  ],
  endpoints: {
    issuer: 'https://slack.com',
    authorization: 'https://slack.com/openid/connect/authorize',
    token: 'https://slack.com/api/openid.connect.token',
    jwks: 'https://slack.com/openid/connect/keys',
    userinfo: 'https://slack.com/api/openid.connect.userInfo',
  },
  scopes: ['openid', 'email', 'profile'],
  openid: true,
  pkce: false,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy: 'Slack states in the signed ID token whether the address is verified.',
  notes: [
    '`provider_team` pins the login to one workspace.',
    'Owners of a workspace can control the addresses of its members.',
  ],
  // `{"ok": false, "error": "invalid_code"}` with HTTP 200; its names for wrong credentials are not RFC 6749's.
  tokenAnswer: (answer) =>
    answer.error === 'bad_client_secret' || answer.error === 'invalid_client_id'
      ? { ...answer, error: 'invalid_client' }
      : answer,
  profile: ({ claims }) => openidProfile(claims),
}
