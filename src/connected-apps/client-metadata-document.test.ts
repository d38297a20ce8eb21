import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { LaggingWrites } from '../db/open.ts'
import { GuardedFetch } from '../egress/index.ts'
import { ApiError } from '../kernel/errors.ts'
import { RateLimits } from '../kernel/rate-limit.ts'
import type { Project } from '../projects/index.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { freshness, metadataUrlProblem } from './client-metadata.ts'
import { clientKeys, type Resolving, resolveMetadataClient } from './client-metadata-document.ts'
import type { ConnectedApp } from './connected-app.ts'
import { MetadataDocuments } from './metadata-documents.ts'
import { newClient } from './settings.ts'
import { insertClient } from './store.ts'

/** A client's web site on loopback. */
interface Site {
  readonly origin: string
  /** The URL of the document, which is the client's ID. */
  readonly url: string
  /** What is added to a document that is right; `undefined` removes. Or the whole body. */
  document: Record<string, unknown> | string
  status: number
  headers: Record<string, string>
  keys: unknown
  /** Paths that were asked for. */
  readonly asked: string[]
  [Symbol.asyncDispose](): Promise<void>
}

async function site(): Promise<Site> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    made.asked.push(path)
    if (path === '/keys')
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(made.keys))
    const { document, status, headers } = made
    const right = {
      client_id: `${made.origin}${path}`,
      client_name: 'Notes',
      redirect_uris: ['https://notes.example/cb'],
    }
    const body = typeof document === 'string' ? document : JSON.stringify({ ...right, ...document })
    return response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const made: Site = {
    origin,
    url: `${origin}/client.json`,
    document: {},
    status: 200,
    headers: {},
    keys: {},
    asked: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return made
}

interface Scene {
  readonly app: TestApp
  readonly client: Site
  readonly resolve: (url?: string, use?: 'authorize' | 'token') => Promise<ConnectedApp>
  /** Another process on the same database. */
  readonly context: (egress?: GuardedFetch) => Resolving
  readonly project: () => Promise<Project>
  readonly configure: (settings: Record<string, unknown>) => Promise<void>
  readonly keys: (app: ConnectedApp, kid?: string) => Promise<readonly unknown[]>
  readonly rows: () => Promise<readonly Record<string, unknown>[]>
}

const refusal = async (work: Promise<unknown>): Promise<ApiError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ApiError, `not refused as it should be: ${error}`)
  return error
}
const refused = async (work: Promise<unknown>, type: string, said = /./) => {
  const error = await refusal(work)
  assert.equal(error.definition.type, type, error.message)
  assert.match(error.message, said)
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: metadata documents: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await using client = await site()
      const { db, projects } = app.app
      const lagging = new LaggingWrites(db, 1_000, () => {})
      const context = (egress = new GuardedFetch({ allowLoopback: true })): Resolving => {
        const metadataDocuments = new MetadataDocuments({ egress, limits: new RateLimits(), now: app.clock.now })
        return {
          db,
          lagging,
          egress,
          metadataDocuments,
          get now() {
            return app.clock.now()
          },
        }
      }
      const project = async () => {
        const found = await projects.byId(app.project.id)
        assert.ok(found)
        return found
      }
      const here = context()
      await run({
        app,
        client,
        context,
        project,
        resolve: async (url = client.url, use) => resolveMetadataClient(here, await project(), url, use),
        keys: async (client, kid) => (await clientKeys(here, client, kid)).keys,
        rows: () => db.query.selectFrom('connected_apps').selectAll().execute(),
        async configure(settings) {
          await db.query
            .updateTable('projects')
            .set({ settings: JSON.stringify(settings) })
            .execute()
          projects.forget()
        },
      })
      await lagging.flush()
    })

  on('a URL becomes a public third-party client, and is fetched once [R7]', async ({ client, resolve, rows, app }) => {
    client.document = {
      logo_uri: 'https://notes.example/logo.png',
      post_logout_redirect_uris: ['https://notes.example/bye'],
    }
    const first = await resolve()
    assert.match(first.id, /^connected-app-test-/)
    const { id, ...rest } = first
    assert.deepEqual(rest, {
      projectId: app.project.id,
      type: 'third_party_public',
      name: 'Notes',
      description: '',
      redirectUrls: ['https://notes.example/cb'],
      postLogoutRedirectUrls: ['https://notes.example/bye'],
      logoUrl: 'https://notes.example/logo.png',
      fullAccessAllowed: false,
      bypassConsentForOfflineAccess: false,
      accessTokenMinutes: 60,
      accessTokenCustomAudience: undefined,
      accessTokenTemplate: '',
      idTokenTemplate: '',
      creationMethod: 'client_id_metadata_document',
      tokenEndpointAuthMethod: 'none',
      secret: undefined,
      nextSecret: undefined,
      metadataUrl: client.url,
      firstUsedAt: undefined,
      createdAt: app.clock.now().getTime(),
    })
    app.clock.advance({ minutes: 14 })
    assert.deepEqual(await resolve(), first)
    assert.deepEqual(await resolve(client.url, 'token'), first)
    assert.equal(client.asked.length, 1)
    assert.equal((await rows()).length, 1)
  })

  on(
    'what has gone stale is fetched again, and what it says then counts [R7]',
    async ({ client, resolve, app, rows }) => {
      client.headers = { 'cache-control': 'public, max-age=3600' }
      const first = await resolve()
      client.document = {
        client_name: 'Notes 2',
        redirect_uris: ['http://127.0.0.1/cb'],
        token_endpoint_auth_method: 'none',
      }
      app.clock.advance({ minutes: 59 })
      assert.equal((await resolve()).name, 'Notes')
      app.clock.advance({ minutes: 1 })
      // A token request fetches nothing: a grant can be used up whatever the site does.
      assert.equal((await resolve(client.url, 'token')).name, 'Notes')
      const second = await resolve()
      assert.equal(second.id, first.id)
      assert.equal(second.name, 'Notes 2')
      assert.deepEqual((await resolve()).redirectUrls, ['http://127.0.0.1/cb'])
      assert.equal(client.asked.length, 2)
      assert.equal((await rows()).length, 1)
    },
  )

  on('while the site is down, a known client goes on and a new one cannot begin', async ({ client, resolve, app }) => {
    const first = await resolve()
    app.clock.advance({ days: 2 })
    for (const status of [500, 503, 429]) {
      client.status = status
      assert.deepEqual(await resolve(), first)
      app.clock.advance({ minutes: 1 })
    }
    await client[Symbol.asyncDispose]()
    assert.deepEqual(await resolve(), first)
    await refused(
      resolve(`${client.origin}/other.json`),
      'client_id_metadata_document_unavailable',
      /could not be reached/,
    )
  })

  on('a document that is gone or wrong ends new authorizations, not the use of old ones', async (scene) => {
    const { client, resolve, app } = scene
    const first = await resolve()
    app.clock.advance({ days: 2 })
    client.status = 404
    await refused(resolve(), 'client_id_metadata_document_unavailable', /status 404 instead of 200/)
    assert.deepEqual(await resolve(client.url, 'token'), first)
    app.clock.advance({ minutes: 1 })
    client.status = 200
    client.document = { client_id: 'https://another.example/client.json' }
    await refused(resolve(), 'client_id_metadata_document_invalid', /client_id must be/)
    await refused(resolve(`${client.origin}/never-seen.json`, 'token'), 'connected_app_not_found')
  })

  on('a failure is remembered for 30 seconds, so that it can be mended [R7]', async ({ client, resolve, app }) => {
    client.document = { client_name: '' }
    for (let time = 0; time < 3; time++) await refused(resolve(), 'client_id_metadata_document_invalid')
    assert.equal(client.asked.length, 1)
    client.document = {}
    app.clock.advance({ seconds: 29 })
    await refused(resolve(), 'client_id_metadata_document_invalid')
    app.clock.advance({ seconds: 1 })
    assert.equal((await resolve()).name, 'Notes')
    assert.equal(client.asked.length, 2)
  })

  on('a site is asked at most 30 times a minute, whoever names it', async ({ client, resolve, app }) => {
    const known = await resolve()
    for (let path = 1; path < 30; path++) await resolve(`${client.origin}/${path}.json`)
    await refused(
      resolve(`${client.origin}/30.json`),
      'client_id_metadata_document_unavailable',
      /asked 30 times in a minute/,
    )
    assert.equal(client.asked.length, 30)
    assert.deepEqual(await resolve(), known)
    app.clock.advance({ minutes: 1 })
    assert.equal((await resolve(`${client.origin}/30.json`)).name, 'Notes')
  })

  on('check 59: simultaneous first use makes one client', async ({ client, context, project, rows }) => {
    const processes = [context(), context()]
    const everybody = Array.from({ length: 20 }, async (_, at) =>
      resolveMetadataClient(processes[at % 2] ?? context(), await project(), client.url),
    )
    const ids = new Set((await Promise.all(everybody)).map(({ id }) => id))
    assert.equal(ids.size, 1)
    assert.equal((await rows()).length, 1)
  })

  on('check 59: a record that people made is never overwritten', async ({ client, resolve, rows, app }) => {
    const basics = { id: 'connected-app-test-managed', projectId: app.project.id, createdAt: 0 }
    const managed = newClient({ ...basics, type: 'first_party_public', creationMethod: 'api', secret: undefined }, {})
    await insertClient(app.app.db, { ...managed, metadataUrl: client.url, name: 'Ours' })
    const before = await rows()
    const found = await resolve()
    assert.equal(found.id, managed.id)
    assert.equal(found.name, 'Ours')
    app.clock.advance({ days: 30 })
    await resolve()
    assert.deepEqual(await rows(), before)
    assert.deepEqual(client.asked, [])
  })

  on('check 58: no document makes itself trusted', async ({ client, resolve, rows }) => {
    client.document = {
      client_type: 'first_party',
      type: 'first_party',
      full_access_allowed: true,
      bypass_consent_for_offline_access: true,
      access_token_expiry_minutes: 1_440,
      creation_method: 'api',
      scope: 'full_access',
      grant_types: ['client_credentials'],
      first_used_at: 1,
      id: 'connected-app-test-chosen',
    }
    const { type, fullAccessAllowed, bypassConsentForOfflineAccess, accessTokenMinutes, creationMethod } =
      await resolve()
    assert.deepEqual(
      { type, fullAccessAllowed, bypassConsentForOfflineAccess, accessTokenMinutes, creationMethod },
      {
        type: 'third_party_public',
        fullAccessAllowed: false,
        bypassConsentForOfflineAccess: false,
        accessTokenMinutes: 60,
        creationMethod: 'client_id_metadata_document',
      },
    )
    assert.equal((await rows())[0]?.first_used_at, null)
  })

  on('check 4: redirect URIs that cannot be used are passed over [R6]', async ({ client, resolve }) => {
    client.document = {
      redirect_uris: [
        ...[
          'javascript:alert(1)',
          'data:text/html,x',
          'http://a.example/cb',
          'mcpjam:/cb',
          'not a url',
          'https://a.example/#x',
        ],
        ...['https://*.a.example/', 'cursor://anysphere.cursor-mcp/cb', 'http://localhost/cb', 'https://a.example/cb'],
      ],
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code', 'token'],
      client_uri: null,
      post_logout_redirect_uris: ['javascript:alert(1)'],
      logo_uri: 'javascript:alert(1)',
      unknown: { nested: [null] },
    }
    const { redirectUrls, postLogoutRedirectUrls, logoUrl } = await resolve()
    assert.deepEqual(redirectUrls, ['cursor://anysphere.cursor-mcp/cb', 'http://localhost/cb', 'https://a.example/cb'])
    assert.deepEqual(postLogoutRedirectUrls, [])
    assert.equal(logoUrl, undefined)
  })

  on(
    'a document that does not fit is refused with what was expected and received [R7, A11]',
    async ({ client, resolve, rows }) => {
      const rsa = { kty: 'RSA', n: 'n', e: 'AQAB' }
      let path = 0
      for (const [document, said] of [
        ['{', /not valid JSON/],
        ['[]', /not a JSON object/],
        ['null', /not a JSON object/],
        [{ client_id: undefined }, /client_id must be the document's own URL, http:\S+, and is absent/],
        [{ client_id: 'https://notes.example/client.json' }, /and is "https:\/\/notes.example\/client.json"/],
        [{ client_name: undefined }, /client_name must be .* absent/],
        [{ client_name: null }, /client_name must be .* absent/],
        [{ client_name: ' ' }, /client_name must be/],
        [{ client_name: 7 }, /client_name must be .* is 7/],
        [{ client_name: 'Bank\u202e' }, /client_name must be .*characters that change/],
        [{ client_name: 'x\u0000y' }, /client_name must be .*characters that change/],
        [{ redirect_uris: undefined }, /redirect_uris must be a list of at least one URI, and is absent/],
        [{ redirect_uris: [] }, /redirect_uris must be a list of at least one URI/],
        [{ redirect_uris: 'https://notes.example/cb' }, /redirect_uris must be a list/],
        [{ redirect_uris: [7] }, /redirect_uris must be a list/],
        [{ redirect_uris: ['http://a.example/'] }, /can be used \(of the first: http is for loopback only/],
        [
          { token_endpoint_auth_method: 'client_secret_basic' },
          /must be none or private_key_jwt, and is "client_secret_basic"/,
        ],
        [{ token_endpoint_auth_method: 'client_secret_jwt' }, /none or private_key_jwt/],
        [{ token_endpoint_auth_method: 'tls_client_auth' }, /none or private_key_jwt/],
        [{ token_endpoint_auth_signing_alg: 'HS256' }, /asymmetric/],
        [{ client_secret: 'hunter2' }, /client_secret must be left out/],
        [{ client_secret_expires_at: 0 }, /client_secret_expires_at must be left out/],
        [{ token_endpoint_auth_method: 'private_key_jwt' }, /jwks or jwks_uri must be there/],
        [
          { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [rsa] }, jwks_uri: client.url },
          /one and not both/,
        ],
        [
          { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://10.0.0.1/keys' },
          /jwks_uri must be an https URL/,
        ],
        [{ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'file:///etc/passwd' }, /jwks_uri/],
        [
          { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...rsa, d: 'd' }] } },
          /at least one public key/,
        ],
        [
          { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'k' }] } },
          /at least one public key/,
        ],
        [{ token_endpoint_auth_method: 'private_key_jwt', jwks: [] }, /at least one public key/],
      ] as const) {
        client.document = document
        // A site of 30 fetches a minute would otherwise be left alone.
        const error = await refusal(resolve(`${client.origin}/${path++}.json`))
        assert.equal(error.definition.type, 'client_id_metadata_document_invalid', error.message)
        assert.equal(error.definition.oauth, 'invalid_client')
        assert.match(error.message, said)
        assert.ok(!error.message.includes('hunter2') && !JSON.stringify(error.details ?? {}).includes('hunter2'))
      }
      assert.deepEqual(await rows(), [])
    },
  )

  on('an answer that does not fit is refused with what it was [R7]', async ({ client, resolve }) => {
    let path = 0
    const said = async (pattern: RegExp) =>
      refused(resolve(`${client.origin}/${path++}.json`), 'client_id_metadata_document_unavailable', pattern)
    client.headers = { 'content-type': 'text/html' }
    await said(/type text\/html instead of application\/json/)
    client.headers = {}
    client.document = { padding: 'x'.repeat(5_120) }
    await said(/larger than 5120 bytes/)
    client.document = {}
    client.status = 302
    client.headers = { location: client.url }
    await said(/redirect/)
    client.status = 201
    await said(/status 201 instead of 200/)
    client.status = 200
    client.headers = { 'content-type': 'application/oauth-client+json' }
    assert.equal((await resolve()).name, 'Notes')
  })

  on(
    'check 56: a client ID leads to the public Internet and nowhere else [R7]',
    async ({ client, context, project, rows }) => {
      const asked: string[] = []
      const resolve = async (hostname: string) => {
        asked.push(hostname)
        return [{ address: '127.0.0.1', family: 4 }]
      }
      const outside = context(new GuardedFetch({ allowLoopback: false, resolve }))
      const type = async (url: string) =>
        (await refusal(resolveMetadataClient(outside, await project(), url))).definition.type
      for (const url of [client.url, client.url.replace('http:', 'https:'), 'ftp://a.example/x', 'http://a.example/x'])
        assert.equal(await type(url), 'client_id_metadata_url_invalid', url)
      assert.deepEqual(asked, [])
      for (const url of [
        'https://169.254.169.254/latest',
        'https://[::ffff:7f00:1]/x',
        'https://[fd00::1]/x',
        'https://rebind.example/x',
      ])
        assert.equal(await type(url), 'client_id_metadata_document_unavailable', url)
      for (const url of ['https://2130706433/x', 'https://0x7f.1/x', 'https://127.1/x', 'https://0/x'])
        assert.equal(await type(url), 'client_id_metadata_url_invalid', url)
      const { message } = await refusal(resolveMetadataClient(outside, await project(), 'https://rebind.example/x'))
      assert.ok(message.endsWith('rebind.example has no public address.'))
      assert.deepEqual(asked, ['rebind.example'])
      assert.deepEqual(client.asked, [])
      assert.deepEqual(await rows(), [])
    },
  )

  on('can be switched off, and is off in live projects where nothing is said', async (scene) => {
    const { app, client, resolve, configure } = scene
    await configure({ idp_client_id_metadata_documents_enabled: false })
    await refused(resolve(), 'client_id_metadata_documents_not_enabled')
    await configure({})
    await app.app.db.query.updateTable('projects').set({ environment: 'live' }).execute()
    app.app.projects.forget()
    await refused(resolve(), 'client_id_metadata_documents_not_enabled')
    assert.deepEqual(client.asked, [])
    await configure({ idp_client_id_metadata_documents_enabled: true })
    assert.match((await resolve()).id, /^connected-app-live-/)
  })

  on('a client that signs its assertions has keys, in the document or where that points', async (scene) => {
    const { client, resolve, keys, app } = scene
    const key = (kid: string) => ({ kty: 'EC', crv: 'P-256', kid, x: 'x', y: 'y' })
    const kids = async (...given: Parameters<typeof keys>) =>
      (await keys(...given)).map((one) => (one as { kid: string }).kid)
    client.document = {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key('a'), { kty: 'oct', k: 'k' }] },
    }
    const inDocument = await resolve()
    assert.equal(inDocument.tokenEndpointAuthMethod, 'private_key_jwt')
    assert.deepEqual(await kids(inDocument), ['a'])
    client.document = { ...client.document, jwks: { keys: [key('b')] } }
    // Within the lifetime of the document nobody asks again; after it, only a key that is missing is worth a fetch.
    assert.deepEqual(await kids(inDocument, 'b'), ['a'])
    app.clock.advance({ days: 1 })
    assert.deepEqual(await kids(inDocument, 'a'), ['a'])
    assert.deepEqual(await kids(inDocument, 'b'), ['b'])
    assert.equal(client.asked.length, 2)

    client.keys = { keys: [key('c'), { ...key('d'), d: 'private' }] }
    client.document = { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: `${client.origin}/keys` }
    const elsewhere = await resolve(`${client.origin}/elsewhere.json`)
    assert.deepEqual(await kids(elsewhere, 'c'), ['c'])
    assert.deepEqual(await kids(elsewhere, 'c'), ['c'])
    client.keys = { keys: [key('e')] }
    // Check 54: an unknown key is worth one request a minute.
    assert.deepEqual(await kids(elsewhere, 'e'), ['c'])
    app.clock.advance({ minutes: 1 })
    assert.deepEqual(await kids(elsewhere, 'e'), ['e'])
    assert.equal(client.asked.filter((path) => path === '/keys').length, 2)

    client.keys = 'no keys'
    app.clock.advance({ days: 1 })
    await refused(keys(elsewhere, 'f'), 'client_keys_unavailable', /jwks_uri does not answer/)
    client.document = {}
    const open = await resolve(`${client.origin}/open.json`)
    await refused(keys(open), 'client_keys_unavailable', /did not register for private_key_jwt/)
  })

  on(
    'check 61: a project has at most so many clients that introduced themselves',
    async ({ app, resolve, client, rows }) => {
      await resolve()
      const [row] = await app.app.db.query.selectFrom('connected_apps').selectAll().execute()
      assert.ok(row)
      const copies = Array.from({ length: 999 }, (_, at) => ({
        ...row,
        client_id: `copy ${at}`,
        client_id_metadata_url: `https://a.example/${at}`,
      }))
      for (let from = 0; from < copies.length; from += 100) {
        await app.app.db.query
          .insertInto('connected_apps')
          .values(copies.slice(from, from + 100))
          .execute()
      }
      await refused(resolve(`${client.origin}/more.json`), 'too_many_connected_apps')
      assert.equal((await resolve()).id, row.client_id)
      assert.equal((await rows()).length, 1_000)
    },
  )
}

test('a client ID is a URL in normal form, with a path [R7]', () => {
  const outside = new GuardedFetch({ allowLoopback: false })
  const problem = (url: string) => metadataUrlProblem(url, (one) => outside.problem(one))
  for (const url of [
    'https://a.example/client.json',
    'https://a.example/x?y=1',
    'https://a.example/x/',
    'https://xn--bcher-kva.example/x',
  ])
    assert.equal(problem(url), undefined, url)
  for (const [url, said] of [
    ['https://a.example/', /must have a path/],
    ['https://a.example', /must have a path/],
    ['https://a.example/?x', /must have a path/],
    ['http://a.example/x', /https/],
    ['http://localhost/x', /https/],
    ['https://user:x@a.example/x', /credentials/],
    ['https://a.example/x#y', /fragment/],
    ['https://a.example/x#', /fragment/],
    ['https://a.example:8443/x', /default port/],
    ['https://a.example:443/x', /normal form, https:\/\/a.example\/x/],
    ['https://A.example/x', /normal form/],
    ['HTTPS://a.example/x', /normal form/],
    ['https://a.example/x/../y', /normal form, https:\/\/a.example\/y/],
    ['https://a.example/./y', /normal form/],
    ['https://a.example/%2e%2e/y', /normal form/],
    ['https://a.example\\x', /normal form/],
    ['https://a.example/x y', /normal form/],
    ['https:a.example/x', /normal form/],
    ['https://bücher.example/x', /normal form/],
    ['https://', /not a URL/],
    [`https://a.example/${'x'.repeat(2_048)}`, /not a URL/],
  ] as const)
    assert.match(problem(url) ?? '', said, url)
})

test('a document is fresh for as long as its headers say, from five minutes to a day [R7]', () => {
  const minutes = (headers: Record<string, string>) => freshness(headers) / 60_000
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
  for (const [headers, expected] of [
    [{}, 15],
    [{ 'cache-control': 'max-age=3600' }, 60],
    [{ 'cache-control': 'public, Max-Age="3600"' }, 60],
    [{ 'cache-control': 'max-age=3600, s-maxage=7200' }, 120],
    [{ 'cache-control': 'max-age=3600', age: '600' }, 50],
    [{ 'cache-control': 'max-age=0' }, 5],
    [{ 'cache-control': 'no-store, max-age=3600' }, 5],
    [{ 'cache-control': 'no-cache' }, 5],
    [{ 'cache-control': 'max-age=9999999999' }, 1_440],
    [{ 'cache-control': 'max-age=x' }, 15],
    [{ expires: 'Thu, 01 Jan 2026 01:00:00 GMT', date }, 60],
    [{ expires: 'Wed, 31 Dec 2025 00:00:00 GMT', date }, 5],
    [{ expires: '0', date }, 5],
    [{ expires: 'Thu, 01 Jan 2026 01:00:00 GMT' }, 5],
  ] as const)
    assert.equal(minutes(headers), expected, JSON.stringify(headers))
})
