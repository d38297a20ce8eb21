/** Google, as https://developers.google.com/identity/openid-connect/openid-connect describes its answers. */
import { digits, type Member, ok, type SandboxProvider } from '../provider.ts'

const emailScope = 'https://www.googleapis.com/auth/userinfo.email'
const profileScope = 'https://www.googleapis.com/auth/userinfo.profile'

/** Claims by the scope that opens them. */
function claims({ account, fullName, pictureUrl }: Member, scopes: readonly string[]): object {
  const { email, givenName, familyName } = account
  return {
    ...(scopes.includes(emailScope) && email && { email: email.address, email_verified: email.verified }),
    ...(scopes.includes(profileScope) && {
      name: fullName,
      picture: pictureUrl,
      given_name: givenName,
      ...(familyName !== '' && { family_name: familyName }),
    }),
  }
}

export const google: SandboxProvider = {
  id: 'google',
  color: '#1a73e8',
  prefixes: { code: '4/0A', accessToken: 'ya29.a0', refreshToken: '1//0' },
  accessTokenSeconds: 3_599,
  refreshTokens: 'offline',
  scopeSeparator: ' ',
  tokenType: 'Bearer',
  scopeNames: { email: emailScope, profile: profileScope },
  callbackParameters: { authuser: '0', prompt: 'consent' },
  namesIssuer: true,
  subject: (seed) => digits(seed, 21, '1'),
  claims,
  resources: {
    userinfo: {
      path: 'userinfo',
      summary: 'Who logged in, as Google answers it',
      answer: (member, scopes) => ok({ sub: member.subject, ...claims(member, scopes) }),
    },
  },
  tokenErrors: {
    client: { error: 'invalid_client', error_description: 'Unauthorized' },
    code: { error: 'invalid_grant', error_description: 'Bad Request' },
    redirect_uri: { error: 'redirect_uri_mismatch', error_description: 'Bad Request' },
    code_verifier: { error: 'invalid_grant', error_description: 'Invalid code verifier.' },
  },
  badAccessToken: { status: 401, body: { error: 'invalid_request', error_description: 'Invalid Credentials' } },
}
