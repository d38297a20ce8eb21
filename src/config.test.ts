import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, readConfig, settings, settingsHelp, settingsTable } from './config.ts'

test('without any variable every default is usable', () => {
  const config = readConfig({})
  assert.equal(config.port, 4100)
  assert.equal(config.migrate, true)
  assert.deepEqual(config.trustedProxies, [])
  assert.equal(config.masterKey, undefined)
})

test('an empty variable counts as absent', () => {
  assert.equal(readConfig({ SELVAGE_PORT: '', SELVAGE_BASE_URL: '' }).port, 4100)
})

test('a base URL is reduced to its origin', () => {
  assert.equal(readConfig({ SELVAGE_BASE_URL: 'https://login.example.com/' }).baseUrl, 'https://login.example.com')
})

test('lists are separated by commas', () => {
  assert.deepEqual(readConfig({ SELVAGE_TRUSTED_PROXIES: '10.0.0.0/8, ::1,' }).trustedProxies, ['10.0.0.0/8', '::1'])
})

const bad: Readonly<Record<string, readonly string[]>> = {
  SELVAGE_PORT: ['-1', '65536', '80a', '1e3', ' 80'],
  SELVAGE_METRICS_PORT: ['x'],
  SELVAGE_BASE_URL: [
    'login.example.com',
    'https://a.example/auth',
    'ftp://a.example',
    'https://a.example?x=1',
    'https://u@a.example',
  ],
  SELVAGE_LOG_LEVEL: ['loud'],
  SELVAGE_MIGRATE: ['yes'],
  SELVAGE_DATABASE_CONNECTIONS: ['0', '501'],
  SELVAGE_SHUTDOWN_SECONDS: ['601'],
}

test('check 47: a bad value stops the start with one line that names the variable and what it may be [M1]', () => {
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      assert.throws(
        () => readConfig({ [name]: value }),
        (error) => {
          assert.ok(error instanceof ConfigError, `${name}=${value}`)
          assert.ok(error.message.startsWith(`${name} is "${value}"; it must be `), error.message)
          assert.doesNotMatch(error.message, /\n/)
          return true
        },
      )
    }
  }
})

const projectId = 'project-live-00000000-0000-4000-8000-000000000000'
const secret = 'secret-live-of-24-characters:and=more'

test('profiles are named credentials, separated by commas', () => {
  const text = `live=${projectId}:${secret}, staging_2=${projectId.replace('live', 'test')}:${secret}`
  assert.deepEqual(readConfig({ SELVAGE_REFERENCE_PROFILES: text }).referenceProfiles, [
    { name: 'live', projectId, secret },
    { name: 'staging_2', projectId: projectId.replace('live', 'test'), secret },
  ])
  assert.deepEqual(readConfig({}).referenceProfiles, [])
  assert.equal(readConfig({}).operatorPassword, undefined)
})

test('check 47: a secret setting that does not fit stops the start without being told', () => {
  const one = `a=${projectId}:${secret}`
  const wrong: readonly (readonly [string, string])[] = [
    ...[`${projectId}:${secret}`, `A=${projectId}:${secret}`, `a=project:${secret}`, `a=${projectId}:short`].map(
      (text) => ['SELVAGE_REFERENCE_PROFILES', text] as const,
    ),
    ['SELVAGE_REFERENCE_PROFILES', `${one},${one}`],
    ['SELVAGE_OPERATOR_PASSWORD', 'fifteen letters'],
  ]
  for (const [name, text] of wrong) {
    assert.throws(
      () => readConfig({ [name]: text }),
      (error) => {
        assert.ok(error instanceof ConfigError, text)
        assert.ok(error.message.startsWith(`${name} is not usable; it must be `), error.message)
        assert.ok(!error.message.includes(text) && !error.message.includes(secret), error.message)
        return true
      },
    )
  }
})

test('help and documentation name every setting', () => {
  for (const { env } of Object.values(settings)) {
    assert.ok(settingsHelp().includes(env))
    assert.ok(settingsTable().includes(env))
  }
})
