/** The guided flows of the reference, in a real browser and through the sandbox, as whoever presses their buttons sees them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { gatewayScene } from '../gateway/gateway.fixture.ts'
import type { TestApp } from '../testing/app.ts'
import { graveViolations, openBrowser, skipExplorer as skip } from '../testing/chromium.fixture.ts'

interface Scene extends AsyncDisposable {
  readonly app: TestApp
  readonly origin: string
  readonly context: BrowserContext
  readonly page: Page
  /** Requests that left the server, and what a content security policy forbade. */
  readonly wrong: string[]
  /** What happens in the window that a step opens. */
  inWindow(act: (page: Page) => Promise<void>): void
}

async function scene(flow: string, { isRegistered = true, width = 1280 } = {}): Promise<Scene> {
  const browser = await openBrowser()
  const { app } = await gatewayScene({ settings: { now: () => new Date() } })
  const origin = await app.listen()
  if (isRegistered) await registerLanding(app, origin)
  const context = await browser.newContext({ viewport: { width, height: 900 } })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const wrong: string[] = []
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== origin && url.protocol !== 'data:') wrong.push(request.url())
  })
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) wrong.push(message.text())
  })
  context.on('weberror', (error) => wrong.push(String(error.error())))
  await page.goto(`${origin}/reference/flows/${flow}`)
  await page.getByRole('button', { name: 'Run next step' }).waitFor()
  return {
    app,
    origin,
    context,
    page,
    wrong,
    inWindow: (act) =>
      void context.on('page', (opened) => void act(opened).catch((error) => wrong.push(String(error)))),
    async [Symbol.asyncDispose]() {
      await context.close()
      await app.close()
    },
  }
}

async function registerLanding({ app, project }: TestApp, origin: string): Promise<void> {
  for (const type of ['LOGIN', 'SIGNUP'] as const) {
    const row = { project_id: project.id, type, url: `${origin}/reference/flows/landed`, is_default: 0, position: 9 }
    await app.db.query.insertInto('redirect_urls').values(row).execute()
  }
  app.projects.forget()
}

const logInAs = (email: string) => async (page: Page) => {
  await page.getByLabel('Somebody else').fill(email)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
}

const step = (page: Page, title: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })

/** No violation that axe-core calls serious or worse. */
const accessible = async (page: Page): Promise<void> => assert.deepEqual(await graveViolations(page), [])

/** How many steps say that they are done, once all are. */
async function done(page: Page): Promise<number> {
  await page.getByText('All steps are done.').waitFor()
  return page.locator('.flow-step.done').count()
}

test('log in: all steps run, the JWT is verified, and the drawing lights up', { skip }, async () => {
  await using s = await scene('login')
  s.inWindow(logInAs('ada@example.com'))
  await s.page.getByRole('button', { name: 'Run all' }).click()
  assert.equal(await done(s.page), 6)
  assert.equal(await s.page.locator('.sequence-step.done').count(), 6)
  const verified = step(s.page, 'Verify the session JWT')
  await verified.getByText('Every check holds').waitFor()
  assert.match(await verified.innerText(), /✓ made with that key/)
  assert.match((await step(s.page, 'Trade the token for a session').textContent()) ?? '', /ada@example\.com/)
  await accessible(s.page)
  assert.equal(s.context.pages().length, 1, 'the window closed itself')
  assert.deepEqual(s.wrong, [])
})

test('log in: one step at a time, and a new start forgets everything', { skip }, async () => {
  await using s = await scene('login')
  const next = s.page.getByRole('button', { name: 'Run next step' })
  await next.click()
  await s.page.getByText('Step 2 of 6').waitFor()
  const opened = s.context.waitForEvent('page')
  await next.click()
  await logInAs('ada@example.com')(await opened)
  await s.page.getByText('Step 3 of 6').waitFor()
  await next.click()
  await s.page.getByText('Step 4 of 6').waitFor()
  await s.page.getByRole('button', { name: 'Start again' }).click()
  await s.page.getByText('Step 1 of 6').waitFor()
  assert.equal(await s.page.locator('.flow-step.done').count(), 0)
  assert.deepEqual(s.wrong, [])
})

test('log in: a window that was blocked can be opened by a link, and one that is given up can be opened anew', {
  skip,
}, async () => {
  await using s = await scene('login')
  await s.page.evaluate('window.open = () => null')
  await s.page.getByRole('button', { name: 'Run all' }).click()
  await s.page.getByText('Your browser opened no window.').waitFor()
  await s.page.getByRole('button', { name: 'Give up' }).click()
  await s.page.getByText('The window was given up.').waitFor()
  await s.page.getByRole('button', { name: 'Run all' }).click()
  const opened = s.context.waitForEvent('page')
  await s.page.getByRole('link', { name: 'Open the window' }).click()
  await logInAs('grace@example.com')(await opened)
  assert.equal(await done(s.page), 6)
  assert.deepEqual(s.wrong, [])
})

test('log in: the landing page tells nobody but this origin, and a token of another login is refused', {
  skip,
}, async () => {
  await using s = await scene('login')
  const opened = s.context.waitForEvent('page')
  await s.page.getByRole('button', { name: 'Run all' }).click()
  const popup = await opened
  await s.page.evaluate(`postMessage({ kind: 'selvage landed', query: '?nothing=here' }, 'http://elsewhere.example')`)
  const stranger = await s.context.newPage()
  await stranger.goto(`${s.origin}/reference/flows/landed?token=somebody-elses`).catch(() => {})
  await s.page.getByRole('alert').getByText(/./).first().waitFor()
  assert.match(await step(s.page, 'Trade the token for a session').innerText(), /failed/)
  await popup.close()
  assert.deepEqual(s.wrong, [])
})

test('log in: without the redirect URL the window says what is missing, and the page what to register', {
  skip,
}, async () => {
  await using s = await scene('login', { isRegistered: false })
  const opened = s.context.waitForEvent('page')
  await s.page.getByRole('button', { name: 'Run all' }).click()
  const popup = await opened
  await popup
    .getByText(/redirect/i)
    .first()
    .waitFor()
  assert.match(await s.page.locator('.notice').first().innerText(), /\/reference\/flows\/landed/)
  assert.match(await s.page.locator('.notice').first().innerText(), /LOGIN.*SIGNUP/s)
  assert.deepEqual(s.wrong, [])
})

test('attach: a new user gets a provider, and lists it', { skip }, async () => {
  await using s = await scene('attach')
  s.inWindow(logInAs('somebody.else@example.com'))
  await s.page.getByRole('button', { name: 'Run all' }).click()
  assert.equal(await done(s.page), 6)
  assert.match(await step(s.page, 'See the provider at the user').innerText(), /github/i)
  assert.deepEqual(s.wrong, [])
})

test('connected app: authorize, consent, tokens, userinfo, introspect, refresh, revoke; on a phone too', {
  skip,
}, async () => {
  await using s = await scene('connected-app', { width: 390 })
  s.inWindow(async (page) => {
    await page.getByRole('link', { name: /google/i }).click()
    await logInAs('ada@example.com')(page)
    await page.getByRole('button', { name: 'Allow' }).click()
  })
  await s.page.getByRole('button', { name: 'Run all' }).click()
  assert.equal(await done(s.page), 13)
  assert.match(await step(s.page, 'Ask who it is').innerText(), /ada@example\.com/)
  assert.match(await step(s.page, 'See that it is over').innerText(), /"active": false/)
  const clients = await s.app.app.db.query.selectFrom('connected_apps').select('client_id').execute()
  assert.deepEqual(clients, [], 'the client is removed in the end')
  await accessible(s.page)
  const overflow = await s.page.evaluate('document.documentElement.scrollWidth - innerWidth')
  assert.ok(Number(overflow) <= 0, 'nothing is wider than the phone')
  assert.deepEqual(s.wrong, [])
})

test('connected app: who denies is told so, and can try again', { skip }, async () => {
  await using s = await scene('connected-app')
  s.inWindow(async (page) => {
    await page.getByRole('link', { name: /google/i }).click()
    await logInAs('ada@example.com')(page)
    await page.getByRole('button', { name: 'Deny' }).click()
  })
  await s.page.getByRole('button', { name: 'Run all' }).click()
  await s.page
    .getByRole('alert')
    .getByText(/access_denied/)
    .waitFor()
  assert.match(await step(s.page, 'Ask the person').innerText(), /failed/)
  assert.deepEqual(s.wrong, [])
})

test('a flow that there is not leads to one that there is', { skip }, async () => {
  const browser = await openBrowser()
  const { app } = await gatewayScene()
  const page = await browser.newPage()
  await page.goto(`${await app.listen()}/reference/flows/none`)
  await page.getByRole('heading', { name: 'There is no flow none' }).waitFor()
  await page.close()
  await app.close()
})
