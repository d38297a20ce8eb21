/**
 * A whole server for tests: real database, real HTTP parsing, a clock that stands still until it is turned. In memory
 * unless a database URL is given; `listen()` gives it a port for clients that need one.
 */
import { type App, type AppSettings, openApp } from '../app.ts'
import { hashToken, newSecret } from '../crypto/token.ts'
import { noteAnswers } from './seen.ts'

export interface TestAppSettings {
  /** Where time stands at first; ISO 8601. */
  readonly now?: string
  /** Database URL; default a fresh in-memory one. */
  readonly database?: string
  readonly settings?: Partial<AppSettings>
}

/** A clock that moves only when told to. */
export interface TestClock {
  now(): Date
  set(time: string | Date): void
  advance(by: { days?: number; hours?: number; minutes?: number; seconds?: number; milliseconds?: number }): void
}

export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any
  readonly text: string
}

export interface CallSettings {
  /** Sent as JSON unless it is a string, which is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the test project's credentials. `false` sends none. */
  readonly auth?: { readonly username: string; readonly password: string } | false
}

export interface TestApp {
  readonly app: App
  readonly clock: TestClock
  /** The project that exists from the start. Its redirect URLs are `…/login` (LOGIN) and `…/signup` (SIGNUP). */
  readonly project: {
    readonly id: string
    readonly secret: string
    readonly publicToken: string
    readonly callbackId: string
    readonly loginUrl: string
    readonly signupUrl: string
  }
  /** One request, in process. */
  call(method: string, path: string, settings?: CallSettings): Promise<TestAnswer>
  /** Opens a port on loopback; resolves to the origin. */
  listen(): Promise<string>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export const testMasterKey = Buffer.alloc(32, 7).toString('base64')

const units = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000, milliseconds: 1 } as const

/** A frozen clock. */
export function testClock(start: string): TestClock {
  let time = new Date(start).getTime()
  return {
    now: () => new Date(time),
    set: (to) => {
      time = new Date(to).getTime()
    },
    advance: (by) => {
      for (const [unit, count] of Object.entries(by)) time += units[unit as keyof typeof units] * (count ?? 0)
    },
  }
}

/** Opens a server with one test project. Close it with `close()`, or declare it with `await using`. */
export async function testApp({
  now = '2026-01-01T00:00:00Z',
  database = ':memory:',
  settings = {},
}: TestAppSettings = {}): Promise<TestApp> {
  const clock = testClock(now)
  const app = await openApp({
    database: { url: database, powerLossSafe: false, connections: 5 },
    migrate: true,
    masterKey: testMasterKey,
    previousMasterKeys: [],
    baseUrl: undefined,
    trustedProxies: [],
    log: { level: 'silent' },
    strict: true,
    profile: 'dev',
    now: clock.now,
    wait: async () => {},
    ...settings,
  })
  noteAnswers(app.http)
  const project = await insertTestProject(app)
  const basic = (auth: { username: string; password: string }) =>
    `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`

  const test: TestApp = {
    app,
    clock,
    project,
    async call(method, path, { body, headers = {}, auth = { username: project.id, password: project.secret } } = {}) {
      const response = await app.http.inject({
        method: method as 'GET',
        url: path,
        headers: {
          ...(auth && { authorization: basic(auth) }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = response.body
      const isJson = String(response.headers['content-type']).startsWith('application/json')
      return {
        status: response.statusCode,
        headers: response.headers,
        body: isJson ? JSON.parse(text) : undefined,
        text,
      }
    },
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    close: () => app.close(),
    [Symbol.asyncDispose]: () => app.close(),
  }
  return test
}

async function insertTestProject({ db }: App): Promise<TestApp['project']> {
  const uuid = '00000000-0000-4000-8000-000000000000'
  const project = {
    id: `project-test-${uuid}`,
    secret: newSecret('test'),
    publicToken: `public-token-test-${uuid}`,
    callbackId: `oauth-callback-test-${uuid}`,
    loginUrl: 'http://localhost:3000/login',
    signupUrl: 'http://localhost:3000/signup',
  }
  const project_id = project.id
  const created_at = 0
  await db.transaction(async ({ query }) => {
    await query
      .insertInto('projects')
      .values({
        project_id,
        name: 'Test',
        environment: 'test',
        oauth_callback_id: project.callbackId,
        settings: '{}',
        created_at,
      })
      .execute()
    await query
      .insertInto('project_secrets')
      .values({
        secret_id: `secret-test-${uuid}`,
        project_id,
        secret_hash: hashToken(project.secret),
        created_at,
        last_used_at: null,
      })
      .execute()
    await query
      .insertInto('public_tokens')
      .values({ public_token: project.publicToken, project_id, created_at })
      .execute()
    await query
      .insertInto('redirect_urls')
      .values([
        { project_id, type: 'LOGIN', url: project.loginUrl, is_default: 1, position: 0 },
        { project_id, type: 'SIGNUP', url: project.signupUrl, is_default: 1, position: 1 },
      ])
      .execute()
  })
  return project
}
