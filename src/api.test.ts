/** What the records say beside what the server does: names, groups of fields, examples. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { api } from './api.ts'
import { operations } from './kernel/endpoint.ts'
import { flatName } from './kernel/operation-name.ts'

const list = operations(api)

/** As generated clients of the original call them. */
const published = {
  'oauth.attach': 'apiOauthV1Attach',
  'oauth.authenticate': 'apiOauthV1Authenticate',
  'idp.oauth.authorizeStart': 'apiIdpV1IdpOauthAuthorizeStart',
  'idp.oauth.authorize': 'apiIdpV1IdpOauthAuthorize',
  'sessions.authenticate': 'apiSessionV1Authenticate',
  'sessions.jwks': 'apiSessionV1GetJwks',
  'users.deleteOAuthRegistration': 'apiUserV1DeleteOAuthRegistration',
  'm2m.clients.create': 'apiM2MV1M2MClientsCreate',
  'rbac.policy': 'apiConsumerRbacV1Policy',
  'connectedApp.clients.secrets.rotateStart': 'apiConnectedappsV1ConnectedAppsClientsSecretsRotateStart',
}

test('operations of the original have the flat names that generated clients give them', () => {
  const flat = Object.fromEntries(list.map(({ name, endpoint }) => [name, flatName(name, endpoint)]))
  for (const [name, expected] of Object.entries(published)) assert.equal(flat[name], expected)
})

test('no two operations share a flat name', () => {
  const flat = list.map(({ name, endpoint }) => flatName(name, endpoint))
  assert.deepEqual(
    flat.filter((name, at) => flat.indexOf(name) !== at),
    [],
  )
})

const contractFile =
  process.env.SELVAGE_CONTRACT ?? new URL('../../shared/spec/contract.json', import.meta.url).pathname
const noContract = existsSync(contractFile) ? false : 'there is no contract file; SELVAGE_CONTRACT names one'

test('every operation that stands in the contract has its ID, and no other has one', { skip: noContract }, () => {
  const contract: { paths: Record<string, Record<string, { operationId: string }>> } = JSON.parse(
    readFileSync(contractFile, 'utf8'),
  )
  const idOf = (method: string, path: string) => contract.paths[path]?.[method.toLowerCase()]?.operationId
  const ours = list.map(({ name, endpoint }) => [name, endpoint.contractId])
  assert.deepEqual(
    ours,
    list.map(({ name, endpoint: { method, path } }) => [name, idOf(method, path)]),
  )
  assert.ok(ours.some(([, id]) => id !== undefined))
})

test('where exactly one of several fields is asked for, the record says so', () => {
  const groups = list
    .filter(({ endpoint }) => endpoint.exactlyOne !== undefined)
    .map(({ name, endpoint }) => [name, endpoint.exactlyOne])
  assert.deepEqual(Object.fromEntries(groups), {
    'oauth.attach': [['user_id', 'session_token', 'session_jwt']],
    'sessions.authenticate': [['session_token', 'session_jwt']],
    'sessions.revoke': [['session_id', 'session_token', 'session_jwt']],
    'idp.oauth.authorizeStart': [['user_id', 'session_token', 'session_jwt']],
    'idp.oauth.authorize': [['user_id', 'session_token', 'session_jwt']],
  })
})
