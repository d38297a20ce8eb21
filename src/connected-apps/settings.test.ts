/** What a Connected App can be, at its creation and by an update. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { create, path } from './connected-apps.fixture.ts'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: connected app settings: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
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

  on('check 4: schemes that run, read or start something are refused for public clients too [R6]', async (app) => {
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
}
