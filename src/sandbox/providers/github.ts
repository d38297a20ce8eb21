/**
 * GitHub, as https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps and
 * https://docs.github.com/en/rest/users describe its answers.
 */
import { type Answer, digits, type Member, ok, type SandboxProvider } from '../provider.ts'

const reference = 'https://docs.github.com/rest'

const refusal = (status: number, message: string): Answer => ({
  status,
  body: { message, documentation_url: reference, status: String(status) },
})

const troubleshooting = (anchor: string) =>
  `https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#${anchor}`

const badCode = {
  error: 'bad_verification_code',
  error_description: 'The code passed is incorrect or expired.',
  error_uri: troubleshooting('bad-verification-code'),
}

const loginOf = ({ account, fullName }: Member): string =>
  (account.email?.address.split('@')[0] ?? fullName).toLowerCase().replace(/[^a-z0-9]+/g, '-')

function user(member: Member): Answer {
  const login = loginOf(member)
  const api = `https://api.github.com/users/${login}`
  const body = {
    login,
    id: Number(member.subject),
    node_id: `U_kgDO${member.subject}`,
    avatar_url: member.pictureUrl,
    gravatar_id: '',
    url: api,
    html_url: `https://github.com/${login}`,
    repos_url: `${api}/repos`,
    type: 'User',
    user_view_type: 'public',
    site_admin: false,
    name: member.fullName,
    company: null,
    blog: '',
    location: null,
    // Only what a person chose to show stands here; the addresses that count have an endpoint of their own.
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    followers: 0,
    following: 0,
    created_at: '2015-04-01T09:00:00Z',
    updated_at: '2025-10-01T09:00:00Z',
  }
  return ok(body)
}

function emails({ account }: Member, scopes: readonly string[]): Answer {
  if (!scopes.includes('user:email') && !scopes.includes('user')) return refusal(404, 'Not Found')
  const { email } = account
  const body = email ? [{ email: email.address, primary: true, verified: email.verified, visibility: 'private' }] : []
  return ok(body)
}

export const github: SandboxProvider = {
  id: 'github',
  color: '#24292f',
  prefixes: { code: '', accessToken: 'gho_', refreshToken: 'ghr_' },
  refreshTokens: 'never',
  scopeSeparator: ',',
  tokenType: 'bearer',
  namesIssuer: true,
  subject: (seed) => digits(seed, 10, '1'),
  resources: {
    userinfo: { path: 'user', summary: 'Who logged in, as GitHub answers it', answer: user },
    emails: { path: 'user/emails', summary: 'Their e-mail addresses, as GitHub answers them', answer: emails },
  },
  answersForms: true,
  tokenErrorStatus: () => 200,
  tokenErrors: {
    client: {
      error: 'incorrect_client_credentials',
      error_description: 'The client_id and/or client_secret passed are incorrect.',
      error_uri: troubleshooting('incorrect-client-credentials'),
    },
    code: badCode,
    code_verifier: badCode,
    redirect_uri: {
      error: 'redirect_uri_mismatch',
      error_description: 'The redirect_uri MUST match the registered callback URL for this application.',
      error_uri: troubleshooting('redirect-uri-mismatch2'),
    },
  },
  badAccessToken: refusal(401, 'Bad credentials'),
}
