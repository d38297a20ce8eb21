import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { test } from 'node:test'
import { isForm } from './body.ts'

test('a form is known by its content type, but JSON that curl labels a form is JSON', () => {
  const form = 'application/x-www-form-urlencoded'
  assert.equal(isForm(form, Buffer.from('a=b')), true)
  assert.equal(isForm(`${form}; charset=utf-8`, undefined), true)
  assert.equal(isForm(form, Buffer.from('{"a": "b"}')), false)
  assert.equal(isForm('application/json', Buffer.from('a=b')), false)
  assert.equal(isForm(undefined, Buffer.from('a=b')), false)
})
