import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { basicCredentials } from './auth.ts'

test('check 46: 10,000 malformed Authorization headers are read without a throw', () => {
  const pieces = ['Basic ', 'basic', 'Bearer ', ':', '=', '%', '\u0000', 'é', 'QTpC', '//', ' ', ',', 'Basic Basic ']
  let seed = 1
  const next = () => (seed = (seed * 48_271) % 2_147_483_647)
  for (let i = 0; i < 10_000; i++) {
    const header = Array.from({ length: next() % 8 }, () => pieces[next() % pieces.length]).join('')
    assert.doesNotThrow(() => basicCredentials(header))
  }
})

for (const database of testDatabases) {
  test(`${database.name}: an unknown path is a 404 route_not_found in the full error envelope`, async () => {
    await using app = await testApp({ database: await database.fresh() })
    const { status, body } = await app.call('GET', '/v1/nowhere')
    assert.equal(status, 404)
    assert.equal(body.error_type, 'route_not_found')
    assert.deepEqual(Object.keys(body).sort(), [
      'error_message',
      'error_type',
      'error_url',
      'request_id',
      'status_code',
    ])
  })
}
