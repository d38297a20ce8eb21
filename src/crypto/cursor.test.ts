import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openCursor, sealCursor } from './cursor.ts'
import { newMasterKey, Sealer } from './seal.ts'

const sealer = new Sealer(newMasterKey())
const scope = { projectId: 'project-test-a', operation: 'm2m.clients.search' }

test('a cursor opens to the position that it was made of', () => {
  for (const id of ['a', 'ab', 'abc', 'ünïcode', '']) {
    const position = { createdAt: 1_767_225_600_000, id }
    assert.deepEqual(openCursor(sealer, scope, sealCursor(sealer, scope, position)), position)
  }
})

test('a cursor says nothing of where it points', () => {
  const cursor = sealCursor(sealer, scope, { createdAt: 1, id: 'm2m-client-test-secretive' })
  assert.ok(!Buffer.from(cursor.split('.')[2] ?? '', 'base64url').includes('secretive'))
  assert.notEqual(cursor, sealCursor(sealer, scope, { createdAt: 1, id: 'm2m-client-test-secretive' }))
})

test('check 62: a cursor with any character changed, added or removed does not open', () => {
  for (const id of ['a', 'ab', 'abc']) {
    const cursor = sealCursor(sealer, scope, { createdAt: 1, id })
    for (let at = 0; at < cursor.length; at++) {
      for (const other of ['A', 'B', '-', '.', '=', ' ']) {
        if (cursor[at] === other) continue
        const changed = cursor.slice(0, at) + other + cursor.slice(at + 1)
        assert.equal(openCursor(sealer, scope, changed), undefined, `${other} at ${at}`)
      }
      assert.equal(openCursor(sealer, scope, cursor.slice(0, at)), undefined)
      assert.equal(openCursor(sealer, scope, cursor.slice(0, at) + cursor.slice(at + 1)), undefined)
    }
    for (const more of ['.', '=', 'A', '.A', '\n']) assert.equal(openCursor(sealer, scope, cursor + more), undefined)
  }
})

test('check 62: a cursor of another project, operation or master key does not open', () => {
  const cursor = sealCursor(sealer, scope, { createdAt: 1, id: 'a' })
  assert.equal(openCursor(sealer, { ...scope, projectId: 'project-test-b' }, cursor), undefined)
  assert.equal(openCursor(sealer, { ...scope, operation: 'connectedApp.clients.search' }, cursor), undefined)
  assert.equal(openCursor(new Sealer(newMasterKey()), scope, cursor), undefined)
  const other = sealer.seal('[1,"a"]', 'something else')
  assert.equal(openCursor(sealer, scope, other), undefined)
})
