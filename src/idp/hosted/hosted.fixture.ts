/** A person with a browser in front of the built-in pages, for tests. */
import assert from 'node:assert/strict'
import { type TestApp, type TestAppSettings, testApp } from '../../testing/app.ts'
import { TestBrowser, type Visit } from '../../testing/browser.ts'
import type { TestDatabase } from '../../testing/databases.ts'
import { type Client, givenClient, pkcePair, projectSettings, redirectUri } from '../idp.fixture.ts'

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

export interface Hosted extends AsyncDisposable {
  readonly app: TestApp
  readonly origin: string
  /** Third party, public. */
  readonly client: Client
  /** Of the challenge in every request. */
  readonly verifier: string
  readonly challenge: string
  /** An authorization request that is right but for these; `undefined` leaves a parameter out. */
  url(parameters?: Parameters, path?: string): string
  /** A person's browser, which tells pages from programs. */
  person(): Person
  /** What a program is answered, in process. */
  ask(parameters?: Parameters, path?: string): ReturnType<TestApp['call']>
  count(table: 'users' | 'authorization_codes' | 'oauth_flows' | 'sessions' | 'consents'): Promise<number>
}

export interface Person {
  readonly browser: TestBrowser
  /** Opens an address and follows it to a page, or to the client. */
  open(url: string): Promise<Visit>
  /** Logs in from a login page; the page or client at which that ends. */
  logIn(page: Visit, persona?: string, provider?: string): Promise<Visit>
  /** Opens the authorization request, and logs in if that is asked for. */
  enter(parameters?: Parameters, persona?: string): Promise<Visit>
  /** Presses a button of the page. */
  press(page: Visit, answer: string, change?: Readonly<Record<string, string>>): Promise<Visit>
  /** Opens a link of the page. */
  follow(page: Visit, text: RegExp): Promise<Visit>
}

const toQuery = (parameters: Parameters): URLSearchParams =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    ),
  )

/** The client's own addresses are opened by nobody. */
export const isClient = (url: URL): boolean => url.hostname.endsWith('.example') || !url.protocol.startsWith('http')

export async function hostedScene(
  database: TestDatabase,
  settings: Record<string, unknown> = {},
  more: Pick<TestAppSettings, 'settings' | 'now'> = {},
): Promise<Hosted> {
  const app = await testApp({ database: await database.fresh(), ...more })
  await projectSettings(app, settings)
  const client = await givenClient(app, { postLogoutRedirectUrls: ['https://client.example/bye'] })
  const origin = await app.listen()
  const { verifier, challenge } = pkcePair()
  const scene: Hosted = {
    app,
    origin,
    client,
    verifier,
    challenge,
    url: (parameters = {}, path = '/v1/oauth2/authorize') => {
      const right = {
        client_id: client.id,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid email',
        state: 'a state',
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }
      return `${origin}${path}?${toQuery({ ...right, ...parameters })}`
    },
    person: () => person(scene),
    ask: (parameters, path) => app.call('GET', scene.url(parameters, path).slice(origin.length), { auth: false }),
    count: async (table) => (await app.app.db.query.selectFrom(table).selectAll().execute()).length,
    [Symbol.asyncDispose]: () => app.close(),
  }
  return scene
}

function person({ app, url }: Hosted): Person {
  const browser = new TestBrowser({ accept: 'text/html,application/xhtml+xml' })
  const made: Person = {
    browser,
    open: async (target) =>
      isClient(new URL(target)) ? { url: new URL(target), status: 0, body: '' } : browser.open(target, isClient),
    async logIn(page, persona = 'verified', provider = 'google') {
      await app.call('POST', '/sandbox/personas', { body: { persona, provider }, auth: false })
      return made.open(
        new URL(linksOf(page).find((link) => link.includes(`provider=${provider}`)) ?? '', page.url).href,
      )
    },
    async enter(parameters, persona) {
      const page = await made.open(url(parameters))
      return /<h1>Log in to /.test(page.body) ? made.logIn(page, persona) : page
    },
    press(page, answer, change = {}) {
      const { action, fields } = formOf(page)
      assert.ok(page.body.includes(`name="answer" value="${answer}"`), page.body)
      return browser.post(new URL(action, page.url), { ...fields, answer, ...change }, isClient)
    },
    follow(page, text) {
      const link = [...page.body.matchAll(/<a [^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/gs)].find(([, , shown = '']) =>
        text.test(shown),
      )
      return made.open(new URL(unescaped(link?.[1] ?? ''), page.url).href)
    },
  }
  return made
}

export function formOf({ body }: Pick<Visit, 'body'>): { action: string; fields: Record<string, string> } {
  const [, action = '', content = ''] = /<form method="post" action="([^"]+)">(.*?)<\/form>/s.exec(body) ?? []
  const inputs = content.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)
  return {
    action: unescaped(action),
    fields: Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescaped(value)])),
  }
}

export const linksOf = ({ body }: Pick<Visit, 'body'>): readonly string[] =>
  [...body.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = '']) => unescaped(href))

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

export const isLoginPage = ({ body }: Pick<Visit, 'body'>): boolean => body.includes('<h1>Log in to ')
export const isConsentPage = ({ body }: Pick<Visit, 'body'>): boolean =>
  /<h1>Let .* use your .* account\?<\/h1>/.test(body)

/** What came back to the client. */
export function response({ url }: Pick<Visit, 'url'>): Record<string, string> {
  assert.equal(url.hostname, 'client.example', url.href)
  return Object.fromEntries(url.searchParams)
}
