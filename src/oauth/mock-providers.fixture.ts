/**
 * Google and GitHub, played over real HTTP by `oauth2-mock-server`, which we did not write. A test says who logs in next, and
 * may bend the answers.
 */
import { OAuth2Server } from 'oauth2-mock-server'
import { credentialsPurpose } from '../projects/store.ts'
import type { TestApp } from '../testing/app.ts'

export interface MockPerson {
  readonly subject: string
  readonly email?: string
  readonly verified?: boolean
  readonly givenName?: string
  readonly familyName?: string
  readonly picture?: string
}

export interface MockProviders {
  /** Who logs in from now on. */
  person: MockPerson
  /** Changes ID token claims before they are signed. */
  bendClaims: (claims: Record<string, unknown>) => void
  /** Changes the answer of the token endpoint. */
  bendTokens: (answer: { body: Record<string, unknown>; statusCode: number }) => void
  /** Query parameters of the last authorization request. */
  lastAuthorize: URLSearchParams
  /** Form of the last token request. */
  lastExchange: Readonly<Record<string, string>>
  readonly googleUrl: string
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const ada: MockPerson = {
  subject: '100200300',
  email: 'ada@example.com',
  verified: true,
  givenName: 'Ada',
  familyName: 'Lovelace',
  picture: 'https://images.example/ada.png',
}

/** Starts both and gives the test project credentials for them. */
export async function startMockProviders({ app, project }: TestApp): Promise<MockProviders> {
  const google = new OAuth2Server()
  const github = new OAuth2Server(undefined, undefined, { endpoints: { userinfo: '/user' } })
  const emails = new OAuth2Server(undefined, undefined, { endpoints: { userinfo: '/user/emails' } })
  const servers = [google, github, emails]
  await google.issuer.keys.generate('RS256')
  await github.issuer.keys.generate('RS256')
  for (const server of servers) await server.start(0, 'localhost')
  const url = (server: OAuth2Server) => server.issuer.url ?? ''

  const mock: MockProviders = {
    person: ada,
    bendClaims: () => {},
    bendTokens: () => {},
    lastAuthorize: new URLSearchParams(),
    lastExchange: {},
    googleUrl: url(google),
    stop: async () => {
      for (const server of servers) await server.stop()
    },
    [Symbol.asyncDispose]: () => mock.stop(),
  }
  for (const server of [google, github]) {
    server.service.on('beforeAuthorizeRedirect', (_redirect, request) => {
      mock.lastAuthorize = new URL(request.url ?? '/', 'http://localhost').searchParams
    })
    server.service.on('beforeResponse', (answer, request) => {
      mock.lastExchange = { ...(request as unknown as { body: Record<string, string> }).body }
      mock.bendTokens(answer as never)
    })
  }
  google.service.on('beforeTokenSigning', ({ payload }) => {
    const { subject, email, verified, givenName, familyName, picture } = mock.person
    Object.assign(payload, { sub: subject, given_name: givenName, family_name: familyName, picture })
    if (email !== undefined) Object.assign(payload, { email, email_verified: verified })
    mock.bendClaims(payload)
  })
  github.service.on('beforeResponse', (answer) => {
    const body = answer.body as Record<string, unknown>
    // GitHub knows neither ID tokens nor refresh tokens, and separates scopes by commas.
    if (body.id_token !== undefined)
      Object.assign(body, { id_token: undefined, refresh_token: undefined, scope: 'user:email,read:user' })
  })
  github.service.on('beforeUserinfo', (answer) => {
    const { subject, givenName, familyName, picture } = mock.person
    answer.body = {
      id: Number(subject),
      login: 'ada',
      name: `${givenName} ${familyName}`,
      avatar_url: picture,
      email: null,
    }
  })
  emails.service.on('beforeUserinfo', (answer) => {
    const { email, verified } = mock.person
    const other = { email: 'second@example.com', primary: false, verified: true, visibility: null }
    answer.body = email === undefined ? [other] : [other, { email, primary: true, verified, visibility: 'private' }]
  })

  const { db, sealer, projects } = app
  const endpoints = (server: OAuth2Server) => ({
    authorization: `${url(server)}/authorize`,
    token: `${url(server)}/token`,
  })
  const configs = {
    google: { ...endpoints(google), issuer: url(google), jwks: `${url(google)}/jwks` },
    github: { ...endpoints(github), userinfo: `${url(github)}/user`, emails: `${url(emails)}/user/emails` },
  }
  for (const [provider, overrides] of Object.entries(configs)) {
    const credentials = JSON.stringify({ client_secret: `${provider}-secret` })
    await db.query
      .insertInto('provider_configs')
      .values({
        project_id: project.id,
        provider,
        client_id: `${provider}-client`,
        credentials_sealed: sealer.seal(credentials, credentialsPurpose(project.id, provider)),
        settings: JSON.stringify({ endpoints: overrides }),
      })
      .execute()
  }
  projects.forget()
  return mock
}
