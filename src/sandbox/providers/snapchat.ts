/** Snapchat, as https://developers.snap.com/snap-kit/login-kit/Tutorials/web describes its answers. */
import { ok, type SandboxProvider } from '../provider.ts'

const has = (scopes: readonly string[], name: string): boolean => scopes.some((scope) => scope.endsWith(`user.${name}`))

export const snapchat: SandboxProvider = {
  id: 'snapchat',
  color: '#6b6400',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 1_800,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'Bearer',
  subject: (seed) => `CAES${Buffer.from(seed, 'hex').toString('base64url')}`,
  resources: {
    userinfo: {
      path: 'v1/me',
      summary: 'Who logged in, as Snapchat answers it',
      // GraphQL: what is asked for comes back, as far as its scope was granted.
      answer({ subject, fullName, pictureUrl }, scopes, query) {
        const asked = query.get('query') ?? ''
        const me = {
          ...(asked.includes('externalId') && has(scopes, 'external_id') && { externalId: subject }),
          ...(asked.includes('displayName') && has(scopes, 'display_name') && { displayName: fullName }),
          ...(asked.includes('avatar') && has(scopes, 'bitmoji.avatar') && { bitmoji: { avatar: pictureUrl } }),
        }
        return ok({ data: { me }, errors: [] })
      },
    },
  },
  badAccessToken: { status: 401, body: { error_type: 'unauthorized', message: 'The access token is invalid.' } },
}
