/**
 * The main job once more, on what is published: packs the package, installs the archive into an empty folder, starts its
 * `selvage dev`, logs in with each provider through real HTTP, authenticates with the packaged client, and verifies the
 * session's JWT on its own.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { TestBrowser } from '../src/testing/browser.ts'
import { startDevServer } from './dev-server.ts'

const run = promisify(execFile)
const root = new URL('..', import.meta.url).pathname
const folder = await mkdtemp(join(tmpdir(), 'selvage-package-'))
process.env.PATH = `${dirname(process.execPath)}:${process.env.PATH}`

const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root })
const [packed]: readonly { filename: string; files: readonly { path: string }[] }[] = Object.values(JSON.parse(stdout))
assert.ok(packed)
const stray = packed.files.filter(({ path }) => /\.test\.|(^|\/)(bench|scripts)\//.test(path))
assert.deepEqual(stray, [], 'the archive holds only what ships')
await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
await run('npm', ['install', '--no-audit', '--no-fund', `./${packed.filename}`], { cwd: folder })
console.log(`installed ${packed.filename} (${packed.files.length} files)`)

const server = await startDevServer(
  'node_modules/.bin/selvage',
  ['dev', '--port', '0', '--json', '--database', ':memory:'],
  folder,
)
const { base_url, project_id, secret, public_token, login_redirect_url, signup_redirect_url } = server.ready
const login = async (provider: string, persona: string) => {
  const start = new URL(`/v1/public/oauth/${provider}/start`, base_url)
  for (const [name, value] of Object.entries({
    public_token,
    login_redirect_url,
    signup_redirect_url,
    provider_persona: persona,
  })) {
    start.searchParams.set(name, value)
  }
  const { url } = await new TestBrowser().open(start, ({ searchParams }) => searchParams.has('stytch_token_type'))
  return { landed: url, token: url.searchParams.get('token') ?? '' }
}

await writeFile(
  join(folder, 'app.js'),
  `import { createClient } from 'selvage/client'
const [baseUrl, projectId, secret, token] = process.argv.slice(2)
const client = createClient({ baseUrl, projectId, secret })
const login = await client.oauth.authenticate({ token, session_duration_minutes: 60 })
const again = await client.sessions.authenticate({ session_jwt: login.session_jwt })
console.log(JSON.stringify({ user: login.user_id, again: again.session.user_id, token: again.session_token === login.session_token, jwt: again.session_jwt }))
`,
)
const users: string[] = []
for (const provider of ['google', 'github']) {
  const { landed, token } = await login(provider, 'verified:ada@example.com')
  assert.equal(`${landed.origin}${landed.pathname}`, users.length === 0 ? signup_redirect_url : login_redirect_url)
  const app = await run(process.execPath, ['app.js', base_url, project_id, secret, token], { cwd: folder })
  const result = JSON.parse(app.stdout)
  assert.equal(result.user, result.again)
  assert.equal(result.token, true)
  const keys = createRemoteJWKSet(new URL(`/v1/sessions/jwks/${project_id}`, base_url))
  const { payload } = await jwtVerify(result.jwt, keys, {
    issuer: `stytch.com/${project_id}`,
    audience: project_id,
    typ: 'JWT',
  })
  assert.equal(payload.sub, result.user)
  users.push(result.user)
  console.log(`ok    ${provider}: logged in, authenticated twice, JWT verified`)
}
assert.equal(users[0], users[1], 'the same proven address is the same user')
assert.equal(await server.stop(), 0, 'it stops cleanly')
await rm(folder, { recursive: true, force: true })
console.log('2 passed, 0 failed')
process.exit(0)
