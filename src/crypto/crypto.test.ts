import assert from 'node:assert/strict'
import { createHash, sign } from 'node:crypto'
import { test } from 'node:test'
import { migrate, openDatabase } from '../db/open.ts'
import { testClock } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { signJwt, verifyJwt } from './jwt.ts'
import { Keyring } from './keyring.ts'
import { codeChallenge, isCodeChallenge, isCodeVerifier, verifierMatches } from './pkce.ts'
import { newMasterKey, SealError, Sealer } from './seal.ts'
import { environmentOf, hashToken, isId, newId, newSecret, newToken, sameHash } from './token.ts'

test('tokens: 44 characters of base64url, 264 bits, never the same, no bit that stays', () => {
  const tokens = Array.from({ length: 2_000 }, newToken)
  assert.equal(new Set(tokens).size, tokens.length)
  const ones = new Array<number>(264).fill(0)
  for (const token of tokens) {
    assert.match(token, /^[A-Za-z0-9_-]{44}$/)
    const bytes = Buffer.from(token, 'base64url')
    assert.equal(bytes.byteLength, 33)
    for (let bit = 0; bit < 264; bit++) ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1)
  }
  // Eight standard deviations of a fair coin: a stuck or biased bit is far outside.
  for (const count of ones) assert.ok(Math.abs(count - 1_000) < 8 * Math.sqrt(500), String(count))
})

test('identifiers name their kind and environment', () => {
  assert.ok(isId('user', newId('user', 'live')))
  assert.ok(!isId('user', newId('session', 'live')))
  assert.ok(!isId('user', `${newId('user', 'live')}x`))
  assert.equal(environmentOf(newId('project', 'live')), 'live')
  assert.equal(environmentOf(newId('project', 'test')), 'test')
  assert.match(newSecret('live'), /^secret-live-[\w-]{44}$/)
})

test('hashes are SHA-256 in base64url, compared without regard to where they differ', () => {
  assert.equal(hashToken('x'), createHash('sha256').update('x').digest('base64url'))
  assert.ok(sameHash(hashToken('x'), hashToken('x')))
  assert.ok(!sameHash(hashToken('x'), hashToken('y')))
  assert.ok(!sameHash(hashToken('x'), 'short'))
})

test('check 13: PKCE takes 43 to 128 unreserved characters and matches only their own digest', () => {
  for (const length of [43, 44, 128]) {
    const verifier = 'aZ0-._~'.repeat(20).slice(0, length)
    assert.ok(isCodeVerifier(verifier))
    assert.ok(isCodeChallenge(codeChallenge(verifier)))
    assert.ok(verifierMatches(verifier, codeChallenge(verifier)))
    assert.ok(!verifierMatches(`${verifier.slice(1)}b`, codeChallenge(verifier)))
  }
  for (const bad of ['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(43)}=`, `${'a'.repeat(42)}é`, ''])
    assert.ok(!isCodeVerifier(bad))
  for (const bad of ['a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}+`])
    assert.ok(!isCodeChallenge(bad))
})

test('sealing: opens for its purpose only, and not after any change', () => {
  const sealer = new Sealer(newMasterKey())
  const sealed = sealer.seal('secret', 'a')
  assert.equal(sealer.open(sealed, 'a'), 'secret')
  assert.ok(!sealed.includes('secret') && !sealed.includes(Buffer.from('secret').toString('base64url')))
  assert.notEqual(sealed, sealer.seal('secret', 'a'), 'a nonce of its own each time')
  assert.throws(() => sealer.open(sealed, 'b'), SealError)
  const [version, key, payload = ''] = sealed.split('.')
  for (let at = 0; at < payload.length; at++) {
    const bytes = Buffer.from(payload, 'base64url')
    const index = at % bytes.byteLength
    bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 8))
    assert.throws(() => sealer.open(`${version}.${key}.${bytes.toString('base64url')}`, 'a'), SealError)
  }
  for (const text of ['', 'x', `${version}.${key}`, `${version}.other.${payload}`, `${version}.${key}.AAAA`]) {
    assert.throws(() => sealer.open(text, 'a'), SealError)
  }
})

test('sealing: a previous key opens and does not seal; an unknown one says what to do', () => {
  const [one, two] = [newMasterKey(), newMasterKey()]
  const sealed = new Sealer(one).seal('secret', 'a')
  const rotated = new Sealer(two, [one])
  assert.equal(rotated.open(sealed, 'a'), 'secret')
  assert.ok(!rotated.isCurrent(sealed) && rotated.isCurrent(rotated.seal('x', 'a')))
  assert.throws(() => new Sealer(two).open(sealed, 'a'), /SELVAGE_MASTER_KEY_PREVIOUS/)
  assert.throws(() => new Sealer('short'), /openssl rand -base64 32/)
  assert.equal(
    new Sealer('ab'.repeat(32)).open(new Sealer(Buffer.alloc(32, 0xab).toString('base64')).seal('x', 'a'), 'a'),
    'x',
  )
  assert.notDeepEqual(rotated.mac('x', 'a'), rotated.mac('x', 'b'))
})

for (const database of testDatabases) {
  const withKeyring = async (
    run: (make: () => Keyring, clock: ReturnType<typeof testClock>, reads: () => number) => Promise<void>,
  ) => {
    const db = openDatabase({ url: await database.fresh(), powerLossSafe: false, connections: 5 })
    await migrate(db)
    await db.query
      .insertInto('projects')
      .values({
        project_id: 'project-test-a',
        name: 'x',
        environment: 'test',
        oauth_callback_id: 'c',
        settings: '{}',
        created_at: 0,
      })
      .execute()
    const clock = testClock('2026-01-01T00:00:00Z')
    const sealer = new Sealer(newMasterKey())
    let reads = 0
    const counted = {
      ...db,
      get query() {
        reads++
        return db.query
      },
    }
    await run(
      () => new Keyring({ db: counted, sealer, now: clock.now }),
      clock,
      () => reads,
    )
    await db.close()
  }
  const expected = (now: Date) => ({ issuer: 'i', audience: 'a', now })
  const claims = { iss: 'i', aud: ['a'], exp: 1_767_225_600 + 60 }

  test(`${database.name}: keys: two processes that begin at once make one ring`, () =>
    withKeyring(async (make) => {
      const rings = await Promise.all(
        [make(), make(), make()].map(async (ring) => (await ring.published('project-test-a')).map(({ kid }) => kid)),
      )
      assert.equal(rings[0]?.length, 2)
      assert.deepEqual(rings[0], rings[1])
      assert.deepEqual(rings[0], rings[2])
    }))

  test(`${database.name}: keys: the next key was published before it signs; the old one verifies for 30 days more`, () =>
    withKeyring(async (make, clock) => {
      const ring = make()
      const token = await signJwt(ring, 'project-test-a', { ...claims, exp: 4_000_000_000 })
      const [current, next] = (await ring.published('project-test-a')).map(({ kid }) => kid)
      const { keyId } = await ring.rotate('project-test-a')
      assert.equal(keyId, next)
      const other = make()
      assert.ok(await verifyJwt(other, 'project-test-a', token, expected(clock.now())))
      assert.ok((await other.published('project-test-a')).some(({ kid }) => kid === current))
      clock.advance({ days: 31 })
      assert.equal(await verifyJwt(make(), 'project-test-a', token, expected(clock.now())), undefined)
    }))

  test(`${database.name}: check 54: made-up key ids cost at most one read a second`, () =>
    withKeyring(async (make, clock, reads) => {
      const ring = make()
      await ring.signer('project-test-a')
      const before = reads()
      for (let at = 0; at < 500; at++) await ring.verifier('project-test-a', `jwk-test-${at}`)
      assert.equal(reads(), before)
      clock.advance({ seconds: 2 })
      for (let at = 0; at < 500; at++) await ring.verifier('project-test-a', `jwk-test-${at}`)
      assert.equal(reads(), before + 1)
    }))

  test(`${database.name}: check 48: what our own key signed counts only under a header of ours, in form and in time`, () =>
    withKeyring(async (make, clock) => {
      const ring = make()
      const { keyId: kid, key } = await ring.signer('project-test-a')
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const token = (header: object, payload: unknown = claims) => {
        const input = `${part({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${part(payload)}`
        return `${input}.${sign('RSA-SHA256', Buffer.from(input), key).toString('base64url')}`
      }
      const read = (text: string, more = {}) =>
        verifyJwt(ring, 'project-test-a', text, { ...expected(clock.now()), ...more })
      const good = token({})
      assert.deepEqual(await read(good), claims)
      assert.ok(await read(token({ typ: 'at+jwt' }), { anyType: true }))
      assert.ok(await read(token({}, { ...claims, exp: 1 }), { allowExpired: true }))
      const refused = [
        token({ crit: ['b64'], b64: false }),
        token({ typ: 'at+jwt' }),
        token({ typ: undefined }),
        token({ alg: 'RS512' }),
        token({ kid: [kid] }),
        token({}, [claims]),
        token({}, null),
        token({}, { ...claims, iss: ['i'] }),
        token({}, { ...claims, aud: 'ab' }),
        token({}, { ...claims, exp: 1_767_225_600 }),
        token({}, { ...claims, exp: '4000000000' }),
        token({}, { ...claims, exp: undefined }),
        token({}, { ...claims, nbf: 1_767_225_601 }),
        token({}, { ...claims, nbf: '1' }),
        `${good}=`,
        `${good}.`,
        `${good}\n`,
        ` ${good}`,
        good.slice(0, -2),
      ]
      for (const [at, text] of refused.entries()) assert.equal(await read(text), undefined, `number ${at}`)
    }))

  test(`${database.name}: a token that was good once is refused when its time is over, its key withdrawn, or it was changed`, () =>
    withKeyring(async (make, clock) => {
      const ring = make()
      const token = await signJwt(ring, 'project-test-a', claims)
      const lasting = await signJwt(ring, 'project-test-a', { ...claims, exp: 4_000_000_000 })
      const read = (text: string, of = {}) =>
        verifyJwt(ring, 'project-test-a', text, { ...expected(clock.now()), ...of })
      for (let time = 0; time < 2; time++) for (const one of [token, lasting]) assert.ok(await read(one))
      const [head, payload] = token.split('.')
      const signature = lasting.split('.')[2]
      assert.equal(await read(`${head}.${payload}.${signature}`), undefined)
      assert.equal(await read(token, { audience: 'b' }), undefined)
      clock.advance({ seconds: 60 })
      assert.equal(await read(token), undefined)
      assert.ok(await read(lasting))
      await ring.rotate('project-test-a', { compromised: true })
      assert.equal(await read(lasting), undefined)
    }))

  test(`${database.name}: signatures are computed beside the event loop`, () =>
    withKeyring(async (make) => {
      const ring = make()
      await ring.signer('project-test-a')
      let signed = 0
      const one = () => signJwt(ring, 'project-test-a', claims).then(() => signed++)
      const all = Promise.all(Array.from({ length: 16 }, one))
      // Whatever this thread computed itself would be settled within these hops; another thread's work cannot be.
      for (let hop = 0; hop < 500; hop++) await null
      assert.equal(signed, 0, 'no signature is computed on the main thread')
      await all
      assert.equal(signed, 16)
    }))
}
