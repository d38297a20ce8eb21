/** A person lets a client in: a real browser, its cookies, its rules. Skipped by name where there is no Chromium. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, skipBrowser as skip } from '../../testing/chromium.fixture.ts'
import { givenClient } from '../idp.fixture.ts'
import { type Hosted, hostedScene } from './hosted.fixture.ts'

/** A client on the person's machine: its callback leads on at once, as those of many clients do; `/frame` frames a page. */
async function localClient() {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
    if (pathname === '/cb') return response.writeHead(302, { location: `/done?${searchParams}` }).end()
    const framed = searchParams.get('page')?.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
    const content = framed === undefined ? 'You can close this window.' : `<iframe src="${framed}"></iframe>`
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Client</title>${content}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const origin = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`
  return { origin, close: () => server.close() }
}

interface Visit {
  readonly scene: Hosted
  readonly page: Page
  readonly clientOrigin: string
  /** The authorization request of the client. */
  readonly url: string
  /** What the browser reported against a page's policy. */
  readonly violations: string[]
  /** Every host that the browser asked for something. */
  readonly hosts: Set<string>
}

const on = (name: string, run: (visit: Visit) => Promise<void>) =>
  test(`chromium: pages: ${name}`, { skip }, async () => {
    const browser = await openBrowser()
    await using scene = await hostedScene({ name: 'sqlite', fresh: async () => ':memory:' })
    const client = await localClient()
    const context = await browser.newContext()
    const page = await context.newPage()
    const violations: string[] = []
    const hosts = new Set<string>()
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text())
    })
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    const name = 'Notes'.repeat(16)
    const { id: client_id } = await givenClient(scene.app, { name, redirectUrls: ['http://127.0.0.1/cb'] })
    const url = scene.url({ client_id, redirect_uri: `${client.origin}/cb`, scope: 'openid email offline_access' })
    try {
      await run({ scene, page, clientOrigin: client.origin, url, violations, hosts })
    } finally {
      await context.close()
      client.close()
    }
  })

const logIn = async (page: Page) => {
  await page.getByRole('link', { name: 'Continue with Google' }).click()
  await page.getByRole('button', { name: 'Maya Okafor' }).click()
  await page.getByRole('heading', { name: /^Let .* use your Test account\?$/ }).waitFor()
}

on('check 60: a login, a question with a warning, and the client has a code', async (visit) => {
  const { page, scene, clientOrigin, url, violations, hosts } = visit
  await page.goto(url)
  assert.equal(await page.title(), 'Log in to Test')
  await logIn(page)
  await page.getByText('Did you start this yourself, just now?').waitFor()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(`${clientOrigin}/done?*`)
  const { searchParams } = new URL(page.url())
  assert.deepEqual([...searchParams.keys()], ['code', 'state', 'iss'])
  assert.equal(searchParams.get('iss'), scene.origin)
  assert.deepEqual(violations, [])
  const own = [new URL(scene.origin).host, new URL(clientOrigin).host]
  assert.deepEqual(
    [...hosts].filter((host) => host !== '' && !own.includes(host)),
    [],
  )
})

on('deny by the keyboard alone, and log out', async ({ page, scene, clientOrigin, url, violations }) => {
  await page.goto(url)
  await logIn(page)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate<string>('document.activeElement.textContent'), 'Deny')
  assert.equal(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle'), 'solid')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${clientOrigin}/done?*`)
  assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied')
  await page.goto(`${scene.origin}/v1/oauth2/logout`)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
  await page.goto(url)
  await page.getByRole('heading', { name: 'Log in to Test' }).waitFor()
  assert.deepEqual(violations, [])
})

on('check 8: the question cannot be framed, and runs no script', async ({ page, clientOrigin, url, violations }) => {
  await page.goto(url)
  await logIn(page)
  const ran = await page.evaluate<boolean>(`
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.head.append(script)
    window.ran === true`)
  assert.equal(ran, false)
  assert.equal(violations.length, 1)
  await page.goto(`${clientOrigin}/frame?${new URLSearchParams({ page: url })}`)
  const [, frame] = page.frames()
  assert.ok(frame)
  await frame.waitForLoadState()
  assert.match(frame.url(), /^chrome-error:/)
  assert.ok(
    violations.some((text) => text.includes('frame-ancestors')),
    violations.join('\n'),
  )
})

on('phone width: nothing is wider than the screen, and every button is tall enough to hit', async ({ page, url }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(url)
  const fits = async () => {
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    assert.ok(width <= 320, `the page is ${width} pixels wide`)
    for (const control of await page.locator('button:visible, .button:visible, summary:visible').all()) {
      assert.ok(((await control.boundingBox())?.height ?? 0) >= 44, (await control.textContent()) ?? '')
    }
  }
  await page.getByText('More providers').click()
  await fits()
  await page.getByText('More providers').click()
  await logIn(page)
  await fits()
})
