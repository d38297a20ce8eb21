/** What a program that calls tools sees. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'
import { gatewayScene } from './gateway.fixture.ts'

interface Tool {
  readonly name: string
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly description: string
  readonly input_schema: {
    readonly type: string
    readonly properties: Readonly<Record<string, object>>
    readonly required: readonly string[]
  }
}

for (const database of testDatabases) {
  test(`${database.name}: tools: arguments as they are or in args; data and meta, or error and meta with the operation’s status`, async () => {
    await using scene = await gatewayScene({ database })
    const bare = await scene.byTool('users.create', { email: 'ada@example.com' })
    assert.deepEqual([bare.status, Object.keys(bare.body)], [200, ['data', 'meta']])
    const { data, meta } = bare.body
    assert.match(data.user_id, /^user-test-/)
    assert.deepEqual(Object.keys(meta), ['requestId', 'durationMs'])
    assert.equal(meta.requestId, data.request_id)
    assert.ok(meta.durationMs >= 0 && meta.durationMs < 60_000)

    const wrapped = await scene.byTool('users.get', { args: { user_id: data.user_id }, profile: 'development' })
    assert.equal(wrapped.body.data.user_id, data.user_id)

    const session = await givenSession(scene.app)
    const me = await scene.byTool('frontend.users.me', { args: {}, session_token: session.token })
    assert.equal(me.body.data.data.user_id, session.userId)
    assert.equal(me.body.meta.requestId, me.body.data.data.request_id)

    const failed = await scene.byTool('users.get', { user_id: 'nobody' })
    assert.deepEqual([failed.status, Object.keys(failed.body)], [404, ['error', 'meta']])
    const direct = await scene.app.call('GET', '/v1/users/nobody')
    assert.deepEqual(failed.body.error, { ...direct.body, request_id: failed.body.meta.requestId })
  })
}

test('what the gateway refuses has the same form, and the plain envelope beside it', async () => {
  await using scene = await gatewayScene()
  const { status, body } = await scene.byTool('nothing')
  const { error, meta, ...envelope } = body
  assert.deepEqual([status, envelope.error_type], [404, 'operation_not_callable'])
  assert.deepEqual(error, envelope)
  assert.deepEqual(meta, { requestId: envelope.request_id, durationMs: 0 })
  for (const wrong of [{ args: {}, profile: 1 }, { args: {}, session_token: [] }, '[]', '{']) {
    const refused = await scene.byTool('users.get', wrong)
    assert.deepEqual([refused.status, refused.body.error.error_type], [400, 'bad_request'])
  }
  const unknown = await scene.byTool('users.get', { args: { user_id: 'x' }, profile: 'nobody' })
  assert.equal(unknown.body.error.error_type, 'profile_not_found')
})

test('an answer without an envelope has the request ID of the call', async () => {
  await using scene = await gatewayScene()
  const { body } = await scene.byTool('sandbox.google.userinfo')
  assert.match(body.meta.requestId, /^request-id-test-/)
})

test('the list says of every tool how it is called, with a schema that its example fits', async () => {
  await using scene = await gatewayScene()
  const { status, body } = await scene.get('/tools')
  assert.equal(status, 200)
  const tools: readonly Tool[] = body.tools
  assert.ok(tools.length > 60)
  assert.equal(new Set(tools.map(({ name }) => name)).size, tools.length, 'names are unique')
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const { operations } = (await scene.get('/reference/catalogue.json')).body
  const examples = new Map(
    operations.map((one: { name: string; example?: { input: object } }) => [one.name, one.example?.input]),
  )
  for (const tool of tools) {
    assert.match(tool.name, /^[a-zA-Z][a-zA-Z0-9]{0,63}$/, 'what callers of tools take as a name')
    assert.ok(tool.description.length > 10, tool.name)
    assert.equal(tool.input_schema.type, 'object')
    assert.ok(!Object.hasOwn(tool.input_schema.properties, 'args'), 'args would be ambiguous')
    const validate = ajv.compile(tool.input_schema)
    const example = examples.get(tool.operation)
    if (example !== undefined && tool.operation !== 'oauth.startOneTap') {
      assert.ok(validate(example), `${tool.operation}: ${JSON.stringify(validate.errors)}`)
    }
    // Called by its name, it is found; what is missing is for the operation to say.
    assert.notEqual((await scene.byTool(tool.name)).body.error?.error_type, 'operation_not_callable', tool.name)
  }
  const named = new Set(tools.map(({ operation }) => operation))
  for (const operation of ['tools.call', 'reference.gateway', 'oauth.start', 'reference.openApi']) {
    assert.ok(!named.has(operation), operation)
  }
})

test('q finds tools in which all its words stand: in the name, the path, the text or the fields', async () => {
  await using scene = await gatewayScene()
  const found = async (q: string): Promise<readonly string[]> => {
    const { body } = await scene.get(`/tools?${new URLSearchParams({ q })}`)
    return body.tools.map(({ operation }: Tool) => operation)
  }
  assert.deepEqual(await found('oauth.attach provider'), ['oauth.attach', 'frontend.oauth.attach'])
  assert.ok((await found('/v1/users/{user_id} DELETE')).includes('users.delete'))
  assert.ok((await found('session_duration_minutes')).includes('sessions.authenticate'))
  assert.deepEqual(await found('attach nowheretobefound'), [])
  assert.equal((await found('')).length, (await found('  ')).length)
})
