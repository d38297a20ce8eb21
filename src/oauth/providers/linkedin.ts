/** Sign In with LinkedIn using OpenID Connect. It neither repeats the nonce nor takes PKCE from web apps. */
import { type Claims, openidProfile, type Provider } from '../provider.ts'

export const linkedin: Provider = {
  id: 'linkedin',
  name: 'LinkedIn',
  documentation: [
    'https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2',
    'https://www.linkedin.com/oauth/.well-known/openid-configuration',
  ],
  setup: [
    'In the LinkedIn developer portal, create an app and request the product "Sign In with LinkedIn using OpenID Connect".',
    'Under "Auth", add the callback URL to the authorized redirect URLs.',
  ],
  endpoints: {
    issuer: 'https://www.linkedin.com/oauth',
    authorization: 'https://www.linkedin.com/oauth/v2/authorization',
    token: 'https://www.linkedin.com/oauth/v2/accessToken',
    jwks: 'https://www.linkedin.com/oauth/openid/jwks',
    userinfo: 'https://api.linkedin.com/v2/userinfo',
  },
  // The issuer until April 2024; its documentation still shows it.
  otherIssuers: ['https://www.linkedin.com'],
  echoesNonce: false,
  scopes: ['openid', 'profile', 'email'],
  openid: true,
  pkce: false,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'verified',
  emailPolicy: 'LinkedIn states whether the address is verified (`email_verified`).',
  async profile({ claims, get }) {
    const info = (await get('userinfo')) as Claims
    if (info.sub !== claims?.sub) throw new TypeError('Userinfo is about another subject than the ID token.')
    return { ...openidProfile(info), locale: localeOf(info.locale) }
  },
}

/** `{"country": "US", "language": "en"}` in userinfo, `en_US` in older answers. */
function localeOf(locale: unknown): string {
  if (typeof locale === 'string') return locale.replace('_', '-')
  if (typeof locale !== 'object' || locale === null) return ''
  const { language, country } = locale as Readonly<Record<string, unknown>>
  return [language, country].filter((part) => typeof part === 'string' && part !== '').join('-')
}
