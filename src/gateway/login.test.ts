/** The operator's login, as a person, a program and a guesser see it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sealer } from '../crypto/seal.ts'
import { testMasterKey } from '../testing/app.ts'
import { loggedIn, logInWith, operatorPassword, production, productionScene } from './gateway.fixture.ts'

const host = 'login.example.com'
const args = { email: 'ada@example.com' }

test('a login opens the gateway for eight hours, in this browser, and logging out closes it', async () => {
  await using scene = await productionScene()
  const anonymous = await scene.get('/reference/profiles', { host })
  assert.deepEqual([anonymous.status, anonymous.body.error_type], [401, 'operator_login_required'])
  const operator = await loggedIn(scene)
  const { body } = await scene.get('/reference/profiles', operator)
  assert.deepEqual(body.profiles, [
    {
      name: 'staging',
      project_id: scene.app.project.id,
      public_token: scene.app.project.publicToken,
      environment: 'test',
    },
  ])
  assert.equal((await scene.byPage('users.create', { args }, operator)).status, 200)
  scene.app.clock.advance({ hours: 8, seconds: -1 })
  assert.equal((await scene.get('/reference/profiles', operator)).status, 200)
  scene.app.clock.advance({ seconds: 1 })
  assert.equal((await scene.get('/reference/profiles', operator)).status, 401)
  const call = await scene.byPage('users.create', { args }, operator)
  assert.deepEqual([call.status, call.body.error_type], [401, 'operator_login_required'])
})

test('the cookie is sealed, for this host only, out of reach of scripts and of other sites', async () => {
  await using scene = await productionScene()
  const { status, headers } = await logInWith(scene.app, operatorPassword)
  assert.deepEqual([status, headers.location], [303, `${production}/reference`])
  const [pair = '', ...attributes] = String(headers['set-cookie']).split('; ')
  assert.match(pair, /^__Host-selvage_operator=s1\.[\w-]+\.[\w-]+$/)
  assert.deepEqual(attributes, ['Path=/', 'HttpOnly', 'SameSite=Strict', 'Secure', 'Max-Age=28800'])
  const other = await logInWith(scene.app, operatorPassword)
  assert.notEqual(other.headers['set-cookie'], headers['set-cookie'])
})

test('without https, for a trial on loopback, the cookie has neither the prefix nor Secure', async () => {
  await using scene = await productionScene({ settings: { baseUrl: 'http://localhost:4100' } })
  const { headers } = await logInWith(scene.app, operatorPassword, { host: 'localhost:4100' })
  assert.match(
    String(headers['set-cookie']),
    /^selvage_operator=\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/,
  )
})

test('check 45: a cookie that was changed, made up, or sealed for something else is no login', async () => {
  await using scene = await productionScene()
  const { cookie } = await loggedIn(scene)
  const [name, sealed = ''] = cookie.split(/=(.*)/s)
  const flipped = [...sealed].map((character, at) => [at, character === 'A' ? 'B' : 'A'] as const).slice(3)
  const login = JSON.stringify({ until: Number.MAX_SAFE_INTEGER, proof: '' })
  const foreign = new Sealer(Buffer.alloc(32, 8).toString('base64'))
  const elsewhere = new Sealer(testMasterKey)
  const forged = [
    ...flipped
      .map(([at, character]) => sealed.slice(0, at) + character + sealed.slice(at + 1))
      .filter((one) => one !== sealed),
    foreign.seal(login, 'operator login'),
    elsewhere.seal(login, 'browser cookie'),
    elsewhere.seal(login, 'operator login'),
    '',
    login,
    sealed.slice(0, -2),
    'x'.repeat(5_000),
  ]
  for (const one of forged) {
    const { status } = await scene.get('/reference/profiles', { host, cookie: `${name}=${one}` })
    assert.equal(status, 401, one.slice(0, 60))
  }
  // Beside a good one they do no harm: a browser may send several.
  assert.equal((await scene.get('/reference/profiles', { host, cookie: `${name}=x; ${cookie}` })).status, 200)
})

test('another password ends every login', async () => {
  await using scene = await productionScene()
  const { cookie } = await loggedIn(scene)
  await using changed = await productionScene({
    settings: { gateway: { profiles: [], operatorPassword: `${operatorPassword}!` } },
  })
  assert.equal((await changed.get('/reference/profiles', { host, cookie })).status, 401)
})

test('the page works without a script, is not framed, and says what a wrong password was', async () => {
  await using scene = await productionScene()
  const page = await scene.get('/reference/login', { host })
  assert.equal(page.status, 200)
  assert.match(page.text, /<label for="password">Password<\/label>/)
  assert.doesNotMatch(page.text, /<script|\son\w+=/)
  const policy = String(page.headers['content-security-policy'])
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /form-action 'self'; frame-ancestors 'none'/, 'check 8')
  assert.equal(page.headers['x-frame-options'], 'DENY')
  assert.equal(page.headers['referrer-policy'], 'same-origin', 'or the form would come with the origin null')
  const wrong = await logInWith(scene.app, 'wrong')
  assert.deepEqual([wrong.status, wrong.headers['set-cookie']], [403, undefined])
  assert.match(wrong.text, /role="alert" id="notice">That is not the operator’s password\./)
})

test('who is logged in is shown the way out; it takes the CSRF token of that login', async () => {
  await using scene = await productionScene()
  const operator = await loggedIn(scene)
  const page = await scene.get('/reference/login', operator)
  const [, token = ''] = /name="csrf_token" value="([^"]+)"/.exec(page.text) ?? []
  const logOut = (form: { readonly csrf_token?: string }, headers: Record<string, string> = {}) =>
    scene.app.call('POST', '/reference/logout', {
      body: new URLSearchParams(Object.entries(form)).toString(),
      headers: { ...operator, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      auth: false,
    })
  for (const form of [{}, { csrf_token: 'x' }, { csrf_token: await scene.csrfToken(await loggedIn(scene)) }]) {
    const refused = await logOut(form)
    assert.deepEqual([refused.status, refused.body.error_type], [403, 'csrf_token_invalid'])
  }
  const out = await logOut({ csrf_token: token })
  assert.deepEqual([out.status, out.headers.location], [303, `${production}/reference/login`])
  assert.match(String(out.headers['set-cookie']), /^__Host-selvage_operator=; .*Max-Age=0$/)
  assert.equal((await logOut({}, { cookie: '' })).status, 303, 'nobody is logged in: nothing to protect')
})

test('login CSRF: no other site, and no other name, can submit or open the forms', async () => {
  await using scene = await productionScene()
  const attacks: readonly (readonly [Record<string, string>, string])[] = [
    [{ origin: 'https://evil.example' }, 'cross_site_request'],
    [{ 'sec-fetch-site': 'cross-site' }, 'cross_site_request'],
    [{ 'sec-fetch-site': 'none' }, 'cross_site_request'],
    [{ host: 'evil.example' }, 'wrong_host'],
  ]
  for (const [headers, type] of attacks) {
    const { body, headers: answered } = await logInWith(scene.app, operatorPassword, headers)
    assert.deepEqual([body.error_type, answered['set-cookie']], [type, undefined])
    const out = await scene.app.call('POST', '/reference/logout', { headers: { host, ...headers }, auth: false })
    assert.equal(out.body.error_type, type)
  }
  assert.equal((await scene.get('/reference/login', { host: 'evil.example' })).body.error_type, 'wrong_host')
  const linked = await scene.get('/reference/login', { host, 'sec-fetch-site': 'cross-site' })
  assert.equal(linked.body.error_type, 'cross_site_request')
})

test('check 6: after the login the browser goes to a page of the reference and nowhere else', async () => {
  await using scene = await productionScene()
  const target = async (return_to: string) => {
    const body = new URLSearchParams({ password: operatorPassword, return_to }).toString()
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' }
    return (await scene.app.call('POST', '/reference/login', { body, headers, auth: false })).headers.location
  }
  for (const path of ['/reference', '/reference/oauth.attach', '/reference/flows/log-in']) {
    assert.equal(await target(path), production + path)
  }
  const away = ['https://evil.example', '//evil.example', '/\\evil.example', '/%2Fevil.example', '/%5cevil.example']
  const odd = [
    '/reference/../v1/users',
    '/referenceevil',
    '/reference\\..',
    'javascript:alert(1)',
    '/reference/a/b/c',
    '\t//x',
  ]
  for (const path of [...away, ...odd]) assert.equal(await target(path), `${production}/reference`, path)
  const shown = await scene.get(`/reference/login?${new URLSearchParams({ return_to: '"><svg onload=alert(1)>' })}`, {
    host,
  })
  assert.ok(!shown.text.includes('<svg'), 'check 7')
})

test('guessing is slowed down: ten wrong passwords within a quarter of an hour, by form or Bearer, per address', async () => {
  await using scene = await productionScene({ settings: { trustedProxies: ['127.0.0.1'] } })
  const from = (address: string) => ({ 'x-forwarded-for': address })
  for (let guess = 0; guess < 5; guess++) {
    assert.equal((await logInWith(scene.app, `guess ${guess}`, from('203.0.113.7'))).status, 403)
    const bearer = { host, authorization: `Bearer guess-${guess}`, ...from('203.0.113.7') }
    assert.equal((await scene.get('/tools', bearer)).status, 401)
  }
  const right = await logInWith(scene.app, operatorPassword, from('203.0.113.7'))
  assert.deepEqual(
    [right.status, right.body.error_type, right.headers['retry-after']],
    [429, 'too_many_requests', '900'],
  )
  const bearer = { host, authorization: `Bearer ${operatorPassword}` }
  assert.equal((await scene.get('/tools', { ...bearer, ...from('203.0.113.7') })).status, 429)
  assert.equal((await logInWith(scene.app, operatorPassword, from('203.0.113.8'))).status, 303)
  scene.app.clock.advance({ minutes: 15 })
  assert.equal((await logInWith(scene.app, operatorPassword, from('203.0.113.7'))).status, 303)
})

test('check 67: an address that the client makes up gives it no more guesses', async () => {
  await using scene = await productionScene()
  for (let guess = 0; guess < 10; guess++) {
    await logInWith(scene.app, 'wrong', { 'x-forwarded-for': `203.0.113.${guess}` })
  }
  assert.equal((await logInWith(scene.app, 'wrong', { 'x-forwarded-for': '203.0.113.99' })).status, 429)
})

test('programs call tools with the password as Bearer token; the cookie does not count there, nor the password at the page', async () => {
  await using scene = await productionScene()
  const operator = await loggedIn(scene)
  const program = { host, authorization: `Bearer ${operatorPassword}` }
  assert.equal((await scene.get('/tools', program)).status, 200)
  assert.equal((await scene.byTool('users.create', args, program)).status, 200)
  for (const answer of [
    await scene.get('/tools', operator),
    await scene.byTool('users.create', args, operator),
    await scene.get('/reference/profiles', program),
    await scene.byPage('users.create', { args }, program),
  ]) {
    assert.deepEqual([answer.status, answer.body.error_type], [401, 'operator_login_required'])
    // A Basic challenge would make the browser ask for a password by itself.
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="selvage operator"')
  }
})

test('check 46: odd Authorization headers are 401, never 5xx', async () => {
  await using scene = await productionScene({ settings: { trustedProxies: ['127.0.0.1'] } })
  const odd = [
    '',
    'Bearer',
    'Bearer ',
    'bearer  ',
    'Basic x',
    `Bearer ${'x'.repeat(9_000)}`,
    'Bearer \u00e9',
    'Bearer a b',
    ',',
  ]
  for (const [at, authorization] of odd.entries()) {
    const { status } = await scene.get('/tools', { host, authorization, 'x-forwarded-for': `203.0.113.${at}` })
    assert.equal(status, 401, authorization.slice(0, 20))
  }
})

test('in development there is nothing to log in to; with a password there is', async () => {
  await using open = await productionScene({
    settings: { profile: 'dev', baseUrl: undefined, gateway: { profiles: [] } },
  })
  const local = { host: 'localhost' }
  assert.equal((await open.get('/reference/login', local)).headers.location, 'http://localhost/reference')
  assert.equal((await logInWith(open.app, 'whatever', local)).headers.location, 'http://localhost/reference')
  assert.equal((await open.get('/reference/profiles', local)).status, 200)
  await using closed = await productionScene({
    settings: { profile: 'dev', baseUrl: undefined, gateway: { profiles: [], operatorPassword } },
  })
  assert.equal((await closed.get('/reference/profiles', local)).status, 401)
  assert.equal((await closed.get('/tools', local)).status, 401)
})

test('check 47: a production server with profiles and no password does not start', async () => {
  await assert.rejects(productionScene({ settings: { gateway: { profiles: [] } } }), /needs an operator password/)
})
