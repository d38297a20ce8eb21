/** Twitch, as https://dev.twitch.tv/docs/authentication/getting-tokens-oidc describes its answers. */
import { digits, type Member, ok, type SandboxProvider } from '../provider.ts'

/** Only the claims that were asked for, and the address only with its scope. */
function claims({ account, fullName, pictureUrl }: Member, scopes: readonly string[], wanted: ReadonlySet<string>) {
  const { email } = account
  const canRead = scopes.includes('user:read:email') && email !== undefined
  const all = {
    preferred_username: fullName,
    picture: pictureUrl,
    ...(canRead && { email: email.address, email_verified: email.verified }),
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)))
}

export const twitch: SandboxProvider = {
  id: 'twitch',
  color: '#6441a5',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 14_124,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'bearer',
  subject: (seed) => digits(seed, 9, '7'),
  claims,
  resources: {
    userinfo: {
      path: 'oauth2/userinfo',
      summary: 'Who logged in, as Twitch answers it',
      answer: (member) => ok({ sub: member.subject, preferred_username: member.fullName }),
    },
  },
  shapeTokens: ({ scope, ...answer }) => ({ ...answer, scope: String(scope).split(' ') }),
  shapeError: ({ error, error_description }) => ({
    status: error === 'invalid_client' ? 403 : 400,
    message: error === 'invalid_client' ? 'invalid client secret' : error_description,
  }),
  tokenErrorStatus: (failure) => (failure === 'client' ? 403 : 400),
  tokenErrors: { code: { error: 'invalid_grant', error_description: 'Invalid authorization code' } },
  badAccessToken: { status: 401, body: { error: 'Unauthorized', status: 401, message: 'invalid access token' } },
}
