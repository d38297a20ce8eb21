/** Connected Apps as the management operations make them, for tests. */
import assert from 'node:assert/strict'
import type { TestApp } from '../testing/app.ts'
import { secretMatches } from './connected-app.ts'
import { findClient } from './store.ts'

export const path = '/v1/connected_apps/clients'

/** Makes one; the `connected_app` of the answer. */
export async function create(app: TestApp, body: Record<string, unknown> = {}) {
  const answer = await app.call('POST', path, { body: { client_type: 'third_party', ...body } })
  assert.equal(answer.status, 200, answer.text)
  return answer.body.connected_app
}

export async function secretIsGood({ app }: TestApp, id: string, secret: string): Promise<boolean> {
  const stored = await findClient(app.db, id)
  return stored !== undefined && secretMatches(stored, secret)
}
