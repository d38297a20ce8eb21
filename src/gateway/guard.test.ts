/** What other sites, other names and forged requests get. Any page in a developer's browser can send requests to localhost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestAnswer, testApp } from '../testing/app.ts'
import {
  type GatewayScene,
  gatewayScene,
  loggedIn,
  operatorPassword,
  production,
  productionScene,
} from './gateway.fixture.ts'

type Headers = Readonly<Record<string, string>>
type Way = (scene: GatewayScene, headers: Headers) => Promise<TestAnswer>

const args = { email: 'ada@example.com' }
const calling: Readonly<Record<string, Way>> = {
  'the gateway': (scene, headers) => scene.byPage('users.create', { args }, headers),
  'a tool': (scene, headers) => scene.byTool('users.create', args, headers),
}
const reading: Readonly<Record<string, Way>> = {
  profiles: (scene, headers) => scene.get('/reference/profiles', headers),
  tools: (scene, headers) => scene.get('/tools', headers),
}
const everyWay = { ...calling, ...reading }

const refuses = ({ status, body, headers }: TestAnswer, type: string, code: number, what: string) => {
  assert.deepEqual([status, body.error_type], [code, type], what)
  assert.equal(headers['access-control-allow-origin'], undefined, what)
}

const foreignOrigins = [
  'https://evil.example',
  'null',
  'http://localhost:3000',
  'https://localhost',
  'http://localhost.evil.example',
  'http://localhost@evil.example',
  'http://127.0.0.1',
]

test('cross-site request forgery: a page of another origin, sandboxed or on another port of localhost, is refused', async () => {
  await using scene = await gatewayScene()
  for (const [name, way] of Object.entries(everyWay)) {
    for (const origin of foreignOrigins) {
      refuses(await way(scene, { origin }), 'cross_site_request', 403, `${name} from ${origin}`)
    }
  }
  assert.equal(await scene.users(), 0)
})

test('cross-site request forgery: what the browser says of the sender counts, even without an origin', async () => {
  await using scene = await gatewayScene()
  for (const [name, way] of Object.entries(everyWay)) {
    for (const site of ['cross-site', 'same-site', 'something new']) {
      refuses(await way(scene, { 'sec-fetch-site': site }), 'cross_site_request', 403, `${name}, ${site}`)
    }
  }
  // A person can open what is read; no person sends a POST by hand.
  for (const way of Object.values(reading)) assert.equal((await way(scene, { 'sec-fetch-site': 'none' })).status, 200)
  for (const [name, way] of Object.entries(calling)) {
    refuses(await way(scene, { 'sec-fetch-site': 'none' }), 'cross_site_request', 403, name)
  }
  assert.equal(await scene.users(), 0)
})

test('a page of ours is let through, and so is a program, which sends neither header', async () => {
  await using scene = await gatewayScene()
  const page = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }
  for (const way of Object.values(reading)) {
    assert.equal((await way(scene, page)).status, 200)
    assert.equal((await way(scene, {})).status, 200)
  }
  assert.equal((await scene.byPage('users.create', { args }, page)).status, 200)
  assert.equal((await scene.byTool('users.create', { email: 'grace@example.com' })).status, 200)
})

const foreignHosts = [
  'evil.example',
  'localhost.evil.example',
  'localhost:4101',
  'evil.example:80',
  'evil@localhost',
  'localhost:80@evil.example',
  '127.0.0.1.nip.example',
  '0.0.0.0',
  '127.1',
  'localhost.',
]

test('check 55: DNS rebinding: a name that points here but is not ours is refused, and answers nothing of use', async () => {
  await using scene = await gatewayScene()
  for (const [name, way] of Object.entries(everyWay)) {
    for (const host of foreignHosts) refuses(await way(scene, { host }), 'wrong_host', 421, `${name} as ${host}`)
    // The page of the foreign name is same-origin to itself: that does not help it.
    const rebound = { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' }
    refuses(await way(scene, rebound), 'wrong_host', 421, name)
  }
  const forwarded = { host: 'evil.example', 'x-forwarded-host': 'localhost' }
  refuses(await scene.get('/reference/profiles', forwarded), 'wrong_host', 421, 'X-Forwarded-Host')
  assert.equal(await scene.users(), 0)
})

test('the server is reached under its base URL and under each name of loopback, with its own port', async () => {
  await using scene = await gatewayScene()
  const { port, host } = new URL(await scene.app.listen())
  for (const name of ['localhost', '127.0.0.1', '[::1]']) {
    const headers = { host: `${name}:${port}`, origin: `http://${name}:${port}` }
    assert.equal((await scene.get('/reference/profiles', headers)).status, 200, name)
    const other = { host: `${name}:${port}`, origin: `http://${name}:1` }
    refuses(await scene.get('/reference/profiles', other), 'cross_site_request', 403, name)
  }
  assert.equal((await scene.get('/reference/profiles', { host: host.toUpperCase() })).status, 200)
  refuses(await scene.get('/reference/profiles', { host: 'localhost:1' }), 'wrong_host', 421, 'another port')
})

test('check 55: in production only the host of the base URL, and loopback with the port of the server, get an answer', async () => {
  await using scene = await productionScene()
  await scene.app.listen()
  const address = scene.app.app.http.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const { cookie } = await loggedIn(scene)
  const hosts = {
    'login.example.com': 200,
    'login.example.com:443': 200,
    [`127.0.0.1:${port}`]: 200,
    'login.example.com:80': 421,
    localhost: 421,
    'localhost:443': 421,
  }
  for (const [host, status] of Object.entries(hosts)) {
    assert.equal((await scene.get('/reference/profiles', { cookie, host })).status, status, host)
  }
  const own = { host: 'login.example.com', cookie, origin: production, 'sec-fetch-site': 'same-origin' }
  assert.equal((await scene.byPage('users.create', { args }, own)).status, 200)
  for (const origin of ['http://login.example.com', 'https://evil.example', 'https://login.example.com.evil.example']) {
    refuses(await scene.byPage('users.create', { args }, { ...own, origin }), 'cross_site_request', 403, origin)
  }
})

test('check 67: content types that a form or a simple request can have are refused; JSON is taken in any spelling', async () => {
  await using scene = await gatewayScene()
  const simple = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json']
  const near = ['application/jsonp', 'application/json-patch+json', 'text/plain; application/json']
  for (const [name, way] of Object.entries(calling)) {
    for (const type of [...simple, ...near]) {
      refuses(await way(scene, { 'content-type': type }), 'json_expected', 415, `${name}, ${type}`)
    }
  }
  refuses(await scene.app.call('POST', '/tools/stytch/users.create', { auth: false }), 'json_expected', 415, 'none')
  // What is no media type at all is refused before anything of ours runs.
  assert.equal((await scene.byTool('users.create', args, { 'content-type': '' })).status, 400)
  assert.equal(await scene.users(), 0)
  for (const [at, type] of ['application/json; charset=utf-8', 'APPLICATION/JSON', ' application/json '].entries()) {
    const email = `a${at}@example.com`
    assert.equal((await scene.byTool('users.create', { email }, { 'content-type': type })).status, 200, type)
  }
})

test('a preflight of another origin is told nothing that would let its page go on', async () => {
  await using scene = await gatewayScene()
  for (const path of [
    '/reference/gateway/users.create',
    '/tools/stytch/users.create',
    '/reference/profiles',
    '/tools',
  ]) {
    const { status, headers } = await scene.app.call('OPTIONS', path, {
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type, x-csrf-token',
      },
      auth: false,
    })
    assert.equal(status, 405, path)
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('access-control-')),
      [],
    )
  }
})

test('the gateway needs the CSRF token always, in development too', async () => {
  await using scene = await gatewayScene()
  const right = await scene.csrfToken()
  for (const wrong of ['', 'x', right.slice(1), `${right}A`, right.toUpperCase()]) {
    refuses(await scene.byPage('users.create', { args }, { 'x-csrf-token': wrong }), 'csrf_token_invalid', 403, wrong)
  }
  const without = await scene.app.call('POST', '/reference/gateway/users.create', { body: { args }, auth: false })
  refuses(without, 'csrf_token_invalid', 403, 'none')
  assert.equal(await scene.users(), 0)
  assert.equal((await scene.byPage('users.create', { args }, { 'x-csrf-token': right })).status, 200)
})

test('a CSRF token is of one login: that of another, or of development, does not count', async () => {
  await using scene = await productionScene()
  await using development = await gatewayScene()
  const [one, other] = [await loggedIn(scene), await loggedIn(scene)]
  const tokens = [await scene.csrfToken(other), await development.csrfToken()]
  assert.equal(new Set([...tokens, await scene.csrfToken(one)]).size, 3)
  for (const token of tokens) {
    refuses(
      await scene.byPage('users.create', { args }, { ...one, 'x-csrf-token': token }),
      'csrf_token_invalid',
      403,
      '',
    )
  }
  assert.equal((await scene.byPage('users.create', { args }, one)).status, 200)
})

test('404 gateway_off: without profiles there is no gateway, no login and no list; the reference itself is there', async () => {
  await using app = await testApp({ settings: { profile: 'serve', gateway: undefined } })
  const off = async (method: string, path: string) => {
    const body = method === 'POST' ? { password: operatorPassword, args: {} } : undefined
    refuses(await app.call(method, path, { body }), 'gateway_off', 404, `${method} ${path}`)
  }
  for (const path of ['/reference/profiles', '/reference/login', '/tools']) await off('GET', path)
  for (const path of ['gateway/users.create', 'login', 'logout']) await off('POST', `/reference/${path}`)
  await off('POST', '/tools/stytch/users.create')
  for (const path of ['/reference/catalogue.json', '/openapi.json', '/docs/errors']) {
    assert.equal((await app.call('GET', path, { auth: false })).status, 200, path)
  }
})

test('the documents of the reference need no login where the gateway does', async () => {
  await using scene = await productionScene()
  for (const path of ['/reference', '/reference/users.create', '/reference/catalogue.json']) {
    assert.equal((await scene.get(path)).status, 200, path)
  }
})
