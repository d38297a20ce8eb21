/** A server with a gateway, and requests to it as the page and as programs send them. */
import type { AppSettings } from '../app.ts'
import { hashToken } from '../crypto/token.ts'
import { type TestAnswer, type TestApp, testApp } from '../testing/app.ts'
import type { TestDatabase } from '../testing/databases.ts'

/** What only the server knows. */
export const profileSecret = 'secret-test-which-no-browser-and-no-log-may-see'
export const operatorPassword = 'correct horse battery staple'

type Headers = Readonly<Record<string, string>>

export interface GatewayScene {
  readonly app: TestApp
  /** As the page calls: with the CSRF token, and with `headers` on top. */
  byPage(operation: string, body?: unknown, headers?: Headers): Promise<TestAnswer>
  /** As a program calls. */
  byTool(operation: string, body?: unknown, headers?: Headers): Promise<TestAnswer>
  /** Without credentials. */
  get(path: string, headers?: Headers): Promise<TestAnswer>
  csrfToken(headers?: Headers): Promise<string>
  users(): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

export interface SceneSettings {
  readonly database?: TestDatabase
  readonly settings?: Partial<AppSettings>
}

/** `dev` unless the settings say otherwise. */
export async function gatewayScene({ database, settings = {} }: SceneSettings = {}): Promise<GatewayScene> {
  const projectId = 'project-test-00000000-0000-4000-8000-000000000000'
  const app = await testApp({
    ...(database && { database: await database.fresh() }),
    settings: { gateway: { profiles: [{ name: 'development', projectId, secret: profileSecret }] }, ...settings },
  })
  await giveSecret(app, profileSecret)
  const post = (path: string, body: unknown, headers: Headers) =>
    app.call('POST', path, { body, headers: { 'content-type': 'application/json', ...headers }, auth: false })
  const scene: GatewayScene = {
    app,
    async byPage(operation, body = {}, headers = {}) {
      const token = headers['x-csrf-token'] ?? (await scene.csrfToken(headers))
      return post(`/reference/gateway/${operation}`, body, { ...headers, 'x-csrf-token': token })
    },
    byTool: (operation, body = {}, headers = {}) => post(`/tools/stytch/${operation}`, body, headers),
    get: (path, headers = {}) => app.call('GET', path, { headers, auth: false }),
    // Only what a login needs: the other headers may be those of an attack.
    async csrfToken({ cookie, host } = {}) {
      const headers = { ...(cookie && { cookie }), ...(host && { host }) }
      return (await scene.get('/reference/profiles', headers)).body.csrf_token ?? ''
    },
    async users() {
      return (await app.app.db.query.selectFrom('users').select('user_id').execute()).length
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
  return scene
}

/** One more secret of the test project. */
async function giveSecret({ app: { db }, project }: TestApp, secret: string): Promise<void> {
  const row = { secret_id: 'gateway', project_id: project.id, created_at: 0, last_used_at: null }
  await db.query
    .insertInto('project_secrets')
    .values({ ...row, secret_hash: hashToken(secret) })
    .execute()
}

export const production = 'https://login.example.com'

/** A server as in production, behind an operator's login. */
export const productionScene = (scene: SceneSettings = {}) =>
  gatewayScene({
    ...scene,
    settings: {
      profile: 'serve',
      baseUrl: production,
      gateway: {
        profiles: [
          {
            name: 'staging',
            projectId: 'project-test-00000000-0000-4000-8000-000000000000',
            secret: profileSecret,
          },
        ],
        operatorPassword,
      },
      ...scene.settings,
    },
  })

/** The headers of a browser in which the operator has logged in. */
export async function loggedIn(
  { app }: GatewayScene,
  host = 'login.example.com',
): Promise<{ host: string; cookie: string }> {
  const answer = await logInWith(app, operatorPassword, { host })
  return { host, cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' }
}

/** Submits the form of the login page. */
export const logInWith = (app: TestApp, password: string, headers: Headers = {}): Promise<TestAnswer> =>
  app.call('POST', '/reference/login', {
    body: new URLSearchParams({ password }).toString(),
    headers: { host: 'login.example.com', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    auth: false,
  })
