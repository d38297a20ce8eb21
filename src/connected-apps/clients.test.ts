import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { secretMatches } from './connected-app.ts'
import { newClient } from './settings.ts'
import { findClient, insertClient } from './store.ts'

const path = '/v1/connected_apps/clients'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: connected apps: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })
  const create = async (app: TestApp, body: Record<string, unknown> = {}) => {
    const answer = await app.call('POST', path, { body: { client_type: 'third_party', ...body } })
    assert.equal(answer.status, 200, answer.text)
    return answer.body.connected_app
  }
  const secretIsGood = async ({ app }: TestApp, id: string, secret: string) => {
    const stored = await findClient(app.db, id)
    return stored !== undefined && secretMatches(stored, secret)
  }

  on('a new one has every member, with defaults', async (app) => {
    const { client_id, client_secret, ...rest } = await create(app)
    assert.match(client_id, /^connected-app-test-[0-9a-f-]{36}$/)
    assert.match(client_secret, /^[\w-]{44}$/)
    assert.deepEqual(rest, {
      client_type: 'third_party',
      client_name: '',
      client_description: '',
      status: 'active',
      redirect_urls: [],
      post_logout_redirect_urls: [],
      full_access_allowed: false,
      bypass_consent_for_offline_access: false,
      access_token_expiry_minutes: 60,
      access_token_template_content: '',
      id_token_template_content: '',
      creation_method: 'api',
      client_secret_last_four: client_secret.slice(-4),
    })
  })

  on('every field is kept as it was given', async (app) => {
    const given = {
      client_name: 'Notes',
      client_description: 'Ünïcode, and 日本語',
      redirect_urls: ['https://a.example/cb?x=1', 'http://127.0.0.1/cb', 'http://localhost:3000/'],
      post_logout_redirect_urls: ['https://a.example/bye'],
      full_access_allowed: true,
      bypass_consent_for_offline_access: true,
      access_token_expiry_minutes: 5,
      access_token_custom_audience: 'https://api.example.com/',
      access_token_template_content: '{"ext": {{ user.external_id }}}',
      id_token_template_content: '{"plan": {{ user.trusted_metadata.plan }}}',
      logo_url: 'https://a.example/logo.png',
    }
    const { client_id, client_secret, ...made } = await create(app, { client_type: 'first_party', ...given })
    assert.deepEqual({ ...made, ...given }, made)
    const { body } = await app.call('GET', `${path}/${client_id}`)
    assert.deepEqual(body.connected_app, { client_id, ...made }, 'and no secret')
    assert.ok(!JSON.stringify(body).includes(client_secret))
  })

  on('a public client has no secret', async (app) => {
    for (const client_type of ['first_party_public', 'third_party_public']) {
      const made = await create(app, { client_type, redirect_urls: ['com.example.app:/cb', 'cursor://anysphere/cb'] })
      assert.ok(!('client_secret' in made) && !('client_secret_last_four' in made))
    }
  })

  on('a secret is stored as a hash', async (app) => {
    const { client_id, client_secret } = await create(app)
    const rows = await app.app.db.query.selectFrom('connected_apps').selectAll().execute()
    assert.ok(!JSON.stringify(rows).includes(client_secret))
    assert.ok(await secretIsGood(app, client_id, client_secret))
    assert.ok(!(await secretIsGood(app, client_id, client_secret.toLowerCase())))
  })

  on('what cannot be right is refused by name, at creation and at update', async (app) => {
    const url = (...redirect_urls: readonly unknown[]) => ({ redirect_urls })
    const refused: readonly (readonly [string, Record<string, unknown>])[] = [
      ['third_party_clients_cannot_use_full_access', { full_access_allowed: true }],
      ['third_party_clients_require_consent_for_offline_access', { bypass_consent_for_offline_access: true }],
      ['too_many_redirect_urls', url(...Array.from({ length: 51 }, (_, n) => `https://a.example/${n}`))],
      ['connected_app_redirect_url_must_include_scheme', url('a.example/cb')],
      ['connected_app_redirect_url_must_include_scheme', url('//a.example/cb')],
      ['connected_app_redirect_url_must_include_scheme', url('/cb')],
      ['connected_app_redirect_url_must_include_scheme', url('')],
      ['connected_app_redirect_url_must_use_http_or_https_scheme', url('com.example.app:/cb')],
      ['connected_app_redirect_url_http_scheme_must_use_loopback', url('http://a.example/cb')],
      ['connected_app_redirect_url_http_scheme_must_use_loopback', url('https://a.example/', 'http://localhost.evil/')],
      ['connected_app_invalid_redirect_url', url('https://a.example/#x')],
      ['connected_app_invalid_redirect_url', url('https://u:p@a.example/')],
      ['connected_app_invalid_redirect_url', url('https://*.a.example/')],
      ['connected_app_invalid_redirect_url', url('https://a.example/ cb')],
      ['connected_app_invalid_redirect_url', url(`https://a.example/${'a'.repeat(2_048)}`)],
      ['connected_app_invalid_redirect_url', { post_logout_redirect_urls: ['https://a.example/#x'] }],
      ['idp_invalid_access_token_expiry_minutes', { access_token_expiry_minutes: 4 }],
      ['idp_invalid_access_token_expiry_minutes', { access_token_expiry_minutes: 1_441 }],
      ['idp_invalid_access_token_expiry_minutes', { access_token_expiry_minutes: 5.5 }],
      ['idp_invalid_access_token_custom_audience', { access_token_custom_audience: 'two words' }],
      ['idp_invalid_access_token_custom_audience', { access_token_custom_audience: '1:2' }],
      ['idp_invalid_access_token_custom_audience', { access_token_custom_audience: 'x'.repeat(257) }],
      ['idp_invalid_access_token_custom_audience', { access_token_custom_audience: app.project.id }],
      ['jwt_template_invalid_json', { access_token_template_content: '{' }],
      ['jwt_template_invalid_tag', { access_token_template_content: '{"a": "{{ user.name }}"}' }],
      ['jwt_template_mismatched_tag', { id_token_template_content: '{"a": {{ user.name }' }],
      ['bad_request', { logo_url: 'http://a.example/logo.png' }],
      ['bad_request', { logo_url: 'javascript:alert(1)' }],
      ['bad_request', { client_name: 'x'.repeat(257) }],
      ['bad_request', { redirect_urls: 'https://a.example/' }],
    ]
    const { client_id, client_secret: _, ...before } = await create(app)
    for (const [type, body] of refused) {
      const made = await app.call('POST', path, { body: { client_type: 'third_party', ...body } })
      assert.deepEqual([made.status, made.body.error_type], [400, type], JSON.stringify(body).slice(0, 200))
      const updated = await app.call('PUT', `${path}/${client_id}`, { body })
      assert.deepEqual([updated.status, updated.body.error_type], [400, type], JSON.stringify(body).slice(0, 200))
    }
    for (const client_type of [undefined, 'fourth_party', 7, '']) {
      const { status, body } = await app.call('POST', path, { body: { client_type } })
      assert.deepEqual([status, body.error_type], [400, 'invalid_connected_app_type'])
    }
    assert.deepEqual((await app.call('GET', `${path}/${client_id}`)).body.connected_app, { client_id, ...before })
    assert.equal((await app.call('POST', `${path}/search`)).body.results_metadata.total, 1)
  })

  on('check 4: schemes that run, read or start something are refused for public clients too', async (app) => {
    const schemes = ['javascript', 'data', 'file', 'vbscript', 'blob', 'about', 'mailto', 'tel', 'ftp', 'ws', 'intent']
    for (const scheme of [...schemes, 'JavaScript', 'ms-msdt', 'search-ms', 'view-source', 'x', 'myapp']) {
      for (const text of [`${scheme}:x`, `${scheme}://x/y`]) {
        const body = { client_type: 'third_party_public', redirect_urls: [text] }
        const answer = await app.call('POST', path, { body })
        assert.equal(answer.body.error_type, 'connected_app_invalid_redirect_url', text)
      }
    }
  })

  on('an update changes what is given; empty lists change nothing, empty texts remove', async (app) => {
    const {
      client_id,
      client_secret: _,
      ...made
    } = await create(app, {
      redirect_urls: ['https://a.example/cb'],
      post_logout_redirect_urls: ['https://a.example/bye'],
      logo_url: 'https://a.example/logo.png',
      access_token_custom_audience: 'api',
      access_token_template_content: '{"a": 1}',
    })
    const update = async (body: Record<string, unknown>) => {
      const answer = await app.call('PUT', `${path}/${client_id}`, { body })
      assert.equal(answer.status, 200, answer.text)
      const { client_id: id, ...rest } = answer.body.connected_app
      assert.equal(id, client_id)
      return rest
    }
    assert.deepEqual(await update({}), made)
    assert.deepEqual(await update({ redirect_urls: [], post_logout_redirect_urls: [], client_name: null }), made)
    assert.deepEqual(await update({ client_type: 'first_party', client_id: 'x', creation_method: 'x' }), made)
    assert.deepEqual(
      await update({ client_name: 'New', redirect_urls: ['https://b.example/', 'https://b.example/'] }),
      {
        ...made,
        client_name: 'New',
        redirect_urls: ['https://b.example/'],
      },
    )
    const emptied = await update({ logo_url: '', access_token_custom_audience: '', access_token_template_content: '' })
    assert.ok(!('logo_url' in emptied) && !('access_token_custom_audience' in emptied))
    assert.equal(emptied.access_token_template_content, '')
  })

  on('what is given at once by two updates is kept of both', async (app) => {
    const { client_id } = await create(app)
    await Promise.all(
      [{ client_name: 'A' }, { client_description: 'B' }, { access_token_expiry_minutes: 7 }].map((body) =>
        app.call('PUT', `${path}/${client_id}`, { body }),
      ),
    )
    const { connected_app } = (await app.call('GET', `${path}/${client_id}`)).body
    const { client_name, client_description, access_token_expiry_minutes } = connected_app
    assert.deepEqual([client_name, client_description, access_token_expiry_minutes], ['A', 'B', 7])
  })

  on('an update that meets a deletion changes it before or finds nothing, and never brings it back', async (app) => {
    for (let round = 0; round < 10; round++) {
      const { client_id } = await create(app)
      const answers = await Promise.all([
        app.call('PUT', `${path}/${client_id}`, { body: { client_name: 'A' } }),
        app.call('DELETE', `${path}/${client_id}`),
        app.call('PUT', `${path}/${client_id}`, { body: { client_name: 'B' } }),
        app.call('DELETE', `${path}/${client_id}`),
        app.call('POST', `${path}/${client_id}/secrets/rotate/start`),
      ])
      assert.ok(answers.every(({ status }) => status === 200 || status === 404))
      assert.equal(answers.filter(({ status }, at) => at % 2 === 1 && status === 200).length, 1, 'deleted once')
      assert.equal((await app.call('GET', `${path}/${client_id}`)).body.error_type, 'connected_app_not_found')
    }
  })

  on('a rotation: both secrets, then one', async (app) => {
    const { client_id, client_secret: first } = await create(app)
    const step = (name: string) => app.call('POST', `${path}/${client_id}/secrets/rotate${name}`, { body: {} })
    const type = async (name: string) => (await step(name)).body.error_type
    assert.equal(await type(''), 'connected_app_not_rotating_secret')
    assert.equal(await type('/cancel'), 'connected_app_not_rotating_secret')

    const dropped = (await step('/start')).body.connected_app.next_client_secret
    assert.match(dropped, /^[\w-]{44}$/)
    assert.equal(await type('/start'), 'connected_app_already_rotating_secret')
    assert.ok((await secretIsGood(app, client_id, first)) && (await secretIsGood(app, client_id, dropped)))
    const during = (await app.call('GET', `${path}/${client_id}`)).body.connected_app
    assert.equal(during.next_client_secret_last_four, dropped.slice(-4))
    assert.ok(!('next_client_secret' in during))

    const cancelled = (await step('/cancel')).body.connected_app
    assert.ok(!('next_client_secret_last_four' in cancelled))
    assert.ok((await secretIsGood(app, client_id, first)) && !(await secretIsGood(app, client_id, dropped)))

    const next = (await step('/start')).body.connected_app.next_client_secret
    const rotated = (await step('')).body.connected_app
    assert.equal(rotated.client_secret_last_four, next.slice(-4))
    assert.ok(!('next_client_secret_last_four' in rotated) && !('client_secret' in rotated))
    assert.ok(!(await secretIsGood(app, client_id, first)) && (await secretIsGood(app, client_id, next)))
    assert.equal(await type(''), 'connected_app_not_rotating_secret')
  })

  on('of steps of a rotation that are taken at once, one is', async (app) => {
    const { client_id, client_secret } = await create(app)
    const race = async (...names: readonly string[]) =>
      (await Promise.all(names.map((name) => app.call('POST', `${path}/${client_id}/secrets/rotate${name}`)))).filter(
        ({ status }) => status === 200,
      )
    const started = await race(...Array.from({ length: 10 }, () => '/start'))
    assert.equal(started.length, 1)
    const next = started[0]?.body.connected_app.next_client_secret
    assert.equal((await race('', '', '/cancel', '', '/cancel')).length, 1)
    const kept = await Promise.all([client_secret, next].map((secret) => secretIsGood(app, client_id, secret)))
    assert.equal(kept.filter(Boolean).length, 1, 'one secret, whichever step was taken')
  })

  on('a public client has no secret to rotate', async (app) => {
    const { client_id } = await create(app, { client_type: 'first_party_public' })
    for (const name of ['/start', '/cancel', '']) {
      const { status, body } = await app.call('POST', `${path}/${client_id}/secrets/rotate${name}`)
      assert.deepEqual([status, body.error_type], [400, 'public_connected_apps_do_not_have_secrets'])
    }
    const row = await findClient(app.app.db, client_id)
    assert.equal(row?.nextSecret, undefined)
  })

  on('check 52: another project’s client is answered like one that never was', async (app) => {
    const { client_id } = await create(app)
    const auth = await givenOtherProject(app)
    const never = 'connected-app-test-00000000-0000-4000-8000-000000000000'
    const requests = [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/secrets/rotate/start'],
      ['POST', '/secrets/rotate/cancel'],
      ['POST', '/secrets/rotate'],
    ] as const
    for (const [method, rest] of requests) {
      const body = method === 'PUT' ? { client_name: 'mine' } : undefined
      const [foreign, missing] = await Promise.all(
        [client_id, never].map((id) => app.call(method, `${path}/${id}${rest}`, { auth, body })),
      )
      assert.deepEqual([foreign?.status, foreign?.body.error_type], [404, 'connected_app_not_found'], method + rest)
      assert.deepEqual({ ...foreign?.body, request_id: '' }, { ...missing?.body, request_id: '' })
    }
    assert.deepEqual((await app.call('POST', `${path}/search`, { auth })).body.connected_apps, [])
    assert.equal((await app.call('GET', `${path}/${client_id}`)).body.connected_app.client_name, '')
  })

  on('every operation needs the project’s secret', async (app) => {
    for (const auth of [false, { username: app.project.publicToken, password: app.project.publicToken }] as const) {
      for (const [method, rest] of [
        ['POST', ''],
        ['POST', '/search'],
        ['GET', '/x'],
        ['DELETE', '/x'],
      ] as const) {
        assert.ok([400, 401].includes((await app.call(method, path + rest, { auth })).status))
      }
    }
  })

  on('a search gives them newest first, in pages that neither miss nor repeat one', async (app) => {
    const ids: string[] = []
    for (let at = 0; at < 12; at++) {
      ids.unshift((await create(app, { client_name: `${at}` })).client_id)
      if (at % 3 === 2) app.clock.advance({ seconds: 1 })
    }
    const found: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await app.call('POST', `${path}/search`, { body: { limit: 5, cursor } })
      assert.equal(body.results_metadata.total, 12)
      found.push(...body.connected_apps.map(({ client_id }: { client_id: string }) => client_id))
      cursor = body.results_metadata.next_cursor
      // One that is made meanwhile stands before what was read already.
      if (found.length === 5) {
        app.clock.advance({ seconds: 1 })
        const { client_id } = await create(app)
        await app.call('DELETE', `${path}/${client_id}`)
      }
    } while (cursor !== undefined)
    assert.equal(found.length, 12)
    assert.deepEqual([...found].sort(), [...ids].sort())
    for (let at = 0; at < 12; at += 3) {
      assert.deepEqual(found.slice(at, at + 3).sort(), ids.slice(at, at + 3).sort(), 'newest first')
    }
    const all = (await app.call('POST', `${path}/search`, { body: { cursor: '', filters: 'come later' } })).body
    assert.deepEqual(
      all.connected_apps.map(({ client_id }: { client_id: string }) => client_id),
      found,
    )
    assert.ok(!('next_cursor' in all.results_metadata), 'absent on the last page')
    const exact = (await app.call('POST', `${path}/search`, { body: { limit: 12 } })).body
    assert.ok(!('next_cursor' in exact.results_metadata), 'also where it is just full')
    for (const limit of [0, 1_001, -1, 1.5, '5']) {
      assert.equal((await app.call('POST', `${path}/search`, { body: { limit } })).body.error_type, 'bad_request')
    }
  })

  on('check 62: a cursor that was changed or belongs to another project is refused', async (app) => {
    await create(app)
    await create(app)
    const { next_cursor } = (await app.call('POST', `${path}/search`, { body: { limit: 1 } })).body.results_metadata
    const auth = await givenOtherProject(app)
    const type = async (cursor: string, own = true) =>
      (await app.call('POST', `${path}/search`, { body: { cursor }, ...(own ? {} : { auth }) })).body.error_type
    assert.equal(await type(next_cursor), undefined)
    assert.equal(await type(next_cursor, false), 'connected_app_search_invalid_cursor')
    const tampered = [next_cursor.slice(0, -1), `${next_cursor}A`, next_cursor.replace('s1', 's2'), 'x', '{"a":1}', 'é']
    for (const cursor of tampered) assert.equal(await type(cursor), 'connected_app_search_invalid_cursor', cursor)
  })

  on('a test project makes at most a thousand; strangers’ do not count', async (app) => {
    const projectId = app.project.id
    const many = Array.from({ length: 1_000 }, (_, n) =>
      newClient(
        { id: `c${n}`, projectId, type: 'third_party', creationMethod: 'api', secret: undefined, createdAt: n },
        {},
      ),
    )
    await app.app.db.transaction(async (tx) => {
      for (const one of many) await insertClient(tx, one)
    })
    const { status, body } = await app.call('POST', path, { body: { client_type: 'third_party' } })
    assert.deepEqual([status, body.error_type], [400, 'too_many_connected_apps'])
    const strangers = { creation_method: 'dynamic_client_registration' as const }
    await app.app.db.query.updateTable('connected_apps').set(strangers).where('client_id', '=', 'c1').execute()
    await create(app)
    assert.equal((await app.call('POST', path, { body: { client_type: 'third_party' } })).status, 400)
    await app.call('DELETE', `${path}/c0`)
    await create(app)
    await app.call('DELETE', `${path}/c2`)
    const { body: page } = await app.call('POST', `${path}/search`, { body: { limit: 1_000 } })
    assert.equal(page.connected_apps.length, 1_000)
  })
}
