/** The played Google, seen by a client that speaks HTTP to it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { type SandboxClient, sandboxClient } from './client.fixture.ts'

const on = (name: string, run: (client: SandboxClient) => Promise<void>) =>
  test(`google: ${name}`, async () => {
    await using client = await sandboxClient()
    await run(client)
  })

on('a login gives the tokens that Google gives, the ID token signed by the published key', async (client) => {
  const { status, headers, body } = await client.login('google', { nonce: 'n-1', access_type: 'offline' })
  assert.equal(status, 200)
  assert.match(String(headers['content-type']), /^application\/json/)
  assert.deepEqual(Object.keys(body), [
    'access_token',
    'expires_in',
    'refresh_token',
    'scope',
    'token_type',
    'id_token',
  ])
  assert.match(body.access_token, /^ya29\./)
  assert.equal(body.expires_in, 3599)
  assert.equal(body.token_type, 'Bearer')
  const wide = 'https://www.googleapis.com/auth/userinfo'
  assert.equal(body.scope, `openid ${wide}.email ${wide}.profile`)

  const keys: JSONWebKeySet = (await client.app.call('GET', '/sandbox/google/jwks', { auth: false })).body
  const { payload, protectedHeader } = await jwtVerify(body.id_token, createLocalJWKSet(keys), {
    issuer: 'http://localhost/sandbox/google',
    audience: 'sandbox-google-client',
    currentDate: client.app.clock.now(),
  })
  assert.deepEqual(protectedHeader, { alg: 'RS256', kid: keys.keys[0]?.kid, typ: 'JWT' })
  const digest = createHash('sha256').update(body.access_token).digest()
  const { sub, ...claims } = payload
  assert.match(sub ?? '', /^1\d{20}$/)
  assert.deepEqual(claims, {
    iss: 'http://localhost/sandbox/google',
    azp: 'sandbox-google-client',
    aud: 'sandbox-google-client',
    at_hash: digest.subarray(0, 16).toString('base64url'),
    nonce: 'n-1',
    email: 'maya.okafor@example.com',
    email_verified: true,
    name: 'Maya Okafor',
    picture: 'http://localhost/sandbox/avatars/MO.svg',
    given_name: 'Maya',
    family_name: 'Okafor',
    iat: client.app.clock.now().getTime() / 1000,
    exp: client.app.clock.now().getTime() / 1000 + 3600,
  })
})

on('check 53: the published key has no private members', async ({ app }) => {
  const { body } = await app.call('GET', '/sandbox/google/jwks', { auth: false })
  assert.deepEqual(Object.keys(body.keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
})

on('the callback carries the state untouched', async (client) => {
  const answer = await client.redirected('google', { persona: 'verified', state: 'ä b+c&d=e%20#' })
  assert.equal(answer.get('state'), 'ä b+c&d=e%20#')
  assert.match(answer.get('code') ?? '', /^4\/0A/)
})

on('persona verified: userinfo says the same as the ID token', async (client) => {
  const { body } = await client.login('google')
  const { body: info, status } = await client.get('/sandbox/google/userinfo', body.access_token)
  const { sub, email, email_verified, name, picture, given_name, family_name } = decodeJwt(body.id_token)
  assert.equal(status, 200)
  assert.deepEqual(info, { sub, email, email_verified, name, picture, given_name, family_name })
})

on('persona unverified: the address is there, and said not to be verified', async (client) => {
  const claims = decodeJwt((await client.login('google', { persona: 'unverified' })).body.id_token)
  assert.equal(claims.email, 'tomas.rivera@example.com')
  assert.equal(claims.email_verified, false)
})

on('persona no-email: no address and no word about it', async (client) => {
  const claims = decodeJwt((await client.login('google', { persona: 'no-email' })).body.id_token)
  assert.equal('email' in claims || 'email_verified' in claims, false)
  assert.equal(claims.name, 'Ines Lindqvist')
})

on('persona verified:ada@example.com: that account, the same subject each time', async (client) => {
  const [first, again, other] = [
    decodeJwt((await client.login('google', { persona: 'verified:ada@example.com' })).body.id_token),
    decodeJwt((await client.login('google', { persona: 'unverified:Ada@example.com' })).body.id_token),
    decodeJwt((await client.login('google', { persona: 'verified:grace.hopper@example.com' })).body.id_token),
  ]
  assert.equal(first.email, 'ada@example.com')
  assert.equal(first.given_name, 'Ada')
  assert.equal(first.sub, again.sub)
  assert.notEqual(first.sub, other.sub)
  assert.equal(other.name, 'Grace Hopper')
})

on('without the scopes email and profile, nothing is told but the subject', async (client) => {
  const claims = decodeJwt((await client.login('google', { scope: 'openid' })).body.id_token)
  assert.deepEqual(Object.keys(claims), ['iss', 'azp', 'aud', 'sub', 'at_hash', 'iat', 'exp'])
  const plain = await client.login('google', { scope: 'email' })
  assert.equal('id_token' in plain.body, false, 'no ID token without the scope openid')
})

on('a refresh token comes with access_type=offline only, and brings new access tokens', async (client) => {
  assert.equal('refresh_token' in (await client.login('google')).body, false)
  const { body } = await client.login('google', { access_type: 'offline' })
  const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
  const renewed = await client.token('google', refresh)
  assert.equal(renewed.status, 200)
  assert.notEqual(renewed.body.access_token, body.access_token)
  assert.equal('refresh_token' in renewed.body, false)
  assert.equal((await client.get('/sandbox/google/userinfo', renewed.body.access_token)).status, 200)
  const unknown = await client.token('google', { ...refresh, refresh_token: `${body.refresh_token}x` })
  assert.equal(unknown.body.error, 'invalid_grant')
})

on('an access token ends after an hour, and a made-up one opens nothing', async (client) => {
  const { body } = await client.login('google')
  client.app.clock.advance({ seconds: 3599 })
  for (const token of [body.access_token, 'ya29.nothing', '']) {
    const answer = await client.get('/sandbox/google/userinfo', token)
    assert.equal(answer.status, 401)
    assert.deepEqual(answer.body, { error: 'invalid_request', error_description: 'Invalid Credentials' })
  }
})
