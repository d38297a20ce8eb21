/** Figma, as https://developers.figma.com/docs/rest-api/oauth-apps/ describes its answers. */
import { digits, ok, type SandboxProvider } from '../provider.ts'

export const figma: SandboxProvider = {
  id: 'figma',
  color: '#7b3fe4',
  prefixes: { code: '', accessToken: 'figu_', refreshToken: 'figur_' },
  accessTokenSeconds: 7_776_000,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'bearer',
  subject: (seed) => digits(seed, 19, '1'),
  resources: {
    userinfo: {
      path: 'v1/me',
      summary: 'Who logged in, as Figma answers it',
      answer: ({ account: { email }, subject, fullName, pictureUrl }) =>
        ok({ id: subject, handle: fullName, img_url: pictureUrl, ...(email && { email: email.address }) }),
    },
  },
  // Neither a token type nor a scope.
  shapeTokens: ({ scope: _, token_type: __, ...answer }, { subject }) => ({ user_id_string: subject, ...answer }),
  shapeError: ({ error_description }) => ({ error: true, status: 400, message: error_description }),
  tokenErrorStatus: () => 400,
  badAccessToken: { status: 403, body: { status: 403, err: 'Invalid token' } },
}
