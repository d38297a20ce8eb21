/** Discord, as https://docs.discord.com/developers/resources/user describes its answers. */
import { digits, ok, type SandboxProvider } from '../provider.ts'

export const discord: SandboxProvider = {
  id: 'discord',
  color: '#4752c4',
  prefixes: { code: '', accessToken: '', refreshToken: '' },
  accessTokenSeconds: 604_800,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'Bearer',
  subject: (seed) => digits(seed, 18, '8'),
  resources: {
    userinfo: {
      path: 'users/@me',
      summary: 'Who logged in, as Discord answers it',
      answer({ account, subject, fullName, seed }, scopes) {
        const { email } = account
        return ok({
          id: subject,
          username: fullName.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
          avatar: seed.slice(0, 32),
          discriminator: '0',
          public_flags: 0,
          flags: 0,
          banner: null,
          accent_color: null,
          global_name: fullName,
          mfa_enabled: false,
          locale: 'en-US',
          premium_type: 0,
          ...(scopes.includes('email') && { email: email?.address ?? null, verified: email?.verified ?? false }),
        })
      },
    },
  },
  badAccessToken: { status: 401, body: { message: '401: Unauthorized', code: 0 } },
}
