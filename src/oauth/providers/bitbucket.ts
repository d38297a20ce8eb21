/** Bitbucket Cloud: OAuth 2.0 with Basic authentication; scopes belong to the consumer and come back as `scopes`. */
import { z } from 'zod'
import { type Provider, splitName } from '../provider.ts'

const User = z.object({
  uuid: z.string(),
  display_name: z.string().default(''),
  links: z.object({ avatar: z.object({ href: z.string().default('') }).optional() }).optional(),
})
const Addresses = z.object({
  values: z.array(z.object({ email: z.string(), is_primary: z.boolean(), is_confirmed: z.boolean() })),
})

export const bitbucket: Provider = {
  id: 'bitbucket',
  name: 'Bitbucket',
  documentation: [
    'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
    'https://developer.atlassian.com/cloud/bitbucket/oauth-2/',
    'https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/',
  ],
  setup: [
    'In the settings of a workspace, add an OAuth consumer and leave "This is a private consumer" on.',
    'Enter the callback URL, and grant the permissions "Account: Email" and "Account: Read".',
    'Key and secret of the consumer are client ID and secret.',
  ],
  endpoints: {
    authorization: 'https://bitbucket.org/site/oauth2/authorize',
    token: 'https://bitbucket.org/site/oauth2/access_token',
    userinfo: 'https://api.bitbucket.org/2.0/user',
    emails: 'https://api.bitbucket.org/2.0/user/emails',
  },
  scopes: ['account', 'email'],
  openid: false,
  pkce: false,
  clientAuthentication: 'client_secret_basic',
  linksByEmail: 'verified',
  emailPolicy: 'The address that counts is the one that Bitbucket lists as both primary and confirmed.',
  tokenAnswer: (answer) => ({ ...answer, scope: answer.scopes ?? answer.scope }),
  async profile({ get }) {
    const { uuid, display_name, links } = User.parse(await get('userinfo'))
    const primary = Addresses.parse(await get('emails')).values.find((address) => address.is_primary)
    return {
      subject: uuid,
      email: primary && { address: primary.email, verified: primary.is_confirmed },
      name: splitName(display_name),
      pictureUrl: links?.avatar?.href ?? '',
      locale: '',
    }
  },
}
