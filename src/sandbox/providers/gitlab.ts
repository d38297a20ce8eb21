/** GitLab, as https://docs.gitlab.com/integration/openid_connect_provider/ describes its answers. */
import { digits, type Member, ok, type SandboxProvider, standardClaims } from '../provider.ts'

const claims = (member: Member, scopes: readonly string[]): object => {
  const { given_name: _, family_name: __, ...rest } = standardClaims(member, scopes) as Record<string, unknown>
  const nickname = member.fullName.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return { ...rest, nickname, preferred_username: nickname }
}

export const gitlab: SandboxProvider = {
  id: 'gitlab',
  color: '#a83a12',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 7_200,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'Bearer',
  subject: (seed) => digits(seed, 8, '2'),
  // Older installations put the subject into the ID token and nothing else.
  claims: () => ({}),
  resources: {
    userinfo: {
      path: 'oauth/userinfo',
      summary: 'Who logged in, as GitLab answers it',
      answer: (member, scopes) => ok({ sub: member.subject, ...claims(member, scopes), groups: [] }),
    },
  },
  shapeTokens: (answer) => ({ ...answer, created_at: 1_767_225_600 }),
  badAccessToken: { status: 401, body: { message: '401 Unauthorized' } },
}
