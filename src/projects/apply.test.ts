import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectedAppProblem, templateProblem } from '../connected-apps/index.ts'
import { m2mClientProblem } from '../m2m/index.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { applyProjects } from './apply-store.ts'
import { readProjectFile } from './project-file.ts'
import { ProjectFileError } from './project-file-error.ts'

const id = 'project-test-22222222-2222-4222-8222-222222222222'
const liveId = 'project-live-22222222-2222-4222-8222-222222222222'
const secret = 'secret-test-0123456789abcdef0123456789'
const known = new Map([
  ['google', { clientAuthentication: 'client_secret_post' }],
  ['github', { clientAuthentication: 'client_secret_post' }],
  ['apple', { clientAuthentication: 'signed_jwt' }],
])

const entry = (more: Record<string, unknown> = {}) => ({
  project_id: id,
  name: 'Example',
  secrets: ['${EXAMPLE_SECRET}'],
  redirect_urls: [
    { url: 'http://localhost:3000/a', types: ['LOGIN', 'SIGNUP'] },
    { url: 'http://localhost:3000/b', types: ['LOGIN'] },
  ],
  providers: { google: { client_id: 'client', client_secret: '${GOOGLE_SECRET:-fallback}' } },
  ...more,
})
const rules = { connectedAppProblem, m2mClientProblem, templateProblem }
const read = (...projects: readonly unknown[]) =>
  readProjectFile(JSON.stringify({ projects }), { EXAMPLE_SECRET: secret }, known, rules)

const apply = ({ app }: TestApp, file: ReturnType<typeof read>, dryRun = false) =>
  applyProjects(file, { db: app.db, sealer: app.sealer, now: new Date(0), dryRun })
const lines = ({ changes }: Awaited<ReturnType<typeof apply>>) =>
  changes.map(({ sign, entry: { label } }) => `${sign} ${label}`)

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: apply: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('the first time everything is added, the second time nothing changes', async (app) => {
    assert.deepEqual(lines(await apply(app, read(entry()))), [
      `+ project ${id}`,
      '+ secret ending in …6789',
      '+ public token public-token-test-22222222-2222-4222-8222-222222222222',
      '+ LOGIN redirect URL http://localhost:3000/a (default)',
      '+ LOGIN redirect URL http://localhost:3000/b',
      '+ SIGNUP redirect URL http://localhost:3000/a (default)',
      '+ provider google (client client)',
    ])
    assert.deepEqual(lines(await apply(app, read(entry()))), [])
    const { status } = await app.call('POST', '/v1/users', {
      body: { email: 'a@example.com' },
      auth: { username: id, password: secret },
    })
    assert.equal(status, 200)
  })

  on('a dry run says what would change and changes nothing', async (app) => {
    assert.equal((await apply(app, read(entry()), true)).changes.length, 7)
    assert.equal(await app.app.projects.byId(id), undefined)
  })

  on('what is no longer declared is removed, what differs is changed, other projects are left alone', async (app) => {
    await apply(app, read(entry()))
    const next = entry({
      name: 'Renamed',
      secrets: ['another-secret-0123456789abcdef'],
      redirect_urls: [{ url: 'http://localhost:3000/b', types: ['LOGIN'] }],
      providers: { google: { client_id: 'client', client_secret: 'rotated' } },
      settings: { oauth_pkce_required: true },
    })
    const changed = lines(await apply(app, read(next)))
    assert.deepEqual(changed.slice(0, 4), [
      `~ project ${id}`,
      '+ secret ending in …cdef',
      '~ LOGIN redirect URL http://localhost:3000/b (default)',
      '~ provider google (client client)',
    ])
    assert.match(changed[4] ?? '', /^- secret-test-/)
    assert.deepEqual(changed.slice(5), [
      '- LOGIN redirect URL http://localhost:3000/a (default)',
      '- SIGNUP redirect URL http://localhost:3000/a (default)',
    ])
    app.app.projects.forget()
    const project = await app.app.projects.byId(id)
    assert.equal(project?.providers.get('google')?.clientSecret, 'rotated')
    assert.equal(project?.settings.oauth_pkce_required, true)
    assert.ok(await app.app.projects.byId(app.project.id))
    const old = await app.call('GET', '/v1/users/x', { auth: { username: id, password: secret } })
    assert.equal(old.status, 401, 'a removed secret is refused')
  })

  on('a project without any secret gets one, told once', async (app) => {
    const without = entry({ secrets: undefined })
    const first = await apply(app, read(without))
    const [generated] = first.generated
    assert.match(generated?.secret ?? '', /^secret-test-[\w-]{44}$/)
    assert.deepEqual((await apply(app, read(without))).generated, [])
    const auth = { username: id, password: generated?.secret ?? '' }
    assert.equal((await app.call('GET', '/v1/users/x', { auth })).status, 404)
  })

  on('nothing that was secret can be read in what it says or in the database', async (app) => {
    const result = await apply(
      app,
      read(entry({ providers: { google: { client_id: 'c', client_secret: 'upstream-secret' } } })),
    )
    const rows = [
      await app.app.db.query.selectFrom('project_secrets').selectAll().execute(),
      await app.app.db.query.selectFrom('provider_configs').selectAll().execute(),
    ]
    const text = JSON.stringify(rows) + lines(result).join()
    assert.ok(!text.includes(secret) && !text.includes('upstream-secret'))
  })

  on('five servers that apply one file at once all succeed, and it is applied once', async (app) => {
    const results = await Promise.all(Array.from({ length: 5 }, () => apply(app, read(entry()))))
    assert.deepEqual(
      results.map(({ changes }) => changes.length).sort((a, b) => a - b),
      [0, 0, 0, 0, 7],
    )
  })

  on('all or nothing: a project that fails takes the others with it', async (app) => {
    const other = {
      ...entry(),
      project_id: 'project-test-33333333-3333-4333-8333-333333333333',
      oauth_callback_id: 'oauth-callback-test-22222222-2222-4222-8222-222222222222',
    }
    await assert.rejects(apply(app, read(entry(), other)))
    assert.equal(await app.app.projects.byId(id), undefined)
  })
}

const refused: readonly (readonly [RegExp, Record<string, unknown>])[] = [
  [/^projects\[0\]\.project_id: must look like/, { project_id: 'mine' }],
  [/^projects\[0\]\.name: /, { name: '' }],
  [/Unrecognized key.*sceret/, { sceret: 1 }],
  [/^projects\[0\]\.secrets\[0\]: the environment variable NOT_SET is not set/, { secrets: ['${NOT_SET}'] }],
  [/^projects\[0\]\.secrets\[0\]: is too short/, { secrets: ['short'] }],
  [
    /there is no such provider\. Use one of google, github, apple, or set "type"/,
    { providers: { myspace: { client_id: 'a', client_secret: 'b' } } },
  ],
  [/google: it needs a client_secret/, { providers: { google: { client_id: 'a' } } }],
  [
    /google: "type" belongs to providers of your own/,
    { providers: { google: { client_id: 'a', client_secret: 'b', type: 'oidc' } } },
  ],
  [/apple: it needs private_key, team_id and key_id/, { providers: { apple: { client_id: 'a', client_secret: 'b' } } }],
  [
    /apple: private_key is not a PEM private key/,
    { providers: { apple: { client_id: 'a', team_id: 't', key_id: 'k', private_key: 'nonsense' } } },
  ],
  [
    /acme: an OpenID provider needs endpoints\.issuer/,
    { providers: { acme: { client_id: 'a', client_secret: 'b', type: 'oidc' } } },
  ],
  [
    /acme: an OAuth 2\.0 provider needs endpoints\.authorization/,
    { providers: { acme: { client_id: 'a', client_secret: 'b', type: 'oauth2', endpoints: {} } } },
  ],
  [/does not belong to a test project/, { public_tokens: ['public-token-live-22222222-2222-4222-8222-222222222222'] }],
]
const url = (text: string, more: Record<string, unknown> = {}) => ({
  redirect_urls: [{ url: text, types: ['LOGIN'], ...more }],
})
const refusedUrls: readonly (readonly [RegExp, Record<string, unknown>])[] = [
  [/not an absolute URL/, url('/login')],
  [/characters that a URL may not have/, url('https://a.example/\u0000')],
  [/redirect_url_cannot_use_protocol/, url('javascript://a/%0aalert(1)')],
  [/redirect_url_cannot_use_protocol/, url('data://a')],
  [/user information/, url('https://u:p@a.example/')],
  [/fragment/, url('https://a.example/#x')],
  [/left-most label/, url('https://a.*.example/')],
  [/placeholder is \{\}/, url('https://a.example/{}')],
  [/placeholder is \{\}/, url('https://a.example/?a=x{}')],
  [/wildcard_cannot_be_default/, url('https://*.a.example/', { default: true })],
  [/placeholder_cannot_be_default/, url('https://a.example/?a={}', { default: true })],
  [/redirect_url_must_use_https/, { project_id: liveId, ...url('http://a.example/') }],
  [/no_wildcards_in_live_redirect_url/, { project_id: liveId, ...url('https://*.a.example/') }],
  [
    /duplicate_redirect_url/,
    { redirect_urls: [url('https://a.example/').redirect_urls[0], url('https://a.example/').redirect_urls[0]] },
  ],
  [
    /is a second default for LOGIN/,
    {
      redirect_urls: [
        url('https://a.example/', { default: true }).redirect_urls[0],
        url('https://b.example/', { default: true }).redirect_urls[0],
      ],
    },
  ],
]

test('check 4: a project file that cannot be right is refused with its place in the file', () => {
  for (const [message, more] of [...refused, ...refusedUrls]) {
    assert.throws(
      () => read(entry(more)),
      (error) => {
        assert.ok(error instanceof ProjectFileError, String(error))
        assert.match(error.message, message)
        assert.match(error.message, /^projects\[0\]/)
        return true
      },
    )
  }
  assert.throws(() => readProjectFile('{', {}, known, rules), /not valid JSON/)
  assert.throws(() => read(entry(), entry()), /declared twice/)
})

test('a wildcard or placeholder is never promoted to the default', () => {
  const [project] = read(
    entry({
      redirect_urls: [
        ...url('https://*.a.example/').redirect_urls,
        ...url('https://a.example/?a={}').redirect_urls,
        ...url('https://b.example/').redirect_urls,
      ],
    }),
  )
  assert.deepEqual(
    project?.redirectUrls.map(({ isDefault }) => isDefault),
    [false, false, true],
  )
})
