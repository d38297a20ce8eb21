/** Slack, as https://docs.slack.dev/authentication/sign-in-with-slack/ describes its answers. */
import { letters, type Member, ok, type SandboxProvider, standardClaims } from '../provider.ts'

const team = 'T0R7GR123'
const claims = (member: Member, scopes: readonly string[]): object => ({
  'https://slack.com/user_id': member.subject,
  'https://slack.com/team_id': team,
  ...standardClaims(member, scopes),
  ...(scopes.includes('profile') && { locale: 'en-US', 'https://slack.com/team_name': 'Example' }),
})

export const slack: SandboxProvider = {
  id: 'slack',
  color: '#4a154b',
  prefixes: { code: '', accessToken: 'xoxp-', refreshToken: 'xoxe-1-' },
  refreshTokens: 'never',
  scopeSeparator: ',',
  tokenType: 'Bearer',
  subject: (seed) => `U${letters(seed, 10)}`,
  claims,
  resources: {
    userinfo: {
      path: 'api/openid.connect.userInfo',
      summary: 'Who logged in, as Slack answers it',
      answer: (member, scopes) => ok({ ok: true, sub: member.subject, ...claims(member, scopes) }),
    },
  },
  shapeTokens: ({ scope: _, ...answer }) => ({ ok: true, ...answer }),
  // Everything arrives with HTTP 200.
  shapeError: ({ error }) => ({ ok: false, error }),
  tokenErrorStatus: () => 200,
  tokenErrors: {
    client: { error: 'bad_client_secret', error_description: '' },
    code: { error: 'invalid_code', error_description: '' },
    redirect_uri: { error: 'bad_redirect_uri', error_description: '' },
  },
  badAccessToken: ok({ ok: false, error: 'invalid_auth' }),
}
