/** Opening the server's database for a command of the operator, without listening. */
import { type App, openApp } from '../app.ts'
import { ConfigError, readConfig } from '../config.ts'

/** The whole server but for the socket. Migrates unless `migrate` is false. */
export function openForOperator(database: string | undefined, { migrate = true } = {}): Promise<App> {
  const config = readConfig(process.env)
  if (config.masterKey === undefined) {
    throw new ConfigError(
      'SELVAGE_MASTER_KEY is not set. Use the key of the server; a development database has it in master.key beside it.',
    )
  }
  return openApp({
    profile: 'serve',
    database: { url: database ?? config.databaseUrl, powerLossSafe: true, connections: 2 },
    migrate,
    masterKey: config.masterKey,
    previousMasterKeys: config.previousMasterKeys,
    baseUrl: config.baseUrl,
    trustedProxies: config.trustedProxies,
    log: { level: 'warn' },
    strict: false,
  })
}
