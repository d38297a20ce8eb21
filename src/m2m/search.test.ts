import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'

const path = '/v1/m2m/clients'

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: m2m search: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })
  const create = (app: TestApp, client_id: string, scopes: readonly string[] = [], client_name = '') =>
    app.call('POST', path, { body: { client_id, scopes, client_name } })
  const search = (app: TestApp, body: Record<string, unknown> = {}) => app.call('POST', `${path}/search`, { body })
  const found = async (app: TestApp, operator: unknown, ...operands: readonly unknown[]) => {
    const { status, body, text } = await search(app, { query: { operator, operands } })
    assert.equal(status, 200, text)
    const ids = body.m2m_clients.map(({ client_id }: { client_id: string }) => client_id)
    assert.equal(body.results_metadata.total, ids.length)
    return ids.sort().join(' ')
  }
  const by = (filter_name: unknown, ...filter_value: readonly unknown[]) => ({ filter_name, filter_value })

  on('by ID, name and scopes, with every filter or any', async (app) => {
    await create(app, 'a', ['read:x', 'write:x'], 'Job')
    await create(app, 'b', ['read:x'], 'Job')
    await create(app, 'c', ['read:xy', ','], 'job')
    await create(app, 'd')
    assert.equal(await found(app, 'AND'), 'a b c d')
    assert.equal(await found(app, 'AND', by('client_id', 'a', 'd', 'z')), 'a d')
    assert.equal(await found(app, 'AND', by('client_name', 'Job')), 'a b', 'with its case')
    assert.equal(await found(app, 'AND', by('client_name', '')), 'd')
    assert.equal(await found(app, 'AND', by('scopes', 'read:x')), 'a b', 'whole scopes only')
    assert.equal(await found(app, 'AND', by('scopes', 'write:x', ',')), 'a c', 'one of them is enough')
    assert.equal(await found(app, 'AND', by('scopes', 'READ:X')), '')
    assert.equal(await found(app, 'AND', by('scopes', 'read:x'), by('client_id', 'b', 'c')), 'b')
    assert.equal(await found(app, 'OR', by('scopes', 'write:x'), by('client_id', 'd')), 'a d')
    assert.equal(await found(app, 'OR', by('client_id', 'z')), '')
    assert.equal(await found(app, null, by('client_id', 'a')), 'a')
    for (const query of [undefined, null, {}, { operator: 'OR' }, { operator: '', operands: null }]) {
      assert.equal((await search(app, { query })).body.results_metadata.total, 4)
    }
    assert.equal(await found(app, 'AND', by('scopes', ...Array.from({ length: 500 }, (_, n) => `s${n}`))), '')
  })

  on('what is no query is refused by name', async (app) => {
    const type = async (query: unknown) => (await search(app, { query })).body.error_type
    const operand = async (one: unknown) => type({ operator: 'AND', operands: [one] })
    assert.equal(await type({ operator: 'NOT', operands: [] }), 'm2m_search_invalid_operator')
    assert.equal(await type({ operator: 'and', operands: [] }), 'm2m_search_invalid_operator')
    assert.equal(await type({ operator: 'AND', operands: 'x' }), 'bad_request')
    assert.equal(await type('scopes'), 'bad_request')
    assert.equal(await type({ operands: Array.from({ length: 21 }, () => by('client_id', 'a')) }), 'bad_request')
    assert.equal(await operand({ filter_value: ['a'] }), 'm2m_search_missing_filter_name')
    assert.equal(await operand(by(7, 'a')), 'm2m_search_filter_name_must_be_string')
    for (const name of ['client_secret_hash', 'status', 'toString', '', 'client_id; drop table m2m_clients']) {
      assert.equal(await operand(by(name, 'a')), 'm2m_search_filter_name_not_recognized')
    }
    assert.equal(await operand({ filter_name: 'client_id' }), 'm2m_search_missing_filter_value')
    assert.equal(await operand(by('client_id')), 'm2m_search_missing_filter_value')
    const wrong: readonly unknown[] = ['a', { a: 1 }, [1], ['a', null], Array.from({ length: 501 }, () => 'a')]
    for (const filter_value of wrong) {
      assert.equal(await operand({ filter_name: 'scopes', filter_value }), 'm2m_search_expected_array_of_strings')
    }
  })

  on('check 63: values are only ever compared', async (app) => {
    await create(app, 'a', ['read:x'], 'Job')
    const corpus = [
      "'",
      "' or '1'='1",
      '%',
      '_',
      '\\',
      '"',
      "') or 1=1 --",
      "a'; delete from m2m_clients; --",
      '$1',
      '?',
      '*',
      '[]',
    ]
    for (const name of ['client_id', 'client_name', 'scopes']) {
      for (const value of corpus) assert.equal(await found(app, 'OR', by(name, value)), '', `${name} ${value}`)
    }
    assert.equal(await found(app, 'AND'), 'a')
  })

  on('pages hold on to the query and neither miss nor repeat one', async (app) => {
    for (let at = 0; at < 9; at++) {
      await create(app, `c${at}`, at % 3 === 0 ? [] : ['s'])
      if (at % 2 === 1) app.clock.advance({ seconds: 1 })
    }
    const query = { operator: 'AND', operands: [by('scopes', 's')] }
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await search(app, { query, limit: 4, cursor })
      assert.equal(body.results_metadata.total, 6)
      ids.push(...body.m2m_clients.map(({ client_id }: { client_id: string }) => client_id))
      cursor = body.results_metadata.next_cursor
    } while (cursor !== undefined)
    assert.deepEqual(ids, ['c8', 'c7', 'c5', 'c4', 'c2', 'c1'])
  })

  on('check 62: a cursor that was changed, or is of another search or project, is refused', async (app) => {
    await create(app, 'a')
    await create(app, 'b')
    const { next_cursor } = (await search(app, { limit: 1 })).body.results_metadata
    assert.equal((await search(app, { cursor: next_cursor })).body.m2m_clients[0].client_id, 'a')
    for (const body of [{ client_type: 'third_party' }, { client_type: 'third_party' }]) {
      await app.call('POST', '/v1/connected_apps/clients', { body })
    }
    const apps = await app.call('POST', '/v1/connected_apps/clients/search', { body: { limit: 1 } })
    for (const cursor of [`${next_cursor}A`, next_cursor.slice(1), 'x', apps.body.results_metadata.next_cursor]) {
      const { status, body } = await search(app, { cursor })
      assert.deepEqual([status, body.error_type], [400, 'm2m_search_invalid_cursor'], cursor)
    }
    const auth = await givenOtherProject(app)
    const foreign = await app.call('POST', `${path}/search`, { body: { cursor: next_cursor }, auth })
    assert.deepEqual([foreign.status, foreign.body.error_type], [400, 'm2m_search_invalid_cursor'])
  })
}
