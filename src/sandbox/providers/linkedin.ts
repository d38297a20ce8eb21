/** LinkedIn, as its page on Sign In with OpenID Connect describes its answers. */
import { letters, type Member, ok, type SandboxProvider, standardClaims } from '../provider.ts'

const claims = (member: Member, scopes: readonly string[]): object => ({
  ...standardClaims(member, scopes),
  ...(scopes.includes('profile') && { locale: 'en_US' }),
})

export const linkedin: SandboxProvider = {
  id: 'linkedin',
  color: '#0a66c2',
  prefixes: { code: 'AQ', accessToken: 'AQ', refreshToken: 'AQ' },
  accessTokenSeconds: 5_183_999,
  refreshTokens: 'never',
  scopeSeparator: ',',
  tokenType: 'Bearer',
  subject: (seed) => letters(seed, 10),
  claims,
  resources: {
    userinfo: {
      path: 'v2/userinfo',
      summary: 'Who logged in, as LinkedIn answers it',
      answer: (member, scopes) =>
        ok({ sub: member.subject, ...claims(member, scopes), locale: { country: 'US', language: 'en' } }),
    },
  },
  badAccessToken: {
    status: 401,
    body: { status: 401, serviceErrorCode: 65_600, code: 'INVALID_ACCESS_TOKEN', message: 'Invalid access token' },
  },
}
