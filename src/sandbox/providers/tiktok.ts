/** TikTok, as https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info/ describes its answers. */
import { ok, type SandboxProvider, uuid } from '../provider.ts'

const log_id = '20260101000000010245000000000000'

export const tiktok: SandboxProvider = {
  id: 'tiktok',
  color: '#121212',
  prefixes: { code: '', accessToken: 'act.', refreshToken: 'rft.' },
  accessTokenSeconds: 86_400,
  refreshTokens: 'always',
  scopeSeparator: ',',
  tokenType: 'Bearer',
  subject: (seed) => `-000${seed.slice(0, 32)}`,
  resources: {
    userinfo: {
      path: 'v2/user/info/',
      summary: 'Who logged in, as TikTok answers it',
      answer({ subject, fullName, pictureUrl, seed }, _scopes, query) {
        const fields = new Set((query.get('fields') ?? '').split(','))
        const all = { open_id: subject, union_id: uuid(seed), avatar_url: pictureUrl, display_name: fullName }
        const user = Object.fromEntries(Object.entries(all).filter(([name]) => fields.has(name)))
        return ok({ data: { user }, error: { code: 'ok', message: '', log_id } })
      },
    },
  },
  shapeTokens: (answer, { subject }) => ({ ...answer, open_id: subject, refresh_expires_in: 31_536_000 }),
  shapeError: (error) => ({ ...error, log_id }),
  tokenErrorStatus: () => 200,
  badAccessToken: {
    status: 401,
    body: { data: {}, error: { code: 'access_token_invalid', message: 'The access token is invalid.', log_id } },
  },
}
