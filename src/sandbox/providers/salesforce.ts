/** Salesforce, as its help page on the UserInfo endpoint describes its answers. */
import { letters, type Member, ok, type SandboxProvider, standardClaims } from '../provider.ts'

const organization = '00D5g000004ABCDEA4'
const identityUrl = (subject: string): string => `https://login.salesforce.com/id/${organization}/${subject}`

const userinfo = (member: Member, scopes: readonly string[]): object => ({
  ...standardClaims(member, scopes),
  user_id: member.subject,
  organization_id: organization,
  preferred_username: member.account.email?.address ?? `${member.subject}@example.com`,
  zoneinfo: 'America/Los_Angeles',
  photos: { picture: member.pictureUrl, thumbnail: member.pictureUrl },
  locale: 'en_US',
})

export const salesforce: SandboxProvider = {
  id: 'salesforce',
  color: '#0b5cab',
  prefixes: { code: 'aPrx', accessToken: `${organization.slice(0, 15)}!`, refreshToken: '5Aep' },
  refreshTokens: { scope: 'refresh_token' },
  scopeSeparator: ' ',
  tokenType: 'Bearer',
  subject: (seed) => `0055g${letters(seed, 13)}`,
  // The subject of the ID token is a URL; the id stands in userinfo.
  claims: ({ subject }) => ({ sub: identityUrl(subject) }),
  resources: {
    userinfo: {
      path: 'services/oauth2/userinfo',
      summary: 'Who logged in, as Salesforce answers it',
      answer: (member, scopes) => ok({ sub: identityUrl(member.subject), ...userinfo(member, scopes) }),
    },
  },
  shapeTokens: (answer, { subject }) => ({
    ...answer,
    instance_url: 'https://example.my.salesforce.com',
    id: identityUrl(subject),
    issued_at: '1767225600000',
    signature: 'c2lnbmF0dXJl',
  }),
  tokenErrorStatus: () => 400,
  badAccessToken: { status: 403, body: { error: 'Bad_OAuth_Token' } },
}
