import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { isLoopbackAddress, isPublicAddress } from './addresses.ts'
import { FetchRefused, GuardedFetch, type GuardedFetchSettings, isJson } from './guarded-fetch.ts'

const json = { largest: 100, accepts: isJson, expected: 'application/json' }

/** A site on loopback that counts the connections that reach it. */
async function site(answer: RequestListener, host = '127.0.0.1', port = 0) {
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => {
    connections++
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  const bound = (server.address() as AddressInfo).port
  return {
    port: bound,
    url: (path = '/') => new URL(`http://${host}:${bound}${path}`),
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const sends =
  (
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
    status = 200,
  ): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body)

const inside = (settings: Partial<GuardedFetchSettings> = {}) => new GuardedFetch({ allowLoopback: true, ...settings })
const outside = (settings: Partial<GuardedFetchSettings> = {}) =>
  new GuardedFetch({ allowLoopback: false, ...settings })

const refusal = async (work: Promise<unknown>): Promise<FetchRefused> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof FetchRefused, String(error))
  return error
}

test('only addresses of the public Internet are public', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450::1'])
    assert.equal(isPublicAddress(address), true, address)
  for (const address of [
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.0.3', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.51.100.1'],
    ...['203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::7f00:1', '64:ff9b::7f00:1'],
    ...['64:ff9b:1::1', '100::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fec0::1', 'ff02::1', '2001::1', '2001:db8::1'],
    ...['2002:7f00:1::', '3fff::1', '5f00::1', 'localhost', '', '2130706433'],
  ])
    assert.equal(isPublicAddress(address), false, address)
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1'])
    assert.equal(isLoopbackAddress(address), true, address)
  for (const address of ['::ffff:127.0.0.1', '::ffff:7f00:1', '0.0.0.0', '10.0.0.1', '8.8.8.8', 'localhost'])
    assert.equal(isLoopbackAddress(address), false, address)
})

test('gives the body and the headers of a 200', async () => {
  await using here = await site(sends('{"a":1}', { 'content-type': 'Application/JSON; charset=utf-8', 'x-a': 'b' }))
  const { body, headers } = await inside().get(here.url(), json)
  assert.equal(body, '{"a":1}')
  assert.equal(headers['x-a'], 'b')
})

test('check 56: what is not https, or has credentials, a fragment or a port, is not fetched', async () => {
  await using trap = await site(sends('{}'))
  const asked: string[] = []
  const resolve = async (hostname: string) => {
    asked.push(hostname)
    return [{ address: '127.0.0.1', family: 4 }]
  }
  for (const url of [
    `http://127.0.0.1:${trap.port}/`,
    `http://site.example:${trap.port}/`,
    `https://127.0.0.1:${trap.port}/`,
    'https://user@site.example/',
    'https://user:password@site.example/',
    'https://site.example/#fragment',
    'https://site.example/#',
    'https://site.example:8443/',
    'ftp://site.example/',
    'file:///etc/passwd',
    'data:application/json,{}',
  ])
    assert.equal((await refusal(outside({ resolve }).get(new URL(url), json))).isPassing, false, url)
  assert.deepEqual(asked, [])
  assert.equal(trap.connections(), 0)
})

test('check 56: no packet leaves for private addresses, however they are written [R7]', async () => {
  await using trap = await site(sends('{}'), '0.0.0.0')
  const hosts = [
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.0.1',
    '0.0.0.0',
    '0',
    '169.254.169.254',
  ]
  const more = ['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[fd00::1]', '[fe80::1]', '[64:ff9b::7f00:1]']
  for (const host of [...hosts, ...more, '10.0.0.1', '192.168.0.1', '100.64.0.1', '１２７.0.0.1'])
    assert.match(
      (await refusal(outside().get(new URL(`https://${host}/`), json))).message,
      /has no public address/,
      host,
    )
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', '::1', '::ffff:127.0.0.1', 'fd00::1']) {
    const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }]
    const { message } = await refusal(outside({ resolve }).get(new URL('https://site.example/'), json))
    assert.equal(message, 'site.example has no public address.')
  }
  // Even where loopback is allowed: only loopback itself is, and over http only by its own name.
  for (const host of ['0.0.0.0', '[::ffff:127.0.0.1]', '[::]', 'site.example', '10.0.0.1', 'localhost.'])
    await refusal(inside({ resolve: async () => [] }).get(new URL(`http://${host}:${trap.port}/`), json))
  assert.equal(trap.connections(), 0)
})

test('check 56: a name that means something else a moment later leads to where it was looked up [R7]', async () => {
  await using meant = await site(sends('{"site":"meant"}'), '127.0.0.2')
  await using trap = await site(sends('{"site":"trap"}'), '127.0.0.1', meant.port)
  let asked = 0
  const resolve = async () => [{ address: ++asked === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }]
  const { body } = await inside({ resolve }).get(new URL(`http://localhost:${meant.port}/`), json)
  assert.equal(body, '{"site":"meant"}')
  assert.equal(asked, 1)
  assert.equal(trap.connections(), 0)
})

test('check 56: of several addresses only public ones count', async () => {
  await using trap = await site(sends('{}'))
  const resolve = async () => [
    { address: '10.0.0.1', family: 4 },
    { address: 'fd00::1', family: 6 },
  ]
  await refusal(outside({ resolve }).get(new URL('https://site.example/'), json))
  const mixed = async () => [
    { address: '10.0.0.1', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  const { body } = await inside({ resolve: mixed }).get(new URL(`http://localhost:${trap.port}/`), json)
  assert.equal(body, '{}')
})

test('check 56: a redirect is not followed [R7]', async () => {
  await using trap = await site(sends('{}'))
  for (const status of [301, 302, 303, 307, 308]) {
    await using here = await site(sends('', { location: trap.url('/latest/meta-data').href }, status))
    const { message, isPassing } = await refusal(inside().get(here.url(), json))
    assert.match(message, /redirect/)
    assert.equal(isPassing, false)
  }
  assert.equal(trap.connections(), 0)
})

test('a site that drips, is silent, or whose name server is silent, is given up [R7]', async () => {
  await using drips = await site((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 10)
    response.on('close', () => clearInterval(timer))
  })
  await using silent = await site(() => {})
  for (const url of [drips.url(), silent.url()]) {
    const { message, isPassing } = await refusal(inside({ patience: 80 }).get(url, { ...json, largest: 1_000_000 }))
    assert.match(message, /took longer than 80 ms/)
    assert.equal(isPassing, true)
  }
  const resolve = () => new Promise<never>(() => {})
  const { message } = await refusal(outside({ patience: 20, resolve }).get(new URL('https://site.example/'), json))
  assert.match(message, /took longer than 20 ms/)
})

test('reads no more than the limit, whatever the length is said to be [R7]', async () => {
  await using exact = await site(sends(' '.repeat(100)))
  assert.equal((await inside().get(exact.url(), json)).body.length, 100)
  let written = 0
  await using endless = await site((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = () => {
      while (!response.destroyed && written < 100_000_000 && response.write(' '.repeat(1_000))) written += 1_000
    }
    response.on('drain', more)
    more()
  })
  const { message, isPassing } = await refusal(inside().get(endless.url(), json))
  assert.match(message, /larger than 100 bytes/)
  assert.equal(isPassing, false)
  assert.ok(written < 100_000_000)
})

test('takes only a 200 of the right type, in UTF-8 and not compressed [R7]', async () => {
  const type = { 'content-type': 'application/json' }
  for (const [answer, said, isPassing] of [
    [sends('{}', { 'content-type': 'text/html' }), /type text\/html instead of application\/json/, false],
    [sends('{}', {}), /type \(none\)/, false],
    [sends('{}', { 'content-type': 'application/jsonp' }), /type application\/jsonp/, false],
    [sends('{}', { ...type, 'content-encoding': 'gzip' }), /compressed/, false],
    [sends('{}', type, 404), /status 404 instead of 200/, false],
    [sends('{}', type, 201), /status 201 instead of 200/, false],
    [sends('{}', type, 503), /status 503/, true],
    [sends('{}', type, 429), /status 429/, true],
    [
      ((_, response) => response.writeHead(200, type).end(Buffer.from([0xff, 0xfe]))) satisfies RequestListener,
      /UTF-8/,
      false,
    ],
    [((_, response) => response.destroy()) satisfies RequestListener, /could not be reached/, true],
  ] as const) {
    await using here = await site(answer)
    const error = await refusal(inside().get(here.url(), json))
    assert.match(error.message, said)
    assert.equal(error.isPassing, isPassing)
  }
  await using structured = await site(sends('{}', { 'content-type': 'application/jwk-set+json' }))
  assert.equal((await inside().get(structured.url(), json)).body, '{}')
})
