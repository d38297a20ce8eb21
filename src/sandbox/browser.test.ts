/** A person logs in: a real browser, real cookies, real redirects. Skipped by name where there is no Chromium. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { type TestApp, testApp } from '../testing/app.ts'
import { openBrowser, skipBrowser as skip } from '../testing/chromium.fixture.ts'

interface Scene extends AsyncDisposable {
  readonly app: TestApp
  readonly context: BrowserContext
  startUrl(provider: string, parameters?: Record<string, string>): string
  /** Waits until a page is back at the app, and gives the token that came along. */
  token(page: Page): Promise<string>
  user(token: string): Promise<{ user_id: string; emails: string[] }>
}

/** Something that answers at the app's redirect URLs: a browser does not show what it cannot load. */
async function someApp() {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/plain').end('the app'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const port = typeof bound === 'object' ? bound?.port : bound
  return { origin: `http://localhost:${port}`, close: () => server.close() }
}

async function scene(): Promise<Scene> {
  const browser = await openBrowser()
  const [app, target, context] = [await testApp(), await someApp(), await browser.newContext()]
  const { db, projects } = app.app
  for (const type of ['LOGIN', 'SIGNUP'] as const) {
    await db.query
      .insertInto('redirect_urls')
      .values({ project_id: app.project.id, type, url: `${target.origin}/${type}`, is_default: 0, position: 5 })
      .execute()
  }
  projects.forget()
  const origin = await app.listen()
  return {
    app,
    context,
    startUrl(provider, parameters = {}) {
      const url = new URL(`/v1/public/oauth/${provider}/start`, origin)
      const urls = { login_redirect_url: `${target.origin}/LOGIN`, signup_redirect_url: `${target.origin}/SIGNUP` }
      url.search = new URLSearchParams({ public_token: app.project.publicToken, ...urls, ...parameters }).toString()
      return url.href
    },
    async token(page) {
      await page.waitForURL((url) => url.origin === target.origin)
      const { searchParams } = new URL(page.url())
      assert.equal(searchParams.get('stytch_token_type'), 'oauth')
      return searchParams.get('token') ?? ''
    },
    async user(token) {
      const { status, body } = await app.call('POST', '/v1/oauth/authenticate', { body: { token } })
      assert.equal(status, 200, JSON.stringify(body))
      return { user_id: body.user_id, emails: body.user.emails.map(({ email }: { email: string }) => email) }
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      target.close()
      await app.close()
    },
  }
}

const on = (name: string, run: (scene: Scene) => Promise<void>) =>
  test(`chromium: ${name}`, { skip }, async () => {
    await using made = await scene()
    await run(made)
  })

on('start URL, a click on a person, and the app has a token', async ({ context, startUrl, token, user }) => {
  const page = await context.newPage()
  await page.goto(startUrl('google'))
  assert.equal(await page.title(), 'Log in with the sandbox Google')
  await page.getByRole('button', { name: 'Maya Okafor' }).click()
  assert.deepEqual((await user(await token(page))).emails, ['maya.okafor@example.com'])
})

on('a typed address logs in by the keyboard alone', async ({ context, startUrl, token, user }) => {
  const page = await context.newPage()
  await page.goto(startUrl('github'))
  await page.getByLabel('Somebody else').fill('ada@example.com')
  await page.keyboard.press('Enter')
  assert.deepEqual((await user(await token(page))).emails, ['ada@example.com'])
})

on('two tabs at once, finished in the other order, are two logins', async ({ context, startUrl, token, user }) => {
  const [one, two] = [await context.newPage(), await context.newPage()]
  await one.goto(startUrl('google'))
  await two.goto(startUrl('github'))
  await two.getByRole('button', { name: 'Tomas Rivera' }).click()
  const second = await user(await token(two))
  await one.getByRole('button', { name: 'Maya Okafor' }).click()
  const first = await user(await token(one))
  assert.notEqual(first.user_id, second.user_id)
})

on('who declines reads what happened and what to do', async ({ context, startUrl }) => {
  const page = await context.newPage()
  await page.goto(startUrl('google'))
  await page.getByRole('button', { name: 'Decline to log in' }).click()
  await page.getByRole('heading', { name: 'You were not logged in' }).waitFor()
  assert.match((await page.getByRole('alert').textContent()) ?? '', /Go back to the app[\s\S]*request-id-test-/)
})

on('check 7: markup in parameters stays text, and no script of a page would run', async ({ context, startUrl }) => {
  const page = await context.newPage()
  await page.goto(
    startUrl('google', { provider_login_hint: '"><svg onload=alert(1)>', custom_scopes: '<svg/onload=alert(1)>' }),
  )
  assert.equal(await page.locator('svg').count(), 0)
  assert.equal(await page.getByLabel('Somebody else').inputValue(), '"><svg onload=alert(1)>')
  const ran = await page.evaluate<boolean>(`
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.head.append(script)
    window.ran === true`)
  assert.equal(ran, false)
})

on('phone width: nothing is wider than the screen, and every button is tall enough to hit', async (made) => {
  const page = await made.context.newPage()
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(made.startUrl('google', { custom_scopes: `https://www.googleapis.com/auth/${'x'.repeat(120)}` }))
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  assert.ok(width <= 320, `the page is ${width} pixels wide`)
  for (const button of await page.getByRole('button').all()) {
    assert.ok(((await button.boundingBox())?.height ?? 0) >= 44, (await button.textContent()) ?? '')
  }
})
