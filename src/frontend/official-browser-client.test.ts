/** The unmodified official browser client, in a real browser: login with PKCE, attach, refresh, reload, logout. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { type TestApp, testApp } from '../testing/app.ts'
import { openBrowser, skipBrowser as skip } from '../testing/chromium.fixture.ts'

const client = new URL('../../node_modules/@stytch/vanilla-js/dist/iife/index.headless.js', import.meta.url)

interface Scene extends AsyncDisposable {
  readonly app: TestApp
  readonly page: Page
  readonly appOrigin: string
  /** Requests of the page that left the two servers. */
  readonly foreign: readonly string[]
  /** Runs an expression with `stytch`, the client, and gives what it resolves to. */
  ask<T>(expression: string): Promise<T>
}

async function scene(): Promise<Scene> {
  const browser = await openBrowser()
  // The client compares expiry with the browser's clock.
  const app = await testApp({ now: new Date().toISOString() })
  const api = await app.listen()
  const script = readFileSync(client, 'utf8')
  const page_ = (publicToken: string) => `<!doctype html><title>app</title><script src="/client.js"></script><script>
    const endpoints = { testAPIURL: '${api}', liveAPIURL: '${api}', dfpBackendURL: '${api}', clientsideServicesIframeURL: '${api}/frame' }
    window.client = stytch.createStytchClient('${publicToken}', { cookieOptions: {}, endpoints })
  </script>`
  const server = createServer((request, response) => {
    const isScript = request.url === '/client.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : page_(app.project.publicToken))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const appOrigin = `http://localhost:${typeof bound === 'object' ? bound?.port : bound}`
  await app.app.db.query.deleteFrom('redirect_urls').execute()
  for (const type of ['LOGIN', 'SIGNUP'] as const) {
    const row = { project_id: app.project.id, type, url: `${appOrigin}/${type}`, is_default: 1, position: 0 }
    await app.app.db.query.insertInto('redirect_urls').values(row).execute()
  }
  app.app.projects.forget()
  const context = await browser.newContext()
  const page = await context.newPage()
  const foreign: string[] = []
  page.on('request', (request) => {
    if (![api, appOrigin].includes(new URL(request.url()).origin)) foreign.push(request.url())
  })
  await page.goto(appOrigin)
  return {
    app,
    page,
    appOrigin,
    foreign,
    ask: (expression) =>
      page.evaluate(`(async () => { const stytch = window.client; return ${expression} })()`) as never,
    async [Symbol.asyncDispose]() {
      await context.close()
      server.closeAllConnections()
      server.close()
      await app.close()
    },
  }
}

/** Starts a login in the page and follows it back to the app. */
async function login(
  { page, ask, appOrigin }: Scene,
  provider: string,
  options: Record<string, unknown>,
): Promise<URL> {
  await page.goto(appOrigin)
  const back = page.waitForURL((url) => url.origin === appOrigin && url.searchParams.has('token'))
  await ask(`(stytch.oauth.${provider}.start(${JSON.stringify(options)}), true)`).catch(() => {})
  await back
  return new URL(page.url())
}

const persona = (name: string) => ({ provider_params: { persona: name } })

test('login with PKCE, session, user, attach, reload, refresh and logout', { skip }, async () => {
  await using s = await scene()
  const landed = await login(s, 'google', persona('verified:ada@example.com'))
  assert.equal(landed.pathname, '/SIGNUP')
  const [flow] = await s.app.app.db.query.selectFrom('oauth_flows').selectAll().execute()
  assert.match(flow?.code_challenge ?? '', /^[\w-]{43}$/, 'bootstrap asked for PKCE')
  const answer = await s.ask<{
    user: { emails: { email: string }[] }
    session: { session_id: string }
    status_code: number
  }>(`await stytch.oauth.authenticate('${landed.searchParams.get('token')}', { session_duration_minutes: 60 })`)
  assert.equal(answer.status_code, 200)
  assert.equal(answer.user.emails[0]?.email, 'ada@example.com')
  const session = () =>
    s.ask<{ session_id: string; authentication_factors: unknown[] } | null>('stytch.session.getSync()')
  assert.equal((await session())?.session_id, answer.session.session_id)

  const attach = await s.ask<{ oauth_attach_token: string }>(`await stytch.oauth.attach('github')`)
  const attached = await login(s, 'github', {
    ...persona('no-email:Ada'),
    oauth_attach_token: attach.oauth_attach_token,
  })
  assert.equal(attached.pathname, '/LOGIN')
  await s.ask(
    `await stytch.oauth.authenticate('${attached.searchParams.get('token')}', { session_duration_minutes: 60 })`,
  )
  assert.equal((await session())?.authentication_factors.length, 2, 'the factor joins the session of the cookie')

  await s.page.goto(s.appOrigin)
  const tokens = await s.ask<{ session_token: string }>('stytch.session.getTokens()')
  assert.match(tokens.session_token, /^[\w-]{44}$/)
  const refreshed = await s.ask<{ session_jwt: string }>(
    'await stytch.session.authenticate({ session_duration_minutes: 30 })',
  )
  assert.equal(refreshed.session_jwt.split('.').length, 3)
  const user = await s.ask<{ user_id: string; providers: { oauth_user_registration_id: string }[] }>(
    'await stytch.user.get()',
  )
  assert.equal(user.providers.length, 2)

  const [first, second] = user.providers.map((one) => one.oauth_user_registration_id)
  const left = await s.ask<{ providers: unknown[] }>(
    `(await stytch.user.deleteOAuthRegistration('${first}'), stytch.user.getSync())`,
  )
  assert.equal(left.providers.length, 1)
  const last = await s.ask<string>(
    `await stytch.user.deleteOAuthRegistration('${second}').catch((error) => error.error_type)`,
  )
  assert.equal(last, 'cannot_delete_last_primary_factor')

  await s.ask('await stytch.session.revoke()')
  assert.equal(await session(), null)
  const gone = await s.app.call('POST', '/v1/sessions/authenticate', { body: { session_token: tokens.session_token } })
  assert.equal(gone.body.error_type, 'session_not_found')
  assert.deepEqual(s.foreign, [])
})

test('a session that was ended elsewhere logs the page out; a failure of the login does not', { skip }, async () => {
  await using s = await scene()
  const landed = await login(s, 'google', persona('verified'))
  await s.ask(
    `await stytch.oauth.authenticate('${landed.searchParams.get('token')}', { session_duration_minutes: 60 })`,
  )
  const reused = `await stytch.oauth.authenticate('${landed.searchParams.get('token')}', { session_duration_minutes: 60 }).catch((error) => error.error_type)`
  assert.equal(await s.ask(reused), 'oauth_token_not_found')
  assert.notEqual(await s.ask('stytch.session.getSync()'), null)
  await s.app.app.db.query.deleteFrom('sessions').execute()
  const refused = await s.ask('await stytch.session.authenticate().catch((error) => error.error_type)')
  assert.equal(refused, 'session_not_found')
  assert.equal(await s.ask('stytch.session.getSync()'), null)
})
