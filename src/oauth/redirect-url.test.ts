import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCustomScheme, matchRedirectUrl, withParameters } from './redirect-url.ts'

const registered = (...urls: string[]) => urls.map((url) => ({ url, isDefault: false }))
const verdict = (candidate: string, urls: readonly string[], wildcards = true, anyLoopbackPort = false) =>
  matchRedirectUrl(candidate, registered(...urls), { wildcards, anyLoopbackPort }).kind

const app = 'https://app.example.com/auth/callback?from=login'

test('a URL that equals a registered one byte for byte passes', () => {
  for (const url of [app, 'http://localhost:3000/authenticate', 'myapp://oauth', 'com.example.app://oauth?x=1']) {
    assert.equal(verdict(url, [url]), 'match', url)
  }
})

test('check 1: sixty ways to be almost the registered URL are all refused', () => {
  const corpus = [
    'https://app.example.com@evil.example/auth/callback?from=login',
    'https://evil.example@app.example.com/auth/callback?from=login',
    'https://user:pass@app.example.com/auth/callback?from=login',
    'https://app.example.com:443@evil.example/auth/callback',
    'https://app.example.com.evil.example/auth/callback?from=login',
    'https://evil.example/app.example.com/auth/callback?from=login',
    'https://evilapp.example.com/auth/callback?from=login',
    'https://app.example.com/auth/../callback?from=login',
    'https://app.example.com/auth/callback/..?from=login',
    'https://app.example.com/auth/./callback?from=login',
    'https://app.example.com/auth/%2e%2e/callback?from=login',
    'https://app.example.com/auth/%2E%2E/x?from=login',
    'https://app.example.com/auth%2fcallback?from=login',
    'https://app.example.com//auth/callback?from=login',
    'https://app.example.com/auth//callback?from=login',
    'https://app.example.com/auth/callback/?from=login',
    'https://app.example.com/auth/callback',
    'https://app.example.com/auth/callback?',
    'https://app.example.com/auth/callback?from=login&next=//evil.example',
    'https://app.example.com/auth/callback?next=x&from=login',
    'https://app.example.com/auth/callback?from=login&from=login',
    'https://app.example.com/auth/callback?from=LOGIN',
    'https://app.example.com/auth/callback?from=signup',
    'https://app.example.com/auth/callback?FROM=login',
    'https://app.example.com/auth/callback?from=login#',
    'https://app.example.com/auth/callback?from=login#fragment',
    'https://app.example.com/auth/callback#?from=login',
    'https://app.example.com/Auth/callback?from=login',
    'https://app.example.com/auth/callbackx?from=login',
    'https://app.example.com/auth/callback;a=b?from=login',
    'https://app.example.com\\auth\\callback?from=login',
    'https:\\\\app.example.com/auth/callback?from=login',
    'https:/\\app.example.com/auth/callback?from=login',
    'https:/app.example.com/auth/callback?from=login',
    'https:app.example.com/auth/callback?from=login',
    'https://\tapp.example.com/auth/callback?from=login',
    'https://app.example.com/auth/\tcallback?from=login',
    'https://app.example.com/auth/callback?from=login\n',
    'https://app.example.com/auth/callback?from=login\r\nSet-Cookie: a=b',
    ' https://app.example.com/auth/callback?from=login',
    'https://app.example.com/auth/callback?from=login ',
    'https://app.example.com/auth/callback?from=login\u0000',
    'HTTPS://app.example.com/auth/callback?from=login',
    'https://APP.example.com/auth/callback?from=login',
    'http://app.example.com/auth/callback?from=login',
    'https://app.example.com:443/auth/callback?from=login',
    'https://app.example.com:8443/auth/callback?from=login',
    'https://app.example.com:99999/auth/callback?from=login',
    'https://app.example.com./auth/callback?from=login',
    'https://example.com/auth/callback?from=login',
    'https://www.app.example.com/auth/callback?from=login',
    'https://аpp.example.com/auth/callback?from=login',
    'https://xn--pp-7kc.example.com/auth/callback?from=login',
    'https://app。example.com/auth/callback?from=login',
    '//app.example.com/auth/callback?from=login',
    '/auth/callback?from=login',
    '/\\app.example.com/auth/callback',
    '/%2Fevil.example',
    '/%5cevil.example',
    'javascript://app.example.com/%0aalert(1)',
    'data://app.example.com/auth/callback?from=login',
    'file://app.example.com/auth/callback?from=login',
    'https://*.example.com/auth/callback?from=login',
    'https://{}.example.com/auth/callback?from=login',
    '',
  ]
  assert.ok(corpus.length >= 60)
  for (const candidate of corpus) assert.notEqual(verdict(candidate, [app]), 'match', JSON.stringify(candidate))
})

test('check 2: without the opt-in, a loopback URL needs its registered port', () => {
  const loopback = 'http://127.0.0.1:8080/cb'
  for (const candidate of [
    'http://127.0.0.1/cb',
    'http://127.0.0.1:8081/cb',
    'http://localhost:8080/cb',
    'http://localhost.evil/cb',
    'http://127.0.0.1:80@evil/cb',
  ]) {
    assert.notEqual(verdict(candidate, [loopback]), 'match', candidate)
  }
})

test('check 2: with the opt-in, loopback has any port, and everything else stays exact', () => {
  const urls = ['http://127.0.0.1/cb', 'http://localhost:3000/cb?x={}', 'http://[::1]:1/cb']
  const passes = (candidate: string) => verdict(candidate, urls, false, true) === 'match'
  for (const candidate of [
    'http://127.0.0.1/cb',
    'http://127.0.0.1:1/cb',
    'http://127.0.0.1:65535/cb',
    'http://localhost:49152/cb?x=1',
    'http://localhost/cb?x=1',
    'http://[::1]:49152/cb',
  ]) {
    assert.ok(passes(candidate), candidate)
  }
  for (const candidate of [
    'http://localhost.evil/cb?x=1',
    'http://localhost.evil:3000/cb?x=1',
    'http://127.0.0.1:80@evil/cb',
    'http://127.0.0.1@evil:80/cb',
    'http://127.0.0.1:8080/cb/',
    'http://127.0.0.1:8080/CB',
    'http://127.0.0.1:8080/cb?x=1',
    'http://127.0.0.1:8080/cb#x',
    'http://127.0.0.1:/cb',
    'http://127.0.0.1:99999/cb',
    'https://127.0.0.1:8080/cb',
    'http://127.0.0.2:8080/cb',
    'http://0x7f.1:8080/cb',
    'http://localhost:3000/cb?y=1',
    'http://[::2]:8080/cb',
  ]) {
    assert.ok(!passes(candidate), candidate)
  }
})

test('check 4: a scheme that runs script never passes, even if it stands in the database', () => {
  for (const url of [
    'javascript://x/%0aalert(1)',
    'data://text/html,x',
    'vbscript://x',
    'blob://x',
    'file:///etc/passwd',
  ]) {
    assert.equal(verdict(url, [url]), 'not a URL', url)
  }
})

test('check 5: the path is compared with case', () => {
  assert.equal(verdict('https://a.example/CB', ['https://a.example/cb']), 'not registered')
})

test('check 6: scheme-less and encoded return URLs are no URLs', () => {
  for (const url of ['//x', '/\\x', '/%2Fx', '/%5cx', 'x', 'x:y']) assert.equal(verdict(url, [app]), 'not a URL', url)
})

test('a {} placeholder takes any value, in any order, and nothing else', () => {
  const wrapped = ['com.example.app://oauth?url={}', 'https://a.example/cb?type={}&fixed=1']
  assert.equal(verdict('com.example.app://oauth?url=https%3A%2F%2Fa.example%2Fx%3Fy%3D1', wrapped), 'match')
  assert.equal(verdict('com.example.app://oauth?url=https://a.example/x?y=1', wrapped), 'match')
  assert.equal(verdict('https://a.example/cb?fixed=1&type=login', wrapped), 'match')
  assert.equal(verdict('https://a.example/cb?fixed=2&type=login', wrapped), 'query differs')
  assert.equal(verdict('https://a.example/cb?type=login', wrapped), 'query differs')
  assert.equal(verdict('https://a.example/cb?type=login&fixed=1&more=1', wrapped), 'query differs')
  assert.equal(verdict('https://a.example/cb?type=login&fixed=1#f', wrapped), 'query differs')
  assert.equal(verdict('https://b.example/cb?type=login&fixed=1', wrapped), 'not registered')
})

test('a wildcard is one left-most label, and only in a test project', () => {
  const wildcard = ['https://*.example.com:8443/cb']
  assert.equal(verdict('https://pr-17.example.com:8443/cb', wildcard), 'match')
  for (const candidate of [
    'https://example.com:8443/cb',
    'https://a.b.example.com:8443/cb',
    'https://evil.test/.example.com:8443/cb',
    'https://evil.test?.example.com:8443/cb',
    'https://evil.test#.example.com:8443/cb',
    'https://-a.example.com:8443/cb',
    'https://a@.example.com:8443/cb',
    'https://a.example.com/cb',
    'http://a.example.com:8443/cb',
    'https://a.example.com:8443/cb?',
    'https://a.example.com:8443/cb#',
  ]) {
    assert.notEqual(verdict(candidate, wildcard), 'match', candidate)
  }
  assert.equal(verdict('https://pr-17.example.com:8443/cb', wildcard, false), 'not registered')
})

test('parameters are added behind the query and before the fragment; the rest stays as written', () => {
  const added = (url: string) => withParameters(new URL(url), { stytch_token_type: 'oauth', token: 't' }).href
  assert.equal(added('https://a.example/cb'), 'https://a.example/cb?stytch_token_type=oauth&token=t')
  assert.equal(
    added('https://a.example/cb?q=a%20b+c#f'),
    'https://a.example/cb?q=a%20b+c&stytch_token_type=oauth&token=t#f',
  )
  assert.equal(added('myapp://oauth'), 'myapp://oauth?stytch_token_type=oauth&token=t')
})

test('only http and https are not custom schemes', () => {
  assert.deepEqual(
    ['https://a.example', 'http://localhost', 'myapp://x', 'com.example:/x'].map((url) => isCustomScheme(new URL(url))),
    [false, false, true, true],
  )
})
