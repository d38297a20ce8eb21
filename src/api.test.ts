/** What the records say beside what the server does: names, groups of fields, examples. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { api } from './api.ts'
import { projectSettings } from './idp/idp.fixture.ts'
import { operations } from './kernel/endpoint.ts'
import { flatName } from './kernel/operation-name.ts'
import { sandboxApi } from './sandbox/index.ts'
import { testApp } from './testing/app.ts'

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

/** Error types of operations to which none of a group was sent. */
const saysNone = /^no_.*(_arguments|_selector)$/

test('where a record says that exactly one of several fields is sent, none and two are refused', async () => {
  await using app = await testApp()
  const grouped = list.filter(({ endpoint }) => endpoint.exactlyOne !== undefined)
  assert.ok(grouped.length >= 5)
  for (const { name, endpoint } of grouped) {
    for (const group of endpoint.exactlyOne ?? []) {
      const { path, method, example } = endpoint
      const rest = Object.entries(example?.input ?? {}).filter(([field]) => !group.includes(field))
      const send = (fields: readonly string[]) =>
        app.call(method, path, { body: Object.fromEntries([...rest, ...fields.map((field) => [field, 'some'])]) })
      const none = await send([])
      assert.match(none.body.error_type, saysNone, `${name}: none`)
      const [first = '', ...others] = group
      for (const other of others) {
        const two = await send([first, other])
        assert.match(two.body.error_type, /^too_many_/, `${name}: ${first} and ${other}`)
      }
    }
  }
})

test('a record whose errors speak of none and of too many of a group says which group', () => {
  const speaking = list.filter(({ endpoint: { errors } }) => errors.some(({ type }) => saysNone.test(type)))
  assert.ok(speaking.length >= 5)
  const silent = speaking.filter(({ endpoint }) => endpoint.exactlyOne === undefined)
  assert.deepEqual(
    silent.map(({ name }) => name),
    [],
  )
})

/** The sandbox plays other people's servers, so its examples are theirs to give. */
const everything = [...list, ...operations(sandboxApi, 'sandbox.')]
const calls = list.filter(({ endpoint: { browser, produces } }) => !browser && produces === undefined)

test('every operation that a program calls has an example that it would take, and answer', () => {
  const missing = calls.filter(({ endpoint: { example } }) => example?.output === undefined)
  assert.deepEqual(
    missing.map(({ name }) => name),
    [],
  )
  for (const { name, endpoint } of everything) {
    const { example, input, output, exactlyOne = [] } = endpoint
    if (!example) continue
    const taken = input.safeParse(example.input)
    assert.ok(taken.success, `${name}: ${taken.error?.message}`)
    for (const group of exactlyOne) {
      const sent: readonly string[] = group.filter((field: string) => field in example.input)
      assert.equal(sent.length, 1, `${name}: exactly one of ${group}`)
    }
    const isOpen = input.def.catchall !== undefined
    const unknown = Object.keys(example.input).filter((field) => !isOpen && !(field in input.shape))
    assert.deepEqual(unknown, [], `${name} takes no such field`)
    // What a schema does not know it leaves out, so this also finds members that no answer has.
    if (example.output) assert.deepEqual(output.parse(example.output), example.output, name)
  }
})

test('a success has the status that its record and the OpenAPI document name: 201 for what registers, 204 without a body', async () => {
  await using app = await testApp()
  const { body: document } = await app.call('GET', '/openapi.json', { auth: false })
  const body = { redirect_uris: ['https://client.example/cb'], token_endpoint_auth_method: 'client_secret_basic' }
  await projectSettings(app, { idp_registration_management_enabled: true })
  const made = await app.call('POST', '/v1/oauth2/register', { body, auth: false })
  assert.equal(made.status, 201, made.text)
  assert.equal(made.body.status_code, 201)
  assert.ok(document.paths['/v1/oauth2/register'].post.responses['201'])
  const { registration_client_uri: uri, registration_access_token: token } = made.body
  const gone = await app.call('DELETE', new URL(uri).pathname, {
    auth: false,
    headers: { authorization: `Bearer ${token}` },
  })
  assert.deepEqual([gone.status, gone.text, gone.headers['content-type']], [204, '', undefined])
  const path = Object.keys(document.paths).find((one) => one.endsWith('/{registered_client_id}')) ?? ''
  assert.deepEqual(document.paths[path].delete.responses['204'], { description: 'Success, without a body.' })
})
