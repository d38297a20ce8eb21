/** A project with a Connected App and a user, and the steps of an authorization, for tests. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { type ConnectedApp, insertClient } from '../connected-apps/index.ts'
import { hashToken, newId, newToken } from '../crypto/token.ts'
import { type TestAnswer, type TestApp, testApp } from '../testing/app.ts'
import type { TestDatabase } from '../testing/databases.ts'
import { type GivenSession, givenSession } from '../testing/given.ts'

export const redirectUri = 'https://client.example/callback'

export interface Client {
  readonly id: string
  /** Empty for a public client. */
  readonly secret: string
}

/** Inserts a client as the management operations would; a confidential one has a secret. */
export async function givenClient(
  { app, clock, project }: TestApp,
  settings: Partial<ConnectedApp> = {},
): Promise<Client> {
  const type = settings.type ?? 'third_party_public'
  const secret = type.endsWith('_public') ? '' : newToken()
  const client: ConnectedApp = {
    id: newId('connected-app', 'test'),
    projectId: project.id,
    type,
    name: 'Notes',
    description: 'Takes notes',
    redirectUrls: [redirectUri],
    postLogoutRedirectUrls: [],
    logoUrl: undefined,
    fullAccessAllowed: false,
    bypassConsentForOfflineAccess: false,
    accessTokenMinutes: 60,
    accessTokenCustomAudience: undefined,
    accessTokenTemplate: '',
    idTokenTemplate: '',
    creationMethod: 'api',
    tokenEndpointAuthMethod: undefined,
    secret: secret === '' ? undefined : { hash: hashToken(secret), lastFour: secret.slice(-4) },
    nextSecret: undefined,
    metadataUrl: undefined,
    firstUsedAt: undefined,
    createdAt: clock.now().getTime(),
    ...settings,
  }
  await app.db.transaction((tx) => insertClient(tx, client))
  return { id: client.id, secret }
}

export const pkcePair = () => {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

export type Form = Readonly<Record<string, string | readonly string[]>>

export interface Scene extends AsyncDisposable {
  readonly app: TestApp
  readonly session: GivenSession
  /** Third party, public. */
  readonly client: Client
  /** Submits the user's answer; the body of the answer. */
  authorize(more?: Record<string, unknown>, client?: Client): Promise<TestAnswer>
  /** The same, giving the code and its verifier. */
  code(more?: Record<string, unknown>, client?: Client): Promise<{ readonly code: string; readonly verifier: string }>
  /** A request that a client sends, as a form. */
  post(path: string, form: Form, headers?: Record<string, string>): Promise<TestAnswer>
  /** The same to the token endpoint. */
  token(form: Form, headers?: Record<string, string>): Promise<TestAnswer>
  /** A whole authorization: the answer of the token endpoint. */
  tokens(more?: Record<string, unknown>, client?: Client): Promise<TestAnswer>
  refresh(refreshToken: string, client?: Client, more?: Record<string, string>): Promise<TestAnswer>
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

export async function idpScene(
  database?: TestDatabase,
  settings: Record<string, unknown> = {},
  /** Where time stands at first, ISO 8601; for clients that compare with the machine's clock. */
  now?: string,
): Promise<Scene> {
  const app = await testApp({ ...(database && { database: await database.fresh() }), ...(now && { now }) })
  await projectSettings(app, settings)
  const session = await givenSession(app)
  const client = await givenClient(app)
  const scene: Scene = {
    app,
    session,
    client,
    authorize: (more = {}, { id } = client) =>
      app.call('POST', '/v1/idp/oauth/authorize', {
        body: {
          client_id: id,
          redirect_uri: redirectUri,
          response_type: 'code',
          scopes: ['openid', 'offline_access'],
          session_token: session.token,
          consent_granted: true,
          ...more,
        },
      }),
    async code(more = {}, of = client) {
      const { verifier, challenge } = pkcePair()
      const { body, text } = await scene.authorize({ code_challenge: challenge, ...more }, of)
      assert.ok(body.authorization_code, text)
      return { code: body.authorization_code, verifier }
    },
    token: (parameters, headers = {}) => scene.post('/v1/oauth2/token', parameters, headers),
    post(path, parameters, headers = {}) {
      const pairs = Object.entries(parameters).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      )
      const body = new URLSearchParams(pairs).toString()
      return app.call('POST', path, { auth: false, body, headers: { ...form, ...headers } })
    },
    async tokens(more = {}, of = client) {
      const { code, verifier } = await scene.code(more, of)
      const credentials = { client_id: of.id, ...(of.secret !== '' && { client_secret: of.secret }) }
      return scene.token({ grant_type: 'authorization_code', code, code_verifier: verifier, ...credentials })
    },
    refresh: (refresh_token, of = client, more = {}) =>
      scene.token({
        grant_type: 'refresh_token',
        refresh_token,
        client_id: of.id,
        ...(of.secret !== '' && { client_secret: of.secret }),
        ...more,
      }),
    [Symbol.asyncDispose]: () => app.close(),
  }
  return scene
}

/** Replaces the project's settings, and its policy if one is given. */
export async function projectSettings({ app }: TestApp, settings: object, rbac?: object): Promise<void> {
  await app.db.query
    .updateTable('projects')
    .set({ settings: JSON.stringify(settings), ...(rbac && { rbac_policy: JSON.stringify(rbac) }) })
    .execute()
  app.projects.forget()
}

/** An OAuth endpoint under both of its paths: below the origin, and with the project. */
export const bothPaths = ({ app: { project } }: Scene, name: string): readonly string[] => [
  `/v1/oauth2/${name}`,
  `/v1/public/${project.id}/oauth2/${name}`,
]

export const basic = (username: string, password: string): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
})

/** What a client sends of itself in a form. */
export const credentialsOf = ({ id, secret }: Client): Record<string, string> => ({
  client_id: id,
  ...(secret !== '' && { client_secret: secret }),
})

/** An M2M client, made through the API. */
export async function givenM2mClient({ app }: Scene, scopes: readonly string[] = ['read:users']): Promise<Client> {
  const { body, text } = await app.call('POST', '/v1/m2m/clients', { body: { scopes } })
  assert.ok(body.m2m_client, text)
  return { id: body.m2m_client.client_id, secret: body.m2m_client.client_secret }
}

/** A page or document of somebody else, on loopback. */
export interface Site extends AsyncDisposable {
  readonly origin: string
}

/** Serves JSON by path; what is `undefined` is a 404. */
export async function givenSite(answers: (path: string, origin: string) => unknown): Promise<Site> {
  const server = createServer((request, response) => {
    const body = answers(request.url ?? '', origin)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return {
    origin,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
