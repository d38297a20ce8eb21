/** The MCP project's own conformance suite for authorization servers. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { idpScene } from './idp.fixture.ts'

const run = promisify(execFile)
// The package exports nothing: it is a program.
const suite = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
)

test('MCP conformance: the metadata scenario passes whole [A2, A4]', async () => {
  await using s = await idpScene()
  const origin = await s.app.listen()
  const scenario = ['authorization', '--url', origin, '--scenario', 'authorization-server-metadata-endpoint']
  const { stdout } = await run(process.execPath, [suite, ...scenario])
  assert.match(stdout, /Passed: (\d+)\/\1, 0 failed, 0 warnings/)
})
