/** Microsoft Entra ID, as https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference describes it. */
import { type Member, ok, type SandboxProvider, standardClaims, uuid } from '../provider.ts'

/** Of personal accounts; the tenant that everybody knows. */
const consumers = '9188040d-6c67-4c5b-b112-36a304b66dad'
/** Somebody else's directory, in which an administrator can write any address into an account. */
const foreign = '0f0e0d0c-0b0a-4908-8706-050403020100'

const tenantOf = ({ account }: Member): string => (account.isForeign ? foreign : consumers)

/** There is no `email_verified`, whoever asks. */
function claims(member: Member, scopes: readonly string[]): object {
  const { email_verified: _, picture: __, ...rest } = standardClaims(member, scopes) as Record<string, unknown>
  const { email } = member.account
  return {
    ...rest,
    oid: uuid(member.seed),
    tid: tenantOf(member),
    ver: '2.0',
    ...(email && { preferred_username: email.address }),
  }
}

export const microsoft: SandboxProvider = {
  id: 'microsoft',
  color: '#0067b8',
  prefixes: { code: 'M.C5', accessToken: 'EwB', refreshToken: 'M.C5' },
  accessTokenSeconds: 3_599,
  refreshTokens: { scope: 'offline_access' },
  scopeSeparator: ' ',
  tokenType: 'Bearer',
  subject: (seed) => Buffer.from(seed.slice(0, 64), 'hex').toString('base64url'),
  claims,
  issuerPath: (member) => `${tenantOf(member)}/v2.0`,
  resources: {
    userinfo: {
      path: 'oidc/userinfo',
      summary: 'Who logged in, as Microsoft answers it',
      answer: (member, scopes) => ok({ sub: member.subject, ...claims(member, scopes) }),
    },
  },
  shapeTokens: (answer) => ({ ...answer, ext_expires_in: 3_599 }),
  shapeError: (error) => ({
    ...error,
    error_codes: [Number(/AADSTS(\d+)/.exec(error.error_description)?.[1] ?? 9_002_313)],
    timestamp: '2026-01-01 00:00:00Z',
    trace_id: uuid('0'.repeat(64)),
    correlation_id: uuid('1'.repeat(64)),
  }),
  tokenErrors: {
    client: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' },
    code: { error: 'invalid_grant', error_description: 'AADSTS54005: OAuth2 Authorization code was already redeemed.' },
  },
  badAccessToken: {
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty or invalid.' } },
  },
}
