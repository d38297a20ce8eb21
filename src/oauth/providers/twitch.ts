/** Twitch: OpenID Connect that must be asked for each claim, and answers its scopes as an array. */
import { openidProfile, type Provider, refusalInMessage, splitName } from '../provider.ts'

/** OpenID Connect Core 1.0 §5.5. */
const wanted = { email: null, email_verified: null, picture: null, preferred_username: null }

export const twitch: Provider = {
  id: 'twitch',
  name: 'Twitch',
  documentation: [
    'https://dev.twitch.tv/docs/authentication/getting-tokens-oidc',
    'https://id.twitch.tv/oauth2/.well-known/openid-configuration',
  ],
  setup: [
    'In the Twitch developer console, register an application of client type "Confidential".',
    'Add the callback URL to the OAuth redirect URLs and create a secret.',
  ],
  endpoints: {
    issuer: 'https://id.twitch.tv/oauth2',
    authorization: 'https://id.twitch.tv/oauth2/authorize',
    token: 'https://id.twitch.tv/oauth2/token',
    jwks: 'https://id.twitch.tv/oauth2/keys',
    userinfo: 'https://id.twitch.tv/oauth2/userinfo',
  },
  scopes: ['openid', 'user:read:email'],
  openid: true,
  pkce: false,
  clientAuthentication: 'client_secret_post',
  authorizationParameters: { claims: JSON.stringify({ id_token: wanted, userinfo: wanted }) },
  linksByEmail: 'verified',
  emailPolicy: 'Twitch states in the signed ID token whether the address is verified.',
  tokenAnswer(answer) {
    const { scope } = answer
    return refusalInMessage(answer) ?? (Array.isArray(scope) ? { ...answer, scope: scope.join(' ') } : answer)
  },
  profile({ claims }) {
    const profile = openidProfile(claims)
    const { preferred_username } = claims ?? {}
    return typeof preferred_username === 'string' ? { ...profile, name: splitName(preferred_username) } : profile
  },
}
