/** A request that one operation makes to another: the same as it would be over the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { Dispatch } from './dispatch.ts'
import { type AnyEndpoint, endpoint, type HttpRequest } from './endpoint.ts'
import { ApiError } from './errors.ts'

const record = (method: AnyEndpoint['method'], path: string, contractId?: string): AnyEndpoint =>
  endpoint({
    method,
    path,
    auth: 'none',
    summary: '',
    description: '',
    errors: [],
    input: z.object({}),
    output: z.object({}),
    handle: () => ({}),
    ...(contractId !== undefined && { contractId }),
  })

const from = { ip: '203.0.113.7', headers: { 'user-agent': 'curl', cookie: 'a=b', authorization: 'Basic x' } }

/** What the operation is handed. */
async function handed(
  one: AnyEndpoint,
  members: Record<string, unknown>,
  authorization?: string,
): Promise<HttpRequest> {
  const seen: HttpRequest[] = []
  const operation = {
    name: 'one',
    endpoint: one,
    run: async (http: HttpRequest) => {
      seen.push(http)
      return { status: 200, headers: {}, body: '' }
    },
  }
  await new Dispatch([operation]).run(operation, { members, authorization, from })
  return seen[0] ?? assert.fail()
}

test('members travel in the path, the query or the body', async () => {
  const read = await handed(record('GET', '/things/{id}'), {
    id: 'a/b c',
    limit: 3,
    of: ['x', 'y'],
    no: null,
    is: { a: 1 },
  })
  assert.equal(read.path, '/things/a%2Fb%20c')
  assert.deepEqual(read.params, { id: 'a/b c' })
  assert.equal(read.query, 'limit=3&of=x&of=y&is=%7B%22a%22%3A1%7D')
  assert.equal(read.body, undefined)
  const written = await handed(record('PUT', '/things/{id}'), { id: '7', tags: ['x'], gone: null })
  assert.equal(written.query, '')
  assert.deepEqual(JSON.parse(String(written.body)), { tags: ['x'], gone: null })
  assert.equal(written.headers['content-type'], 'application/json')
})

test('the caller’s address and program go along; its cookies and credentials do not', async () => {
  const plain = await handed(record('GET', '/things'), {})
  assert.equal(plain.ip, '203.0.113.7')
  assert.deepEqual(plain.headers, { accept: 'application/json', 'user-agent': 'curl' })
  assert.equal((await handed(record('GET', '/things'), {}, 'Bearer t')).headers.authorization, 'Bearer t')
})

test('a member of the path that is missing, or that no path can hold, is refused', async () => {
  const one = record('GET', '/things/{id}')
  for (const id of [undefined, '', null, {}, [], true, 'x'.repeat(401), '\ud800']) {
    await assert.rejects(
      handed(one, { id }),
      (error) => error instanceof ApiError && /^bad_request/.test(error.definition.type),
    )
  }
  assert.equal((await handed(one, { id: 7 })).path, '/things/7')
})

test('where names collide the more exact one counts', () => {
  const run = async () => ({ status: 200, headers: {}, body: '' })
  const list = [
    { name: 'things.read', endpoint: record('GET', '/a', 'api_other_Read'), run },
    { name: 'apiOther.read', endpoint: record('GET', '/b'), run },
    { name: 'apiOtherRead', endpoint: record('GET', '/c'), run },
  ]
  const dispatch = new Dispatch(list)
  assert.equal(dispatch.find('api_other_Read')?.name, 'things.read')
  assert.equal(dispatch.find('apiOtherRead')?.name, 'apiOtherRead')
  assert.equal(dispatch.find('apiOther.read')?.name, 'apiOther.read')
  assert.equal(dispatch.find('things.Read'), undefined)
})
