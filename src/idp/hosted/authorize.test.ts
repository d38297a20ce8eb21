/** The built-in pages as people and their clients see them: the ways through, and what each parameter does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabases } from '../../testing/databases.ts'
import { readUser } from '../../users/index.ts'
import { givenClient, projectSettings, redirectUri } from '../idp.fixture.ts'
import {
  type Hosted,
  hostedScene,
  isConsentPage,
  isLoginPage,
  linksOf,
  type Person,
  response,
} from './hosted.fixture.ts'

interface Tokens {
  readonly access_token: string
  readonly id_token: string
  readonly scope: string
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>, settings: object = {}) =>
    test(`${database.name}: pages: ${name}`, async () => {
      await using scene = await hostedScene(database, { ...settings })
      await run(scene, scene.person())
    })

  const redeem = async (s: Hosted, code: string | undefined) => {
    const { origin, client, verifier } = s
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: redirectUri,
      client_id: client.id,
      code_verifier: verifier,
    })
    const answer = await fetch(`${origin}/v1/oauth2/token`, { method: 'POST', body })
    assert.equal(answer.status, 200)
    const tokens: Tokens = JSON.parse(await answer.text())
    return tokens
  }

  /** Claims of a JWT. */
  const claims = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

  on('login, consent, and the client has tokens [C4, C6, P6, O2]', async (s, person) => {
    const login = await person.open(
      s.url({ nonce: 'n-1', resource: ['https://mcp.example/a', 'https://mcp.example/b'] }),
    )
    assert.ok(isLoginPage(login), login.body)
    const asked = await person.logIn(login)
    assert.ok(isConsentPage(asked), asked.body)
    for (const shown of [
      'Notes',
      s.client.id,
      'client.example',
      'See your e-mail address',
      'https://mcp.example/b',
      'maya.okafor@example.com',
    ]) {
      assert.ok(asked.body.includes(shown), shown)
    }
    const landed = await person.press(asked, 'allow')
    assert.equal(landed.status, 303)
    const { code, state, iss, ...rest } = response(landed)
    assert.deepEqual([state, iss, rest], ['a state', s.origin, {}])
    const tokens = await redeem(s, code)
    assert.equal(tokens.scope, 'openid email')
    assert.deepEqual(claims(tokens.access_token).aud.slice(1), ['https://mcp.example/a', 'https://mcp.example/b'])
    const { nonce, email, auth_time } = claims(tokens.id_token)
    assert.deepEqual([nonce, email, auth_time], ['n-1', 'maya.okafor@example.com', s.app.clock.now().getTime() / 1_000])
    assert.equal(await s.count('users'), 1)
    assert.equal(await s.count('sessions'), 1)
  })

  on('what was agreed to is not asked again; a new scope is', async (s, person) => {
    await person.press(await person.enter(), 'allow')
    assert.ok(response(await person.open(s.url())).code)
    assert.ok(response(await person.open(s.url({ scope: 'openid' }))).code)
    const more = await person.open(s.url({ scope: 'openid email profile' }))
    assert.ok(isConsentPage(more))
    assert.ok(isConsentPage(await person.open(s.url({ prompt: 'consent' }))))
  })

  on('deny: access_denied with state and iss, and nothing is remembered', async (s, person) => {
    const { error, state, iss, code } = response(await person.press(await person.enter(), 'deny'))
    assert.deepEqual([error, state, iss, code], ['access_denied', 'a state', s.origin, undefined])
    assert.equal(await s.count('consents'), 0)
    assert.ok(isConsentPage(await person.open(s.url())))
  })

  on('back without logging in: access_denied, too', async (s, person) => {
    const back = await person.follow(await person.open(s.url()), /Back to client\.example/)
    assert.equal(response(back).error, 'access_denied')
    assert.equal(response(back).iss, s.origin)
  })

  on('prompt=none never shows a page: login_required, consent_required, then a code [O4]', async (s, person) => {
    const silent = async () => response(await person.open(s.url({ prompt: 'none' })))
    const { error, state, iss } = await silent()
    assert.deepEqual([error, state, iss], ['login_required', 'a state', s.origin])
    const asked = await person.enter()
    assert.equal((await silent()).error, 'consent_required')
    await person.press(asked, 'allow')
    assert.ok((await silent()).code)
  })

  on('prompt=login asks who is logged in to log in once more; select_account as well', async (s, person) => {
    await person.press(await person.enter(), 'allow')
    for (const prompt of ['login', 'select_account', 'login consent']) {
      s.app.clock.advance({ minutes: 1 })
      const login = await person.open(s.url({ prompt }))
      assert.ok(isLoginPage(login), prompt)
      const after = await person.logIn(login)
      if (prompt.includes('consent')) assert.ok(isConsentPage(after))
      const tokens = await redeem(
        s,
        response(prompt.includes('consent') ? await person.press(after, 'allow') : after).code,
      )
      assert.equal(claims(tokens.id_token).auth_time, s.app.clock.now().getTime() / 1_000)
    }
  })

  on('max_age: an older login does not count, a younger one does; 0 always asks, once [O9]', async (s, person) => {
    await person.press(await person.enter(), 'allow')
    s.app.clock.advance({ minutes: 5 })
    assert.ok(response(await person.open(s.url({ max_age: '300' }))).code)
    assert.equal(response(await person.open(s.url({ max_age: '299', prompt: 'none' }))).error, 'login_required')
    const login = await person.open(s.url({ max_age: '0' }))
    s.app.clock.advance({ seconds: 1 })
    assert.ok(isLoginPage(login))
    assert.ok(response(await person.logIn(login)).code)
  })

  on('login_hint reaches the provider, and who is logged in already can choose another account', async (s, person) => {
    const login = await person.open(s.url({ login_hint: 'grace@example.com' }))
    const google = linksOf(login).find((link) => link.includes('provider=google')) ?? ''
    const first = await fetch(new URL(google, s.origin), { redirect: 'manual' })
    const sent = new URL(first.headers.get('location') ?? '').searchParams
    assert.deepEqual([sent.get('login_hint'), sent.get('prompt')], ['grace@example.com', null])
    const asked = await person.logIn(login)
    const again = await person.follow(asked, /Use another account/)
    assert.ok(isLoginPage(again))
    const other = linksOf(again).find((link) => link.includes('provider=google')) ?? ''
    const cookie = [...person.browser.cookies(s.origin)].map((pair) => pair.join('=')).join('; ')
    const second = await fetch(new URL(other, s.origin), { redirect: 'manual', headers: { cookie } })
    assert.equal(new URL(second.headers.get('location') ?? '').searchParams.get('prompt'), 'select_account')
    const changed = await person.logIn(again, 'verified:ada@example.com')
    assert.ok(changed.body.includes('ada@example.com'))
    // The one before has left this browser, and its session is over.
    assert.equal(await s.count('sessions'), 1)
  })

  on('id_token_hint: nobody but that user may answer', async (s, person) => {
    const { code } = response(await person.press(await person.enter(), 'allow'))
    const { id_token } = await redeem(s, code)
    const hinted = { id_token_hint: id_token }
    assert.ok(response(await person.open(s.url({ ...hinted, prompt: 'none' }))).code)
    const other = s.person()
    await other.press(await other.enter({}, 'verified:ada@example.com'), 'allow')
    assert.equal(response(await other.open(s.url({ ...hinted, prompt: 'none' }))).error, 'login_required')
    assert.equal(response(await other.open(s.url({ id_token_hint: 'x.y.z', prompt: 'none' }))).error, 'login_required')
    assert.ok(response(await other.open(s.url({ id_token_hint: 'x.y.z' }))).code)
    const login = await other.open(s.url(hinted))
    assert.ok(isLoginPage(login))
    assert.equal(response(await other.logIn(login, 'verified:ada@example.com')).error, 'login_required')
    assert.ok(response(await other.logIn(login, 'verified')).code)
  })

  on('two tabs: each finishes its own request, in whatever order', async (s, person) => {
    const one = await person.open(s.url({ state: 'one' }))
    const two = await person.open(s.url({ state: 'two' }))
    const second = await person.logIn(two)
    const first = await person.logIn(one)
    assert.equal(response(await person.press(second, 'deny')).state, 'two')
    // The login in the first tab came later, and has a session of its own; both are of one person.
    assert.equal(response(await person.press(first, 'allow')).state, 'one')
  })

  on('the session lasts an hour from its last use, and its end ends in a login', async (s, person) => {
    await person.press(await person.enter(), 'allow')
    s.app.clock.advance({ minutes: 59 })
    assert.ok(response(await person.open(s.url())).code)
    s.app.clock.advance({ minutes: 59 })
    assert.ok(response(await person.open(s.url())).code)
    s.app.clock.advance({ minutes: 60 })
    assert.ok(isLoginPage(await person.open(s.url())))
  })

  on(
    'missing response_type, scope and method have defaults; empty is absent; unknown is ignored [C7, P3]',
    async (_s, person) => {
      const missing = {
        response_type: undefined,
        scope: undefined,
        code_challenge_method: undefined,
        prompt: '',
        nonce: '',
      }
      const asked = await person.enter({
        ...missing,
        display: 'touch',
        ui_locales: 'de',
        acr_values: '1',
        whatever: 'x',
      })
      for (const scope of ['openid', 'profile']) assert.ok(asked.body.includes(`<code>${scope}</code>`), scope)
      assert.ok(!asked.body.includes('<code>email</code>'))
      assert.ok(response(await person.press(asked, 'allow')).code)
    },
    { idp_default_scopes: ['openid', 'profile'] },
  )

  on('a request by POST is the same one, with the person’s session', async (s, person) => {
    await person.press(await person.enter(), 'allow')
    const [target = '', query = ''] = s.url({ resource: ['https://mcp.example/a', 'https://mcp.example/b'] }).split('?')
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetch(target, { method: 'POST', body: query, headers, redirect: 'manual' })
    assert.equal(answer.status, 303)
    const onward = new URL(answer.headers.get('location') ?? '')
    assert.deepEqual([onward.origin, onward.searchParams.getAll('resource').length], [s.origin, 2])
    assert.ok(response(await person.open(onward.href)).code)
    const ofProject = target.replace('/v1/oauth2', `/v1/public/${s.app.project.id}/oauth2`)
    const other = await fetch(ofProject, { method: 'POST', body: query, headers, redirect: 'manual' })
    assert.equal(new URL(other.headers.get('location') ?? '').pathname, new URL(ofProject).pathname)
  })

  on('a client of the project’s own is not asked about; it has a code after the login', async (s, person) => {
    const own = await givenClient(s.app, { type: 'first_party_public' })
    assert.ok(response(await person.enter({ client_id: own.id })).code)
  })

  on(
    'an issuer with a path: the endpoints of the project, and that issuer in iss',
    async (s, person) => {
      const path = `/v1/public/${s.app.project.id}/oauth2/authorize`
      const asked = await person.logIn(await person.open(s.url({}, path)))
      assert.equal(response(await person.press(asked, 'allow')).iss, `${s.origin}/tenant`)
    },
    { idp_issuer_path: 'tenant' },
  )

  on('where the project has a page of its own, that page is where people go', async (s, person) => {
    await projectSettings(s.app, { idp_authorization_url: 'https://app.example/authorize?from=selvage' })
    const { url } = await person.open(s.url())
    assert.equal(`${url.origin}${url.pathname}`, 'https://app.example/authorize')
    assert.deepEqual([url.searchParams.get('from'), url.searchParams.get('client_id')], ['selvage', s.client.id])
    await projectSettings(s.app, { idp_authorization_url: `${s.origin}/v1/oauth2/authorize` })
    assert.ok(isLoginPage(await person.open(s.url())))
  })

  on(
    'scopes that the user cannot give are shown apart and left out; if none is left: invalid_scope',
    async (s, person) => {
      const scope = (name: string, role: string) => ({
        scope: name,
        description: `May ${role}`,
        permissions: [{ resource_id: 'documents', actions: [role] }],
      })
      await projectSettings(
        s.app,
        {},
        {
          roles: [
            { role_id: 'stytch_user', description: '', permissions: [{ resource_id: 'documents', actions: ['read'] }] },
          ],
          resources: [{ resource_id: 'documents', description: '', actions: ['read', 'write'] }],
          scopes: [scope('read:documents', 'read'), scope('write:documents', 'write')],
        },
      )
      const asked = await person.enter({ scope: 'openid read:documents write:documents' })
      assert.match(asked.body, /cannot give[\s\S]*May write/)
      const tokens = await redeem(s, response(await person.press(asked, 'allow')).code)
      assert.equal(tokens.scope, 'openid read:documents')
      assert.equal(response(await person.open(s.url({ scope: 'write:documents' }))).error, 'invalid_scope')
    },
  )

  on('a user is made by the login, like any other, and each request leaves its trace', async (s, person) => {
    await person.press(await person.enter(), 'allow')
    const [row] = await s.app.app.db.query.selectFrom('users').selectAll().execute()
    const user = await readUser(s.app.app.db, s.app.project.id, row?.user_id ?? '')
    assert.deepEqual([user?.status, user?.emails[0]?.address], ['active', 'maya.okafor@example.com'])
    await s.app.app.flush()
    const { body } = await s.app.call('GET', '/v1/oauth/attempts?step=authorize')
    assert.deepEqual(
      body.attempts.map((one: { outcome: string }) => one.outcome),
      ['ok'],
    )
  })
}
