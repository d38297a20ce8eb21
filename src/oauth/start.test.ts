import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'

const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url')

/** Opens a start URL without following it. `raw` replaces the query, for clients that do not encode. */
function start(
  app: TestApp,
  parameters: Record<string, string> = {},
  { provider = 'google', raw = '', headers = {} } = {},
) {
  const query = raw || new URLSearchParams({ public_token: app.project.publicToken, ...parameters }).toString()
  return app.call('GET', `/v1/public/oauth/${provider}/start?${query}`, { auth: false, headers })
}

async function register(app: TestApp, ...urls: readonly (readonly ['LOGIN' | 'SIGNUP', string])[]): Promise<void> {
  for (const [type, url] of urls) {
    const row = { project_id: app.project.id, type, url, is_default: 0, position: 9 }
    await app.app.db.query.insertInto('redirect_urls').values(row).execute()
  }
  app.app.projects.forget()
}

const flows = (app: TestApp) => app.app.db.query.selectFrom('oauth_flows').selectAll().execute()

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: start: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('302 with the same URL in Location and body, a cookie for the browser, and a hashed state', async (app) => {
    const { status, headers, body } = await start(app)
    assert.equal(status, 302)
    assert.equal(headers.location, body.redirect_url)
    assert.equal(body.status_code, 302)
    assert.match(body.request_id, /^request-id-test-/)
    assert.match(
      String(headers['set-cookie']),
      /^selvage_browser=[\w-]{44}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/,
    )
    const state = new URL(body.redirect_url).searchParams.get('state') ?? ''
    const [flow] = await flows(app)
    assert.ok(flow && !JSON.stringify(flow).includes(state))
    assert.equal(flow.state_hash, createHash('sha256').update(state).digest('base64url'))
  })

  on('names the project and the provider wrongly: each has its error', async (app) => {
    const type = async (raw: string, provider = 'google') => (await start(app, {}, { raw, provider })).body
    assert.equal((await type('x=1')).error_type, 'public_token_required')
    assert.equal((await type('public_token=nope')).error_type, 'invalid_public_token_id')
    const unknown = await type('public_token=public-token-test-11111111-1111-4111-8111-111111111111')
    assert.deepEqual([unknown.error_type, unknown.status_code], ['public_token_not_found', 404])
    const provider = await type(`public_token=${app.project.publicToken}`, 'myspace')
    assert.equal(provider.error_type, 'invalid_oauth_provider')
    assert.match(provider.error_message, /google/)
  })

  on('both redirect URLs are checked, and the error names the parameter and what is registered', async (app) => {
    const { loginUrl, signupUrl } = app.project
    assert.equal((await start(app, { login_redirect_url: loginUrl, signup_redirect_url: signupUrl })).status, 302)
    const { status, body } = await start(app, { login_redirect_url: loginUrl, signup_redirect_url: loginUrl })
    assert.deepEqual([status, body.error_type], [400, 'no_match_for_provided_oauth_url'])
    assert.match(body.error_message, /signup_redirect_url/)
    assert.deepEqual(body.error_details, {
      parameter: 'signup_redirect_url',
      received: loginUrl,
      registered: [signupUrl],
    })
    const login = await start(app, { login_redirect_url: 'http://localhost:3001/login' })
    assert.equal(login.body.error_details.parameter, 'login_redirect_url')
    assert.equal((await start(app, { login_redirect_url: 'login' })).body.error_type, 'invalid_login_oauth_url')
    assert.equal((await start(app, { signup_redirect_url: '//x' })).body.error_type, 'invalid_signup_oauth_url')
    assert.equal((await flows(app)).length, 1, 'check 3: what fails leaves no row')
    assert.equal(login.headers.location, undefined)
  })

  on('without defaults and without URLs there is an error for each type', async (app) => {
    const { query } = app.app.db
    const type = async () => {
      app.app.projects.forget()
      return (await start(app)).body.error_type
    }
    await query.updateTable('redirect_urls').set({ is_default: 0 }).where('type', '=', 'SIGNUP').execute()
    assert.equal(await type(), 'no_default_signup_redirect_url_set')
    await query.deleteFrom('redirect_urls').where('type', '=', 'SIGNUP').execute()
    assert.equal(await type(), 'no_signup_redirect_urls_set')
    await query.updateTable('redirect_urls').set({ is_default: 0 }).execute()
    assert.equal(await type(), 'no_default_login_redirect_url_set')
    await query.deleteFrom('redirect_urls').execute()
    assert.equal(await type(), 'no_login_redirect_urls_set')
  })

  on('a {} placeholder covers a wrapped URL, and a wrong query is query_params_do_not_match', async (app) => {
    await register(app, ['LOGIN', 'com.example.app://oauth?url={}'], ['SIGNUP', 'com.example.app://oauth?url={}'])
    const wrapped = `com.example.app://oauth?url=${encodeURIComponent('https://app.example.com/x?y=1')}`
    const parameters = { login_redirect_url: wrapped, signup_redirect_url: wrapped, code_challenge: challenge }
    assert.equal((await start(app, parameters)).status, 302)
    const more = await start(app, { ...parameters, login_redirect_url: `${wrapped}&z=1` })
    assert.equal(more.body.error_type, 'query_params_do_not_match')
  })

  on('a custom scheme, and a project that says so, need a code_challenge', async (app) => {
    await register(app, ['LOGIN', 'myapp://oauth'], ['SIGNUP', 'myapp://oauth'])
    const native = { login_redirect_url: 'myapp://oauth', signup_redirect_url: 'myapp://oauth' }
    assert.equal((await start(app, native)).body.error_type, 'pkce_required_for_native_callback')
    assert.equal((await start(app, { ...native, code_challenge: challenge })).status, 302)
    assert.equal((await start(app, { code_challenge: 'v'.repeat(44) })).body.error_type, 'invalid_pkce_code_challenge')
    await app.app.db.query.updateTable('projects').set({ settings: '{"oauth_pkce_required":true}' }).execute()
    app.app.projects.forget()
    assert.equal((await start(app)).body.error_type, 'pkce_required_for_native_callback')
  })

  on('React Native’s unencoded query, any order, empty and unknown parameters are understood', async (app) => {
    await register(app, ['LOGIN', 'myapp://oauth?type=login'], ['SIGNUP', 'myapp://oauth?type=login'])
    const raw = `code_challenge=${challenge}&login_redirect_url=myapp://oauth?type=login&signup_redirect_url=myapp://oauth?type=login&custom_scopes=a b&oauth_attach_token=&state=mine&code_challenge_method=S256&session_duration_minutes=5&utm=1&utm=2&public_token=${app.project.publicToken}`
    const { status, body } = await start(app, {}, { raw: raw.replaceAll(' ', '%20') })
    assert.equal(status, 302, JSON.stringify(body))
    assert.equal(new URL(body.redirect_url).searchParams.get('scope'), 'openid email profile a b')
    assert.notEqual(new URL(body.redirect_url).searchParams.get('state'), 'mine')
  })

  on('check 67: a parameter that counts may not be repeated', async (app) => {
    const base = `public_token=${app.project.publicToken}`
    for (const raw of [
      `${base}&${base}`,
      `${base}&code_challenge=${challenge}&code_challenge=x`,
      `${base}&provider_prompt=a&provider_prompt=b`,
    ]) {
      assert.equal((await start(app, {}, { raw })).body.error_type, 'bad_request', raw)
    }
  })

  on('check 9: line breaks and control characters never reach a header', async (app) => {
    const { status, headers, body } = await start(app, {
      provider_login_hint: 'a\r\nSet-Cookie: b=c',
      custom_scopes: 'x\r\nLocation:y',
    })
    assert.equal(status, 302)
    for (const value of Object.values(headers)) assert.doesNotMatch(String(value), /[\r\n]/)
    assert.equal(new URL(body.redirect_url).searchParams.get('login_hint'), 'a\r\nSet-Cookie: b=c')
  })

  on('check 15: state, nonce and challenge of the provider’s leg are independent of one another', async (app) => {
    const seen = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const { searchParams } = new URL((await start(app)).body.redirect_url)
      for (const name of ['state', 'nonce', 'code_challenge']) {
        const value = searchParams.get(name) ?? ''
        assert.ok(value.length >= 22)
        seen.add(value)
        seen.add(createHash('sha256').update(value).digest('base64url'))
      }
    }
    assert.equal(seen.size, 120)
  })

  on('check 55: a forged Host changes neither the callback URL nor the cookie', async (app) => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    const answer = await start(app, {}, { headers })
    assert.match(new URL(answer.body.redirect_url).searchParams.get('redirect_uri') ?? '', /^http:\/\/localhost\//)
    assert.doesNotMatch(JSON.stringify(answer.headers), /evil/)
  })

  on('check 45: a cookie that was not made here is replaced, one that was is kept', async (app) => {
    const first = String((await start(app)).headers['set-cookie']).split(';')[0] ?? ''
    const kept = await start(app, {}, { headers: { cookie: `a=b; ${first}; c=d` } })
    assert.ok(String(kept.headers['set-cookie']).startsWith(first))
    const value = first.split('=')[1] ?? ''
    const forged = [
      'A'.repeat(44),
      '',
      value.slice(1),
      `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`,
      `${value.startsWith('B') ? 'C' : 'B'}${value.slice(1)}`,
    ]
    for (const cookie of forged) {
      const answer = await start(app, {}, { headers: { cookie: `stytch_csrf_private_token=${cookie}` } })
      assert.ok(!String(answer.headers['set-cookie']).includes(`=${cookie};`), cookie)
    }
  })
}

test('over https the cookie is bound to the host, secure, and comes along with a cross-site POST', async () => {
  await using app = await testApp({ settings: { baseUrl: 'https://login.example.com' } })
  const { headers, body } = await start(app)
  assert.match(
    String(headers['set-cookie']),
    /^__Host-stytch_csrf_private_token=[\w-]{44}; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=None$/,
  )
  assert.match(
    new URL(body.redirect_url).searchParams.get('redirect_uri') ?? '',
    /^https:\/\/login\.example\.com\/v1\/oauth\/callback\//,
  )
})

test('400 oauth_config_not_found: in serve, a provider without credentials is played by nobody', async () => {
  await using app = await testApp({ settings: { profile: 'serve' } })
  const { status, body } = await start(app)
  assert.deepEqual([status, body.error_type], [400, 'oauth_config_not_found'])
  assert.match(body.error_message, /OAuth config/)
  const apple = await app.call('GET', `/v1/public/oauth/apple/start?public_token=${app.project.publicToken}`)
  assert.deepEqual([apple.status, apple.body.error_type], [400, 'apple_oauth_config_not_found'])
})
