/** Logging in at the pages: the way to a provider and back, whose browser it is, and what an address cannot do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Visit } from '../../testing/browser.ts'
import { testDatabases } from '../../testing/databases.ts'
import { givenSession } from '../../testing/given.ts'
import {
  formOf,
  type Hosted,
  hostedScene,
  isConsentPage,
  isLoginPage,
  linksOf,
  type Person,
  response,
} from './hosted.fixture.ts'

const callbackPath = '/v1/oauth2/login/callback'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>, settings: object = {}) =>
    test(`${database.name}: pages: login: ${name}`, async () => {
      await using scene = await hostedScene(database, { ...settings })
      await run(scene, scene.person())
    })
  const way = (page: Visit, provider = 'google') =>
    new URL(linksOf(page).find((link) => link.includes(`provider=${provider}`)) ?? '', page.url).href
  /** Logs in as far as the address to which the provider's callback leads, which is not opened. */
  const untilReturn = async (s: Hosted, { browser }: Person, page: Visit, persona = 'verified'): Promise<URL> => {
    await s.app.call('POST', '/sandbox/personas', { body: { persona, provider: 'google' }, auth: false })
    const { url } = await browser.open(way(page), ({ pathname }) => pathname === callbackPath)
    assert.equal(url.pathname, callbackPath)
    return url
  }
  const cookieOf = (s: Hosted, { browser }: Person) =>
    [...browser.cookies(s.origin)].map((pair) => pair.join('=')).join('; ')
  const sessions = async (s: Hosted) =>
    (await s.app.app.db.query.selectFrom('sessions').select('session_id').execute()).map((one) => one.session_id)

  on('check 18 and 22: the way back works in the browser that set out, and in no other', async (s, person) => {
    const back = await untilReturn(s, person, await person.open(s.url()))
    const victim = s.person()
    for (const other of [s.person(), victim]) {
      // One that has never been here, and one that is on a way of its own.
      if (other === victim) await untilReturn(s, victim, await victim.open(s.url()))
      const refused = await other.open(back.href)
      assert.ok(isLoginPage(refused), refused.body)
      assert.match(refused.body, /did not begin in this browser/)
      assert.ok(![...other.browser.cookies(s.origin).keys()].some((name) => name.startsWith('selvage_session')))
    }
    assert.equal(await s.count('sessions'), 0)
    assert.ok(isConsentPage(await person.open(back.href)))
    assert.equal(await s.count('sessions'), 1)
  })

  on('check 22: who is logged in stays who they are when somebody else’s way back is opened', async (s, person) => {
    const attacker = s.person()
    const back = await untilReturn(s, attacker, await attacker.open(s.url()), 'verified:ada@example.com')
    await person.enter()
    const before = await sessions(s)
    const shown = await person.open(back.href)
    assert.ok(isConsentPage(shown), shown.body)
    assert.match(shown.body, /maya\.okafor@example\.com/)
    assert.deepEqual(await sessions(s), before)
  })

  on('the way back loaded again goes on with the person that came by it', async (s, person) => {
    const back = await untilReturn(s, person, await person.open(s.url()))
    assert.ok(isConsentPage(await person.open(back.href)))
    assert.ok(isConsentPage(await person.open(back.href)))
    assert.equal(await s.count('sessions'), 1)
    // After a fresh login was asked for, loading again is none.
    const anew = await untilReturn(s, person, await person.open(s.url({ prompt: 'login' })))
    assert.ok(isConsentPage(await person.open(anew.href)))
    assert.ok(isLoginPage(await person.open(anew.href)))
  })

  on('a token of another login does not fit: each way back has its own', async (s, person) => {
    const page = await person.open(s.url())
    const [one, two] = [await untilReturn(s, person, page), await untilReturn(s, person, page)]
    const mixed = new URL(one)
    mixed.searchParams.set('token', two.searchParams.get('token') ?? '')
    assert.ok(isLoginPage(await person.open(mixed.href)))
    assert.ok(isConsentPage(await person.open(one.href)))
  })

  on('a token that an app should have got is worth nothing here, and the other way round', async (s, person) => {
    const back = await untilReturn(s, person, await person.open(s.url()))
    const token = back.searchParams.get('token') ?? ''
    const { status, body } = await s.app.call('POST', '/v1/oauth/authenticate', { body: { token } })
    assert.deepEqual([status, body.error_type], [400, 'pkce_expected_code_verifier'])
    const { publicToken, loginUrl } = s.app.project
    const start = `${s.origin}/v1/public/oauth/google/start?public_token=${publicToken}`
    const atApp = await person.browser.open(start, ({ href }) => href.startsWith(loginUrl.replace('/login', '')))
    const foreign = new URL(back)
    foreign.searchParams.set('token', atApp.url.searchParams.get('token') ?? '')
    assert.ok(isLoginPage(await person.open(foreign.href)))
    assert.equal(await s.count('sessions'), 0)
  })

  on('five minutes after the provider it is too late', async (s, person) => {
    const back = await untilReturn(s, person, await person.open(s.url()))
    s.app.clock.advance({ minutes: 5 })
    const late = await person.open(back.href)
    assert.ok(isLoginPage(late))
    assert.match(late.body, /took too long/)
  })

  on(
    'declined at the provider: the page says so, offers another way, and the client still waits',
    async (s, person) => {
      const shown = await person.logIn(await person.open(s.url()), 'denied')
      assert.ok(isLoginPage(shown), shown.body)
      assert.match(shown.body, /role="alert">You were not logged in, because the provider or you ended it/)
      assert.equal(await s.count('sessions'), 0)
      assert.ok(isConsentPage(await person.logIn(shown)))
    },
  )

  on('whatever fails at the provider leads back to the choice', async (s, person) => {
    for (const persona of ['error', 'token-500', 'wrong-nonce', 'malformed-json']) {
      const shown = await person.logIn(await person.open(s.url()), persona)
      assert.ok(isLoginPage(shown), persona)
      assert.match(shown.body, /You were not logged in/)
    }
    assert.deepEqual([await s.count('sessions'), await s.count('users')], [0, 0])
  })

  on('a reason that the address claims is shown only as a name', async (s, person) => {
    const back = await untilReturn(s, person, await person.open(s.url()))
    const claim = async (error: string) => {
      const target = new URL(back)
      target.searchParams.delete('token')
      target.searchParams.set('error', error)
      const { status, body } = await person.open(target.href)
      assert.equal(status, 200)
      return body
    }
    assert.match(await claim('oauth_config_not_found'), /\(oauth_config_not_found\)/)
    for (const text of ['Call 555 to unlock your account', '<svg onload=alert(1)>', 'x'.repeat(61), 'A']) {
      const body = await claim(text)
      assert.match(body, /You were not logged in\. Try again, or choose another way\.<\/p>/)
    }
  })

  on('a provider that is not there, or does not answer, leads back to the choice', async (s, person) => {
    const page = await person.open(s.url())
    for (const provider of ['nowhere', 'GOOGLE', 'google/../x', '__proto__']) {
      const shown = await person.open(way(page).replace('provider=google', `provider=${encodeURIComponent(provider)}`))
      assert.ok(isLoginPage(shown), provider)
      assert.match(shown.body, /no such provider here/)
    }
    assert.equal(await s.count('oauth_flows'), 0)
  })

  on('an address that was cut off, changed, or is older than an hour', async (s, person) => {
    const page = await person.open(s.url())
    const back = await untilReturn(s, person, page)
    const addresses = [
      way(page),
      way(page).replace('provider=google&', ''),
      back.href,
      way(page).replace('/login?', '/consent?'),
    ]
    const expired = async (address: string) => {
      const { status, body, headers } = await s.app.call('GET', address.slice(s.origin.length), { auth: false })
      assert.deepEqual([status, body.error_type, headers.location], [400, 'authorization_request_expired', undefined])
      const shown = await person.open(address)
      assert.deepEqual([shown.status, shown.url.origin], [400, s.origin])
    }
    for (const address of addresses) {
      const request = new URL(address).searchParams.get('request') ?? ''
      for (const bad of ['x', request.slice(0, -9), `s1.${request.slice(3).toLowerCase()}`]) {
        const changed = new URL(address)
        changed.searchParams.set('request', bad)
        await expired(changed.href)
      }
    }
    s.app.clock.advance({ hours: 1 })
    for (const address of addresses) await expired(address)
  })

  on('check 44: the session is new at each login, and a cookie of somebody’s making is none', async (s, person) => {
    const back = await untilReturn(s, person, await person.open(s.url()))
    const name = `selvage_session_${s.app.project.id}`
    const planted = 'x'.repeat(44)
    const headers = { cookie: `${name}=${planted}; ${cookieOf(s, person)}` }
    const answer = await fetch(back, { headers, redirect: 'manual' })
    const [cookie = ''] = answer.headers.getSetCookie()
    assert.match(cookie, new RegExp(`^${name}=s1\\.[^;]+; Path=/; HttpOnly; SameSite=Lax$`))
    assert.ok(!cookie.includes(planted))
    const value = cookie.slice(0, cookie.indexOf(';'))
    const shown = async (cookies: string) =>
      (await fetch(s.url(), { headers: { cookie: cookies, accept: 'text/html' } })).text()
    assert.ok(isConsentPage({ body: await shown(value) }))
    // A cookie that another host has put in front does not lock the person out (RFC 6265 §8.6).
    assert.ok(isConsentPage({ body: await shown(`${name}=${planted}; ${value}`) }))
    for (const bad of [`${name}=`, `${name}=${planted}`, value.slice(0, -1), value.toUpperCase()]) {
      assert.ok(isLoginPage({ body: await shown(bad) }), bad)
    }
    const { body } = await s.app.call('POST', '/v1/sessions/authenticate', {
      body: { session_token: value.slice(name.length + 1) },
    })
    assert.equal(body.error_type, 'session_not_found')
  })

  on('a session that was ended by the app is over here, too', async (s, person) => {
    await person.enter()
    const [session_id] = await sessions(s)
    await s.app.call('POST', '/v1/sessions/revoke', { body: { session_id } })
    assert.ok(isLoginPage(await person.open(s.url())))
  })

  on('check 43: a user that is deleted is not logged in any more', async (s, person) => {
    const asked = await person.enter()
    const { user_id } = await s.app.app.db.query.selectFrom('users').select('user_id').executeTakeFirstOrThrow()
    await s.app.call('DELETE', `/v1/users/${user_id}`)
    assert.ok(isLoginPage(await person.press(asked, 'allow')))
    assert.equal(await s.count('authorization_codes'), 0)
  })

  on('behind https only a cookie counts that no other host can have set', async () => {
    await using s = await hostedScene(database, {}, { settings: { baseUrl: 'https://login.example' } })
    const { project, app } = s.app
    const { token } = await givenSession(s.app)
    const sealed = app.sealer.seal(token, `session at the pages of ${project.id}`)
    const open = (cookie: string) =>
      s.app.call('GET', '/v1/oauth2/logout', { auth: false, headers: { cookie, accept: 'text/html' } })
    assert.match((await open(`selvage_session_${project.id}=${sealed}`)).text, /You are logged out/)
    const cookie = `__Host-selvage_session_${project.id}=${sealed}`
    const asked = await open(cookie)
    assert.match(asked.text, /Log out of Test\?/)
    const body = new URLSearchParams({ ...formOf({ body: asked.text }).fields, answer: 'log_out' }).toString()
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    const ended = await s.app.call('POST', '/v1/oauth2/logout/answer', { auth: false, headers, body })
    assert.equal(
      ended.headers['set-cookie'],
      `__Host-selvage_session_${project.id}=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0`,
    )
  })

  on('the client that waits is told of a way back without logging in, and nothing else', async (s, person) => {
    const page = await person.open(s.url())
    const links = linksOf(page).filter((link) => !link.startsWith('/v1/oauth2/login?'))
    assert.equal(links.length, 1)
    const landed = response(await person.open(links[0] ?? ''))
    assert.deepEqual(Object.keys(landed), ['error', 'error_description', 'state', 'iss'])
  })
}
