/** Facebook, as https://developers.facebook.com/docs/graph-api/guides/error-handling and the user node describe its answers. */
import { digits, ok, type SandboxProvider } from '../provider.ts'

const refusal = (message: string, code: number) => ({
  error: { message, type: 'OAuthException', code, fbtrace_id: 'A1b2C3d4E5f6G7h8I9j0' },
})

export const facebook: SandboxProvider = {
  id: 'facebook',
  color: '#0a58ca',
  prefixes: { code: 'AQ', accessToken: 'EAA', refreshToken: '' },
  accessTokenSeconds: 5_183_944,
  refreshTokens: 'never',
  scopeSeparator: ',',
  tokenType: 'bearer',
  subject: (seed) => digits(seed, 17, '1'),
  resources: {
    userinfo: {
      path: 'me',
      summary: 'Who logged in, as Facebook answers it',
      // Only the fields that are asked for come back, and the address only with its permission.
      answer({ account, subject, pictureUrl }, scopes, query) {
        const fields = new Set((query.get('fields') ?? 'id,name').split(',').map((field) => field.replace(/\W.*$/, '')))
        const { email, givenName, familyName } = account
        const all: Record<string, unknown> = {
          id: subject,
          first_name: givenName,
          ...(familyName !== '' && { last_name: familyName }),
          ...(email && scopes.includes('email') && { email: email.address }),
          picture: { data: { height: 200, is_silhouette: false, url: pictureUrl, width: 200 } },
        }
        return ok(Object.fromEntries(Object.entries(all).filter(([name]) => name === 'id' || fields.has(name))))
      },
    },
  },
  shapeTokens: ({ scope: _, ...answer }) => answer,
  shapeError: ({ error, error_description }) => refusal(error_description, error === 'invalid_client' ? 1 : 100),
  tokenErrorStatus: () => 400,
  tokenErrors: { client: { error: 'invalid_client', error_description: 'Error validating client secret.' } },
  badAccessToken: { status: 400, body: refusal('Invalid OAuth access token.', 190) },
}
