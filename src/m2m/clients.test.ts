import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { findM2mClient, m2mSecretMatches } from './index.ts'

const path = '/v1/m2m/clients'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: m2m clients: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })
  const create = async (app: TestApp, body: Record<string, unknown> = {}) => {
    const answer = await app.call('POST', path, { body: { scopes: [], ...body } })
    assert.equal(answer.status, 200, answer.text)
    return answer.body.m2m_client
  }
  const secretIsGood = async ({ app, project }: TestApp, id: string, secret: string) => {
    const stored = await findM2mClient(app.db, project.id, id)
    return stored !== undefined && m2mSecretMatches(stored, secret)
  }

  on('a new one has every member', async (app) => {
    const { client_id, client_secret, ...rest } = await create(app, { scopes: ['read:x', 'write:*', 'read:x'] })
    assert.match(client_id, /^m2m-client-test-[0-9a-f-]{36}$/)
    assert.match(client_secret, /^[\w-]{44}$/)
    const expected = {
      client_name: '',
      client_description: '',
      status: 'active',
      scopes: ['read:x', 'write:*'],
      client_secret_last_four: client_secret.slice(-4),
      trusted_metadata: {},
    }
    assert.deepEqual(rest, expected)
    const found = await app.call('GET', `${path}/${client_id}`)
    assert.deepEqual(found.body.m2m_client, { client_id, ...expected }, 'and no secret')
    assert.ok(await secretIsGood(app, client_id, client_secret))
    const rows = await app.app.db.query.selectFrom('m2m_clients').selectAll().execute()
    assert.ok(!JSON.stringify(rows).includes(client_secret), 'stored as a hash')
  })

  on('ID and secret of another system are kept', async (app) => {
    const own = { client_id: 'svc|reports@eu-1.~+', client_secret: 'k3Q!x 9z"\\p' }
    const made = await create(app, own)
    assert.deepEqual([made.client_id, made.client_secret], [own.client_id, own.client_secret])
    assert.equal(made.client_secret_last_four, own.client_secret.slice(-4))
    const found = await app.call('GET', `${path}/${encodeURIComponent(own.client_id)}`)
    assert.equal(found.body.m2m_client.client_id, own.client_id)
    assert.ok(await secretIsGood(app, own.client_id, own.client_secret))
    const again = await app.call('POST', path, { body: { scopes: [], client_id: own.client_id } })
    assert.deepEqual([again.status, again.body.error_type], [400, 'duplicate_m2m_client_id'])
    const auth = await givenOtherProject(app)
    const elsewhere = await app.call('POST', path, { body: { scopes: [], client_id: own.client_id }, auth })
    assert.equal(elsewhere.status, 200, 'unique in a project only')
    const empty = await create(app, { client_id: '', client_secret: '' })
    assert.match(empty.client_id, /^m2m-client-test-/)
  })

  on('of two that ask for one ID at once, one gets it', async (app) => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => app.call('POST', path, { body: { scopes: [], client_id: 'same' } })),
    )
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(answers.filter(({ body }) => body.error_type === 'duplicate_m2m_client_id').length, 7)
  })

  on('what cannot be right is refused by name', async (app) => {
    const both: readonly (readonly [string, Record<string, unknown>])[] = [
      ['m2m_client_invalid_client_name', { client_name: 'x'.repeat(257) }],
      ['m2m_client_invalid_client_description', { client_description: 7 }],
      ['invalid_m2m_client_scope', { scopes: ['two words'] }],
      ['invalid_m2m_client_scope', { scopes: [''] }],
      ['invalid_m2m_client_scope', { scopes: ['"'] }],
      ['invalid_m2m_client_scope', { scopes: 'read:x' }],
      ['invalid_m2m_client_scope', { scopes: ['x'.repeat(129)] }],
      ['too_many_m2m_client_scopes', { scopes: Array.from({ length: 201 }, (_, n) => `s${n}`) }],
      [
        'metadata_too_many_keys',
        { trusted_metadata: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [n, 1])) },
      ],
      ['metadata_too_large', { trusted_metadata: { a: 'x'.repeat(5_000) } }],
      ['bad_request', { trusted_metadata: [1] }],
    ]
    const creating: typeof both = [
      ['invalid_m2m_client_scope', { scopes: undefined }],
      ['m2m_client_invalid_client_id', { client_id: 'a/b' }],
      ['m2m_client_invalid_client_id', { client_id: 'x'.repeat(129) }],
      ['m2m_client_invalid_client_id', { client_id: 'https://a.example/' }],
      ['m2m_client_invalid_client_id', { client_id: 'connected-app-test-00000000-0000-4000-8000-000000000000' }],
      ['m2m_client_invalid_client_id', { client_id: 7 }],
      ['m2m_client_invalid_client_secret', { client_secret: 'sécret-of-the-past' }],
      ['m2m_client_invalid_client_secret', { client_secret: 'a\nb-secret-of-two-lines' }],
      ['m2m_client_invalid_client_secret', { client_secret: 7 }],
      ['insecure_m2m_client_secret', { client_secret: 'short7!' }],
      ['insecure_m2m_client_secret', { client_secret: 'aaaaaaaaaaaaaaaaaaaa' }],
      ['insecure_m2m_client_secret', { client_secret: 'abcabcabcabcabc' }],
      ['insecure_m2m_client_secret', { client_secret: '123456789' }],
      ['insecure_m2m_client_secret', { client_secret: 'zyxwvutsr' }],
      ['client_secret_too_long', { client_secret: 'k3Q!x9zp'.repeat(17) }],
    ]
    const { client_id, client_secret: _, ...before } = await create(app)
    for (const [type, body] of [...both, ...creating]) {
      const answer = await app.call('POST', path, { body: { scopes: [], ...body } })
      assert.deepEqual([answer.status, answer.body.error_type], [400, type], JSON.stringify(body).slice(0, 200))
    }
    for (const [type, body] of [...both, ['invalid_m2m_client_status', { status: 'deleted' }]] as const) {
      const answer = await app.call('PUT', `${path}/${client_id}`, { body })
      assert.deepEqual([answer.status, answer.body.error_type], [400, type], JSON.stringify(body).slice(0, 200))
    }
    assert.deepEqual((await app.call('GET', `${path}/${client_id}`)).body.m2m_client, { client_id, ...before })
  })

  on('an update changes what is given, merges metadata, and takes an empty list of scopes for none', async (app) => {
    const { client_id, client_secret } = await create(app, { scopes: ['a'], trusted_metadata: { x: 1, y: 2 } })
    const update = async (body: Record<string, unknown>) =>
      (await app.call('PUT', `${path}/${client_id}`, { body })).body.m2m_client
    const changed = await update({ client_name: 'Job', status: 'inactive', trusted_metadata: { x: null, z: 3 } })
    assert.deepEqual(
      [changed.client_name, changed.status, changed.scopes, changed.trusted_metadata],
      ['Job', 'inactive', ['a'], { y: 2, z: 3 }],
    )
    assert.deepEqual(await update({ scopes: [] }), changed)
    assert.deepEqual(await update({ client_secret: 'k3Q!x9zp-another', client_id: 'b' }), changed)
    assert.deepEqual((await update({ scopes: ['b', 'c'], status: 'active' })).scopes, ['b', 'c'])
    assert.ok(await secretIsGood(app, client_id, client_secret))
  })

  on('updates at once all survive, in the metadata too', async (app) => {
    const { client_id } = await create(app)
    const keys = Array.from({ length: 8 }, (_, n) => `k${n}`)
    await Promise.all(
      keys.map((key) => app.call('PUT', `${path}/${client_id}`, { body: { trusted_metadata: { [key]: 1 } } })),
    )
    const { m2m_client } = (await app.call('GET', `${path}/${client_id}`)).body
    assert.deepEqual(Object.keys(m2m_client.trusted_metadata).sort(), keys)
  })

  on('an update that meets a deletion changes it before or finds nothing', async (app) => {
    for (let round = 0; round < 10; round++) {
      const { client_id } = await create(app)
      const answers = await Promise.all([
        app.call('PUT', `${path}/${client_id}`, { body: { client_name: 'A' } }),
        app.call('DELETE', `${path}/${client_id}`),
        app.call('PUT', `${path}/${client_id}`, { body: { client_name: 'B' } }),
        app.call('DELETE', `${path}/${client_id}`),
      ])
      assert.ok(answers.every(({ status }) => status === 200 || status === 404))
      assert.equal(answers.filter(({ status }, at) => at % 2 === 1 && status === 200).length, 1, 'deleted once')
      assert.equal((await app.call('GET', `${path}/${client_id}`)).body.error_type, 'm2m_client_not_found')
    }
  })

  on('a rotation: both secrets, then one; of steps taken at once, one is', async (app) => {
    const { client_id, client_secret: first } = await create(app)
    const step = (name: string) => app.call('POST', `${path}/${client_id}/secrets/rotate${name}`, { body: {} })
    const type = async (name: string) => (await step(name)).body.error_type
    const race = async (...names: readonly string[]) =>
      (await Promise.all(names.map(step))).filter(({ status }) => status === 200)
    assert.equal(await type(''), 'm2m_client_not_rotating_secret')
    assert.equal(await type('/cancel'), 'm2m_client_not_rotating_secret')
    const [started, ...more] = await race(...Array.from({ length: 10 }, () => '/start'))
    assert.equal(more.length, 0)
    const next = started?.body.m2m_client.next_client_secret
    assert.equal(await type('/start'), 'm2m_client_already_rotating_secret')
    assert.ok((await secretIsGood(app, client_id, first)) && (await secretIsGood(app, client_id, next)))
    assert.equal((await race('', '', '/cancel', '', '/cancel')).length, 1)
    const kept = await Promise.all([first, next].map((secret) => secretIsGood(app, client_id, secret)))
    assert.equal(kept.filter(Boolean).length, 1, 'one secret, whichever step was taken')

    const again = (await step('/start')).body.m2m_client
    assert.equal(again.next_client_secret_last_four, again.next_client_secret.slice(-4))
    const cancelled = (await step('/cancel')).body.m2m_client
    assert.ok(!('next_client_secret_last_four' in cancelled))
    assert.ok(!(await secretIsGood(app, client_id, again.next_client_secret)))
    const last = (await step('/start')).body.m2m_client.next_client_secret
    const rotated = (await step('')).body.m2m_client
    assert.equal(rotated.client_secret_last_four, last.slice(-4))
    assert.ok(await secretIsGood(app, client_id, last))
  })

  on('check 52: another project’s client is answered like one that never was', async (app) => {
    const { client_id } = await create(app)
    const auth = await givenOtherProject(app)
    for (const [method, rest] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/secrets/rotate/start'],
      ['POST', '/secrets/rotate/cancel'],
      ['POST', '/secrets/rotate'],
    ] as const) {
      const [foreign, missing] = await Promise.all(
        [client_id, 'm2m-client-test-00000000-0000-4000-8000-000000000000'].map((id) =>
          app.call(method, `${path}/${id}${rest}`, { auth, ...(method === 'PUT' && { body: { client_name: 'x' } }) }),
        ),
      )
      assert.deepEqual([foreign?.status, foreign?.body.error_type], [404, 'm2m_client_not_found'], method + rest)
      assert.deepEqual({ ...foreign?.body, request_id: '' }, { ...missing?.body, request_id: '' })
    }
    const seen = (await app.call('POST', `${path}/search`, { auth })).body
    assert.deepEqual([seen.m2m_clients, seen.results_metadata], [[], { total: 0 }])
    const filtered = { query: { operator: 'OR', operands: [{ filter_name: 'client_id', filter_value: [client_id] }] } }
    assert.deepEqual((await app.call('POST', `${path}/search`, { auth, body: filtered })).body.m2m_clients, [])
    assert.equal((await app.call('GET', `${path}/${client_id}`)).body.m2m_client.client_name, '')
  })
}
