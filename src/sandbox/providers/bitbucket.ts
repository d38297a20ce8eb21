/** Bitbucket Cloud, as https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/ describes its answers. */
import { ok, type SandboxProvider, uuid } from '../provider.ts'

export const bitbucket: SandboxProvider = {
  id: 'bitbucket',
  color: '#0747a6',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 7_200,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'bearer',
  subject: (seed) => `{${uuid(seed)}}`,
  resources: {
    userinfo: {
      path: '2.0/user',
      summary: 'Who logged in, as Bitbucket answers it',
      answer: ({ subject, fullName, pictureUrl, seed }) =>
        ok({
          type: 'user',
          uuid: subject,
          account_id: `557058:${uuid(seed)}`,
          display_name: fullName,
          nickname: fullName,
          account_status: 'active',
          created_on: '2015-04-01T09:00:00.000000+00:00',
          links: { avatar: { href: pictureUrl } },
        }),
    },
    emails: {
      path: '2.0/user/emails',
      summary: 'Their e-mail addresses, as Bitbucket answers them',
      answer: ({ account: { email } }) =>
        ok({
          values: email
            ? [{ type: 'email', email: email.address, is_primary: true, is_confirmed: email.verified }]
            : [],
          pagelen: 10,
          size: email ? 1 : 0,
          page: 1,
        }),
    },
  },
  // `scopes`, not `scope`; and the state of the request again.
  shapeTokens: ({ scope, ...answer }) => ({ scopes: scope, ...answer, state: 'authorization_code' }),
  badAccessToken: { status: 401, body: { type: 'error', error: { message: 'Access token expired.' } } },
}
