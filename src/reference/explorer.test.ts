/** Reading the reference, in a real browser: found by whatever one knows, by keyboard alone, on a desk and on a phone. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { gatewayScene } from '../gateway/gateway.fixture.ts'
import { graveViolations, openBrowser, skipExplorer as skip } from '../testing/chromium.fixture.ts'

const bundle = new URL('../../dist/reference/explorer/', import.meta.url).pathname

let scene: Awaited<ReturnType<typeof gatewayScene>> | undefined
let origin = ''
before(async () => {
  if (skip) return
  scene = await gatewayScene()
  origin = await scene.app.listen()
})
after(async () => {
  await scene?.[Symbol.asyncDispose]()
})

const desk = { viewport: { width: 1280, height: 900 } } as const
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

/** Every test also holds that nothing was asked of another host, and that the console had no error and no broken policy. */
function on(name: string, run: (page: Page) => Promise<void>, device: BrowserContextOptions = desk): void {
  test(`chromium: ${name}`, { skip }, async () => {
    const browser = await openBrowser()
    const context = await browser.newContext({ ...device, permissions: ['clipboard-read', 'clipboard-write'] })
    context.setDefaultTimeout(20_000)
    const wrong: string[] = []
    context.on('request', (request) => {
      const url = new URL(request.url())
      if (url.origin !== origin && url.protocol !== 'data:') wrong.push(`asked ${request.url()}`)
    })
    context.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    context.on('weberror', (error) => wrong.push(String(error.error())))
    try {
      await run(await context.newPage())
      assert.deepEqual(wrong, [])
    } finally {
      await context.close()
    }
  })
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${origin}/reference${path}`)
  await page.locator('main h1').waitFor()
}

const path = (page: Page): string => page.url().slice(`${origin}/reference`.length)
const heading = (page: Page) => page.locator('main h1').innerText()
const focused = (page: Page) => page.locator(':focus').innerText()

/** Types into the search, which a key opened, and waits until it says how much it found. */
async function searchFor(page: Page, words: string): Promise<string> {
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: /^Search by/ }).fill(words)
  const chosen = page.getByRole('option', { selected: true })
  await chosen.waitFor()
  return chosen.innerText()
}

on('an address leads to its operation, and the title, the sidebar and the neighbours say so', async (page) => {
  await open(page, '/oauth.attach')
  assert.equal(await heading(page), 'Make a token that adds a provider to a user')
  assert.equal(await page.title(), 'Make a token that adds a provider to a user · API reference')
  const current = page.getByRole('navigation', { name: 'Reference' }).locator('[aria-current="page"]')
  assert.match(await current.innerText(), /Make a token that adds a provider to a user/)
  assert.ok(await current.isVisible(), 'its product is unfolded')
  await page.getByRole('link', { name: /^Next/ }).click()
  await page.waitForURL('**/reference/oauth.startOneTap')
  assert.equal(await focused(page), 'Start Google One Tap', 'the focus is where a page load would put it')
  await page.goBack()
  assert.equal(await heading(page), 'Make a token that adds a provider to a user')
})

on('an operation shows its names, fields, limits, answer and errors', async (page) => {
  await open(page, '/oauth.authenticate')
  const main = await page.locator('main').innerText()
  for (const words of ['POST', '/v1/oauth/authenticate', 'Social login', 'client.oauth.authenticate(…)']) {
    assert.ok(main.includes(words), words)
  }
  assert.ok(main.includes('apiOauthV1Authenticate'), 'the flat name')
  const token = page.locator('#field-token')
  assert.match(await token.innerText(), /string\s*required[\s\S]*From the redirect URL/)
  assert.match(
    await page.locator('#field-session_duration_minutes').innerText(),
    /integer\s*optional[\s\S]*5 to 527040/,
  )
  const user = page.locator('#answer-user')
  assert.equal(await page.locator('[id="answer-user.emails"]').isVisible(), false, 'nested fields are folded')
  await user.locator('> details > summary').click()
  assert.ok(await page.locator('[id="answer-user.emails"]').isVisible())
  const own = page.locator('#error-pkce_mismatch')
  await own.locator('summary').click()
  assert.match(await own.innerText(), /400[\s\S]*Cause[\s\S]*What to do/)
  assert.equal(await page.locator('#error-too_many_requests').isVisible(), false, 'common errors are folded')
})

on('fields of which exactly one is sent stand together', async (page) => {
  await open(page, '/sessions.revoke')
  const group = page.getByRole('listitem').filter({ hasText: 'Exactly one of these' })
  for (const name of ['session_id', 'session_token', 'session_jwt']) {
    assert.ok(await group.first().getByRole('link', { name, exact: true }).isVisible(), name)
  }
})

on('an address may point at an error or at a nested field, and shows it though it is folded away', async (page) => {
  await open(page, '/oauth.authenticate#error-too_many_requests')
  await page.locator('#error-too_many_requests dl').waitFor()
  await page.locator(':focus').filter({ hasText: 'too_many_requests' }).waitFor()
  await open(page, '/users.get#field-emails.email_id')
  await page.locator('[id="answer-emails.email_id"]').waitFor()
})

on('found by name, path, field and error, and told why, with the keyboard alone', async (page) => {
  await open(page, '')
  assert.match(await searchFor(page, 'oauth.attach'), /Make a token/)
  await page.keyboard.press('Enter')
  assert.equal(path(page), '/oauth.attach')
  assert.match(await searchFor(page, '/v1/users/user-test-1'), /Get a user/)
  assert.equal(
    await page
      .getByRole('status')
      .filter({ hasText: /results?$/ })
      .innerText(),
    '3 results',
  )
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  assert.equal(path(page), '/users.update')
  assert.match(await searchFor(page, 'code_verifier'), /field\s+code_verifier/)
  await page.keyboard.press('Enter')
  assert.match(path(page), /#field-code_verifier$/)
  assert.match(await searchFor(page, 'pkce_mismatch'), /error\s+pkce_mismatch/)
  await page.keyboard.press('Enter')
  assert.equal(path(page), '/oauth.authenticate#error-pkce_mismatch')
  await page.locator('#error-pkce_mismatch dl').waitFor()
})

on('Ctrl+K opens the search, Escape clears it and then gives the focus back', async (page) => {
  await open(page, '/users.get')
  await page.getByRole('button', { name: 'Copy the address' }).focus()
  await page.keyboard.press('Control+k')
  const input = page.getByRole('combobox', { name: /^Search by/ })
  await input.fill('nothing has this')
  await page.getByText('Nothing has all of these words').waitFor()
  await page.keyboard.press('Escape')
  assert.equal(await input.inputValue(), '')
  await page.keyboard.press('Escape')
  await input.waitFor({ state: 'detached' })
  await page
    .locator(':focus')
    .and(page.getByRole('button', { name: 'Copy the address' }))
    .waitFor()
})

on('a slash in a field is a slash', async (page) => {
  await open(page, '/users.get')
  await page.locator('main').getByRole('textbox').first().fill('a')
  await page.keyboard.press('/')
  assert.equal(await page.getByRole('dialog').count(), 0)
})

on('copying puts the address on the clipboard and says so', async (page) => {
  await open(page, '/oauth.attach')
  await page.getByRole('button', { name: 'Copy the address' }).click()
  await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), `${origin}/v1/oauth/attach`)
})

on('what there is not is said, not shown as something else', async (page) => {
  await open(page, '/oauth.nothing')
  assert.equal(await heading(page), 'There is no operation oauth.nothing')
})

on(
  'on a phone the sidebar is a drawer: it takes the focus, Escape closes it, a link in it closes it too',
  async (page) => {
    await open(page, '')
    const button = page.getByRole('button', { name: 'Menu', exact: true })
    const guide = page.getByRole('navigation', { name: 'Reference' }).getByText('Getting started')
    assert.equal(await guide.isVisible(), false)
    await button.click()
    await page
      .locator(':focus')
      .and(page.getByRole('button', { name: 'Close the menu' }))
      .waitFor()
    assert.equal(await page.locator('.menu-button').getAttribute('aria-expanded'), 'true')
    await page.keyboard.press('Escape')
    await page.locator(':focus').and(button).waitFor()
    assert.equal(await button.getAttribute('aria-expanded'), 'false')
    await button.click()
    await guide.click()
    await page.waitForURL('**/reference/guides/getting-started')
    await guide.waitFor({ state: 'hidden' })
  },
  phone,
)

const places = ['', '/oauth.authenticate', '/sessions.revoke', '/guides/providers']

for (const [device, options] of Object.entries({ desk, phone })) {
  for (const colorScheme of ['light', 'dark'] as const) {
    on(
      `${device}, ${colorScheme}: nothing is hard to perceive or operate, and nothing is wider than the window`,
      async (page) => {
        for (const place of places) {
          await open(page, place)
          await page.evaluate(`for (const fold of document.querySelectorAll('main details')) fold.open = true`)
          assert.deepEqual(await graveViolations(page), [], place)
          const width = await page.evaluate('document.documentElement.scrollWidth')
          assert.equal(width, options.viewport.width, `${place} is as wide as the window`)
        }
        await searchFor(page, 'session')
        assert.deepEqual(await graveViolations(page), [], 'the search')
      },
      { ...options, colorScheme },
    )
  }
}

test('the first view is under 150 KB of our own script and style, compressed', { skip }, () => {
  const size = (file: string) => gzipSync(readFileSync(bundle + file)).length
  const total = size('main.js') + size('style.css')
  assert.ok(total < 150_000, `${total} bytes`)
})
