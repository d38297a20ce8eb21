/** The page on which a person chooses, and the pictures on it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestAnswer } from '../testing/app.ts'
import { encoded, type SandboxClient, sandboxClient } from './client.fixture.ts'

const on = (name: string, run: (client: SandboxClient) => Promise<void>) =>
  test(`page: ${name}`, async () => {
    await using client = await sandboxClient()
    await run(client)
  })

/** What the first form on the page would send, before a button is pressed. */
function fields({ text }: TestAnswer): Record<string, string> {
  const form = text.slice(0, text.indexOf('</form>'))
  const unescaped = (value: string) =>
    value
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  const inputs = form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescaped(value)]))
}

const submit = ({ app }: SandboxClient, provider: string, form: Record<string, string>) =>
  app.call('POST', `/sandbox/${provider}/authorize`, {
    auth: false,
    body: encoded(form),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

const corpus = [
  '<svg onload=alert(1)>',
  '"><svg onload=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</style><svg onload=alert(1)>',
  '</title><svg onload=alert(1)>',
  '"autofocus onfocus="alert(1)',
  'javascript:alert(1)',
  '&#60;svg onload=alert(1)&#62;',
  '\u0001<svg onload=alert(1)>',
]

on('it names provider and project, every persona, and the scopes', async (client) => {
  const { status, text } = await client.authorize('google', { scope: 'openid calendar' })
  assert.equal(status, 200)
  for (const shown of ['sandbox Google', '<strong>Test</strong>', '<code>openid</code>', '<code>calendar</code>']) {
    assert.ok(text.includes(shown), shown)
  }
  for (const persona of ['verified', 'unverified', 'no-email', 'slow', 'denied', 'error']) {
    assert.ok(text.includes(`name="persona" value="${persona}"`), persona)
  }
  assert.ok((await client.authorize('github', { scope: '' })).text.includes('asked for no scopes'))
})

on('a login hint stands in the field', async (client) => {
  const { text } = await client.authorize('google', { login_hint: 'grace@example.com' })
  assert.match(text, /<input id="email"[^>]* value="grace@example.com">/)
})

on(
  'its form carries the whole request: a press of a button ends at the callback, with state and code',
  async (client) => {
    const shown = await client.authorize('google', { nonce: 'n', state: 'ä"&<b>' })
    const { status, headers } = await submit(client, 'google', { ...fields(shown), persona: 'verified' })
    assert.equal(status, 303)
    const location = new URL(String(headers.location))
    assert.equal(`${location.origin}${location.pathname}`, client.redirectUri)
    assert.equal(location.searchParams.get('state'), 'ä"&<b>')
    const { body } = await client.token('google', { code: location.searchParams.get('code') ?? '' })
    assert.ok(body.id_token)
  },
)

on('the field names the account; left empty, the persona’s own logs in', async (client) => {
  const emails = async (email: string) => {
    const shown = await client.authorize('github')
    const { headers } = await submit(client, 'github', { ...fields(shown), persona: 'unverified', email })
    const code = new URL(String(headers.location)).searchParams.get('code') ?? ''
    const { body } = await client.token('github', { code })
    return JSON.parse((await client.get('/sandbox/github/user/emails', body.access_token)).text)[0]
  }
  assert.equal((await emails('ada@example.com')).email, 'ada@example.com')
  assert.equal((await emails('')).email, 'tomas.rivera@example.com')
})

on('a form without a persona shows the page again; one that was tampered with is refused', async (client) => {
  const form = fields(await client.authorize('google'))
  assert.equal((await submit(client, 'google', form)).status, 200)
  const tampered = await submit(client, 'google', {
    ...form,
    persona: 'verified',
    redirect_uri: 'https://evil.example/',
  })
  assert.equal(tampered.body.error_type, 'sandbox_redirect_uri_unknown')
})

on('check 7: every echoed parameter is escaped', async (client) => {
  for (const attack of corpus) {
    for (const name of ['state', 'nonce', 'scope', 'login_hint', 'prompt', 'access_type']) {
      const { text, status } = await client.authorize('google', { [name]: attack })
      assert.equal(status, 200)
      assert.doesNotMatch(text, /<svg|" ?autofocus/, `${name}: ${attack}`)
    }
    for (const name of ['persona', 'client_id', 'redirect_uri']) {
      const query = encoded({ client_id: 'sandbox-google-client', [name]: attack })
      const headers = { accept: 'text/html' }
      const { text, status } = await client.app.call('GET', `/sandbox/google/authorize?${query}`, { headers })
      assert.ok(status >= 400 && status < 500)
      assert.doesNotMatch(text, /<svg|" ?autofocus/, `${name}: ${attack}`)
    }
    const landing = await client.app.call('GET', `/dev/authenticate?${encoded({ token: attack })}`)
    assert.doesNotMatch(landing.text, /<svg|" ?autofocus/)
  }
})

on('check 8: no script, no frame, no referrer, no copy in a cache', async (client) => {
  const { headers } = await client.authorize('google')
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /script-src/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  assert.equal(headers['cache-control'], 'no-store')
})

on('its form may lead to the app, also to the scheme of a native one', async (client) => {
  const { db, projects } = client.app.app
  const url = 'com.example.app://login'
  await db.query
    .insertInto('redirect_urls')
    .values({ project_id: client.app.project.id, type: 'LOGIN', url, is_default: 0, position: 9 })
    .execute()
  projects.forget()
  const { headers } = await client.authorize('google')
  assert.match(String(headers['content-security-policy']), /form-action \* com\.example\.app:;/)
})

on('an error page has no form, and its policy allows none', async ({ app }) => {
  const { headers } = await app.call('GET', '/sandbox/google/authorize', { headers: { accept: 'text/html' } })
  assert.match(String(headers['content-security-policy']), /form-action 'none'/)
})

on('an avatar shows letters and nothing else', async ({ app }) => {
  const plain = await app.call('GET', '/sandbox/avatars/MO.svg', { auth: false })
  assert.equal(plain.status, 200)
  assert.match(String(plain.headers['content-type']), /^image\/svg\+xml/)
  assert.match(plain.text, />MO<\/text>/)
  for (const attack of corpus) {
    const { status, text } = await app.call('GET', `/sandbox/avatars/${encodeURIComponent(attack)}`, { auth: false })
    if (status === 200) assert.doesNotMatch(text, /onload|alert/)
  }
})

test('landing: where a login ends without an app, the token is shown with the call that uses it', async () => {
  await using client = await sandboxClient()
  for (const path of ['/dev/authenticate', '/dev/welcome']) {
    const { status, text } = await client.app.call('GET', `${path}?token=a-token`, { auth: false })
    assert.equal(status, 200)
    assert.match(text, /http:\/\/localhost\/v1\/oauth\/authenticate[\s\S]*a-token/)
    assert.match((await client.app.call('GET', path, { auth: false })).text, /Open a start URL/)
  }
})
