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

test('help and documentation name every setting', () => {
  for (const { env } of Object.values(settings)) {
    assert.ok(settingsHelp().includes(env))
    assert.ok(settingsTable().includes(env))
  }
})
