import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf, placeAt } from './place.ts'

test('every place has an address of its own, and an address leads back to it', () => {
  const places = [
    [{ kind: 'start' }, '/reference'],
    [{ kind: 'operation', name: 'oauth.attach' }, '/reference/oauth.attach'],
    [{ kind: 'flow', name: 'login' }, '/reference/flows/login'],
    [{ kind: 'guide', name: 'getting started' }, '/reference/guides/getting%20started'],
  ] as const
  for (const [place, path] of places) {
    assert.equal(pathOf(place), path)
    assert.deepEqual(placeAt(path), place)
  }
  assert.deepEqual(placeAt('/reference/'), { kind: 'start' })
})
