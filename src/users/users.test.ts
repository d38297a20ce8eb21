import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { emailKey, isEmailAddress } from './email.ts'
import { providerType } from './provider-type.ts'

const create = (app: TestApp, body: Record<string, unknown>) => app.call('POST', '/v1/users', { body })
const update = (app: TestApp, id: string, body: Record<string, unknown>) => app.call('PUT', `/v1/users/${id}`, { body })

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: users: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('create answers the whole user; nothing that was only claimed is verified', async (app) => {
    const { status, body } = await create(app, {
      email: 'Ada@Example.com',
      phone_number: '+14155550123',
      name: { first_name: 'Ada' },
      trusted_metadata: { plan: 'pro' },
      external_id: 'customer|4711',
      roles: ['editor'],
      create_user_as_pending: true,
      attributes: { ip_address: '203.0.113.1' },
      unknown_field: 1,
    })
    assert.equal(status, 200)
    assert.match(body.user_id, /^user-test-/)
    assert.match(body.email_id, /^email-test-/)
    assert.match(body.phone_id, /^phone-number-test-/)
    assert.equal(body.status, 'pending')
    assert.deepEqual(body.user, {
      user_id: body.user_id,
      name: { first_name: 'Ada', middle_name: '', last_name: '' },
      emails: [{ email_id: body.email_id, email: 'Ada@Example.com', verified: false }],
      phone_numbers: [{ phone_id: body.phone_id, phone_number: '+14155550123', verified: false }],
      providers: [],
      webauthn_registrations: [],
      biometric_registrations: [],
      totps: [],
      crypto_wallets: [],
      password: null,
      status: 'pending',
      trusted_metadata: { plan: 'pro' },
      untrusted_metadata: {},
      external_id: 'customer|4711',
      roles: ['stytch_user', 'editor'],
      is_locked: false,
      lock_created_at: null,
      lock_expires_at: null,
      created_at: '2026-01-01T00:00:00Z',
    })
    const { status_code, request_id, ...flat } = (await app.call('GET', `/v1/users/${body.user_id}`)).body
    assert.equal(status_code, 200)
    assert.match(request_id, /^request-id-test-/)
    assert.deepEqual(flat, body.user, 'get answers the same, at the top level')
  })

  on('create refuses what is missing, malformed or taken, each by its name', async (app) => {
    const type = async (body: Record<string, unknown>) => (await create(app, body)).body.error_type
    assert.equal(await type({}), 'invalid_create_user_request')
    assert.equal(await type({ email: null }), 'invalid_create_user_request')
    assert.equal(await type({ email: 'ada' }), 'invalid_email')
    assert.equal(await type({ email: 1 }), 'invalid_email')
    assert.equal(await type({ phone_number: '555' }), 'invalid_phone_number')
    assert.equal(await type({ email: 'a@example.com', external_id: 'a b' }), 'invalid_user_id')
    const taken = { email: 'a@example.com', phone_number: '+14155550123', external_id: 'x' }
    assert.equal((await create(app, taken)).status, 200)
    assert.equal(await type({ email: 'A@EXAMPLE.com' }), 'duplicate_email')
    assert.equal(await type({ phone_number: '+14155550123' }), 'duplicate_phone_number')
    assert.equal(await type({ email: 'b@example.com', external_id: 'x' }), 'duplicate_user_external_id')
    const keys = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`k${at}`, at]))
    assert.equal(await type({ email: 'c@example.com', trusted_metadata: keys }), 'metadata_too_many_keys')
    assert.equal(
      await type({ email: 'c@example.com', untrusted_metadata: { k: 'x'.repeat(4_096) } }),
      'metadata_too_large',
    )
    const users = await app.app.db.query.selectFrom('users').selectAll().execute()
    assert.equal(users.length, 1, 'what is refused leaves nothing behind')
  })

  on('of twenty creations of one address at once, one succeeds', async (app) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(app, { email: 'a@example.com' })))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.ok(answers.every(({ status, body }) => status === 200 || body.error_type === 'duplicate_email'))
  })

  on('update changes what is given, merges metadata at the top level, and replaces roles', async (app) => {
    const { user_id } = (
      await create(app, {
        email: 'a@example.com',
        name: { first_name: 'Ada' },
        trusted_metadata: { a: { b: 1 }, c: 2 },
        roles: ['x'],
      })
    ).body
    const { body } = await update(app, user_id, {
      name: { last_name: 'Lovelace' },
      trusted_metadata: { a: { d: 1 }, c: null },
      external_id: 'ext',
      roles: ['y'],
    })
    assert.deepEqual(Object.keys(body).sort(), [
      'crypto_wallets',
      'emails',
      'phone_numbers',
      'request_id',
      'status_code',
      'user',
      'user_id',
    ])
    assert.deepEqual(body.user.name, { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' })
    assert.deepEqual(body.user.trusted_metadata, { a: { d: 1 } })
    assert.deepEqual(body.user.roles, ['stytch_user', 'y'])
    assert.deepEqual((await app.call('GET', '/v1/users/ext')).body.user_id, user_id)
    assert.deepEqual((await update(app, user_id, {})).body.user, body.user, 'an empty update changes nothing')
  })

  on('update refuses by name, and twenty at once all count', async (app) => {
    const { user_id } = (await create(app, { email: 'a@example.com' })).body
    await create(app, { email: 'b@example.com', external_id: 'taken' })
    const type = async (body: Record<string, unknown>, id = user_id) => (await update(app, id, body)).body.error_type
    assert.equal(await type({ external_id: 'taken' }), 'duplicate_user_external_id')
    assert.equal(await type({ external_id: user_id }), 'invalid_user_id')
    assert.equal(await type({ trusted_metadata: { k: 'x'.repeat(4_096) } }), 'metadata_too_large')
    const keys = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`k${at}`, at]))
    assert.equal(await type({ trusted_metadata: keys }), 'metadata_too_many_keys')
    assert.equal(await type({}, 'nobody'), 'user_not_found')
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => update(app, user_id, { trusted_metadata: { [`k${at}`]: at } })),
    )
    const { body } = await app.call('GET', `/v1/users/${user_id}`)
    assert.equal(Object.keys(body.trusted_metadata).length, 20)
  })

  on('external IDs: found unencoded and encoded, deleted, and free again', async (app) => {
    const { user_id } = (await create(app, { email: 'a@example.com', external_id: 'a|b.c_d-e' })).body
    for (const path of [
      '/v1/users/a|b.c_d-e',
      '/v1/users/a%7Cb.c_d-e',
      '//v1//users/a|b.c_d-e/',
      '/v1/users/a|b.c_d-e?user_id=other',
    ]) {
      assert.equal((await app.call('GET', path)).body.user_id, user_id, path)
    }
    const deleted = await app.call('DELETE', '/v1/users/a|b.c_d-e/external_id', { body: {} })
    assert.equal(deleted.body.user.external_id, '')
    assert.equal((await app.call('DELETE', '/v1/users/a|b.c_d-e/external_id')).body.error_type, 'user_not_found')
    assert.equal((await create(app, { email: 'b@example.com', external_id: 'a|b.c_d-e' })).status, 200)
  })

  on('404 user_not_found: a deleted user is as one that never was', async (app) => {
    const { user_id } = (await create(app, { email: 'a@example.com' })).body
    assert.deepEqual((await app.call('DELETE', `/v1/users/${user_id}`)).body.user_id, user_id)
    for (const [method, path] of [
      ['GET', `/v1/users/${user_id}`],
      ['PUT', `/v1/users/${user_id}`],
      ['DELETE', `/v1/users/${user_id}`],
    ] as const) {
      const { status, body } = await app.call(method, path, method === 'PUT' ? { body: {} } : {})
      assert.deepEqual([status, body.error_type], [404, 'user_not_found'])
    }
    assert.equal((await create(app, { email: 'a@example.com' })).status, 200, 'the address is free again')
  })

  on('check 52: a user of another project is as one that never was', async (app) => {
    const other = await givenOtherProject(app)
    const { user_id } = (await create(app, { email: 'a@example.com', external_id: 'ext' })).body
    for (const id of [user_id, 'ext']) {
      for (const [method, path, body] of [
        ['GET', `/v1/users/${id}`],
        ['PUT', `/v1/users/${id}`, {}],
        ['DELETE', `/v1/users/${id}`],
        ['DELETE', `/v1/users/${id}/external_id`],
        ['GET', `/v1/sessions?user_id=${id}`],
        ['POST', '/v1/oauth/attach', { provider: 'google', user_id: id }],
      ] as const) {
        const foreign = await app.call(method, path, { auth: other, ...(body && { body }) })
        const unknown = await app.call(method, path.replace(id, 'nobody'), {
          auth: other,
          ...(body && { body: JSON.parse(JSON.stringify(body).replace(id, 'nobody')) }),
        })
        assert.equal(foreign.status, 404, `${method} ${path}`)
        assert.deepEqual({ ...foreign.body, request_id: '' }, { ...unknown.body, request_id: '' })
      }
    }
    assert.equal((await app.call('GET', `/v1/users/${user_id}`)).status, 200)
  })
}

test('check 37: look-alike and oddly written addresses neither collide nor split accounts', () => {
  assert.equal(emailKey('ADA@Example.COM'), 'ada@example.com')
  assert.equal(emailKey('ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ'), 'ada@example.com', 'full-width letters are the same letters')
  assert.notEqual(emailKey('adı@example.com'), emailKey('adi@example.com'), 'a dotless i is another letter')
  assert.notEqual(emailKey('аda@example.com'), emailKey('ada@example.com'), 'a Cyrillic a is another letter')
  const refused = [
    '',
    'ada',
    'ada@',
    '@example.com',
    'a@b',
    'a@b@c.com',
    'ada@example.com.',
    '.ada@example.com',
    'ada.@example.com',
    'a..b@example.com',
    'ada@example..com',
    'ada @example.com',
    ' ada@example.com',
    'ada@example.com\n',
    'ada@exa mple.com',
    'ada\u0000@example.com',
    'ada@-example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(250)}.com`,
    'a@example.com,b@example.com',
    '"a"@example.com',
  ]
  for (const address of refused) assert.equal(isEmailAddress(address), false, JSON.stringify(address))
  for (const address of [
    'ada@example.com',
    'ada+tag@sub.example.co.uk',
    'ädä@exämple.com',
    "o'neil@example.com",
    'a_b-c@example.com',
  ]) {
    assert.equal(isEmailAddress(address), true, address)
  }
})

test('check 65: a megabyte of the worst case is judged at once, because length is looked at first', () => {
  for (const text of ['a'.repeat(1_000_000), `${'a.'.repeat(500_000)}@`, `a@${'b-'.repeat(500_000)}`])
    assert.equal(isEmailAddress(text), false)
})

test('provider_type is spelt as clients know it; an unknown provider keeps its name', () => {
  assert.equal(providerType('gitlab'), 'GitLab')
  assert.equal(providerType('github'), 'Github')
  assert.equal(providerType('acme'), 'acme')
  assert.equal(providerType('constructor'), 'constructor')
})
