/** The MCP project's own conformance suite for authorization servers, all of its scenarios. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testDatabases } from '../testing/databases.ts'
import { type Hosted, hostedScene, isConsentPage } from './hosted/hosted.fixture.ts'
import { givenClient, givenSite, type Site } from './idp.fixture.ts'

// The package exports nothing: it is a program.
const suite = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** Runs the suite, which takes the metadata from one scenario into the next; what it says at its end. */
async function walk(s: Hosted, clientId: string): Promise<string> {
  const port = await freePort()
  const settings = [
    '--url',
    s.origin,
    '--client-id',
    clientId,
    '--port',
    `${port}`,
    '--resource',
    'https://mcp.example/mcp',
  ]
  const program = spawn(process.execPath, [suite, 'authorization', ...settings])
  const ended = once(program, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: program.stdout })) {
    lines.push(line)
    if (!line.startsWith(`${s.origin}/v1/oauth2/authorize?`)) continue
    const person = s.person()
    const asked = await person.logIn(await person.open(line))
    assert.ok(isConsentPage(asked), asked.body)
    const { url } = await person.press(asked, 'allow')
    assert.equal(url.origin, `http://127.0.0.1:${port}`)
  }
  assert.deepEqual(await ended, [0, null], lines.join('\n'))
  return lines.join('\n')
}

/** Clients that the suite can be run as: their ID. */
const clients: Readonly<Record<string, (s: Hosted, site: Site) => Promise<string>>> = {
  'a client of the operator': async (s) =>
    (await givenClient(s.app, { redirectUrls: ['http://127.0.0.1/callback'] })).id,
  'one that registered itself': async (s) => {
    const body = { redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' }
    return (await s.app.call('POST', '/v1/oauth2/register', { body, auth: false })).body.client_id
  },
  'one that is its metadata document': async (_s, { origin }) => `${origin}/client.json`,
}

for (const database of testDatabases) {
  for (const [name, make] of Object.entries(clients)) {
    test(`${database.name}: MCP conformance: every scenario passes through the pages, for ${name} [A1, A2, A3, A4]`, async () => {
      await using s = await hostedScene(database)
      await using site = await givenSite((path, origin) => ({
        client_id: `${origin}${path}`,
        client_name: 'Suite',
        redirect_uris: ['http://127.0.0.1/callback'],
        token_endpoint_auth_method: 'none',
      }))
      const said = await walk(s, await make(s, site))
      assert.match(said, /Total: 3 passed, 0 failed$/)
    })
  }
}
