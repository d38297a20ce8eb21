import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Values } from '../../explorer/request/draft.ts'
import { coloured } from '../../explorer/snippets/colour.ts'
import { type Language, languages, shownValues } from '../../explorer/snippets/languages.ts'
import { typescriptFlat } from '../../explorer/snippets/typescript.ts'
import { api } from '../api.ts'
import { catalogueOf } from './catalogue.ts'
import type { CataloguedOperation } from './catalogue-type.ts'

const { operations } = catalogueOf(api, { baseUrl: '', version: '' })
const operation = (name: string): CataloguedOperation => {
  const found = operations.find((one) => one.name === name)
  assert.ok(found, name)
  return found
}
const snippet = (id: Language['id'], name: string, values: Values, baseUrl = 'http://localhost:4100') =>
  languages.find((language) => language.id === id)?.snippet(operation(name), values, baseUrl)

/** Everything that has a meaning somewhere. */
const hostile = `'"\`\\ $HOME \${HOME} #{1+1} $(id) %s \n\t\u0000\u0007\u0085\u2028 é 😀 </script>`
const nested = { plan: 'pro', 'a-b': [1, -2.5, true, false, null, { deep: hostile }], [hostile]: {} }
const values: Values = { user_id: 'customer|47 11/?', name: { first_name: hostile }, trusted_metadata: nested }

const available = (command: string) => spawnSync(command, ['--version']).error === undefined
/** What checks the syntax of a language; all examples at once where it can. */
const parsers: readonly {
  readonly id: Language['id']
  readonly command: readonly [string, ...string[]]
  readonly isThere: boolean
  readonly inputs: (codes: readonly string[]) => readonly string[]
}[] = [
  { id: 'curl', command: ['sh', '-n'], isThere: true, inputs: (codes) => [codes.join('\n')] },
  {
    id: 'python',
    command: ['python3', '-c', 'import ast, json, sys\nfor code in json.load(sys.stdin): ast.parse(code)'],
    isThere: available('python3'),
    inputs: (codes) => [JSON.stringify(codes)],
  },
  { id: 'ruby', command: ['ruby', '-wc'], isThere: available('ruby'), inputs: (codes) => [codes.join('\n')] },
  { id: 'go', command: ['gofmt', '-l'], isThere: available('gofmt'), inputs: (codes) => codes },
]

for (const { id, command, isThere, inputs } of parsers) {
  const [program, ...parameters] = command
  const skip = !isThere && `there is no ${program}`
  test(`${id}: every example, and values full of quotes and control characters, are well formed`, { skip }, () => {
    const list = operations.map((one) => snippet(id, one.name, shownValues(one, {})))
    const codes = [...list, snippet(id, 'users.update', values)].filter((code) => code !== undefined)
    assert.ok(codes.length > 30)
    for (const input of inputs(codes)) {
      const { status, stdout, stderr } = spawnSync(program, parameters, { input, encoding: 'utf8' })
      assert.equal(status, 0, `${stderr}\n${input}`)
      if (id === 'go') assert.equal(stdout, '', `gofmt would write it otherwise:\n${input}`)
      if (id === 'ruby') assert.equal(stderr, '', input)
    }
  })
}

test('TypeScript: every example holds before the strict type checker, by both of its names', async () => {
  const root = new URL('../../', import.meta.url).pathname
  const folder = await mkdtemp(join(tmpdir(), 'selvage-types-'))
  const compilerOptions = {
    paths: { 'selvage/client': [`${root}src/client/index.ts`] },
    typeRoots: [`${root}node_modules/@types`],
  }
  const files: Record<string, string | undefined> = {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ extends: `${root}tsconfig.json`, compilerOptions, include: ['.'] }),
  }
  for (const one of operations) {
    files[`${one.name}.ts`] = snippet('typescript', one.name, shownValues(one, {}))
    files[`${one.name}.flat.ts`] = typescriptFlat(one, shownValues(one, {}), 'http://localhost:4100')
  }
  for (const [name, text] of Object.entries(files)) if (text !== undefined) await writeFile(join(folder, name), text)
  const { stdout } = spawnSync(`${root}node_modules/.bin/tsc`, ['-p', folder], { encoding: 'utf8' })
  await rm(folder, { recursive: true })
  assert.equal(stdout, '')
})

test('values arrive as they are, whatever they hold: JavaScript, Python, Ruby and the shell read them back', () => {
  const wanted = JSON.parse(JSON.stringify({ ...values, trusted_metadata: nested }))
  const reads: readonly [Language['id'], string, readonly string[]][] = [
    ['node', node, [process.execPath, '--input-type=module']],
    ['python', python, ['python3', '-']],
    ['ruby', ruby, ['ruby']],
  ]
  for (const [id, prelude, [program = '', ...parameters]] of reads) {
    if (!available(program)) continue
    const code = snippet(id, 'users.update', values) ?? ''
    // Each client is played by something that prints what it was given.
    const input = `${prelude}\n${code.replace(/^(import|require) .*stytch.*$/gm, '')}`
    const environment = { ...process.env, STYTCH_PROJECT_ID: 'p', STYTCH_SECRET: 's', LANG: 'C.UTF-8' }
    const { stdout, stderr } = spawnSync(program, parameters, { input, encoding: 'utf8', env: environment })
    assert.deepEqual(JSON.parse(stdout.split('\n')[0] || 'null'), wanted, `${id}: ${stderr}`)
  }
  const code = snippet('curl', 'users.update', values) ?? ''
  const shell = `curl() { printf '%s\\n' "$@"; }\n${code}`
  const { stdout } = spawnSync('sh', { input: shell, encoding: 'utf8' })
  const { user_id: _, ...body } = wanted
  assert.deepEqual(JSON.parse(stdout.slice(stdout.indexOf('{'))), body)
  assert.match(stdout, /\/v1\/users\/customer%7C47%2011%2F%3F\n/)
})

const node = `const stytch = { Client: class { users = { update: (given) => (console.log(JSON.stringify(given)), '') } } }`
const python = `
import json, types
class Client:
    def __init__(self, project_id, secret, environment):
        self.users = types.SimpleNamespace(update=lambda **given: print(json.dumps(given)))
stytch = types.SimpleNamespace(Client=Client)`
const ruby = `
require 'json'
module Stytch
  class Client
    def initialize(project_id:, secret:, env:) = nil
    def users = self
    def update(**given) = puts(JSON.generate(given))
  end
end`

test('curl: a form is a form, its secret is a variable, and the project stands in the address', () => {
  const given = {
    grant_type: 'client_credentials',
    client_id: "o'brien",
    client_secret: 'never shown',
    resource: ['a b', 'c'],
  }
  assert.equal(
    snippet('curl', 'idp.ofProject.token', given, 'https://login.example.com/'),
    `curl --request POST "https://login.example.com/v1/public/\${STYTCH_PROJECT_ID}/oauth2/token" \\
  --data-urlencode 'grant_type=client_credentials' \\
  --data-urlencode 'client_id=o'\\''brien' \\
  --data-urlencode "client_secret=\${CLIENT_SECRET}" \\
  --data-urlencode 'resource=a b' \\
  --data-urlencode 'resource=c'`,
  )
})

test('no language shows a secret that was typed in', () => {
  const secret = 'sesame-open-0123456789'
  for (const { id } of languages) {
    for (const [name, given] of [
      ['m2m.clients.create', { scopes: ['a'], client_secret: secret }],
      ['idp.ofProject.introspect', { token: 't', client_id: 'c', client_secret: secret }],
      ['idp.ofProject.token', { grant_type: 'client_credentials', client_id: 'c', client_secret: secret }],
    ] as const) {
      assert.ok(!snippet(id, name, given)?.includes(secret), `${id} ${name}`)
    }
  }
})

test('a page is an address, a browser’s login a call of the browser’s client', () => {
  const given = { provider: 'github', login_redirect_url: 'https://app.example/in?a=1&b=2', custom_scopes: 'repo gist' }
  const url =
    'http://localhost:4100/v1/public/oauth/github/start?login_redirect_url=https%3A%2F%2Fapp.example%2Fin%3Fa%3D1%26b%3D2&custom_scopes=repo%20gist&public_token='
  assert.match(snippet('typescript', 'oauth.start', given) ?? '', /const url = `/)
  assert.ok(snippet('typescript', 'oauth.start', given)?.includes(`${url}\${process.env.STYTCH_PUBLIC_TOKEN}`))
  assert.equal(snippet('curl', 'oauth.start', given), `curl --include "${url}\${STYTCH_PUBLIC_TOKEN}"`)
  const call = `await stytch.oauth.github.start({
  login_redirect_url: 'https://app.example/in?a=1&b=2',
  custom_scopes: ['repo', 'gist'],
})`
  assert.ok(snippet('browser', 'oauth.start', given)?.includes(call), snippet('browser', 'oauth.start', given))
  assert.equal(snippet('browser', 'oauth.start', { provider: 'custom' }), undefined)
})

test('the official clients are shown only where they have the call, and only with what it takes', () => {
  const official = ['node', 'python', 'ruby', 'go'] as const
  for (const id of official) {
    for (const name of ['oauth.attempts', 'idp.token', 'frontend.users.me', 'users.getProviderValues', 'health.live']) {
      assert.equal(snippet(id, name, {}), undefined, `${id} ${name}`)
    }
    assert.equal(snippet(id, 'idp.oauth.authorize', { resource: ['x'] }), undefined)
    assert.equal(snippet(id, 'idp.ofProject.token', { grant_type: 'refresh_token' }), undefined)
    assert.equal(
      snippet(id, 'idp.ofProject.token', { grant_type: 'client_credentials', project_id: 'other' }),
      undefined,
    )
  }
  const token = { grant_type: 'client_credentials', client_id: 'c', scope: 'read:a write:b' }
  assert.match(
    snippet('node', 'idp.ofProject.token', token) ?? '',
    /m2m\.token\(\{\n {2}client_id: 'c',\n {2}scopes: \['read:a', 'write:b'\],\n\}\)/,
  )
  const registration = { oauth_user_registration_id: 'x' }
  assert.match(
    snippet('python', 'users.deleteOAuthRegistration', registration) ?? '',
    /users\.delete_oauth_registration\(/,
  )
  assert.match(
    snippet('go', 'users.deleteOAuthRegistration', registration) ?? '',
    /Users\.DeleteOAuthRegistration\(.*\n\t\tOAuthUserRegistrationID: "x",/,
  )
})

test('Go: nested fields have their types, maps are maps, and what must be a pointer is one', () => {
  const create = { name: { first_name: 'Ada' }, attributes: { ip_address: '::1' }, trusted_metadata: { a: [1, null] } }
  const code = snippet('go', 'users.create', create) ?? ''
  assert.match(code, /Name: {12}&users\.Name\{FirstName: "Ada"\},/)
  assert.match(code, /&attribute\.Attributes\{IPAddress: "::1"\}/)
  assert.match(code, /map\[string\]any\{"a": \[\]any\{1, nil\}\}/)
  assert.match(code, /consumer\/attribute"\n/)
  const introspect = snippet('go', 'idp.ofProject.introspect', { token: 't', client_id: 'c', client_secret: 's' }) ?? ''
  assert.match(introspect, /clientSecret := os\.Getenv\("CLIENT_SECRET"\)/)
  assert.match(introspect, /ClientSecret: &clientSecret,/)
})

test('an empty form shows the example, with the reader’s own project in place of the example’s', () => {
  const jwks = operation('sessions.jwks')
  const shown = shownValues(jwks, {})
  assert.deepEqual(shown, jwks.example?.input)
  assert.match(snippet('curl', 'sessions.jwks', shown) ?? '', /jwks\/\$\{STYTCH_PROJECT_ID\}"/)
  const typed = shownValues(jwks, { project_id: 'project-test-mine' })
  assert.match(snippet('curl', 'sessions.jwks', typed) ?? '', /jwks\/project-test-mine'/)
})

test('colours change nothing: the runs put together are the code', () => {
  for (const { id } of languages) {
    const code = snippet(id, 'users.update', values) ?? snippet(id, 'oauth.start', { provider: 'github' }) ?? ''
    const runs = coloured(code, id)
    assert.equal(runs.map(({ text }) => text).join(''), code)
    assert.ok(
      runs.some(({ kind }) => kind === 'string'),
      id,
    )
  }
})
