/** Figma: OAuth 2.0 with Basic authentication. */
import { z } from 'zod'
import { type Provider, refusalInMessage, splitName } from '../provider.ts'

const Me = z.object({
  id: z.string(),
  handle: z.string().default(''),
  img_url: z.string().default(''),
  email: z.string().optional(),
})

export const figma: Provider = {
  id: 'figma',
  name: 'Figma',
  documentation: [
    'https://developers.figma.com/docs/rest-api/authentication/',
    'https://developers.figma.com/docs/rest-api/users-types/',
    'https://developers.figma.com/docs/rest-api/scopes/',
  ],
  setup: [
    'In the Figma developer console, create an OAuth app with the scope `current_user:read`.',
    'Add the callback URL, copy client ID and secret, and publish the app.',
  ],
  endpoints: {
    authorization: 'https://www.figma.com/oauth',
    token: 'https://api.figma.com/v1/oauth/token',
    userinfo: 'https://api.figma.com/v1/me',
  },
  scopes: ['current_user:read'],
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_basic',
  linksByEmail: 'opt-in',
  emailPolicy:
    'Figma does not say whether an address is verified. It counts only where the project declares `trust_email` for this provider.',
  tokenAnswer: (answer) => refusalInMessage(answer) ?? answer,
  async profile({ get }) {
    const { id, handle, img_url, email } = Me.parse(await get('userinfo'))
    return {
      subject: id,
      email: email === undefined ? undefined : { address: email, verified: 'not stated' },
      name: splitName(handle),
      pictureUrl: img_url,
      locale: '',
    }
  },
}
