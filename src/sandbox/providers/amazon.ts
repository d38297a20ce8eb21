/** Amazon, as https://developer.amazon.com/docs/login-with-amazon/customer-profile.html describes its answers. */
import { letters, ok, type SandboxProvider } from '../provider.ts'

export const amazon: SandboxProvider = {
  id: 'amazon',
  color: '#8a5a00',
  prefixes: { code: 'AN', accessToken: 'Atza|', refreshToken: 'Atzr|' },
  accessTokenSeconds: 3_600,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'bearer',
  subject: (seed) => `amzn1.account.${letters(seed, 28)}`,
  resources: {
    userinfo: {
      path: 'user/profile',
      summary: 'Who logged in, as Amazon answers it',
      answer: ({ account: { email }, subject, fullName }) =>
        ok({ user_id: subject, name: fullName, ...(email && { email: email.address }) }),
    },
  },
  shapeTokens: ({ scope: _, ...answer }) => answer,
  badAccessToken: {
    status: 400,
    body: { error: 'invalid_token', error_description: 'The request has an invalid parameter: access_token' },
  },
}
