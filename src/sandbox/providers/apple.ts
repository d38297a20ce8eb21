/** Apple, as https://developer.apple.com/documentation/signinwithapplerestapi describes its answers. */
import type { Member, SandboxProvider } from '../provider.ts'

/** The address, not the name: that comes through the browser, once. Apple writes flags as text here and there. */
function claims({ account }: Member, scopes: readonly string[]): object {
  const { email, isRelay } = account
  return {
    nonce_supported: true,
    ...(scopes.includes('email') &&
      email && {
        email: email.address,
        email_verified: String(email.verified),
        ...(isRelay && { is_private_email: 'true' }),
      }),
  }
}

export const apple: SandboxProvider = {
  id: 'apple',
  color: '#1d1d1f',
  prefixes: { code: 'c', accessToken: 'a', refreshToken: 'r' },
  accessTokenSeconds: 3_600,
  refreshTokens: 'always',
  scopeSeparator: ' ',
  tokenType: 'Bearer',
  subject: (seed) =>
    `${seed.slice(0, 6).replace(/\D/g, '0')}.${seed.slice(6, 38)}.${seed.slice(38, 42).replace(/\D/g, '1')}`,
  claims,
  resources: {},
  // Apple's answer has no scope member.
  shapeTokens: ({ scope: _, ...answer }) => answer,
  shapeError: ({ error }) => ({ error }),
  tokenErrorStatus: () => 400,
  badAccessToken: { status: 401, body: {} },
}
