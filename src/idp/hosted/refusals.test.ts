/** What the pages refuse, whom they tell, and that nobody is sent where they should not go. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { newId } from '../../crypto/token.ts'
import { testDatabases } from '../../testing/databases.ts'
import { givenOtherProject } from '../../testing/given.ts'
import { givenClient, projectSettings, redirectUri } from '../idp.fixture.ts'
import { type Hosted, hostedScene, isLoginPage, linksOf, type Person, response } from './hosted.fixture.ts'

/** Requests that are wrong in a way that the client is told: parameters, our name for it, and OAuth's. */
const wrong: readonly (readonly [Record<string, string | readonly string[] | undefined>, string, string])[] = [
  [{ response_type: 'token' }, 'unsupported_response_type', 'unsupported_response_type'],
  [{ response_type: 'code token' }, 'unsupported_response_type', 'unsupported_response_type'],
  [{ scope: 'openid bogus' }, 'oauth_invalid_scope_requested', 'invalid_scope'],
  [{ scope: ' ' }, 'oauth_invalid_scope_requested', 'invalid_scope'],
  [{ scope: 'full_access' }, 'third_party_clients_cannot_use_full_access', 'invalid_scope'],
  [{ code_challenge: 'short' }, 'invalid_pkce_code_challenge', 'invalid_request'],
  [{ code_challenge_method: 'plain' }, 'invalid_pkce_code_challenge', 'invalid_request'],
  [{ code_challenge: undefined }, 'invalid_pkce_code_challenge', 'invalid_request'],
  [
    { code_challenge: undefined, code_challenge_method: undefined },
    'pkce_required_for_idp_authorization_flow',
    'invalid_request',
  ],
  [{ resource: 'https://mcp.example/#part' }, 'invalid_target', 'invalid_target'],
  [{ resource: ['https://mcp.example/', 'mcp'] }, 'invalid_target', 'invalid_target'],
  [{ prompt: 'none login' }, 'invalid_prompt', 'invalid_request'],
  [{ prompt: 'whatever' }, 'invalid_prompt', 'invalid_request'],
  [{ max_age: '-1' }, 'invalid_max_age', 'invalid_request'],
  [{ max_age: '1.5' }, 'invalid_max_age', 'invalid_request'],
  [{ max_age: '9'.repeat(99_9) }, 'invalid_max_age', 'invalid_request'],
  [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported', 'request_not_supported'],
  [{ request_uri: 'https://client.example/r' }, 'request_uri_not_supported', 'request_uri_not_supported'],
  [{ response_mode: 'fragment' }, 'unsupported_response_mode', 'invalid_request'],
]

/** Redirect URIs that look like the registered one. */
const lookalikes = [
  'https://client.example/callback/', 'https://client.example/Callback', 'https://client.example/callback?x=1',
  'https://client.example/callback#x', 'https://client.example:443/callback', 'https://client.example./callback',
  'https://user@client.example/callback', 'https://client.example@evil.example/callback', 'https://evil.example/callback',
  'https://client.example.evil.example/callback', 'https://client.example/callback/../x', 'https://client.example/%63allback',
  'https://client.example\\@evil.example/callback', 'http://client.example/callback', '//client.example/callback',
  'https://client.example/callback\t', ' https://client.example/callback', 'HTTPS://client.example/callback',
  'javascript:alert(1)//https://client.example/callback', 'data:text/html,x', 'http://127.0.0.1:80@evil.example/cb', '',
  'http://localhost.evil.example/cb', 'https://client.example/callback%0d%0aLocation:https://evil.example',
] // biome-ignore format: a list reads best as a block

const corpus = [
  '<svg onload=alert(1)>', '"><svg onload=alert(1)>', "'><svg/onload=alert(1)>", '</style><svg onload=alert(1)>',
  '</title><svg onload=alert(1)>', '"autofocus onfocus="alert(1)', 'javascript:alert(1)', '&#60;svg onload=alert(1)&#62;',
  '\r\nSet-Cookie: a=b', '${7*7}', '\u202eevil',
] // biome-ignore format: a list reads best as a block

/** As many clients as introduced themselves as a project can have. */
async function fillProject({ app }: Hosted): Promise<void> {
  const { query } = app.app.db
  const row = await query
    .selectFrom('connected_apps')
    .selectAll()
    .where('client_id_metadata_url', 'is not', null)
    .executeTakeFirstOrThrow()
  for (let from = 0; from < 999; from += 111) {
    const copies = Array.from({ length: 111 }, (_, at) => ({
      ...row,
      client_id: `copy ${from + at}`,
      client_id_metadata_url: `https://a.example/${from + at}`,
    }))
    await query.insertInto('connected_apps').values(copies).execute()
  }
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>, settings: object = {}) =>
    test(`${database.name}: pages: ${name}`, async () => {
      await using scene = await hostedScene(database, { ...settings })
      await run(scene, scene.person())
    })
  const paths = (s: Hosted) => ['/v1/oauth2/authorize', `/v1/public/${s.app.project.id}/oauth2/authorize`]
  const nothingHappened = async (s: Hosted) => {
    assert.deepEqual([await s.count('authorization_codes'), await s.count('oauth_flows')], [0, 0])
  }

  on(
    'what a client asks wrongly: a page for the person, then the client, with state and iss [C1, C4, C5, O10]',
    async (s) => {
      for (const [parameters, type, oauth] of wrong) {
        for (const path of paths(s)) {
          const { status, body, headers } = await s.ask(parameters, path)
          assert.deepEqual([status, body.error_type, body.error], [400, type, oauth], JSON.stringify(parameters))
          assert.equal(headers.location, undefined)
        }
        const shown = await s.person().open(s.url(parameters))
        assert.equal(shown.status, 400)
        assert.equal(shown.url.origin, s.origin)
        const back = new URL(linksOf(shown).find((link) => link.startsWith(redirectUri)) ?? '').searchParams
        assert.deepEqual([back.get('error'), back.get('state'), back.get('iss')], [oauth, 'a state', s.origin])
        assert.match(back.get('error_description') ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
      }
      await nothingHappened(s)
    },
  )

  on(
    'the same is a redirect for who is logged in, for clients of the project’s own, and in silence',
    async (s, person) => {
      await person.press(await person.enter(), 'deny')
      const { error, state, iss } = response(await person.open(s.url({ scope: 'bogus' })))
      assert.deepEqual([error, state, iss], ['invalid_scope', 'a state', s.origin])
      const own = await givenClient(s.app, { type: 'first_party_public' })
      assert.equal(response(await s.person().open(s.url({ client_id: own.id, scope: 'bogus' }))).error, 'invalid_scope')
      assert.equal(response(await s.person().open(s.url({ prompt: 'none', scope: 'bogus' }))).error, 'invalid_scope')
    },
  )

  on(
    'check 1 and 3: a redirect URI that is not registered leads nowhere: a page of ours, no Location [C2, C3]',
    async (s, person) => {
      await person.press(await person.enter(), 'allow')
      const before = await s.count('authorization_codes')
      for (const redirect_uri of lookalikes) {
        for (const prompt of ['none', '']) {
          for (const path of paths(s)) {
            const { status, body, headers } = await s.ask({ redirect_uri, prompt }, path)
            assert.deepEqual(
              [status, body.error_type, headers.location],
              [401, 'connected_app_supplied_redirect_url_not_found_in_client', undefined],
              redirect_uri,
            )
          }
          const shown = await person.open(s.url({ redirect_uri, prompt }))
          assert.deepEqual([shown.status, shown.url.origin], [401, s.origin])
          assert.ok(!linksOf(shown).some((link) => link.includes('evil')), redirect_uri)
        }
      }
      assert.equal(await s.count('authorization_codes'), before)
    },
  )

  on('check 2: a loopback redirect has any port, and only that', async (s, person) => {
    const { id: client_id } = await givenClient(s.app, { redirectUrls: ['http://127.0.0.1/cb'] })
    const asked = await person.enter({ client_id, redirect_uri: 'http://127.0.0.1:51004/cb' })
    assert.match(asked.body, /A program on this computer <code>127\.0\.0\.1:51004<\/code>/)
    for (const redirect_uri of [
      'http://127.0.0.1:1/cb/x',
      'http://localhost:1/cb',
      'http://127.0.0.1:80@evil.example/cb',
    ]) {
      assert.equal((await s.ask({ client_id, redirect_uri })).status, 401, redirect_uri)
    }
  })

  on('a client that is not known: a page that says to register again, and JSON for programs', async (s, person) => {
    const client_id = newId('connected-app', 'test')
    for (const path of paths(s)) {
      const { status, body, headers } = await s.ask({ client_id }, path)
      assert.deepEqual([status, body.error_type, body.error], [404, 'connected_app_not_found', 'invalid_client'])
      assert.equal(headers.location, undefined)
    }
    const shown = await person.open(s.url({ client_id }))
    assert.equal(shown.status, 404)
    assert.match(shown.body, /register again/)
    assert.equal((await s.ask({ client_id: undefined })).body.error_type, 'bad_request')
    await givenOtherProject(s.app)
    const foreign = '/v1/public/project-test-99999999-9999-4999-8999-999999999999/oauth2/authorize'
    assert.equal((await s.ask({}, foreign)).body.error_type, 'connected_app_not_found')
    const missing = `/v1/public/${newId('project', 'test')}/oauth2/authorize`
    assert.equal((await s.ask({}, missing)).body.error_type, 'project_not_found')
    s.app.app.projects.forget()
    assert.equal((await s.ask({ client_id })).body.error_type, 'issuer_is_ambiguous')
    await nothingHappened(s)
  })

  on('a client that nobody gave a redirect URL, and an origin that is nobody’s', async (s) => {
    const { id: client_id } = await givenClient(s.app, { redirectUrls: [] })
    for (const path of paths(s)) {
      assert.equal((await s.ask({ client_id }, path)).body.error_type, 'connected_app_misconfigured_client')
    }
    await projectSettings(s.app, { idp_issuer_path: 'tenant' })
    assert.equal((await s.ask({ client_id: 'https://client.example/me' })).body.error_type, 'issuer_not_found')
  })

  on('clients by metadata document: what is wrong with them is told on the page, never to them [R8]', async (s) => {
    const site = createServer((request, response) =>
      response.writeHead(request.url === '/gone' ? 404 : 200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          client_id: request.url === '/me' ? 'somebody else' : `${origin}${request.url}`,
          client_name: 'Notes',
          redirect_uris: [redirectUri],
        }),
      ),
    )
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
    const refused = async (client_id: string, type: string) => {
      for (const path of paths(s)) {
        const { body, headers } = await s.ask({ client_id }, path)
        assert.deepEqual([body.error_type, headers.location], [type, undefined])
      }
    }
    try {
      await refused(`${origin}/gone`, 'client_id_metadata_document_unavailable')
      await refused(`${origin}/me`, 'client_id_metadata_document_invalid')
      assert.equal((await s.ask({ client_id: `${origin}/right` })).status, 200)
      await fillProject(s)
      await refused(`${origin}/one-too-many`, 'too_many_connected_apps')
      await refused('https://user@client.example/me', 'client_id_metadata_url_invalid')
      await projectSettings(s.app, { idp_client_id_metadata_documents_enabled: false })
      await refused(`${origin}/me`, 'client_id_metadata_documents_not_enabled')
    } finally {
      site.closeAllConnections()
      site.close()
    }
  })

  on('check 67: a parameter that stands twice is refused; resource may [C7]', async (s) => {
    for (const name of ['client_id', 'redirect_uri', 'state', 'scope', 'prompt', 'code_challenge']) {
      const { status, body, headers } = await s.ask({ [name]: [s.client.id, s.client.id] })
      assert.deepEqual([status, body.error_type, headers.location], [400, 'bad_request', undefined], name)
    }
    assert.equal(
      (await s.ask({ unknown: ['1', '2'], resource: ['https://a.example', 'https://b.example'] })).status,
      200,
    )
  })

  on('check 7: markup in the client’s name, in state and in scopes stays text', async (s, person) => {
    await person.press(await person.enter(), 'deny')
    for (const text of corpus) {
      const { id: client_id } = await givenClient(s.app, { name: text })
      for (const page of [
        await person.open(s.url({ client_id, state: text, login_hint: text })),
        await s.person().open(s.url({ client_id, state: text, login_hint: text })),
        await s.person().open(s.url({ client_id, scope: text, state: text })),
        await person.open(`${s.origin}/v1/oauth2/logout?client_id=${client_id}&state=${encodeURIComponent(text)}`),
      ]) {
        assert.ok(page.body.includes('<h1>'), page.body)
        assert.doesNotMatch(page.body, /<svg|<script|"autofocus onfocus="|<\/style><svg|\son\w+="/)
        assert.equal(page.body.split('</title>').length, 2)
      }
    }
  })

  on('check 9: line breaks in state come back encoded, and make no header', async (s, person) => {
    const state = 'one\r\nset-cookie: a=b\r\n\r\n<html>'
    const landed = await person.press(await person.enter({ state }), 'deny')
    assert.equal(response(landed).state, state)
    assert.equal(person.browser.cookies(s.origin).has('a'), false)
  })

  on('check 8: every page refuses frames, scripts and referrers, and is not stored [C20, C23]', async (s, person) => {
    await person.press(await person.enter(), 'deny')
    const cookie = [...person.browser.cookies(s.origin)].map((pair) => pair.join('=')).join('; ')
    for (const [path, headers] of [
      [s.url(), {}],
      [s.url(), { cookie }],
      [s.url({ scope: 'bogus' }), {}],
      [s.url({ client_id: 'x' }), {}],
      [`${s.origin}/v1/oauth2/logout`, { cookie }],
      [`${s.origin}/v1/oauth2/logout`, {}],
      [`${s.origin}/v1/oauth2/login?request=x`, {}],
    ] as const) {
      const all = { accept: 'text/html', origin: 'https://client.example', ...headers }
      const { headers: got } = await fetch(path, { headers: all })
      const policy = got.get('content-security-policy') ?? ''
      for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
        assert.ok(policy.includes(rule))
      assert.doesNotMatch(policy, /script-src/)
      assert.equal(got.get('x-frame-options'), 'DENY')
      assert.equal(got.get('referrer-policy'), 'no-referrer')
      assert.equal(got.get('cache-control'), 'no-store')
      assert.equal(got.get('access-control-allow-origin'), null)
    }
  })

  on('HEAD shows that there is a page, and does nothing', async (s, person) => {
    await person.press(await person.enter(), 'allow')
    const [codes, flows, sessions] = [
      await s.count('authorization_codes'),
      await s.count('oauth_flows'),
      await s.count('sessions'),
    ]
    const cookie = [...person.browser.cookies(s.origin)].map((pair) => pair.join('=')).join('; ')
    const login = linksOf(await s.person().open(s.url())).find((link) => link.includes('google')) ?? ''
    const inner = [
      '/v1/oauth2/logout',
      login,
      login.replace('/login?', '/consent?'),
      `${login.replace('/login?', '/login/callback?')}&login=x&token=x`,
    ]
    for (const target of [s.url(), ...inner]) {
      const answer = await fetch(new URL(target, s.origin), { method: 'HEAD', headers: { cookie }, redirect: 'manual' })
      assert.deepEqual(
        [answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')],
        [200, null, null],
      )
    }
    assert.deepEqual(
      [codes, flows, sessions],
      [await s.count('authorization_codes'), await s.count('oauth_flows'), await s.count('sessions')],
    )
  })

  on('check 64: a request that would not fit into the next URL is refused', async (s) => {
    const { status, body } = await s.ask({ state: 'x'.repeat(5_000) })
    assert.deepEqual([status, body.error_type], [413, 'request_too_large'])
    assert.equal((await s.ask({ state: 'x'.repeat(4_000) })).status, 200)
  })

  on('a project without a provider says so', async (s, person) => {
    assert.ok(isLoginPage(await person.open(s.url())))
    await using bare = await hostedScene(database, {}, { settings: { playProviders: false } })
    assert.match((await bare.person().open(bare.url())).body, /no provider to log in with/)
  })
}
