import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, toBase64Url, verify } from './jwt.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2_048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const keys = { keys: [{ ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'one' }] }
const expected = { issuer: ['https://login.example'], audience: 'project-1', now }
const claims = { iss: 'https://login.example', aud: ['project-1'], exp: now / 1_000 + 300, name: 'Adá' }

const part = (value: object) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))

async function token(header: object, payload: object): Promise<string> {
  const signed = `${part(header)}.${part(payload)}`
  const signature = await crypto.subtle.sign(algorithm.name, pair.privateKey, new TextEncoder().encode(signed))
  return `${signed}.${toBase64Url(new Uint8Array(signature))}`
}

const failing = async (jwt: string, set: unknown = keys) =>
  (await verify(jwt, set, expected))?.checks.filter(({ isGood }) => !isGood).map(({ what }) => what)

const header = { alg: 'RS256', kid: 'one' }

test('a good token passes every check, and its claims are read as UTF-8', async () => {
  const jwt = await token(header, claims)
  assert.deepEqual(await failing(jwt), [])
  assert.equal(decode(jwt)?.claims.name, 'Adá')
})

test('each thing that is wrong with a token is named', async () => {
  assert.deepEqual(await failing(await token(header, { ...claims, iss: 'https://elsewhere.example' })), ['Issuer'])
  assert.deepEqual(await failing(await token(header, { ...claims, aud: 'project-2' })), ['Audience'])
  assert.deepEqual(await failing(await token(header, { ...claims, exp: now / 1_000 })), ['Expiry'])
  assert.deepEqual(await failing(await token(header, { ...claims, exp: undefined })), ['Expiry'])
  assert.deepEqual(await failing(await token({ ...header, kid: 'two' }, claims)), ['Key', 'Signature'])
  assert.deepEqual(await failing(await token(header, claims), { keys: [] }), ['Key', 'Signature'])
  assert.deepEqual(await failing(await token({ alg: 'none', kid: 'one' }, claims)), ['Algorithm', 'Signature'])
  assert.deepEqual(await failing(await token({ alg: 'HS256', kid: 'one' }, claims)), ['Algorithm', 'Signature'])
  const [head, , signature] = (await token(header, claims)).split('.')
  assert.deepEqual(await failing(`${head}.${part({ ...claims, sub: 'somebody else' })}.${signature}`), ['Signature'])
})

test('what is no token is told apart', async () => {
  for (const text of ['', 'a.b', 'a.b.c', '..', `${part({})}.not JSON.x`]) assert.equal(decode(text), undefined)
  assert.equal(await verify('nothing', keys, expected), undefined)
})
