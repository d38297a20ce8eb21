/** Clients that prove themselves with a key of their own (RFC 7523), and clients that are known by the URL of a document. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { SignJWT } from 'jose'
import type { TestAnswer } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import {
  basic,
  bothPaths,
  type Form,
  givenClient,
  givenSite,
  idpScene,
  pkcePair,
  projectSettings,
  redirectUri,
  type Scene,
  type Site,
} from './idp.fixture.ts'

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
}
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more })
const keys = Object.entries(pairs).map(([alg, { publicKey }]) => jwk(publicKey, { kid: alg, alg }))

/** The client's site: its document under every path that ends in json, its keys under `/keys`. */
const site = (document: (origin: string) => object): Promise<Site> =>
  givenSite((path, origin) => {
    if (path === '/keys') return { keys }
    if (!path.endsWith('.json')) return undefined
    return { client_id: `${origin}${path}`, client_name: 'Notes', redirect_uris: [redirectUri], ...document(origin) }
  })
const keyed = { token_endpoint_auth_method: 'private_key_jwt' }

interface Assertion {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly alg?: string
  readonly kid?: string | undefined
  readonly key?: KeyObject | Uint8Array
}

/** The grant that was asked for does not exist, so whoever is let in is told that. */
const rest: Form = { grant_type: 'refresh_token', refresh_token: 'x', token: 'x' }
const isIn = ({ status, body }: TestAnswer) => status === 200 || body.error_type === 'idp_refresh_token_not_found'
const isOut = ({ status, body, headers, text }: TestAnswer, problem: RegExp) => {
  assert.deepEqual([status, body.error], [401, 'invalid_client'], text)
  assert.match(body.error_description, problem)
  assert.match(String(headers['www-authenticate']), /^Basic/)
}

for (const database of testDatabases) {
  const on = (
    name: string,
    document: (origin: string) => object,
    run: (s: Scene, url: string, sign: (made?: Assertion) => Promise<Form>) => Promise<void>,
  ) =>
    test(`${database.name}: client assertion: ${name}`, async () => {
      await using s = await idpScene(database)
      await using client = await site(document)
      const url = `${client.origin}/client.json`
      const known = await s.authorize({ client_id: url, code_challenge: pkcePair().challenge })
      assert.equal(known.status, 200, known.text)
      await run(s, url, async ({ claims = {}, alg = 'ES256', kid = alg, key } = {}) => {
        const now = s.app.clock.now().getTime() / 1_000
        const all = {
          iss: url,
          sub: url,
          aud: 'http://localhost',
          jti: randomUUID(),
          iat: now,
          exp: now + 60,
          ...claims,
        }
        const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
        const signer = key ?? pairs[alg as keyof typeof pairs].privateKey
        const signed = await new SignJWT(payload).setProtectedHeader({ alg, ...(kid !== '' && { kid }) }).sign(signer)
        return { ...rest, client_assertion_type: type, client_assertion: signed }
      })
    })
  const inline = () => ({ ...keyed, jwks: { keys } })
  const endpoints = (s: Scene) => ['token', 'introspect', 'revoke'].flatMap((name) => bothPaths(s, name))

  on('it is let in at token, introspection and revocation, with each algorithm [C9]', inline, async (s, url, sign) => {
    for (const path of endpoints(s)) {
      for (const alg of Object.keys(pairs)) {
        const answer = await s.post(path, { ...(await sign({ alg })), client_id: url })
        assert.ok(isIn(answer), answer.text)
      }
      assert.ok(isIn(await s.post(path, await sign())), 'the assertion alone names the client (RFC 7521 §4.2)')
      assert.ok(isIn(await s.post(path, await sign({ kid: '' }))), 'a key need not be named')
    }
  })

  on(
    'keys behind a jwks_uri do as well',
    (origin) => ({ ...keyed, jwks_uri: `${origin}/keys` }),
    async (s, _url, sign) => {
      for (const path of endpoints(s)) assert.ok(isIn(await s.post(path, await sign())))
    },
  )

  on(
    'keys that are not to be had let nobody in',
    (origin) => ({ ...keyed, jwks_uri: `${origin}/nothing` }),
    async (s, _, sign) => {
      for (const path of endpoints(s))
        isOut(await s.post(path, await sign()), /public keys of the client could not be found/)
    },
  )

  on('a whole flow: the code, the tokens and the refresh need an assertion each [A1]', inline, async (s, url, sign) => {
    const { verifier, challenge } = pkcePair()
    const fields = { client_id: url, code_challenge: challenge }
    const { body } = await s.authorize(fields)
    const form = { grant_type: 'authorization_code', code: body.authorization_code, code_verifier: verifier }
    isOut(await s.token({ ...form, client_id: url }), /registered for private_key_jwt/)
    const tokens = await s.token({ ...(await sign()), ...form })
    assert.equal(tokens.status, 200, tokens.text)
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token }
    isOut(await s.token({ ...refresh, client_id: url }), /registered for private_key_jwt/)
    assert.equal((await s.token({ ...(await sign()), ...refresh })).status, 200)
  })

  on('check 33: it works once, for the client and this server, for minutes', inline, async (s, url, sign) => {
    const now = s.app.clock.now().getTime() / 1_000
    const other = await givenOtherProject(s.app)
    for (const path of endpoints(s).filter((one) => one.startsWith('/v1/public'))) {
      const once = await sign()
      assert.ok(isIn(await s.post(path, once)))
      isOut(await s.post(path, once), /was used before/)
      const refused = async (claims: Record<string, unknown>, problem: RegExp) =>
        isOut(await s.post(path, { ...(await sign({ claims })), client_id: url }), problem)
      await refused({ exp: undefined }, /exp is not right/)
      await refused({ exp: now - 31 }, /has expired/)
      await refused({ exp: now + 331 }, /more than 300 seconds ahead/)
      await refused({ nbf: now + 60 }, /nbf is not right/)
      await refused({ jti: undefined }, /jti is not right/)
      await refused({ jti: '' }, /jti is not a text/)
      await refused({ aud: undefined }, /aud is not right/)
      await refused({ aud: 'https://other.example' }, /aud is not right/)
      await refused({ aud: 'http://localhost/' }, /aud is not right/)
      await refused({ aud: ['http://localhost', 'https://other.example'] }, /is for others as well/)
      await refused({ aud: `http://localhost/v1/public/${other.username}/oauth2/token` }, /aud is not right/)
      await refused({ iss: 'https://other.example/client.json' }, /iss is not right/)
      await refused({ sub: 'https://other.example/client.json' }, /sub is not right/)
      for (const aud of ['/v1/oauth2/token', `/v1/public/${s.app.project.id}/oauth2/token`].map(
        (one) => `http://localhost${one}`,
      )) {
        assert.ok(isIn(await s.post(path, await sign({ claims: { aud } }))), aud)
      }
    }
  })

  on('check 33: of fifty uses of one assertion at once one is let in', inline, async (s, _url, sign) => {
    const form = await sign()
    const answers = await Promise.all(Array.from({ length: 50 }, () => s.token(form)))
    assert.equal(answers.filter(isIn).length, 1)
  })

  on('check 48, 49: only the client’s own key by an asymmetric algorithm counts', inline, async (s, url, sign) => {
    const secret = new TextEncoder().encode('k'.repeat(64))
    for (const path of endpoints(s)) {
      // Sixty failures within a minute would be the last.
      s.app.clock.advance({ minutes: 1 })
      const refused = async (made: Assertion, problem: RegExp) =>
        isOut(await s.post(path, { ...(await sign(made)), client_id: url }), problem)
      await refused({ key: stranger.privateKey }, /signature does not fit/)
      await refused({ key: stranger.privateKey, kid: '' }, /signature does not fit/)
      await refused({ kid: 'another' }, /no key that it names/)
      await refused({ kid: 'RS256' }, /signature does not fit/)
      await refused({ alg: 'HS256', key: secret, kid: 'ES256' }, /alg must be one of/)
      const [header, payload] = String((await sign()).client_assertion).split('.')
      const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
      for (const client_assertion of [none, `${header}.${payload}.`, 'x', '..', `a.${payload}.a`, 'x'.repeat(20_000)]) {
        const form = { ...rest, client_assertion_type: type, client_assertion, client_id: url }
        isOut(await s.post(path, form), /client_assertion is refused/)
      }
    }
  })

  on('one proof of one client, by the way that it registered [C9]', inline, async (s, url, sign) => {
    const [open, closed] = [await givenClient(s.app), await givenClient(s.app, { type: 'third_party' })]
    for (const path of endpoints(s)) {
      isOut(await s.post(path, { ...rest, client_id: url }), /registered for private_key_jwt, and used none/)
      isOut(await s.post(path, { ...rest, client_id: url, client_secret: 'x' }), /registered for private_key_jwt/)
      for (const { id } of [open, closed]) {
        isOut(await s.post(path, { ...(await sign()), client_id: id }), /and used private_key_jwt/)
      }
      isOut(await s.post(path, { ...(await sign()), client_assertion_type: 'x' }), /client_assertion_type must be/)
      isOut(await s.post(path, { ...rest, client_assertion_type: type }), /no client_id was sent/)
      const twice = await s.post(path, { ...(await sign()), client_secret: 'x' })
      assert.deepEqual([twice.status, twice.body.error_type], [400, 'two_client_authentications'])
      const header = await s.post(path, await sign(), basic(encodeURIComponent(url), 'x'))
      assert.deepEqual([header.status, header.body.error_type], [400, 'two_client_authentications'])
    }
  })

  on(
    'a client without keys is let in by its URL; nothing is fetched for tokens [A4]',
    () => ({}),
    async (s, url) => {
      for (const path of endpoints(s)) {
        assert.ok(isIn(await s.post(path, { ...rest, client_id: url })))
        assert.ok(isIn(await s.post(path, rest, basic(encodeURIComponent(url), ''))))
        isOut(await s.post(path, { ...rest, client_id: `${url}?other` }), /no Connected App with this client_id/)
        isOut(await s.post(path, { ...rest, client_id: 'http://127.0.0.1:1/x.json' }), /no Connected App/)
      }
      const { body } = await s.tokens({ client_id: url }, { id: url, secret: '' })
      assert.ok(body.access_token)
      await projectSettings(s.app, { idp_client_id_metadata_documents_enabled: false })
      isOut(await s.token({ ...rest, client_id: url }), /./)
    },
  )
}
