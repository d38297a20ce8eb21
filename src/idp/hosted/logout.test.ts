/** RP-Initiated Logout as people and their clients see it: when a page asks, what ends, and where it leads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Visit } from '../../testing/browser.ts'
import { testDatabases } from '../../testing/databases.ts'
import { givenClient, redirectUri } from '../idp.fixture.ts'
import { formOf, type Hosted, hostedScene, isLoginPage, linksOf, type Person, response } from './hosted.fixture.ts'

const bye = 'https://client.example/bye'
const ada = 'verified:ada@example.com'

type Parameters = Readonly<Record<string, string>>

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>, settings: object = {}) =>
    test(`${database.name}: pages: logout: ${name}`, async () => {
      await using scene = await hostedScene(database, { ...settings })
      await run(scene, scene.person())
    })
  const paths = (s: Hosted) => ['/v1/oauth2/logout', `/v1/public/${s.app.project.id}/oauth2/logout`]
  const at = (s: Hosted, parameters: Parameters, path = '/v1/oauth2/logout') =>
    `${s.origin}${path}?${new URLSearchParams(parameters)}`
  /** Logs the person in at the client; the tokens that it gets. */
  const tokens = async (s: Hosted, person: Person, client = s.client, persona?: string) => {
    const asked = await person.enter({ client_id: client.id, prompt: 'consent' }, persona)
    const { code = '' } = response(await person.press(asked, 'allow'))
    const fields = { code, redirect_uri: redirectUri, client_id: client.id, code_verifier: s.verifier }
    const body = new URLSearchParams({ grant_type: 'authorization_code', ...fields })
    const answer = await fetch(`${s.origin}/v1/oauth2/token`, { method: 'POST', body })
    const given: { id_token: string; access_token: string } = JSON.parse(await answer.text())
    assert.equal(answer.status, 200)
    return given
  }
  const isQuestion = ({ body }: Visit) => /<h1>Log out of Test\?<\/h1>/.test(body)
  const isLoggedOut = ({ body }: Visit) => body.includes('<h1>You are logged out</h1>')
  const isIn = async (s: Hosted, person: Person) => !isLoginPage(await person.open(s.url({ prompt: 'consent' })))
  const landed = ({ url }: Visit) => [`${url.origin}${url.pathname}`, url.search]

  on('an ID token of who is logged in: out, and back at once, with state unchanged [O11]', async (s, person) => {
    for (const path of paths(s)) {
      const { id_token } = await tokens(s, person)
      const state = 'a b&c=d#ü'
      const target = at(s, { id_token_hint: id_token, post_logout_redirect_uri: bye, state }, path)
      const back = await person.open(target)
      assert.deepEqual([back.status, ...landed(back).slice(0, 1)], [302, bye])
      assert.deepEqual([...back.url.searchParams], [['state', state]])
      assert.equal(await isIn(s, person), false)
      assert.equal(await s.count('sessions'), 0)
    }
  })

  on('without state none comes back, and the query of the URI is kept', async (s, person) => {
    const client = await givenClient(s.app, { postLogoutRedirectUrls: [`${bye}?tenant=a%20b`] })
    const { id_token } = await tokens(s, person, client)
    const hint = { id_token_hint: id_token, post_logout_redirect_uri: `${bye}?tenant=a%20b` }
    assert.equal((await person.open(at(s, hint))).url.search, '?tenant=a%20b')
    assert.equal((await person.open(at(s, { ...hint, state: 'x' }))).url.search, '?tenant=a%20b&state=x')
  })

  on('an ID token that has expired says just as well who is meant [O11]', async (s, person) => {
    const { id_token } = await tokens(s, person)
    for (let hours = 0; hours < 3; hours++) {
      s.app.clock.advance({ minutes: 50 })
      assert.ok(await isIn(s, person))
    }
    const back = await person.open(at(s, { id_token_hint: id_token, post_logout_redirect_uri: bye }))
    assert.deepEqual(landed(back), [bye, ''])
    assert.equal(await isIn(s, person), false)
  })

  on('without a URI the page says that it is done', async (s, person) => {
    const { id_token } = await tokens(s, person)
    const done = await person.open(at(s, { id_token_hint: id_token }))
    assert.ok(isLoggedOut(done), done.body)
    assert.deepEqual(linksOf(done), [])
    assert.equal(await isIn(s, person), false)
  })

  on('without an ID token a page asks: nothing is over until the person says so [O11]', async (s, person) => {
    for (const path of paths(s)) {
      await person.enter()
      const asked = await person.open(
        at(
          s,
          { client_id: s.client.id, post_logout_redirect_uri: bye, state: 's', logout_hint: 'x', ui_locales: 'de' },
          path,
        ),
      )
      assert.ok(isQuestion(asked), asked.body)
      for (const shown of ['Notes', 'client.example', 'maya.okafor@example.com']) assert.ok(asked.body.includes(shown))
      assert.ok(await isIn(s, person))
      const back = await person.press(asked, 'log_out')
      assert.deepEqual([back.status, ...landed(back)], [303, bye, '?state=s'])
      assert.equal(await isIn(s, person), false)
    }
    assert.ok(isLoggedOut(await s.person().open(`${s.origin}/v1/oauth2/logout`)))
  })

  on('who stays is still logged in, and goes nowhere', async (s, person) => {
    await person.enter()
    const asked = await person.open(at(s, { client_id: s.client.id, post_logout_redirect_uri: bye }))
    const stayed = await person.press(asked, 'stay')
    assert.match(stayed.body, /<h1>You are still logged in<\/h1>/)
    assert.deepEqual([stayed.url.origin, linksOf(stayed)], [s.origin, []])
    assert.ok(await isIn(s, person))
  })

  on('a hint that proves nothing is none: the page asks [O11]', async (s, person) => {
    const mine = await tokens(s, person)
    const theirs = await tokens(s, s.person(), s.client, ada)
    const [header = '', payload = '', signature = ''] = mine.id_token.split('.')
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const hints = [
      theirs.id_token, mine.access_token, `${unsigned}.${payload}.`, `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      'x', 'x.y.z', '..', 'x'.repeat(8_000),
    ] // biome-ignore format: a list reads best as a block
    for (const id_token_hint of hints) {
      const shown = await person.open(at(s, { id_token_hint, client_id: s.client.id, post_logout_redirect_uri: bye }))
      const isRefused = id_token_hint === mine.access_token
      assert.ok(isQuestion(shown) || (isRefused && shown.status === 400), `${id_token_hint} ${shown.body}`)
      assert.ok(isQuestion(await person.open(at(s, { id_token_hint, state: 'x' }))), id_token_hint)
    }
    assert.ok(await isIn(s, person))
  })

  on('check 51: an ID token of another client than client_id names [O11]', async (s, person) => {
    const { id_token } = await tokens(s, person)
    const other = await givenClient(s.app, { postLogoutRedirectUrls: [bye] })
    for (const path of paths(s)) {
      const given = { id_token_hint: id_token, client_id: other.id, post_logout_redirect_uri: bye }
      const { status, body, headers } = await s.app.call('GET', at(s, given, path).slice(s.origin.length), {
        auth: false,
      })
      assert.deepEqual([status, body.error_type, headers.location], [400, 'id_token_hint_mismatch', undefined])
      const shown = await person.open(at(s, given, path))
      assert.match(shown.body, /<h1>You were not logged out<\/h1>/)
    }
    assert.ok(await isIn(s, person))
    const both = { id_token_hint: id_token, client_id: s.client.id, post_logout_redirect_uri: bye }
    assert.deepEqual(landed(await person.open(at(s, both))), [bye, ''])
  })

  on('check 1: a URI that is not registered leads nowhere, hint or not [O11]', async (s, person) => {
    const { id_token } = await tokens(s, person)
    const wrong = [
      `${bye}/`, `${bye}?x=1`, `${bye}#x`, 'https://client.example/Bye', 'https://client.example:443/bye', redirectUri,
      'https://client.example.evil.example/bye', 'https://client.example@evil.example/bye', 'http://client.example/bye',
      '//client.example/bye', '/bye', 'javascript:alert(1)', 'https://evil.example/', `${bye}\t`,
    ] // biome-ignore format: a list reads best as a block
    for (const post_logout_redirect_uri of wrong) {
      for (const who of [
        { id_token_hint: id_token },
        { client_id: s.client.id },
        { client_id: 'x' },
        {},
      ] as Parameters[]) {
        for (const path of paths(s)) {
          const target = at(s, { ...who, post_logout_redirect_uri }, path)
          const { status, body, headers } = await s.app.call('GET', target.slice(s.origin.length), { auth: false })
          assert.deepEqual([status, body.error_type], [400, 'post_logout_redirect_uri_not_registered'], target)
          assert.equal(headers.location, undefined)
          assert.deepEqual(
            linksOf(await person.open(target)).filter((link) => link.includes('evil')),
            [],
          )
        }
      }
    }
    assert.ok(await isIn(s, person))
    assert.equal((await person.open(at(s, { post_logout_redirect_uri: bye }))).status, 400, 'registered, but by whom?')
  })

  on('check 2: a loopback URI has any port, and only that', async (s, person) => {
    const client = await givenClient(s.app, { postLogoutRedirectUrls: ['http://127.0.0.1/bye'] })
    await person.enter()
    const target = (uri: string) => at(s, { client_id: client.id, post_logout_redirect_uri: uri })
    const asked = await person.open(target('http://127.0.0.1:51004/bye'))
    assert.ok(isQuestion(asked), asked.body)
    for (const uri of [
      'http://localhost:51004/bye',
      'http://127.0.0.1:51004/bye/',
      'http://127.0.0.1:1@evil.example/bye',
    ]) {
      assert.equal((await person.open(target(uri))).status, 400, uri)
    }
    const { action, fields } = formOf(asked)
    const body = new URLSearchParams({ ...fields, answer: 'log_out' })
    const cookie = [...person.browser.cookies(s.origin)].map((pair) => pair.join('=')).join('; ')
    const answer = await fetch(new URL(action, s.origin), {
      method: 'POST',
      body,
      headers: { cookie },
      redirect: 'manual',
    })
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, 'http://127.0.0.1:51004/bye'])
  })

  on(
    'who is not logged in is sent on only for a client that the operator made, with its ID token [C5]',
    async (s, person) => {
      const strangers = { creationMethod: 'dynamic_client_registration', postLogoutRedirectUrls: [bye] } as const
      const stranger = await givenClient(s.app, strangers)
      const [known, introduced] = [await tokens(s, person), await tokens(s, person, stranger)]
      const nobody = s.person()
      const back = await nobody.open(
        at(s, { id_token_hint: known.id_token, post_logout_redirect_uri: bye, state: 's' }),
      )
      assert.deepEqual(landed(back), [bye, '?state=s'])
      for (const who of [{ client_id: s.client.id }, { id_token_hint: introduced.id_token }] as Parameters[]) {
        const shown = await nobody.open(at(s, { ...who, post_logout_redirect_uri: bye, state: 's' }))
        assert.ok(isLoggedOut(shown), shown.body)
        assert.deepEqual(linksOf(shown), [`${bye}?state=s`])
      }
      assert.ok(await isIn(s, person))
      const own = at(s, { id_token_hint: introduced.id_token, post_logout_redirect_uri: bye })
      assert.deepEqual(landed(await person.open(own)), [bye, ''], 'it ends a session of its own user')
    },
  )
}
