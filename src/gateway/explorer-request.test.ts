/** “Try it” of the reference, in a real browser: what a reader fills in, sends, reads and carries on. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { TestApp } from '../testing/app.ts'
import { graveViolations, openBrowser, skipExplorer as skip } from '../testing/chromium.fixture.ts'
import { gatewayScene, operatorPassword, profileSecret, type SceneSettings } from './gateway.fixture.ts'

interface Scene {
  readonly app: TestApp
  readonly origin: string
  readonly context: BrowserContext
  readonly page: Page
  /** Inputs that the page sent through the gateway, by operation. */
  readonly sent: { readonly operation: string; readonly args: unknown }[]
  /** Opens the page of an operation, as from a bookmark. */
  open(operation: string): Promise<void>
  send(): Promise<void>
  /** The heading of the answer: status and words. */
  status(): Promise<string>
}

interface Settings extends SceneSettings {
  readonly width?: number
}

/** Every test also holds that nothing was asked of another host, no policy was broken, and the secret never came. */
function on(name: string, run: (scene: Scene) => Promise<void>, settings: Settings = {}): void {
  test(`chromium: ${name}`, { skip }, async () => {
    const browser = await openBrowser()
    await using made = await gatewayScene(settings)
    const origin = await made.app.listen()
    const context = await browser.newContext({ viewport: { width: settings.width ?? 1280, height: 900 } })
    context.setDefaultTimeout(20_000)
    try {
      const page = await context.newPage()
      const wrong = watch(context, origin)
      await run(sceneOn({ app: made.app, origin, context, page }))
      assert.deepEqual(wrong, [])
    } finally {
      await context.close()
    }
  })
}

function watch(context: BrowserContext, origin: string): string[] {
  const wrong: string[] = []
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== origin && url.protocol !== 'data:' && !isApp(url)) wrong.push(`asked ${request.url()}`)
  })
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) wrong.push(message.text())
  })
  context.on('weberror', (error) => wrong.push(String(error.error())))
  context.on('response', async (response) => {
    const text = await response.text().catch(() => '')
    if (text.includes(profileSecret)) wrong.push(`the secret came with ${response.url()}`)
  })
  return wrong
}

/** The app that logs people in; nobody serves it. */
const isApp = (url: URL) => url.host === 'localhost:3000'

function sceneOn(made: Pick<Scene, 'app' | 'origin' | 'context' | 'page'>): Scene {
  const { page, origin } = made
  const sent: Scene['sent'][number][] = []
  page.on('request', (request) => {
    const [, operation] = /\/reference\/gateway\/(.+)$/.exec(request.url()) ?? []
    if (operation !== undefined) sent.push({ operation, args: request.postDataJSON().args })
  })
  return {
    ...made,
    sent,
    async open(operation) {
      await page.goto(`${origin}/reference/${operation}`)
      await page.getByRole('heading', { name: 'Try it' }).waitFor()
    },
    async send() {
      const answered = page.waitForResponse((response) => response.url().includes('/reference/gateway/'))
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await answered
    },
    async status() {
      return (await answerOn(page).locator('.panel-head .badge').textContent()) ?? ''
    },
  }
}

const answerOn = (page: Page) => page.getByRole('region', { name: 'Answer to the request' })

on('a filled form is sent, and the answer shows status, time, JSON and request ID', async (scene) => {
  const { page, sent, open, status } = scene
  await open('users.create')
  await page.getByLabel('email', { exact: true }).fill('ada@example.com')
  await page.getByLabel('first_name').fill('Ada')
  await page.getByText('more fields').click()
  await page.getByRole('group', { name: 'create_user_as_pending' }).getByRole('radio', { name: 'true' }).check()
  await page.getByLabel('trusted_metadata, name 1', { exact: true }).fill('seats')
  await page.getByLabel('trusted_metadata, value 1', { exact: true }).fill('12')
  await scene.send()
  assert.deepEqual(sent[0]?.args, {
    email: 'ada@example.com',
    name: { first_name: 'Ada' },
    create_user_as_pending: true,
    trusted_metadata: { seats: 12 },
  })
  assert.equal(await status(), '200 OK')
  const text = await answerOn(page).innerText()
  assert.match(text, /\d ms[\s\S]*"user_id": "user-test-[\s\S]*"status": "pending"[\s\S]*request_id\s+request-id-test-/)
  assert.match(await page.getByRole('status').allInnerTexts().then(String), /Answered: 200 OK, \d/)
})

on('an error is explained: cause, what to do, and where more stands', async (scene) => {
  const { page, open, status } = scene
  await open('users.get')
  await page.getByLabel('user_id').fill('user-test-00000000-0000-4000-8000-000000000000')
  await page.keyboard.press('Control+Enter')
  await answerOn(page).waitFor()
  assert.equal(await status(), '404 Not Found')
  const answer = answerOn(page)
  const { errors } = (await scene.app.call('GET', '/reference/catalogue.json')).body
  const { cause } = errors.user_not_found
  assert.ok((await answer.innerText()).includes(cause.replaceAll('`', '')), cause)
  assert.equal(
    await answer.getByRole('link', { name: 'More about it' }).getAttribute('href'),
    '/docs/errors#user_not_found',
  )
  await answer.getByRole('link', { name: 'user_not_found', exact: true }).click()
  assert.equal(new URL(page.url()).hash, '#error-user_not_found')
})

on('what is missing is said before sending, leads to its field, and can be sent all the same', async (scene) => {
  const { page, sent, open, status } = scene
  await open('users.get')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const hint = page.getByRole('region', { name: 'The server will refuse this' })
  await hint.waitFor()
  assert.deepEqual(sent, [])
  await hint.getByRole('button', { name: 'user_id is required.' }).click()
  assert.equal(await page.getByLabel('user_id').evaluate((field) => field.matches(':focus')), true)
  await hint.getByRole('button', { name: 'Send anyway' }).click()
  await answerOn(page).waitFor()
  assert.equal(await status(), '400 Bad Request')
})

on('of an “exactly one of” group the chosen one is sent, and the others come back when chosen again', async (scene) => {
  const { page, sent, open } = scene
  await open('oauth.attach')
  await page.getByRole('textbox', { name: 'provider' }).fill('google')
  const group = page.getByRole('group', { name: 'Exactly one of' })
  await group.getByRole('textbox', { name: 'user_id' }).fill('user-1')
  await group.getByRole('radio', { name: 'session_token' }).check()
  await group.getByRole('textbox', { name: 'session_token' }).fill('token-1')
  await scene.send()
  assert.deepEqual(sent.at(-1)?.args, { provider: 'google', session_token: 'token-1' })
  await group.getByRole('radio', { name: 'user_id' }).check()
  assert.equal(await group.getByRole('textbox', { name: 'user_id' }).inputValue(), 'user-1')
  await scene.send()
  assert.deepEqual(sent.at(-1)?.args, { provider: 'google', user_id: 'user-1' })
})

on('as JSON: what does not read is explained where it stands, and the form has what did', async (scene) => {
  const { page, sent, open } = scene
  await open('connectedApp.clients.create')
  await page.getByRole('button', { name: 'Use the example' }).click()
  await page.getByRole('tab', { name: 'Form' }).press('ArrowRight')
  const input = page.getByLabel('Input as JSON')
  assert.equal(JSON.parse(await input.inputValue()).client_type, 'third_party')
  await input.fill('{\n  "client_type": "first_party",\n}')
  await page.getByText('Line 3, column 1: Take away the comma in front of }.').waitFor()
  await input.fill(
    '{ "client_type": "first_party", "logo_url": "", "redirect_urls": ["https://a.example/", "https://b.example/"] }',
  )
  await page.getByRole('tab', { name: 'Form' }).click()
  assert.equal(await page.getByLabel('client_type').inputValue(), '"first_party"')
  await page.getByLabel('redirect_urls, entry 1', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Remove entry 1 of redirect_urls', exact: true }).click()
  assert.equal(await page.getByLabel('redirect_urls, entry 1', { exact: true }).inputValue(), 'https://b.example/')
  await page.getByRole('button', { name: 'Add an entry to redirect_urls', exact: true }).click()
  await page.keyboard.type('https://c.example/')
  await scene.send()
  assert.deepEqual(sent[0]?.args, {
    client_type: 'first_party',
    logo_url: '',
    redirect_urls: ['https://b.example/', 'https://c.example/'],
  })
})

on('a value received goes into the next form with one click', async (scene) => {
  const { page, sent, open, status } = scene
  await open('users.create')
  await page.getByRole('button', { name: 'Use the example' }).click()
  await scene.send()
  await answerOn(page)
    .getByRole('link', { name: /^Get a user with this user_id/ })
    .click()
  await page.getByRole('heading', { name: 'Get a user', level: 1 }).waitFor()
  assert.match(await page.getByLabel('user_id').inputValue(), /^user-test-/)
  await scene.send()
  assert.equal(await status(), '200 OK')
  const received = sent[1]?.args
  await page
    .getByRole('navigation', { name: 'Reference' })
    .getByRole('link', { name: /^Update a user/ })
    .click()
  await page.getByRole('button', { name: /^Use .* from users\..* for user_id$/ }).click()
  assert.deepEqual({ user_id: await page.getByRole('textbox', { name: 'user_id' }).inputValue() }, received)
})

on('a page of the server is opened by a link, and the login that follows carries on to its session', async (scene) => {
  const { page, context, open, status } = scene
  await context.route(isApp, (route) => route.fulfill({ contentType: 'text/plain', body: 'the app' }))
  await open('oauth.start')
  assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).count(), 0)
  await page.getByText('Fill in provider: it is part of the path.').waitFor()
  await page.getByRole('textbox', { name: 'provider' }).fill('google')
  const [login] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: /^Open/ }).click()])
  await login.getByRole('button', { name: 'Maya Okafor' }).click()
  await login.waitForURL(isApp)
  await page.getByLabel('The address you came back to').fill(login.url())
  await page.getByRole('link', { name: /with this token \(oauth\.authenticate\)/ }).click()
  await page.getByRole('textbox', { name: 'session_duration_minutes' }).fill('60')
  await scene.send()
  assert.equal(await status(), '200 OK', await answerOn(page).innerText())
  await answerOn(page)
    .getByRole('link', { name: /with this session_token \(sessions\.authenticate\)/ })
    .click()
  await scene.send()
  assert.equal(await status(), '200 OK')
  await page.getByRole('navigation', { name: 'Reference' }).getByText('Browsers and apps').click()
  await page.getByRole('navigation', { name: 'Reference' }).locator('a[href="/reference/frontend.users.me"]').click()
  await page.getByLabel('Session in use').waitFor()
  await scene.send()
  assert.equal(await status(), '200 OK', await answerOn(page).innerText())
})

on('a code challenge is made here, and its verifier is offered where it is needed', async ({ page, open }) => {
  await open('oauth.start')
  await page.getByText('more fields').click()
  await page.getByRole('button', { name: /^Make one/ }).click()
  const challenge = page.getByRole('textbox', { name: 'code_challenge' })
  await page.waitForFunction("document.querySelector('#try-code_challenge').value.length === 43")
  const menu = page.getByRole('navigation', { name: 'Reference' })
  const made = await challenge.inputValue()
  await menu.locator('a[href="/reference/oauth.authenticate"]').click()
  await page.getByText('more fields').click()
  await page.getByRole('button', { name: /^Use .* for code_verifier$/ }).click()
  const verifier = await page.getByRole('textbox', { name: 'code_verifier' }).inputValue()
  assert.equal(createHash('sha256').update(verifier).digest('base64url'), made)
})

on('the history shows what was sent; it can be opened and sent again', async (scene) => {
  const { page, sent, open, status } = scene
  await open('users.create')
  await page.getByLabel('email', { exact: true }).fill('ada@example.com')
  await scene.send()
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Get a user/ })
    .first()
    .click()
  await page.getByText('History 1').click()
  await page.getByRole('button', { name: /^Open users\.create of/ }).click()
  await page.getByRole('heading', { name: 'Create a user', level: 1 }).waitFor()
  assert.equal(await page.getByLabel('email', { exact: true }).inputValue(), 'ada@example.com')
  assert.equal(await status(), '200 OK')
  await page.getByText('History 1').click()
  await page.getByRole('button', { name: /^Send again users\.create of/ }).click()
  await page.getByText('400 Bad Request').first().waitFor()
  assert.deepEqual(sent[1], sent[0])
})

on('a running request can be aborted, and the page says what that means', async (scene) => {
  const { page, open } = scene
  await page.route('**/reference/gateway/**', () => {})
  await open('health.live')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('button', { name: 'Abort' }).click()
  await page.getByRole('alert').getByText('Aborted. The server may have done it all the same.').waitFor()
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor()
})

on('what was received stays in memory, unless the reader keeps it for the tab', async (scene) => {
  const { page, open } = scene
  const stored = () => page.evaluate<string>('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])')
  await open('users.create')
  await page.getByRole('button', { name: 'Use the example' }).click()
  await scene.send()
  await page.getByLabel(/^Keep the .* received/).waitFor()
  assert.equal(await stored(), '[{},{}]')
  await page.getByLabel(/^Keep the .* received/).check()
  assert.match(await stored(), /user-test-/)
  await open('users.get')
  await page.getByRole('button', { name: /^Use .* for user_id$/ }).waitFor()
  await page.getByLabel(/^Keep the .* received/).uncheck()
  assert.equal(await stored(), '[{},{}]')
})

const ofOperator = { profiles: [], operatorPassword }

on(
  'where an operator has to log in, the page says so and leads there',
  async ({ page, open }) => {
    await open('users.get')
    const link = page.getByRole('link', { name: 'Log in as operator' })
    assert.equal(await link.getAttribute('href'), '/reference/login?return_to=%2Freference%2Fusers.get')
    await link.click()
    await page.getByRole('textbox').fill(operatorPassword)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/reference/users.get')
    await page.getByRole('heading', { name: 'Try it' }).waitFor()
    await page.getByLabel('user_id').waitFor()
    assert.equal(await link.count(), 0)
  },
  { settings: { gateway: ofOperator } },
)

on(
  'where there is no gateway, the page names the setting',
  async ({ page, open }) => {
    await open('users.get')
    await page.getByText('SELVAGE_REFERENCE_PROFILES').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).getAttribute('aria-disabled'), 'true')
  },
  { settings: { gateway: undefined } },
)

for (const width of [1280, 390]) {
  on(
    `at ${width} pixels no rule of accessibility is broken, by form, problems, answer, error and history`,
    async (scene) => {
      const { page, open } = scene
      const check = async (what: string) =>
        assert.deepEqual(await graveViolations(page, '.operation > aside'), [], what)
      await open('users.create')
      await page.getByText('more fields').click()
      await check('a form')
      await page.getByRole('button', { name: 'Use the example' }).click()
      await scene.send()
      await check('an answer')
      await scene.send()
      await page.getByText('History 2').click()
      await check('an error, and the history')
      await open('oauth.attach')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await check('what is missing')
      await page.getByRole('tab', { name: 'JSON' }).click()
      await check('JSON')
      await open('idp.userinfo')
      await check('a bearer token')
      await open('oauth.start')
      await page.getByRole('textbox', { name: 'provider' }).fill('google')
      await check('a link')
    },
    { width },
  )
}
