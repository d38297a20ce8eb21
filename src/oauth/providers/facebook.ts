/** Facebook Login: OAuth 2.0 with an error object and a picture object of its own. */
import { z } from 'zod'
import type { Provider } from '../provider.ts'

const version = 'v25.0'

const Me = z.object({
  id: z.string(),
  first_name: z.string().default(''),
  middle_name: z.string().default(''),
  last_name: z.string().default(''),
  email: z.string().optional(),
  picture: z.object({ data: z.object({ url: z.string().default('') }) }).optional(),
})

/** `{"error": {"message", "type", "code"}}` instead of RFC 6749's strings. Code 101: wrong app ID.
 * A wrong secret comes as code 1, which is also what every unknown failure has: only the message tells them apart. */
const Refusal = z.object({ error: z.object({ message: z.string().default(''), code: z.int().default(0) }) })

export const facebook: Provider = {
  id: 'facebook',
  name: 'Facebook',
  documentation: [
    'https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow',
    'https://developers.facebook.com/docs/graph-api/reference/user',
    'https://developers.facebook.com/docs/graph-api/guides/error-handling',
  ],
  setup: [
    'In the Meta app dashboard, create an app with the use case "Authenticate and request data from users with Facebook Login".',
    'Add the callback URL under "Valid OAuth Redirect URIs".',
    'Request advanced access to `email` and `public_profile`; without it only people with a role in the app can log in.',
  ],
  endpoints: {
    authorization: `https://www.facebook.com/${version}/dialog/oauth`,
    token: `https://graph.facebook.com/${version}/oauth/access_token`,
    userinfo: `https://graph.facebook.com/${version}/me`,
  },
  scopes: ['email', 'public_profile'],
  scopeSeparator: ',',
  openid: false,
  pkce: true,
  clientAuthentication: 'client_secret_post',
  linksByEmail: 'opt-in',
  emailPolicy:
    'Facebook does not say whether an address is verified. It counts only where the project declares `trust_email` for this provider.',
  notes: ['People can decline to share their address.'],
  tokenAnswer(answer) {
    const refusal = Refusal.safeParse(answer)
    if (!refusal.success) return answer
    const { code, message } = refusal.data.error
    const isWrongClient = code === 101 || (code === 1 && /client secret/i.test(message))
    return { error: isWrongClient ? 'invalid_client' : 'invalid_grant', error_description: message }
  },
  async profile({ get }) {
    const me = Me.parse(
      await get('userinfo', { fields: 'id,first_name,middle_name,last_name,email,picture.type(large)' }),
    )
    return {
      subject: me.id,
      email: me.email === undefined ? undefined : { address: me.email, verified: 'not stated' },
      name: { first: me.first_name, middle: me.middle_name, last: me.last_name },
      pictureUrl: me.picture?.data.url ?? '',
      locale: '',
    }
  },
}
