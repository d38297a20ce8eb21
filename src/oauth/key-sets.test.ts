/** Key sets of providers: rotation, floods of unknown keys, failures. Time is the test's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeySets } from './key-sets.ts'

const url = 'https://provider.example/keys'

interface Scene {
  readonly sets: KeySets
  /** Requests that reached the provider. */
  readonly requests: () => number
  publish(...kids: readonly string[]): void
  fail(): void
  advance(seconds: number): void
}

function scene(): Scene {
  let published: readonly string[] = ['a']
  let failing = false
  let time = 1_000_000
  let requests = 0
  const fetch = async () => {
    requests += 1
    if (failing) return new Response('no', { status: 503 })
    return Response.json({ keys: published.map((kid) => ({ kty: 'RSA', kid })) })
  }
  return {
    sets: new KeySets({ fetch, allowHttp: false, systemTime: () => time }),
    requests: () => requests,
    publish: (...kids) => {
      published = kids
      failing = false
    },
    fail: () => {
      failing = true
    },
    advance: (seconds) => {
      time += seconds * 1_000
    },
  }
}

const kids = async ({ sets }: Scene, kid: string) => (await sets.get(url, kid)).keys.map((key) => key.kid)

test('a key that is known is used for ten minutes without asking again', async () => {
  const s = scene()
  for (let times = 0; times < 100; times++) await kids(s, 'a')
  s.advance(599)
  await kids(s, 'a')
  assert.equal(s.requests(), 1)
  s.advance(1)
  await kids(s, 'a')
  assert.equal(s.requests(), 2)
})

test('check 54: an unknown kid asks again at most once a minute, however many ask at once', async () => {
  const s = scene()
  await kids(s, 'a')
  for (let minute = 0; minute < 3; minute++) {
    await Promise.all(Array.from({ length: 500 }, (_, at) => kids(s, `made-up-${at}`)))
    s.advance(60)
  }
  assert.equal(s.requests(), 3)
})

test('a rotated key is found once the minute is over', async () => {
  const s = scene()
  await kids(s, 'a')
  s.publish('a', 'b')
  assert.deepEqual(await kids(s, 'b'), ['a'])
  s.advance(60)
  assert.deepEqual(await kids(s, 'b'), ['a', 'b'])
})

test('a provider that is down for a while does not stop logins with keys that were good', async () => {
  const s = scene()
  await kids(s, 'a')
  s.fail()
  s.advance(700)
  assert.deepEqual(await kids(s, 'a'), ['a'])
  await assert.rejects(kids(s, 'b'), /503/)
  const before = s.requests()
  await assert.rejects(kids(s, 'b'), /503/)
  assert.equal(s.requests(), before, 'a failure is remembered for a moment')
  s.publish('b')
  s.advance(3)
  assert.deepEqual(await kids(s, 'b'), ['b'])
})

test('a hundred first logins at once share one request, also those of the protocol library', async () => {
  const s = scene()
  const answers = await Promise.all([
    ...Array.from({ length: 50 }, () => kids(s, 'a')),
    ...Array.from({ length: 50 }, async () => {
      const set: unknown = await (await s.sets.fetch(url)).json()
      return (set as { keys: readonly unknown[] }).keys
    }),
  ])
  assert.equal(s.requests(), 1)
  assert.ok(answers.every((keys) => keys.length === 1))
})

test('what is no key set, and a set that is not https, are refused', async () => {
  const sets = (body: string) =>
    new KeySets({ fetch: async () => new Response(body), allowHttp: false, systemTime: () => 0 })
  for (const body of ['', '[]', '{}', '{"keys":{}}', 'null']) await assert.rejects(sets(body).get(url, 'a'))
  await assert.rejects(sets('{"keys":[]}').get('http://provider.example/keys', 'a'), /not https/)
})
