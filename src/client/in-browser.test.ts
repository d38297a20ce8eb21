/** The client in a real browser, without a bundler: its modules as they are, types taken off. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import { testApp } from '../testing/app.ts'
import { openBrowser, skipBrowser as skip } from '../testing/chromium.fixture.ts'

test('a page loads it without a bundler, calls what is public, and cannot use a secret', { skip }, async () => {
  await using app = await testApp()
  const origin = await app.listen()
  const loaded: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const isModule = path.startsWith('/client/')
    if (isModule) loaded.push(path)
    response.setHeader('content-type', isModule ? 'text/javascript' : 'text/html')
    response.end(isModule ? moduleAt(path) : '<!doctype html><title>app</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const context = await (await openBrowser()).newContext()
  try {
    const page = await context.newPage()
    await page.goto(`http://localhost:${typeof bound === 'object' ? bound?.port : bound}`)
    const result = await page.evaluate(`(async () => {
      const { createClient, SelvageError } = await import('/client/index.ts')
      const client = createClient({ baseUrl: '${origin}' })
      const { keys } = await client.idp.ofProject.jwks({ project_id: '${app.project.id}' })
      const failed = await client.idp.ofProject.jwks({ project_id: 'x' }).catch((error) => error)
      const bearer = await client.idp.userinfo({}, { bearerToken: 'x' }).catch((error) => error.errorType)
      let refused = ''
      try { createClient({ baseUrl: '${origin}', projectId: 'p', secret: 's' }) } catch (error) { refused = error.message }
      return {
        keys: keys.length, known: failed instanceof SelvageError, type: failed.errorType, bearer, refused,
      }
    })()`)
    assert.deepEqual(result, {
      keys: 2,
      known: true,
      type: 'project_not_found',
      bearer: 'invalid_token',
      refused:
        'Whoever opens this page can read the secret. Leave projectId and secret out here, and call the operations that need them from your backend.',
    })
    assert.ok(loaded.includes('/client/index.ts'))
  } finally {
    await context.close()
    server.closeAllConnections()
    server.close()
  }
})

const moduleAt = (path: string): string =>
  stripTypeScriptTypes(readFileSync(new URL(`..${path}`, import.meta.url), 'utf8'))
