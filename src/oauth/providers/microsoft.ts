/** Microsoft Entra ID and personal accounts: OpenID Connect, one issuer per tenant. */
import { oauthTokenExchangeMicrosoftExpiredSecret, oauthTokenExchangeMicrosoftInvalidSecret } from '../errors.ts'
import { openidProfile, type Provider } from '../provider.ts'

export const microsoft: Provider = {
  id: 'microsoft',
  name: 'Microsoft',
  documentation: [
    'https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc',
    'https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference',
    'https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes',
  ],
  setup: [
    'In the Entra admin center, register an app for "Accounts in any organizational directory and personal Microsoft accounts".',
    'Add the callback URL as a redirect URI of the platform "Web".',
    'Create a client secret under "Certificates & secrets" and note when it expires: logins fail from that day.',
  ],
  endpoints: {
    // The tenant that a person belongs to stands in the ID token, and the issuer must be that tenant's.
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    authorization: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    token: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    jwks: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
    userinfo: 'https://graph.microsoft.com/oidc/userinfo',
  },
  scopes: ['openid', 'email', 'profile'],
  openid: true,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'never',
  emailPolicy:
    'An administrator of any tenant can give an account any address, so an address from Entra proves nothing (the nOAuth attack). People are known by their subject alone; attach adds Microsoft to an existing user.',
  notes: ['A refresh token needs `custom_scopes=offline_access`.'],
  // Error codes: 7000222 is an expired secret, 7000215 a wrong one.
  refusalError: ({ description }) => {
    if (description.includes('AADSTS7000222')) return oauthTokenExchangeMicrosoftExpiredSecret
    return description.includes('AADSTS7000215') ? oauthTokenExchangeMicrosoftInvalidSecret : undefined
  },
  profile: ({ claims }) => openidProfile(claims),
}
