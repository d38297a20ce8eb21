import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decideLinking } from './linking.ts'

const verified = { userId: 'ada', verified: true }
const claimed = { userId: 'ada', verified: false }

test('a new identity with no proven address signs up', () => {
  assert.deepEqual(decideLinking({}), { kind: 'sign up' })
})

test('a known identity logs in, whoever has its address', () => {
  assert.deepEqual(decideLinking({ registeredTo: 'bob' }), { kind: 'log in', userId: 'bob' })
  assert.deepEqual(decideLinking({ registeredTo: 'bob', emailOwner: verified }), { kind: 'log in', userId: 'bob' })
})

test('a new identity joins the user who has proven the same address', () => {
  assert.deepEqual(decideLinking({ emailOwner: verified }), { kind: 'join', userId: 'ada', takeover: false })
})

test('check 34: joining a user who had only claimed the address takes over what they set up', () => {
  assert.deepEqual(decideLinking({ emailOwner: claimed }), { kind: 'join', userId: 'ada', takeover: true })
})

test('an attached identity joins its target, even when somebody else has the address', () => {
  assert.deepEqual(decideLinking({ attachTo: 'bob' }), { kind: 'join', userId: 'bob', takeover: false })
  assert.deepEqual(decideLinking({ attachTo: 'bob', emailOwner: verified }), {
    kind: 'join',
    userId: 'bob',
    takeover: false,
  })
})

test('attaching what the target already has is a login', () => {
  assert.deepEqual(decideLinking({ attachTo: 'bob', registeredTo: 'bob' }), { kind: 'log in', userId: 'bob' })
})

test('attaching what belongs to another user is refused', () => {
  assert.deepEqual(decideLinking({ attachTo: 'bob', registeredTo: 'ada' }), { kind: 'refuse' })
})
