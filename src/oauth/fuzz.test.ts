/**
 * Thousands of start and callback requests, made of right and hostile parts, and what must hold for every answer: nothing
 * fails inside, nobody is sent anywhere but to the provider or to a registered URL, no header breaks, and no page shows
 * markup that came in. What counts as registered is decided here anew, without `redirect-url.ts`. On SQLite only, for speed.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { credentialsPurpose } from '../projects/store.ts'
import { type TestAnswer, type TestApp, testApp } from '../testing/app.ts'
import { givenOtherProject } from '../testing/given.ts'

/** A failure prints it, and the path to the request that failed. Another seed sends other requests. */
const seed = Number(process.env.SELVAGE_TEST_SEED ?? 20_260_101)

type RedirectType = 'LOGIN' | 'SIGNUP'
const types = ['LOGIN', 'SIGNUP'] as const
type Pair = readonly [name: string, value: string]

// The first of each type is the default. The types differ, so that taking one for the other shows.
const registered: Readonly<Record<RedirectType, readonly string[]>> = {
  LOGIN: [
    'http://localhost:3000/login',
    'https://app.example.com/auth/callback?from=login',
    'https://bare.example.com',
    'https://*.preview.example.com:8443/cb',
    'https://*.example.net/cb?next={}&fixed=1',
    'https://app.example.com/cb?type={}&fixed=a%20b',
    'com.example.app://oauth?url={}',
    'myapp://login',
    'http://127.0.0.1/native',
    'http://[::1]:4000/native',
    'http://localhost:3000/cb?x={}',
  ],
  SIGNUP: [
    'http://localhost:3000/signup',
    'https://app.example.com/auth/callback?from=signup',
    'https://*.preview.example.com:8443/cb',
    'https://app.example.com/cb?type={}&fixed=a%20b',
    'com.example.app://oauth?url={}',
    'myapp://signup',
    'http://127.0.0.1:5000/native',
  ],
}

const publicToken = 'public-token-test-00000000-0000-4000-8000-000000000000'
const callbackId = 'oauth-callback-test-00000000-0000-4000-8000-000000000000'
const otherCallbackId = 'oauth-callback-test-99999999-9999-4999-8999-999999999999'
const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url')

const played = [
  'google', 'microsoft', 'apple', 'github', 'gitlab', 'facebook', 'discord', 'salesforce', 'slack', 'amazon',
  'bitbucket', 'linkedin', 'coinbase', 'twitch', 'twitter', 'tiktok', 'snapchat', 'figma', 'yahoo',
] // biome-ignore format: a list of names reads best as a block
/** A provider of the project's own, which the sandbox does not play: its endpoint is on another host and has a query. */
const ownProvider = 'acme'
const ownEndpoint = 'https://idp.acme.example/authorize'

// What is registered, said twice more: as a text that a caller may send, and as a place where a browser ends up.

interface Rules {
  readonly wildcards: boolean
  readonly anyLoopbackPort: boolean
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Texts in front of the question mark that a registered URL covers. */
function coveredBases(base: string, { wildcards, anyLoopbackPort }: Rules): RegExp {
  const [, origin, path = ''] = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d+)?(\/.*)?$/.exec(base) ?? []
  const covered = [escaped(base)]
  if (wildcards) covered.push(escaped(base).replace('\\/\\/\\*', '\\/\\/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'))
  if (anyLoopbackPort && origin !== undefined) covered.push(`${escaped(origin)}(?::\\d{1,5})?${escaped(path)}`)
  return new RegExp(`^(?:${covered.join('|')})$`)
}

/** Whether these are the registered parameters, with free values where `{}` stands. */
function parametersFit(wanted: readonly Pair[], given: readonly Pair[]): boolean {
  const left = [...given]
  // Fixed values first, so that a placeholder never takes what a fixed one needs.
  for (const [name, value] of wanted.toSorted(([, one], [, other]) => Number(one === '{}') - Number(other === '{}'))) {
    const at = left.findIndex((pair) => pair[0] === name && (value === '{}' || pair[1] === value))
    if (at < 0) return false
    left.splice(at, 1)
  }
  return left.length === 0
}

/** What parsers read differently. */
const isAmbiguous = (character: string): boolean => character <= ' ' || character === '\u007f' || character === '\\'

/** Whether a caller may send this text: byte for byte, except where the registered URL or the project says otherwise. */
function maySend(text: string, type: RedirectType, rules: Rules): boolean {
  if (text.length > 2_048 || [...text].some(isAmbiguous)) return false
  const question = text.indexOf('?')
  const base = question < 0 ? text : text.slice(0, question)
  const query = question < 0 ? undefined : text.slice(question + 1)
  return registered[type].some((url) => {
    const [ourBase = '', ourQuery] = url.split('?')
    if (!coveredBases(ourBase, rules).test(base)) return false
    if (!ourQuery?.includes('{}')) return query === ourQuery
    return !text.includes('#') && parametersFit([...new URLSearchParams(ourQuery)], [...new URLSearchParams(query)])
  })
}

interface Arrival {
  readonly type: RedirectType
  readonly outcome: 'token' | 'error'
  /** The URL without what was added. */
  readonly bare: string
}

/** As what a browser that follows this URL arrives; nothing unless it is a registered place with only our parameters added. */
function arrivalsAt(location: string, rules: Rules): readonly Arrival[] {
  const added = /[?&]stytch_token_type=oauth&(token=[\w-]{44}|error=[a-z0-9_]+&error_description=[^&#]*)$/.exec(
    location,
  )
  if (!added) return []
  const bare = location.slice(0, added.index)
  const url = new URL(bare)
  if (url.username || url.password || url.hash) return []
  const outcome = added[1]?.startsWith('token') ? 'token' : 'error'
  return types
    .filter((type) => registered[type].some((text) => isPlace(url, new URL(text), rules)))
    .map((type) => ({ type, outcome, bare }))
}

/** Whether a URL, as a browser reads it, is the place of a registered one. */
function isPlace(url: URL, ours: URL, { wildcards, anyLoopbackPort }: Rules): boolean {
  const [label = '', ...parents] = url.hostname.split('.')
  const [ourLabel, ...ourParents] = ours.hostname.split('.')
  const isLoopback = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const isCovered = wildcards && ourLabel === '*' && /^[a-z0-9-]+$/.test(label) && `${parents}` === `${ourParents}`
  return (
    url.protocol === ours.protocol &&
    (url.hostname === ours.hostname || isCovered) &&
    (url.port === ours.port || (anyLoopbackPort && isLoopback)) &&
    url.pathname === ours.pathname &&
    parametersFit([...ours.searchParams], [...url.searchParams])
  )
}

// Hostile texts, and registered URLs bent out of shape.

/** Mostly the first, so that one hostile part at a time meets a request that is right otherwise. */
const often = <T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>, weight = 9): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: unusual, weight: 1 })
const nothing = fc.constant<string | undefined>(undefined)

const hostileTexts = [
  '', ' ', '<svg onload=alert(1)>', '"><script>alert(1)</script>', "'><SCRIPT src=//evil.example>", '<sVg/onload=x>',
  '&lt;svg&gt;', '\r\nSet-Cookie: a=b', '\r\n\r\n<svg onload=alert(1)>', '%0d%0aLocation:%20https://evil.example',
  'https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '@evil.example', '.evil.example',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', '../../..', '%2e%2e%2f', '%', '%zz', '%00', '%ff', '\u0000',
  '\u2028', '\ud800', '\u202e', 'ａｄｍｉｎ', '😀', '{}', '{provider}', '{problem}', '$&', '*', 'null', 'undefined', 'NaN',
  '[]', '{"a":1}', '1e999', "' or 1=1 --", '&token=forged', '#token=forged', '?token=forged', ',', ';', 'a b,c\td',
] // biome-ignore format: a list of texts reads best as a block
const hostile: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...hostileTexts), weight: 4 },
  { arbitrary: fc.string({ maxLength: 40 }), weight: 1 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 1 },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }), weight: 1 },
  { arbitrary: fc.integer({ min: 300, max: 9_000 }).map((length) => 'x'.repeat(length)), weight: 1 },
)
/** As much of a text as a request header can hold; Node refuses the rest before the server sees it. */
const hostileHeader = hostile.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 4_000))

type Bend = (url: string, at: number, text: string) => string

const bendHost =
  (change: (host: string, at: number, text: string) => string): Bend =>
  (url, at, text) =>
    url.replace(/:\/\/([^/?#]*)/, (_, host: string) => `://${change(host, at, text)}`)
const bendPort = (change: (at: number) => string): Bend =>
  bendHost((host, at) => host.replace(/:\d*$/, '') + change(at))
const bendCharacter =
  (change: (character: string, at: number, text: string) => string): Bend =>
  (url, at, text) => {
    const place = at % Math.max(url.length, 1)
    return url.slice(0, place) + change(url.charAt(place), at, text) + url.slice(place + 1)
  }
const bendPathEnd =
  (change: (at: number, text: string) => string): Bend =>
  (url, at, text) =>
    url.replace(/(?=\?|$)/, () => change(at, text))
const bendQuery =
  (change: (at: number, text: string) => string): Bend =>
  (url, at, text) =>
    `${url}${url.includes('?') ? '&' : '?'}${change(at, text)}`
const bendScheme =
  (change: (scheme: string, at: number) => string): Bend =>
  (url, at) =>
    url.replace(/^[^:]*/, (scheme) => change(scheme, at))
const one = (texts: readonly string[], at: number): string => texts[at % texts.length] ?? ''

const percentEncoded = (text: string): string => encodeURIComponent(text.toWellFormed())
/** In a path, broken encodings are worth sending as they are. */
const segment = (text: string): string => (/^%(..)?$/.test(text) ? text : percentEncoded(text))
const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0').slice(-2)}`
const otherCase = (text: string): string => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase())
const withoutLabel = (host: string): string => host.slice(Math.max(host.indexOf('.'), 0))
const lookalikes: Readonly<Record<string, string>> = { a: 'а', o: 'ο', c: 'ｃ', '.': '。', '/': '／', ':': '：' }
const schemes = [
  'javascript', 'data', 'vbscript', 'file', 'blob', 'about', 'http', 'https', 'HTTPS', 'ftp', 'view-source:https', 'x',
] // biome-ignore format: a list of names reads best as a block
const loopbacks = ['0', '127.1', '0x7f.1', '2130706433', '[::]', '127.0.0.1.', '127.0.0.2', '[::ffff:127.0.0.1]']
const specials = ['\r\n', '\t', '\n', '\u0000', ' ', '\\', '@', '#', '?', '&', ';', '/', '\u00ad', '%', ':']
const dots = ['/./', '/../', '/x/../', '/%2e/', '/%2E%2e/', '//', '/..;/', '\\']

const bends: Readonly<Record<string, Bend>> = {
  'a stranger behind @': bendHost((host) => `${host}@evil.example`),
  'a stranger behind port and @': bendHost((host) => `${host}:443@evil.example`),
  'a stranger’s host behind it': bendHost((host) => `${host}.evil.example`),
  'a stranger’s path in front': bendHost((host) => `evil.example/${host}`),
  'a stranger and a backslash in front': bendHost((host) => `evil.example\\${host}`),
  'a user': bendHost((host) => `user@${host}`),
  'a user and a password': bendHost((host, _, text) => `user:${text}@${host}`),
  'an empty user': bendHost((host) => `@${host}`),
  'a longer first label': bendHost((host) => `evil${host}`),
  'a further label': bendHost((host) => `evil.${host}`),
  'two further labels': bendHost((host) => `a.b.${host}`),
  'one label less': bendHost((host) => host.slice(host.indexOf('.') + 1)),
  'another first label': bendHost((host, _, text) => text + withoutLabel(host)),
  'a wildcard of one’s own': bendHost((host) => `*${withoutLabel(host)}`),
  'a dot behind the host': bendHost((host) => host.replace(/(?=:\d+$|$)/, '.')),
  'loopback by another name': (url, at) => url.replace(/localhost|127\.0\.0\.1|\[::1\]/, one(loopbacks, at)),
  'another port': bendPort((at) => `:${at * 17}`),
  'a port with zeros': bendPort(() => ':00080'),
  'an empty port': bendPort(() => ':'),
  'a default port': bendPort((at) => one([':80', ':443'], at)),
  'no port': bendPort(() => ''),
  'an upper-case host': bendHost((host) => host.toUpperCase()),
  'an upper-case scheme': bendScheme((scheme) => scheme.toUpperCase()),
  'upper case all over': (url) => url.toUpperCase(),
  'a character in the other case': bendCharacter(otherCase),
  'a character encoded': bendCharacter(percent),
  'a character encoded twice': bendCharacter((character) => percent(character).replace('%', '%25')),
  'a character missing': bendCharacter(() => ''),
  'a character twice': bendCharacter((character) => character + character),
  'a character of another script': bendCharacter((character) => lookalikes[character] ?? `${character}\u0301`),
  'another script all over': (url) => url.replace(/[aoc.]/g, (character) => lookalikes[character] ?? character),
  'a special character inside': bendCharacter((character, at) => one(specials, at) + character),
  'a text inside': bendCharacter((character, _, text) => text + character),
  'a text in front': (url, _, text) => text + url,
  'a text at the end': (url, _, text) => url + text,
  'cut off': (url, at) => url.slice(0, at % (url.length + 1)),
  'a longer path': bendPathEnd((_, text) => `/${text}`),
  'a very long path': bendPathEnd((at) => `/${'a'.repeat(at)}`),
  'a slash at the end': bendPathEnd(() => '/'),
  'dots at the end': bendPathEnd((at) => one(['/..', '/.', '/%2e%2e', '/..%2f', '/x/..'], at)),
  'dots in the path': (url, at) => url.replace(/(?<=[^/:])\/(?=[^/])/, one(dots, at)),
  'a fragment': (url, _, text) => `${url}#${text}`,
  'a fragment before the query': bendPathEnd((_, text) => `#${text}`),
  'a further parameter': bendQuery((_, text) => `more=${text}`),
  'a very long parameter': bendQuery((at) => `more=${'b'.repeat(at)}`),
  'an empty parameter': bendQuery((at) => one(['', '&', '=', '=&', '%20'], at)),
  'a token of one’s own': bendQuery(() => 'stytch_token_type=oauth&token=forged'),
  'the query twice': (url) => url.replace(/\?(.*)$/s, (_, query: string) => `?${query}&${query}`),
  'the query reversed': (url) => url.replace(/\?(.*)$/s, (_, query: string) => `?${query.split('&').toReversed().join('&')}`),
  'no query': (url) => url.replace(/\?.*$/s, ''),
  'no value': (url) => url.replace(/=[^&]*$/, ''),
  'a placeholder of one’s own': (url) => url.replace(/[^/]*$/, '{}'),
  'another scheme': bendScheme((_, at) => one(schemes, at)),
  'no scheme': (url) => url.replace(/^[^:]*:/, ''),
  'one slash': (url) => url.replace('://', ':/'),
  'three slashes': (url) => url.replace('://', ':///'),
  'backslashes': (url) => url.replace('://', ':\\\\'),
  'white space around': (url) => ` ${url}\n`,
  'encoded as a whole': percentEncoded,
} // biome-ignore format: one way to bend a URL a line

const labels = [
  'pr-17', 'a', '0', 'xn--pp-7kc', 'a'.repeat(63), 'a'.repeat(64), '*', '', '-a', 'a-', 'A', 'a.b', 'evil.example/',
  'evil.example?', 'evil.example#', 'a@', 'a:b@', 'xn--', 'ä', '%61',
] // biome-ignore format: a list of texts reads best as a block
const values = ['x', 'login', '', '{}', 'https%3A%2F%2Fapp.example.com%2Fx%3Fy%3D1', 'https://evil.example/?y=1']

/** A registered URL of that type as an app would send it, or none. */
const fair = (type: RedirectType): fc.Arbitrary<string | undefined> =>
  fc
    .tuple(
      fc.constantFrom(undefined, ...registered[type]),
      fc.constantFrom('pr-17', 'b'),
      fc.constantFrom('x', 'y%20z'),
    )
    .map(([url, label, value]) => url?.replace('*', label).replaceAll('{}', value))

const bend = fc.record({ by: fc.constantFrom(...Object.keys(bends)), at: fc.nat(4_000), text: hostile })

/** A registered URL of either type, its free parts filled in somehow, and bent up to three times. */
const bent: fc.Arbitrary<string | undefined> = fc
  .record({
    url: fc.constantFrom(...registered.LOGIN, ...registered.SIGNUP),
    label: often(fc.constantFrom(...labels), hostile),
    value: fc.oneof(fc.constantFrom(...values), hostile, hostile.map(percentEncoded)),
    bent: fc.array(bend, { maxLength: 3 }),
  })
  .map(({ url, label, value, bent }) => {
    const filled = url.replace('*', () => label).replaceAll('{}', () => value)
    return bent.reduce((made, { by, at, text }) => bends[by]?.(made, at, text) ?? made, filled)
  })
const attack = fc.oneof(
  { arbitrary: bent, weight: 12 },
  { arbitrary: hostile, weight: 1 },
  { arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }), weight: 1 },
)

const fairUrls = fc.record({ login: fair('LOGIN'), signup: fair('SIGNUP') })
const urls = fc.oneof(
  { arbitrary: fairUrls, weight: 4 },
  { arbitrary: fc.record({ login: attack, signup: fair('SIGNUP') }), weight: 4 },
  { arbitrary: fc.record({ login: fair('LOGIN'), signup: attack }), weight: 3 },
  { arbitrary: fc.record({ login: attack, signup: attack }), weight: 1 },
)
const oddChallenges = ['', `${challenge}=`, challenge.slice(1), 'ü'.repeat(43), '~'.repeat(43)]
const codeChallenge = fc.oneof(
  { arbitrary: fc.constant<string | undefined>(challenge), weight: 8 },
  { arbitrary: nothing, weight: 4 },
  { arbitrary: fc.oneof(fc.constantFrom(...oddChallenges), hostile), weight: 2 },
)

// Requests, as data: what a failure prints.

const accept = fc.constantFrom(undefined, 'text/html,application/xhtml+xml;q=0.9', 'application/json', '*/*')
const oddHeaders = fc.record(
  {
    host: fc.constantFrom('evil.example', 'localhost', ''),
    'x-forwarded-host': fc.constant('evil.example'),
    'x-forwarded-proto': fc.constantFrom('https', 'javascript'),
    origin: fc.oneof(fc.constantFrom('https://evil.example', 'null', 'http://localhost:3000'), hostileHeader),
    referer: hostileHeader,
    'user-agent': hostileHeader,
    'x-stytch-oauth-type': fc.oneof(fc.constantFrom('google-one-tap', 'GOOGLE-ONE-TAP', 'apple'), hostileHeader),
  },
  { requiredKeys: [] },
)
const headers: fc.Arbitrary<Texts> = often(fc.constant({}), oddHeaders, 4)

const oddProviders = ['__proto__', 'constructor', 'toString', 'myspace', 'GOOGLE', 'google ', 'google\u0000', '..']
const oddPublicToken = fc.oneof(
  fc.constantFrom(undefined, publicToken.toUpperCase(), publicToken.replaceAll('0', '1'), publicToken.slice(1)),
  hostile,
)
const forwardedNames = [
  'client_id', 'client_key', 'client_secret', 'client_assertion', 'redirect_uri', 'response_type', 'response_mode', 'state',
  'scope', 'nonce', 'code_challenge', 'code_challenge_method', 'request', 'request_uri', 'access_type', 'CLIENT_ID',
  'redirect_uri ', 'redirect_uri[]', 'state\u0000', 'prompt', 'login_hint', 'claims', 'persona', 'audience', 'hd', '',
  '__proto__', 'constructor',
] // biome-ignore format: a list of names reads best as a block
const otherNames = ['state', 'redirect_uri', 'provider', 'code', 'utm', '__proto__']

const startPlan = fc.record({
  provider: often(fc.constantFrom(...played, ownProvider), fc.oneof(fc.constantFrom(...oddProviders), hostile), 14),
  publicToken: often(fc.constantFrom<(string | undefined)[]>(publicToken), oddPublicToken, 24),
  urls,
  challenge: codeChallenge,
  attachToken: often(nothing, fc.oneof(fc.constant('a real one'), hostile)),
  scopes: often(fc.constantFrom(undefined, '', 'calendar.read extra'), hostile, 2),
  forwarded: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...forwardedNames), hostile), hostile), { maxLength: 3 }),
  others: fc.array(fc.tuple(fc.constantFrom(...otherNames), hostile), { maxLength: 2 }),
  /** Which parameter is sent a second time, if there are so many. */
  repeated: often(fc.constant(-1), fc.nat(8), 14),
  spelling: often(fc.constant('encoded'), fc.constant('as it is'), 5),
  accept,
  headers,
})
type StartPlan = typeof startPlan extends fc.Arbitrary<infer Plan> ? Plan : never

/** A start that works, for what comes after it. */
const fairStartPlan: fc.Arbitrary<StartPlan> = fc
  .record({ provider: fc.constantFrom(...played, ownProvider), urls: fairUrls })
  .map((fair) => ({
    ...fair,
    publicToken,
    challenge,
    attachToken: undefined,
    scopes: undefined,
    forwarded: [],
    others: [],
    repeated: -1,
    spelling: 'encoded',
    accept: undefined,
    headers: {},
  }))

/** Another text of the same length. */
const flipped = bendCharacter((character) => (character === 'A' ? 'B' : 'A'))

type Change = (pairs: readonly Pair[], name: string, text: string, at: number) => readonly Pair[]
const bendValue =
  (bend: Bend): Change =>
  (pairs, name, text, at) =>
    pairs.map(([own, value]) => [own, own === name ? bend(value, at, text) : value])

const changes: Readonly<Record<string, Change>> = {
  drop: (pairs, name) => pairs.filter((pair) => pair[0] !== name),
  replace: (pairs, name, text) => [...pairs.filter((pair) => pair[0] !== name), [name, text]],
  repeat: (pairs, name, text) => [...pairs, pairs.find((pair) => pair[0] === name) ?? [name, text]],
  add: (pairs, name, text) => [...pairs, [name, text]],
  cut: bendValue((value, at) => value.slice(0, at % (value.length + 1))),
  flip: bendValue(flipped),
}

const declinations = ['access_denied', 'invalid_scope', 'unauthorized_client', 'server_error', 'user_cancelled_login']
const callbackNames = ['state', 'code', 'iss', 'user', 'error', 'error_description', 'oauth_callback_id', '__proto__']
const oddUsers = [
  '{"name":{"firstName":"<svg onload=alert(1)>","lastName":"\\u0000\\ud800"}}', '{"__proto__":{"name":1}}', '{"name":[]}',
  '{"name":{"firstName":{},"lastName":1e999}}', 'null', '[]', '"', '['.repeat(5_000),
] // biome-ignore format: a list of texts reads best as a block
const change = fc.record({
  how: fc.constantFrom(...Object.keys(changes)),
  name: often(fc.constantFrom('state', 'code'), fc.constantFrom(...callbackNames), 1),
  text: fc.oneof(hostile, hostile, fc.constantFrom(...oddUsers)),
  at: fc.nat(100),
})
const changedUser = fc.constantFrom(...oddUsers).map((text) => ({ how: 'replace', name: 'user', text, at: 0 }))
const changesPlan = fc.array(fc.oneof({ arbitrary: change, weight: 3 }, { arbitrary: changedUser, weight: 1 }), {
  maxLength: 3,
})

const personas = ['no-email', 'unverified', 'denied', 'error', 'malformed-json', 'wrong-issuer']
const person = fc.nat(99_999).map((number) => `verified:ada.${number}@example.com`)
const oddIds = [otherCallbackId, callbackId.toUpperCase(), callbackId.slice(1), '__proto__', '..', 'x'.repeat(401)]
const segmentBehind = (text: string): string => (text === '' ? '' : `/${segment(text)}`)
const oddCookies = [undefined, 'foreign', 'own among others', 'one tap', 'flipped']
const carriers = [
  'query', 'query as it is', 'form', 'JSON', 'JSON called a form', 'form called JSON', 'form called text',
  'half of the JSON', 'JSON of odd types',
] // biome-ignore format: a list of names reads best as a block

const callbackPlan = fc.record({
  start: often(fairStartPlan, startPlan, 4),
  persona: fc.oneof(fc.constant('verified'), person, fc.constantFrom(...personas)),
  answer: fc.constantFrom('of the provider', 'of the provider', 'of the provider', 'made up', 'declined', 'declined'),
  changes: changesPlan,
  id: often(fc.constant(callbackId), fc.oneof(fc.constantFrom(...oddIds), hostile)),
  /** Whose callback it is: that of the login's provider, or somebody's. */
  owner: often(
    fc.constant('own'),
    fc.oneof(fc.constantFrom('', ...played, ownProvider), hostile).map(segmentBehind),
    14,
  ),
  cookie: often(fc.constant<string | undefined>('own'), fc.oneof(fc.constantFrom(...oddCookies), hostileHeader), 3),
  carrier: fc.oneof(fc.constantFrom('query', 'form'), fc.constantFrom(...carriers)),
  /** More than ten minutes later. */
  late: often(fc.constant(false), fc.constant(true), 24),
  twice: often(fc.constant(false), fc.constant(true)),
  accept,
  headers,
})
type CallbackPlan = typeof callbackPlan extends fc.Arbitrary<infer Plan> ? Plan : never

const fairOrigins = [undefined, 'http://localhost:3000', 'https://app.example.com']

const oneTapPlan = fc.record({
  idToken: often(person, fc.constantFrom('flipped', 'unsigned', 'hostile', 'absent'), 3),
  csrf: often(fc.constant('own'), fc.constantFrom('absent', 'flipped', 'without cookie', 'of a browser', 'hostile'), 5),
  text: hostile,
  at: fc.nat(2_000),
  urls: fc.oneof(fairUrls, urls),
  challenge: often(fc.constant<string | undefined>(challenge), codeChallenge, 3),
  type: often(fc.constant('google-one-tap'), fc.oneof(fc.constant('Google-One-Tap'), hostileHeader), 12),
  origin: often(
    fc.constantFrom(...fairOrigins),
    fc.oneof(fc.constantFrom('https://evil.example', 'null'), hostileHeader),
    5,
  ),
  carrier: often(fc.constantFrom('JSON', 'form'), fc.constantFrom(...carriers), 5),
  more: fc.array(fc.tuple(fc.constantFrom('state', 'code', 'redirect_url', 'login_redirect_url'), hostile), {
    maxLength: 1,
  }),
  accept,
})
type OneTapPlan = typeof oneTapPlan extends fc.Arbitrary<infer Plan> ? Plan : never

// A server to send them to, and what holds for each answer.

interface World {
  readonly app: TestApp
  readonly origin: string
  readonly rules: Rules
  readonly errorsToApp: boolean
  /** Who has attach tokens made. */
  readonly userId: string
  /** What happened how often. */
  readonly seen: Map<string, number>
}

interface WorldSettings {
  readonly environment: 'test' | 'live'
  readonly settings: Readonly<Record<string, boolean>>
}

async function startWorld({ environment, settings }: WorldSettings): Promise<World & AsyncDisposable> {
  const app = await testApp()
  const origin = await app.listen()
  const { query } = app.app.db
  const project_id = app.project.id
  const other = await givenOtherProject(app)
  const { body } = await app.call('POST', '/v1/users', { body: { email: 'owner@example.com' } })
  const changed = { environment, settings: JSON.stringify(settings) }
  await query.updateTable('projects').set(changed).where('project_id', '=', project_id).execute()
  // The other project has the same ones: that a login is not its own must be known by more than where it leads.
  const urls = [project_id, other.username].flatMap((project_id) =>
    types.flatMap((type) =>
      registered[type].map((url, at) => ({ project_id, type, url, is_default: at === 0 ? 1 : 0, position: at })),
    ),
  )
  await query.deleteFrom('redirect_urls').execute()
  await query.insertInto('redirect_urls').values(urls).execute()
  // A port that `fetch` never connects to: the exchange fails at once.
  const nowhere = 'http://127.0.0.1:9/'
  const endpoints = { authorization: `${ownEndpoint}?tenant=1`, token: nowhere, userinfo: nowhere }
  const row = {
    project_id,
    provider: ownProvider,
    client_id: `sandbox-${ownProvider}-client`,
    credentials_sealed: app.app.sealer.seal('{"client_secret":"x"}', credentialsPurpose(project_id, ownProvider)),
    settings: JSON.stringify({ type: 'oauth2', endpoints }),
  }
  await query.insertInto('provider_configs').values(row).execute()
  app.app.projects.forget()
  return {
    app,
    origin,
    rules: { wildcards: environment === 'test', anyLoopbackPort: settings.redirect_loopback_ports === true },
    errorsToApp: settings.oauth_errors_to_app === true,
    userId: body.user_id,
    seen: new Map(),
    [Symbol.asyncDispose]: () => app.close(),
  }
}

const note = ({ seen }: World, what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)

type Texts = Readonly<Record<string, string | undefined>>

interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Texts
  readonly body?: string | undefined
}

/** Sends one request and checks what holds for every answer. */
async function send(world: World, { method, path, headers, body }: Request): Promise<TestAnswer> {
  const given = Object.entries(headers).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]))
  const answer = await world.app.call(method, path, { auth: false, headers: Object.fromEntries(given), body })
  const { status, text } = answer
  const sent = `${method} ${path} ${JSON.stringify(headers)} ${body ?? ''}`
  const context = `${sent}\n→ ${status} ${JSON.stringify(answer.headers)} ${text}`
  note(world, 'requests')
  assert.ok(status < 500, context)
  for (const header of Object.values(answer.headers).flat()) assert.doesNotMatch(String(header), /[\r\n]/, context)
  assert.equal(answer.headers.refresh, undefined, context)
  assert.equal(answer.headers.location !== undefined, status === 302 || status === 303, context)
  if (status < 400) return answer
  if (answer.body === undefined) {
    assert.match(String(answer.headers['content-type']), /^text\/html/, context)
    assert.match(headers.accept ?? '', /text\/html/, context)
    assertInert(text, context)
    note(world, 'error page')
    return answer
  }
  const { status_code, request_id, error_type, error_message, error_url, redirect_url } = answer.body
  assert.equal(status_code, status, context)
  assert.match(request_id, /^request-id-test-[0-9a-f-]{36}$/, context)
  assert.match(error_type, /^[a-z0-9_]+$/, context)
  assert.ok(typeof error_message === 'string' && error_message !== '', context)
  assert.equal(error_url, `${world.origin}/docs/errors#${error_type}`, context)
  assert.equal(redirect_url, undefined, context)
  // Every provider that exists has an account here.
  assert.notEqual(error_type, 'oauth_config_not_found', context)
  note(world, error_type)
  return answer
}

const ownTags =
  /^<(!doctype html|html lang="en"|\/?(html|head|title|style|body|main|h1|p|dl|dt|dd|code)|(meta|link) [^>]*|div class="card" role="alert"|p class="soft"|a href="http:\/\/localhost:\d+\/docs\/errors#[a-z0-9_]+"|\/(div|a))>$/

/** Whether a page holds its own tags, with their own attributes, and none that came in. */
function assertInert(page: string, context: string): void {
  assert.doesNotMatch(page, /<\/?(svg|script)/i, context)
  for (const [tag] of page.matchAll(/<[^>]*>?/g)) assert.match(tag, ownTags, context)
}

/** An answer that goes on to the app must lead to what the start asked for. */
function assertArrival(world: World, location: string, wanted: Wanted, context: string): Arrival {
  const arrivals = arrivalsAt(location, world.rules)
  const arrival = arrivals.find(({ type, bare }) => bare === new URL(wanted[type]).href)
  assert.ok(arrival, `${location} is none of ${JSON.stringify(wanted)}, or not registered: ${context}`)
  if (arrival.outcome === 'error') assert.ok(arrival.type === 'LOGIN' && world.errorsToApp, context)
  note(world, `${arrival.type} ${arrival.outcome}`)
  return arrival
}

/** What was asked for, or the default. */
type Wanted = Readonly<Record<RedirectType, string>>

const wantedOf = (login: string | null | undefined, signup: string | null | undefined): Wanted => ({
  LOGIN: login || (registered.LOGIN[0] ?? ''),
  SIGNUP: signup || (registered.SIGNUP[0] ?? ''),
})

/** A request that was accepted may only have named what is registered, and a challenge where an app could be another. */
function assertAccepted(world: World, wanted: Wanted, codeChallenge: string | null | undefined, context: string): void {
  for (const type of types) {
    assert.ok(maySend(wanted[type], type, world.rules), `${wanted[type]} is not registered for ${type}: ${context}`)
    if (!/^https?:/.test(wanted[type])) assert.match(codeChallenge ?? '', /^[\w-]{43}$/, context)
    if (!registered[type].includes(wanted[type])) note(world, 'accepted by an exception')
  }
}

// From plans to requests.

const encoded = (pairs: readonly Pair[]): string => pairs.map((pair) => pair.map(percentEncoded).join('=')).join('&')
const asItIs = (pairs: readonly Pair[]): string => pairs.map((pair) => pair.join('=')).join('&')
/** A provider of the project's own answers at a callback of its own. */
const callbackPath = (id: string, provider: string): string =>
  `/v1/oauth/callback/${segment(id)}${provider === ownProvider ? `/${ownProvider}` : ''}`
const given = (pairs: readonly (readonly [string, string | undefined])[]): Pair[] =>
  pairs.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]))

interface Started {
  readonly location: URL
  readonly state: string
  readonly cookie: string
  readonly wanted: Wanted
}

/** Opens a start URL. An answer that goes on must go on to the provider, with nobody's word but ours for what is ours. */
async function start(world: World, plan: StartPlan): Promise<Started | undefined> {
  const attachToken = plan.attachToken === 'a real one' ? await realAttachToken(world, plan.provider) : plan.attachToken
  const pairs = given([
    ['public_token', plan.publicToken],
    ['login_redirect_url', plan.urls.login],
    ['signup_redirect_url', plan.urls.signup],
    ['code_challenge', plan.challenge],
    ['oauth_attach_token', attachToken],
    ['custom_scopes', plan.scopes],
    ...plan.forwarded.map(([name, text]) => [`provider_${name}`, text] as const),
    ...plan.others,
  ])
  pairs.push(...pairs.slice(plan.repeated, plan.repeated + 1))
  const query = plan.spelling === 'encoded' ? encoded(pairs) : asItIs(pairs)
  const path = `/v1/public/oauth/${segment(plan.provider)}/start?${query}`
  const { status, headers, body } = await send(world, {
    method: 'GET',
    path,
    headers: { accept: plan.accept, ...plan.headers },
  })
  if (status !== 302) return undefined

  const context = `${path}\n→ ${headers.location}`
  const location = new URL(String(headers.location))
  assert.equal(body.redirect_url, headers.location, context)
  const endpoint = plan.provider === ownProvider ? ownEndpoint : `${world.origin}/sandbox/${plan.provider}/authorize`
  assert.equal(`${location.protocol}//${location.host}${location.pathname}`, endpoint, context)
  assert.equal(location.username + location.password + location.hash, '', context)
  const parameter = (name: string): string | undefined => {
    const all = location.searchParams.getAll(name)
    assert.ok(all.length <= 1, `${name} stands twice: ${context}`)
    return all[0]
  }
  const clientId = parameter(plan.provider === 'tiktok' ? 'client_key' : 'client_id')
  assert.equal(clientId, `sandbox-${plan.provider}-client`, context)
  assert.equal(parameter('redirect_uri'), world.origin + callbackPath(callbackId, plan.provider), context)
  assert.equal(parameter('response_type'), 'code', context)
  assert.equal(parameter('response_mode'), plan.provider === 'apple' ? 'form_post' : undefined, context)
  assert.match(parameter('code_challenge') ?? challenge, /^[\w-]{43}$/, context)
  assert.match(parameter('nonce') ?? 'A'.repeat(22), /^[\w-]{22,40}$/, context)
  for (const name of ['request', 'request_uri', 'client_secret', 'client_assertion']) {
    assert.equal(parameter(name), undefined, context)
  }
  const state = parameter('state') ?? ''
  assert.match(state, /^[\w-]{44}$/, context)

  // As it arrived: unencoded, a value may have become several parameters.
  const sent = new URL(path, world.origin).searchParams
  const wanted = wantedOf(sent.get('login_redirect_url'), sent.get('signup_redirect_url'))
  assertAccepted(world, wanted, sent.get('code_challenge'), context)
  const cookie = String(headers['set-cookie'])
  assert.match(cookie, /^selvage_browser=[\w-]{44}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/, context)
  note(world, 'started')
  return { location, state, cookie: cookie.split(';')[0] ?? '', wanted }
}

async function realAttachToken({ app, userId }: World, provider: string): Promise<string | undefined> {
  const { body } = await app.call('POST', '/v1/oauth/attach', { body: { provider, user_id: userId } })
  return body.oauth_attach_token
}

const madeUp = (state: string): readonly Pair[] => Object.entries({ state, code: 'made-up' })
const declined = (state: string, error = ''): readonly Pair[] =>
  Object.entries({ state, error, error_description: '<svg onload=alert(1)>\r\nX: y' })

/** What the provider sends back when a person says yes there. */
async function consent(world: World, { location, state }: Started, persona: string): Promise<readonly Pair[]> {
  if (location.origin !== world.origin) return madeUp(state)
  const request = new URL(location)
  request.searchParams.set('persona', persona)
  const { headers, text } = await world.app.call('GET', request.pathname + request.search, { auth: false })
  if (headers.location !== undefined) return [...new URL(String(headers.location)).searchParams]
  const inputs = text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)
  const pairs = [...inputs].map(([, name = '', value = '']): Pair => [name, value.replaceAll('&quot;', '"')])
  // Forwarded parameters can end it at the provider, or with its page.
  return pairs.some(([name]) => name === 'code') ? pairs : madeUp(state)
}

const formType = 'application/x-www-form-urlencoded'

/** The same members by other means. */
function carry(pairs: readonly Pair[], carrier: string, path: string, headers: Texts): Request {
  const json = JSON.stringify(Object.fromEntries(pairs))
  const post = (contentType: string, body: string): Request => ({
    method: 'POST',
    path,
    headers: { 'content-type': contentType, ...headers },
    body,
  })
  switch (carrier) {
    case 'query':
      return { method: 'GET', path: `${path}?${encoded(pairs)}`, headers }
    case 'query as it is':
      return { method: 'GET', path: `${path}?${asItIs(pairs)}`, headers }
    case 'JSON':
      return post('application/json', json)
    case 'JSON called a form':
      return post(formType, json)
    case 'form called JSON':
      return post('application/json', encoded(pairs))
    case 'form called text':
      return post('text/plain', encoded(pairs))
    case 'half of the JSON':
      return post('application/json', json.slice(0, json.length / 2))
    case 'JSON of odd types': {
      const odd = pairs.map(([name], at) => [name, [null, [], {}, 1, true][(at + json.length) % 5]] as const)
      return post(
        'application/json',
        JSON.stringify({ ...Object.fromEntries(pairs), ...Object.fromEntries(odd.slice(0, 2)) }),
      )
    }
    default:
      return post(formType, encoded(pairs))
  }
}

async function cookieFor(world: World, { cookie, changes }: CallbackPlan, own: string): Promise<string | undefined> {
  switch (cookie) {
    case undefined:
      return undefined
    case 'own':
      return own
    case 'own among others':
      return `a=b; selvage_browser=x; ${own}; selvage_browser=`
    case 'flipped':
      return `selvage_browser=${flipped(own.split('=')[1] ?? '', changes.length * 7, '')}`
    case 'foreign':
      return foreignCookie(world)
    case 'one tap':
      return `selvage_browser=${(await startOneTap(world)).csrf}`
    default:
      return `selvage_browser=${cookie}`
  }
}

/** Of another browser, which has a login of its own. */
async function foreignCookie({ app }: World): Promise<string> {
  const { headers } = await app.call('GET', `/v1/public/oauth/google/start?public_token=${publicToken}`, {
    auth: false,
  })
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

/** Ends a login that was allowed to start, in the simplest way, to see where it leads. */
async function finish(world: World, started: Started, plan: StartPlan): Promise<void> {
  // What is asked of the provider can end it there.
  const isPlain = plan.provider !== ownProvider && plan.forwarded.length === 0 && !plan.scopes && !plan.attachToken
  const persona = plan.urls.signup === undefined ? 'verified' : `verified:${started.state}@example.com`
  const isDeclined = world.errorsToApp && !isPlain
  const pairs = isDeclined ? declined(started.state, 'access_denied') : await consent(world, started, persona)
  const headers = { accept: plan.accept, cookie: started.cookie }
  const request = carry(pairs, 'query', callbackPath(callbackId, plan.provider), headers)
  const { text, headers: answered } = await send(world, request)
  assert.ok(answered.location !== undefined || !isPlain, `a plain login failed: ${request.path} ${text}`)
  if (answered.location !== undefined) {
    assertArrival(world, String(answered.location), started.wanted, request.path)
  }
}

/** A start, and a callback that may have little to do with it. */
async function callBack(world: World, plan: CallbackPlan): Promise<void> {
  const started = await start(world, plan.start)
  const state = started?.state ?? 'A'.repeat(44)
  const answers = async (): Promise<readonly Pair[]> => {
    if (plan.answer === 'declined') return declined(state, declinations[plan.persona.length % declinations.length])
    return plan.answer === 'made up' || !started ? madeUp(state) : consent(world, started, plan.persona)
  }
  const pairs = plan.changes.reduce(
    (made, { how, name, text, at }) => changes[how]?.(made, name, text, at) ?? made,
    await answers(),
  )
  const cookie = await cookieFor(world, plan, started?.cookie ?? 'selvage_browser=none')
  const headers = { accept: plan.accept, cookie, ...plan.headers }
  const own = callbackPath(plan.id, plan.start.provider)
  const path = plan.owner === 'own' ? own : `/v1/oauth/callback/${segment(plan.id)}${plan.owner}`
  const request = carry(pairs, plan.carrier, path, headers)
  if (plan.late) world.app.clock.advance({ minutes: 11 })

  const isOurs =
    plan.id === callbackId &&
    path === own &&
    pairs.some(([name, text]) => name === 'state' && text === state) &&
    (plan.cookie === 'own' || plan.cookie === 'own among others')
  for (const isFirst of plan.twice ? [true, false] : [true]) {
    const { status, headers: answered, body } = await send(world, request)
    const context = `${JSON.stringify(plan)}\n→ ${status} ${answered.location}`
    if (status >= 400) continue
    assert.ok(started && isOurs, `a callback of somebody else’s went through: ${context}`)
    assert.equal(status, request.method === 'GET' ? 302 : 303, context)
    assert.equal(body.redirect_url, answered.location, context)
    const { outcome } = assertArrival(world, String(answered.location), started.wanted, context)
    assert.ok(isFirst || plan.late, `a callback went through twice: ${context}`)
    if (plan.late) assert.equal(outcome, 'error', context)
  }
}

async function startOneTap({ app }: World): Promise<{ readonly csrf: string; readonly cookie: string }> {
  const path = `/v1/public/oauth/google/onetap/start?public_token=${publicToken}`
  const { body, headers } = await app.call('GET', path, { auth: false })
  return { csrf: body.stytch_csrf_token, cookie: String(headers['set-cookie']).split(';')[0] ?? '' }
}

/** A credential as Google gives it to a page. */
async function googleIdToken({ app, origin }: World, persona: string): Promise<string> {
  const client = { client_id: 'sandbox-google-client', redirect_uri: `${origin}/v1/oauth/callback/${callbackId}` }
  const asked = new URLSearchParams({ ...client, response_type: 'code', scope: 'openid email profile', persona })
  const { headers } = await app.call('GET', `/sandbox/google/authorize?${asked}`, { auth: false })
  const code = new URL(String(headers.location)).searchParams.get('code') ?? ''
  const secret = { client_secret: 'sandbox-google-not-a-secret', grant_type: 'authorization_code', code }
  const body = new URLSearchParams({ ...client, ...secret }).toString()
  const sent = { auth: false, headers: { 'content-type': formType }, body } as const
  return (await app.call('POST', '/sandbox/google/token', sent)).body.id_token
}

async function submitOneTap(world: World, plan: OneTapPlan): Promise<void> {
  const { text, at } = plan
  const own = await startOneTap(world)
  const isReal = plan.idToken.startsWith('verified:')
  const real = await googleIdToken(world, isReal ? plan.idToken : 'verified')
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${real.split('.')[1]}.`
  const idTokens: Texts = { flipped: flipped(real, at, ''), unsigned, hostile: text, absent: undefined }
  const idToken = isReal ? real : idTokens[plan.idToken]
  const foreign = (await foreignCookie(world)).split('=')[1]
  const csrfs: Texts = { flipped: flipped(own.csrf, at, ''), 'of a browser': foreign, hostile: text, absent: undefined }
  const csrf = plan.csrf in csrfs ? csrfs[plan.csrf] : own.csrf
  const pairs = given([
    ['id_token', idToken],
    ['stytch_csrf_token', csrf],
    ['login_redirect_url', plan.urls.login],
    ['signup_redirect_url', plan.urls.signup],
    ['code_challenge', plan.challenge],
    ...plan.more,
  ])
  // Equal to what is sent, but not made here; or made here, but not equal.
  const forged = `stytch_csrf_private_token=${(csrf ?? '').replace(/[^\x20-\x7e]/g, '')}`
  const cookies: Texts = { 'without cookie': undefined, 'of a browser': forged, hostile: forged }
  const cookie = plan.csrf in cookies ? cookies[plan.csrf] : own.cookie
  const headers = { 'x-stytch-oauth-type': plan.type, accept: plan.accept, origin: plan.origin, cookie }
  const answer = await send(world, carry(pairs, plan.carrier, `/v1/oauth/callback/${callbackId}`, headers))
  const context = `${JSON.stringify(plan)}\n→ ${answer.status} ${answer.text}`
  if (answer.status >= 400) return
  assert.equal(answer.status, 200, context)
  assert.equal(plan.csrf, 'own', context)
  assert.equal(idToken, real, context)
  // Of names that repeat, JSON keeps the last; a form with such is refused.
  const sent = new Map(pairs)
  const wanted = wantedOf(sent.get('login_redirect_url'), sent.get('signup_redirect_url'))
  assertAccepted(world, wanted, sent.get('code_challenge'), context)
  const { outcome } = assertArrival(world, answer.body.redirect_url, wanted, context)
  assert.equal(outcome, 'token', context)
  note(world, 'one tap')
}

// The tests.

interface Fuzzed extends WorldSettings {
  readonly name: string
  readonly runs: { readonly starts: number; readonly callbacks: number; readonly oneTaps: number }
  /** Requests that these runs amount to at least. */
  readonly requests: number
  /** What must happen on the way: without it, the requests do not get to the places that they are made for. */
  readonly reached: readonly string[]
}

const reached = [
  'started', 'accepted by an exception', 'LOGIN token', 'SIGNUP token', 'one tap', 'error page', 'bad_request',
  'route_not_found', 'public_token_required', 'invalid_public_token_id', 'public_token_not_found',
  'invalid_oauth_provider', 'invalid_login_oauth_url', 'invalid_signup_oauth_url', 'no_match_for_provided_oauth_url',
  'query_params_do_not_match', 'pkce_required_for_native_callback', 'invalid_pkce_code_challenge',
  'invalid_oauth_attach_token', 'invalid_callback_id', 'oauth_invalid_callback_request', 'oauth_invalid_state',
  'oauth_state_used', 'oauth_state_mismatch', 'id_token_invalid', 'bad_domain_for_stytch_sdk',
] // biome-ignore format: a list of names reads best as a block

const fuzzed: readonly Fuzzed[] = [
  {
    name: 'with default settings',
    environment: 'test',
    settings: {},
    runs: { starts: 2_600, callbacks: 1_300, oneTaps: 350 },
    requests: 5_000,
    reached: [...reached, 'expired_oauth_response', 'oauth_flow_callback_error', 'oauth_auth_code_error'],
  },
  {
    name: 'with errors told to the app and any loopback port',
    environment: 'test',
    settings: { oauth_errors_to_app: true, redirect_loopback_ports: true },
    runs: { starts: 2_600, callbacks: 1_300, oneTaps: 350 },
    requests: 5_000,
    reached: [...reached, 'LOGIN error'],
  },
  {
    name: 'in a live project, where a wildcard covers nothing',
    environment: 'live',
    settings: { frontend_enabled: true },
    runs: { starts: 600, callbacks: 300, oneTaps: 100 },
    requests: 1_000,
    reached: ['started', 'accepted by an exception', 'LOGIN token', 'SIGNUP token', 'one tap', 'error page'],
  },
]

for (const [at, { name, runs, requests, reached, ...settings }] of fuzzed.entries()) {
  test(`${name}: whatever is sent to start and callback leads to the provider, to a registered URL or to an error`, async (t) => {
    await using world = await startWorld(settings)
    const holds = <T>(plan: fc.Arbitrary<T>, numRuns: number, run: (plan: T) => Promise<void>) =>
      fc.assert(fc.asyncProperty(plan, run), { seed: seed + at, numRuns })
    await holds(startPlan, runs.starts, async (plan) => {
      const started = await start(world, plan)
      if (started) await finish(world, started, plan)
    })
    await holds(callbackPlan, runs.callbacks, (plan) => callBack(world, plan))
    await holds(oneTapPlan, runs.oneTaps, (plan) => submitOneTap(world, plan))
    const sent = world.seen.get('requests') ?? 0
    t.diagnostic(`${sent} requests`)
    assert.ok(sent >= requests, `only ${sent} requests`)
    const missing = reached.filter((what) => !world.seen.has(what))
    assert.deepEqual(missing, [], 'never happened')
  })
}
