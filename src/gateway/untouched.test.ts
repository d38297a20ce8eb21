/**
 * Every operation that the gateway calls, twice: over HTTP with credentials at one server, and through the gateway without any at
 * another that is in the same state. Both have to answer the same.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../api.ts'
import { givenClient } from '../idp/idp.fixture.ts'
import { type AnyEndpoint, type Api, operations, pathParameters } from '../kernel/endpoint.ts'
import { kindOf } from '../reference/index.ts'
import { sandboxApi } from '../sandbox/index.ts'
import type { CallSettings, TestAnswer } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenSession } from '../testing/given.ts'
import { type GatewayScene, gatewayScene } from './gateway.fixture.ts'

interface Called {
  readonly name: string
  readonly endpoint: AnyEndpoint
}

const everything: Api = { ...api, sandbox: sandboxApi }
const ends = /delete|revoke|rotateCancel|secrets\.rotate$/i
/** What ends something comes last, so that the others find it. */
const all: readonly Called[] = operations(everything)
  .filter(({ endpoint }) => kindOf(endpoint) === 'call')
  .sort((one, other) => Number(ends.test(one.name)) - Number(ends.test(other.name)))

type Values = Readonly<Record<string, string>>
type Auth = CallSettings['auth']

/** Things that operations can be about, in each of the two servers. */
async function valuesOf({ app }: GatewayScene): Promise<Values> {
  const session = await givenSession(app)
  const client = await givenClient(app, { type: 'third_party' })
  const m2m = await app.call('POST', '/v1/m2m/clients', { body: { client_name: 'Nightly', scopes: ['read:users'] } })
  return {
    user_id: session.userId,
    session_token: session.token,
    project_id: app.project.id,
    public_token: app.project.publicToken,
    client_id: client.id,
    client_secret: client.secret,
    connected_app_id: client.id,
    m2m_client_id: m2m.body.m2m_client.client_id,
  }
}

/** Each field for which there is a thing, and those of the example, if it has one. */
function argumentsOf({ name, endpoint }: Called, values: Values): Record<string, unknown> {
  const example: Readonly<Record<string, unknown>> = endpoint.example?.input ?? {}
  const wanted = new Set([...Object.keys(example), ...pathParameters(endpoint.path)])
  if (Object.keys(example).length === 0 && /^(users|sessions|idp|frontend\.idp)/.test(name)) {
    for (const field of Object.keys(endpoint.input.shape)) if (field in values) wanted.add(field)
  }
  const known: Values = name.startsWith('m2m') ? { ...values, client_id: values.m2m_client_id ?? '' } : values
  return Object.fromEntries([...wanted].map((field) => [field, known[field] ?? example[field] ?? 'nothing']))
}

const takesBearer = (name: string) => /userinfo$|registration\.(get|replace|delete)$/.test(name)

/** As a program would call it over HTTP. */
function direct({ app }: GatewayScene, { name, endpoint }: Called, args: Record<string, unknown>, values: Values) {
  const inPath = pathParameters(endpoint.path)
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(args[field])))
  const rest = Object.fromEntries(Object.entries(args).filter(([field]) => !inPath.includes(field)))
  const auths: Readonly<Record<string, Auth>> = {
    project: { username: app.project.id, password: app.project.secret },
    frontend: { username: app.project.publicToken, password: values.session_token ?? '' },
  }
  const settings: CallSettings = {
    auth: auths[endpoint.auth] ?? false,
    ...(takesBearer(name) && { headers: { authorization: 'Bearer not.a.token' } }),
  }
  if (endpoint.method === 'POST' || endpoint.method === 'PUT') {
    return app.call(endpoint.method, path, { ...settings, body: rest })
  }
  const query = new URLSearchParams(rest as Record<string, string>)
  if (endpoint.auth === 'public_token') query.set('public_token', app.project.publicToken)
  return app.call(endpoint.method, `${path}?${query}`, settings)
}

function throughGateway(scene: GatewayScene, { name }: Called, args: Record<string, unknown>, values: Values) {
  const { session_token } = values
  return scene.byPage(name, { args, session_token, ...(takesBearer(name) && { bearer_token: 'not.a.token' }) })
}

/** What two servers cannot have in common: random names and tokens, and keys. */
const withoutChance = (text: string, values: Values): string =>
  Object.entries(values)
    .reduce((rest, [name, value]) => rest.replaceAll(value, `(${name})`), text)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '(uuid)')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '(jwt)')
    .replace(/"[\w-]{22,}"(?!:)/g, '"(token)"')
    .replace(/(_last_four)":"[^"]{4}"/g, '$1":"(four)"')

const seenIn = ({ status, text, headers }: TestAnswer, values: Values) => ({
  status,
  text: withoutChance(text, values),
  type: headers['content-type'],
  cache: headers['cache-control'],
  pragma: headers.pragma,
  retryAfter: headers['retry-after'],
  challenge: headers['www-authenticate'] ?? headers['x-www-authenticate'],
})

for (const database of testDatabases) {
  test(`${database.name}: every operation answers through the gateway what it answers over HTTP, byte for byte but for chance`, async () => {
    await using one = await gatewayScene({ database })
    await using other = await gatewayScene({ database })
    const [valuesOfOne, valuesOfOther] = [await valuesOf(one), await valuesOf(other)]
    const statuses = new Map<number, string[]>()
    for (const called of all) {
      // Lists are in the order of time.
      for (const { app } of [one, other]) app.clock.advance({ seconds: 1 })
      // What lags behind is written, or one of them might see it and the other not.
      await Promise.all([one.app.app.flush(), other.app.app.flush()])
      const expected = await direct(one, called, argumentsOf(called, valuesOfOne), valuesOfOne)
      await one.app.app.flush()
      const actual = await throughGateway(other, called, argumentsOf(called, valuesOfOther), valuesOfOther)
      assert.deepEqual(seenIn(actual, valuesOfOther), seenIn(expected, valuesOfOne), called.name)
      assert.equal(actual.headers['set-cookie'], undefined, called.name)
      statuses.set(actual.status, [...(statuses.get(actual.status) ?? []), called.name])
    }
    // Answers of many kinds, or the comparison would say little.
    const count = (status: number) => statuses.get(status)?.length ?? 0
    assert.ok(count(200) >= 40, JSON.stringify([...statuses]))
    for (const status of [400, 401, 404]) assert.ok(count(status) > 0, String(status))
  })
}
