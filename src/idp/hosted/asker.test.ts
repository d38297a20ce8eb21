/** Who asks and where it leads, as the page tells a person who has to decide about it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectedApp } from '../../connected-apps/index.ts'
import { testDatabases } from '../../testing/databases.ts'
import { givenClient, givenSite, projectSettings, redirectUri } from '../idp.fixture.ts'
import { type Hosted, hostedScene, isConsentPage, type Person, response } from './hosted.fixture.ts'

const loopback = 'http://127.0.0.1/cb'
const ofApp = 'com.example.notes:/cb'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>, settings: object = {}) =>
    test(`${database.name}: pages: who asks: ${name}`, async () => {
      await using scene = await hostedScene(database, { ...settings })
      await run(scene, scene.person())
    })
  /** The page on which this client asks, as text. */
  const page = async (s: Hosted, person: Person, client: Partial<ConnectedApp>, uri = redirectUri) => {
    const { id } = await givenClient(s.app, { redirectUrls: [uri.replace(/:\d+\//, '/')], ...client })
    const { body } = await person.enter({ client_id: id, redirect_uri: uri })
    assert.ok(isConsentPage({ body }), body)
    const text = body.slice(body.indexOf('<main')).replace(/<[^>]+>/g, ' ')
    return { id, body, text: text.replace(/\s+/g, ' ') }
  }

  on('check 60: the client’s ID, where it goes, and as whom one answers [A12, C21]', async (s, person) => {
    const { id, text } = await page(s, person, { type: 'third_party' })
    for (const shown of [
      'Let Notes use your Test account?',
      id,
      'This app is not part of Test.',
      'Then you go back to client.example',
      'Logged in as Maya Okafor, maya.okafor@example.com',
    ]) {
      assert.ok(text.includes(shown), `${shown}: ${text}`)
    }
    assert.doesNotMatch(text, /Did you start this yourself/)
  })

  on('check 60: a program or an app on the person’s machine is warned of [A12]', async (s, person) => {
    const program = await page(s, person, {}, 'http://127.0.0.1:51004/cb')
    assert.match(program.text, /A program on this computer 127\.0\.0\.1:51004 Did you start this yourself/)
    const app = await page(s, person, {}, ofApp)
    assert.match(app.text, /An app on this device com\.example\.notes: Did you start this yourself/)
  })

  on('check 60: a name that nobody has checked is said to be one', async (s, person) => {
    const registered = await page(s, person, { creationMethod: 'dynamic_client_registration', name: 'Your bank' })
    assert.match(registered.text, /registered itself\. Its name is not verified/)
    await using site = await givenSite((path, origin) => ({
      client_id: `${origin}${path}`,
      client_name: 'Your bank',
      redirect_uris: [redirectUri],
    }))
    const { body } = await person.enter({ client_id: `${site.origin}/client.json` })
    assert.ok(body.includes(`It comes from ${new URL(site.origin).host}. Its name is not verified`), body)
    await projectSettings(s.app, {})
  })

  on('names without letters, without end, and with characters that turn the line around', async (s, person) => {
    assert.match((await page(s, person, { name: ' \u200e\u202e ' })).text, /Let An app without a name use/)
    const long = await page(s, person, { name: '🦊'.repeat(100) })
    assert.ok(long.body.includes(`<bdi>${'🦊'.repeat(80)}…</bdi>`), long.body)
    const turned = await page(s, person, { name: 'Notes\u202e moc.elpmaxe\u2066\u0007' })
    assert.ok(turned.body.includes('<bdi>Notes  moc.elpmaxe</bdi>'), turned.body)
    assert.doesNotMatch(turned.body, /[\p{Bidi_Control}]/u)
  })

  on('what anybody can wait for is asked about each time; what only the client gets, once [C21]', async (s, person) => {
    await person.enter()
    const again = async (client: Partial<ConnectedApp>, uri: string) => {
      const { id: client_id } = await givenClient(s.app, { redirectUrls: [uri], ...client })
      const ask = () =>
        fetch(s.url({ client_id, redirect_uri: uri }), {
          redirect: 'manual',
          headers: { cookie: cookies(s, person), accept: 'text/html' },
        })
      const first = await (await ask()).text()
      if (isConsentPage({ body: first })) await allow(s, person, first)
      return ask()
    }
    for (const uri of [loopback, ofApp]) {
      const answer = await again({}, uri)
      assert.equal(answer.status, 200, uri)
      assert.ok(isConsentPage({ body: await answer.text() }))
    }
    const passed: [Partial<ConnectedApp>, string][] = [
      [{}, redirectUri],
      [{ type: 'third_party' }, loopback],
      [{ type: 'first_party_public' }, loopback],
    ]
    for (const [client, uri] of passed) {
      const answer = await again(client, uri)
      assert.equal(answer.status, 302, uri)
      assert.ok(answer.headers.get('location')?.startsWith(`${uri}?code=`))
    }
  })

  on('without a page, such a client is told that one is needed [O4]', async (s, person) => {
    const { id: client_id } = await givenClient(s.app, { redirectUrls: [ofApp] })
    const asked = await person.enter({ client_id, redirect_uri: ofApp })
    await allow(s, person, asked.body)
    const { url } = await person.open(s.url({ client_id, redirect_uri: ofApp, prompt: 'none' }))
    assert.deepEqual([url.protocol, url.searchParams.get('error')], ['com.example.notes:', 'consent_required'])
    assert.ok(response(await person.press(await person.enter(), 'allow')).code)
  })

  const cookies = (s: Hosted, person: Person) =>
    [...person.browser.cookies(s.origin)].map((pair) => pair.join('=')).join('; ')

  /** Presses the button without opening where it leads: nobody listens there. */
  const allow = async (s: Hosted, person: Person, body: string) => {
    const form = /name="form" value="([^"]+)"/.exec(body)?.[1] ?? ''
    const answer = await fetch(`${s.origin}/v1/oauth2/consent`, {
      method: 'POST',
      headers: { cookie: cookies(s, person) },
      body: new URLSearchParams({ form, answer: 'allow' }),
      redirect: 'manual',
    })
    assert.match(answer.headers.get('location') ?? '', /[?&]code=/)
  }
}
