import assert from 'node:assert/strict'
import { test } from 'node:test'
import { credentialKind } from './credentials.ts'

test('who brings the credentials follows from the record', () => {
  const kind = (auth: string, name = 'x', errors: readonly string[] = []) => credentialKind({ auth, name, errors })
  assert.equal(kind('project'), 'profile')
  assert.equal(kind('public_token'), 'public_token')
  assert.equal(kind('frontend'), 'session')
  assert.equal(kind('operator_bearer'), 'operator')
  assert.equal(kind('none'), 'none')
  assert.equal(kind('none', 'idp.userinfo', ['access_token_required']), 'bearer')
  assert.equal(kind('none', 'connectedApp.registration.get', ['registration_access_token_invalid']), 'bearer')
  assert.equal(kind('none', 'sandbox.github.emails'), 'bearer')
})
