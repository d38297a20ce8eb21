/** Coinbase, as the reference of its user endpoint describes its answers. */
import { ok, type SandboxProvider, uuid } from '../provider.ts'

export const coinbase: SandboxProvider = {
  id: 'coinbase',
  color: '#0045d8',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 3_600,
  refreshTokens: { scope: 'offline_access' },
  scopeSeparator: ' ',
  tokenType: 'bearer',
  subject: (seed) => uuid(seed),
  resources: {
    userinfo: {
      path: 'v2/user',
      summary: 'Who logged in, as Coinbase answers it',
      answer({ account: { email }, subject, fullName, pictureUrl }, scopes) {
        const data = {
          id: subject,
          name: fullName,
          username: null,
          profile_location: null,
          profile_bio: null,
          profile_url: null,
          avatar_url: pictureUrl,
          resource: 'user',
          resource_path: '/v2/user',
          ...(email && scopes.includes('wallet:user:email') && { email: email.address }),
        }
        return ok({ data })
      },
    },
  },
  badAccessToken: {
    status: 401,
    body: { errors: [{ id: 'invalid_token', message: 'The access token is invalid' }] },
  },
}
