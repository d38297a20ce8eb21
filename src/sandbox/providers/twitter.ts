/** X, as https://docs.x.com/x-api/users/user-lookup-me describes its answers. */
import { digits, ok, type SandboxProvider } from '../provider.ts'

export const twitter: SandboxProvider = {
  id: 'twitter',
  color: '#0f1419',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 7_200,
  refreshTokens: { scope: 'offline.access' },
  scopeSeparator: ' ',
  tokenType: 'bearer',
  subject: (seed) => digits(seed, 19, '1'),
  resources: {
    userinfo: {
      path: '2/users/me',
      summary: 'Who logged in, as X answers it',
      answer({ subject, fullName, pictureUrl }, _scopes, query) {
        const fields = (query.get('user.fields') ?? '').split(',')
        const data = {
          id: subject,
          name: fullName,
          username: fullName.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
          ...(fields.includes('profile_image_url') && { profile_image_url: pictureUrl }),
        }
        return ok({ data })
      },
    },
  },
  badAccessToken: {
    status: 401,
    body: { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' },
  },
}
