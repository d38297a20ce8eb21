/** The question that an authorization asks: what its form is good for, for whom, for how long, and what the page shows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../crypto/token.ts'
import { testDatabases } from '../../testing/databases.ts'
import { givenClient, projectSettings, redirectUri } from '../idp.fixture.ts'
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

const ada = 'verified:ada@example.com'

/** Scopes of a project, each with the one permission that it needs; `held` are the ones that its users have. */
const policy = (held: readonly string[]) => ({
  roles: [
    {
      role_id: 'stytch_user',
      description: '',
      permissions: [{ resource_id: 'documents', actions: ['list', ...held] }],
    },
  ],
  resources: [{ resource_id: 'documents', description: '', actions: ['list', 'read', 'write'] }],
  scopes: ['read', 'write'].map((action) => ({
    scope: `${action}:documents`,
    description: `May ${action}`,
    permissions: [{ resource_id: 'documents', actions: [action] }],
  })),
})

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>, settings: object = {}) =>
    test(`${database.name}: pages: ${name}`, async () => {
      await using scene = await hostedScene(database, { ...settings })
      await run(scene, scene.person())
    })
  const consentUrl = (s: Hosted) => `${s.origin}/v1/oauth2/consent`
  const submit = (s: Hosted, person: Person, form: string, answer = 'allow') =>
    person.browser.post(consentUrl(s), { form, answer }, ({ hostname }) => hostname === 'client.example')
  const nothingGiven = async (s: Hosted) => {
    assert.deepEqual([await s.count('authorization_codes'), await s.count('consents')], [0, 0])
  }

  on(
    'check 60: a form that was made up, changed, or made for something else gives nothing [C21]',
    async (s, person) => {
      const asked = await person.enter()
      const { form = '' } = formOf(asked).fields
      const request = new URL(linksOf(asked).find((link) => link.includes('request=')) ?? '', s.origin)
      const logout = formOf(await person.open(`${s.origin}/v1/oauth2/logout`)).fields.form ?? ''
      const middle = form.length >> 1
      const forged = [
      'x', 's1..', form.slice(0, -1), `${form}A`, form.toUpperCase(), form.repeat(9),
      form.slice(0, middle) + (form[middle] === 'A' ? 'B' : 'A') + form.slice(middle + 1),
      JSON.stringify({ pending: 'x', userId: 'x', shown: ['openid'] }), logout, request.searchParams.get('request') ?? '',
    ] // biome-ignore format: a list reads best as a block
      for (const one of forged) {
        const page = await submit(s, person, one)
        assert.deepEqual([page.status, page.url.origin], [400, s.origin], one.slice(0, 80))
        assert.match(page.body, /authorization_request_expired/)
      }
      for (const sealed of [form, logout]) {
        const path = `/v1/oauth2/consent?${new URLSearchParams({ request: sealed })}`
        const { status, body } = await s.app.call('GET', path, { auth: false })
        assert.deepEqual([status, body.error_type], [400, 'authorization_request_expired'])
      }
      await nothingGiven(s)
      assert.ok(response(await submit(s, person, form)).code)
    },
  )

  on('check 60: a form of one person is worth nothing in the browser of another [C21]', async (s, person) => {
    const { form = '' } = formOf(await person.enter()).fields
    const nobody = s.person()
    assert.ok(isLoginPage(await submit(s, nobody, form)))
    const other = s.person()
    await other.enter({}, ada)
    for (const answer of ['allow', 'deny']) {
      const again = await submit(s, other, form, answer)
      assert.ok(isConsentPage(again), again.body)
      assert.match(again.body, /The account has changed[\s\S]*ada@example\.com/)
    }
    await nothingGiven(s)
  })

  on('another user logs in between: they are asked, and their answer is theirs [C21]', async (s, person) => {
    const asked = await person.enter()
    await person.logIn(await person.follow(asked, /Use another account/), ada)
    const again = await person.press(asked, 'allow')
    assert.ok(isConsentPage(again), again.body)
    assert.ok(response(await person.press(again, 'allow')).code)
    const users = await s.app.app.db.query.selectFrom('user_emails').selectAll().execute()
    const [grant] = await s.app.app.db.query.selectFrom('grants').selectAll().execute()
    assert.equal(users.find(({ user_id }) => user_id === grant?.user_id)?.address, 'ada@example.com')
  })

  on(
    'another user between, where the client wants a login or somebody else: the login page [C21]',
    async (s, person) => {
      const asked = await person.enter({ prompt: 'login' })
      await person.logIn(await person.follow(asked, /Use another account/), ada)
      // Their login was for this request; what went before it was not, and this form is of that.
      assert.ok(isLoginPage(await person.press(asked, 'allow')))
      await nothingGiven(s)
    },
  )

  on('a form is good for an hour, and no longer [C21]', async (s, person) => {
    const asked = await person.enter()
    s.app.clock.advance({ minutes: 59, seconds: 59 })
    assert.ok(response(await person.press(asked, 'allow')).code)
    const next = await person.enter({ prompt: 'consent' })
    s.app.clock.advance({ minutes: 30 })
    await person.open(s.url())
    s.app.clock.advance({ minutes: 30 })
    const late = await person.press(next, 'allow')
    assert.deepEqual([late.status, late.url.origin], [400, s.origin])
    assert.match(late.body, /no longer good[\s\S]*Start again at the app/)
    const answer = await s.app.call('POST', '/v1/oauth2/consent', {
      auth: false,
      body: { ...formOf(next).fields, answer: 'allow' },
    })
    assert.deepEqual([answer.status, answer.body.error_type], [400, 'authorization_request_expired'])
  })

  on('a form that is sent twice gives no more than what was shown, to the same client [C21]', async (s, person) => {
    const asked = await person.enter({ scope: 'openid' })
    const [first, second] = [await person.press(asked, 'allow'), await person.press(asked, 'allow')].map(response)
    assert.ok(first?.code && second?.code && first.code !== second.code)
    const grants = await s.app.app.db.query.selectFrom('grants').select(['client_id', 'scopes']).execute()
    assert.deepEqual(
      grants.map(({ client_id, scopes }) => [client_id, JSON.parse(scopes)]),
      [
        [s.client.id, ['openid']],
        [s.client.id, ['openid']],
      ],
    )
    assert.equal(response(await person.press(asked, 'deny')).error, 'access_denied')
  })

  on('a form that comes from another site comes without the person [C21]', async (s, person) => {
    const asked = await person.enter()
    const { form = '' } = formOf(asked).fields
    // Browsers keep a Lax cookie from another site's form: what arrives is the form alone (RFC 6265bis §5.6.7.1).
    const body = new URLSearchParams({ form, answer: 'allow' })
    const answer = await fetch(consentUrl(s), { method: 'POST', body, redirect: 'manual' })
    assert.equal(answer.headers.get('location'), null)
    assert.match(await answer.text(), /You are not logged in any more/)
    await nothingGiven(s)
  })

  on('neither allow nor deny is no answer', async (s, person) => {
    const { form = '' } = formOf(await person.enter()).fields
    for (const answer of ['', 'yes', 'ALLOW']) assert.equal((await submit(s, person, form, answer)).status, 400)
    await nothingGiven(s)
  })

  on(
    'a redirect URI, a client or a project that is gone by the answer sends nobody anywhere [C3]',
    async (s, person) => {
      const { query } = s.app.app.db
      const asked = await person.enter()
      const [switchUrl = ''] = linksOf(asked).filter((link) => link.includes('/login?'))
      const refused = async () => {
        for (const page of [
          await person.press(asked, 'allow'),
          await person.press(asked, 'deny'),
          await person.open(new URL(switchUrl, s.origin).href),
          await person.open(new URL(switchUrl.replace('/login?', '/consent?'), s.origin).href),
        ]) {
          assert.deepEqual([page.status, page.url.origin], [400, s.origin])
          assert.match(page.body, /authorization_request_expired/)
          assert.ok(!linksOf(page).some((link) => link.startsWith('https://client.example')))
        }
      }
      const redirectTo = (url: string) =>
        query
          .updateTable('connected_apps')
          .set({ redirect_urls: JSON.stringify([url]) })
          .execute()
      await redirectTo('https://client.example/elsewhere')
      await refused()
      await redirectTo(redirectUri)
      await query
        .updateTable('connected_apps')
        .set({ client_id: newId('connected-app', 'test') })
        .execute()
      await refused()
      await query.updateTable('connected_apps').set({ client_id: s.client.id }).execute()
      assert.equal(response(await person.press(asked, 'deny')).error, 'access_denied')
      await nothingGiven(s)
    },
  )

  on('check 11: a client that has become public by the answer gets no code without a challenge', async (s, person) => {
    const client = await givenClient(s.app, { type: 'third_party' })
    const bare = { client_id: client.id, code_challenge: undefined, code_challenge_method: undefined }
    const asked = await person.enter(bare)
    assert.ok(isConsentPage(asked), asked.body)
    await s.app.app.db.query.updateTable('connected_apps').set({ client_type: 'third_party_public' }).execute()
    assert.equal((await person.press(asked, 'allow')).status, 400)
    await nothingGiven(s)
  })

  on('what the person has come to be able to give since is not given: it was not shown [C21]', async (s, person) => {
    await projectSettings(s.app, {}, policy(['read']))
    const asked = await person.enter({ scope: 'read:documents write:documents' })
    await projectSettings(s.app, {}, policy(['read', 'write']))
    assert.ok(response(await person.press(asked, 'allow')).code)
    const granted = async () =>
      (await s.app.app.db.query.selectFrom('grants').select('scopes').orderBy('created_at').execute()).map(
        ({ scopes }) => JSON.parse(scopes),
      )
    assert.deepEqual(await granted(), [['read:documents']])
    // And what they have lost since is not given either.
    const both = await person.open(s.url({ scope: 'read:documents write:documents' }))
    await projectSettings(s.app, {}, policy(['write']))
    s.app.clock.advance({ seconds: 1 })
    await person.press(both, 'allow')
    assert.deepEqual(await granted(), [['read:documents'], ['write:documents']])
    const last = await person.open(s.url({ scope: 'write:documents', prompt: 'consent' }))
    await projectSettings(s.app, {}, policy([]))
    assert.equal(response(await person.press(last, 'allow')).error, 'invalid_scope')
  })
}
