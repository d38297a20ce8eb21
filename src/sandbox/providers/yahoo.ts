/** Yahoo, as https://developer.yahoo.com/oauth2/guide/openid_connect/getting_started.html describes its answers. */
import { letters, ok, type SandboxProvider, standardClaims } from '../provider.ts'

export const yahoo: SandboxProvider = {
  id: 'yahoo',
  color: '#5f01d1',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 3_600,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'bearer',
  subject: (seed) => letters(seed, 26),
  claims: () => ({}),
  algorithm: 'ES256',
  resources: {
    userinfo: {
      path: 'openid/v1/userinfo',
      summary: 'Who logged in, as Yahoo answers it',
      answer: (member, scopes) => ok({ sub: member.subject, ...standardClaims(member, scopes), locale: 'en-US' }),
    },
  },
  // The answer has no scope member.
  shapeTokens: ({ scope: _, ...answer }) => answer,
  badAccessToken: { status: 401, body: { error: 'invalid_token', error_description: 'Token expired or invalid' } },
}
