/** `selvage serve`: production. */
import { defineCommand } from 'citty'
import { type App, openApp } from '../app.ts'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { openMetricsListener } from '../kernel/metrics-listener.ts'
import { projectWithSecret } from '../projects/apply-store.ts'
import { developmentProject } from './development-project.ts'
import { CommandFailure } from './failure.ts'
import { productionGateway } from './gateway-settings.ts'
import { applyTo, projectsIn } from './project-file.ts'
import { type Closable, closeOnSignal } from './shutdown.ts'

export default defineCommand({
  meta: {
    name: 'serve',
    description: 'Start the server for production. Every setting comes from the environment: see selvage --help.',
  },
  args: {
    port: { type: 'string', description: 'Instead of SELVAGE_PORT', valueHint: 'number' },
    host: { type: 'string', description: 'Instead of SELVAGE_HOST' },
    migrate: {
      type: 'boolean',
      description: 'Bring the database up to date first',
      negativeDescription: 'Refuse an older database',
    },
    strict: { type: 'boolean', description: 'Check every answer against its schema; slow', default: false },
  },
  async run({ args }) {
    const config = readConfig({
      ...process.env,
      ...(args.port !== undefined && { SELVAGE_PORT: args.port }),
      ...(args.host !== undefined && { SELVAGE_HOST: args.host }),
      ...(args.migrate !== undefined && { SELVAGE_MIGRATE: String(args.migrate) }),
    })
    const app = await openForProduction(config, args.strict)
    const closables: Closable[] = [app]
    try {
      if (config.projectFile !== undefined) await applyTo(app, await projectsIn(config.projectFile))
      await refuseDevelopmentSecret(app)
      if (config.metricsPort !== undefined) {
        closables.push(await openMetricsListener(app.observer, { host: config.host, port: config.metricsPort }))
      }
      const baseUrl = await app.listen({ host: config.host, port: config.port })
      closeOnSignal(closables, config.shutdownSeconds)
      app.observer.log.info({ base_url: baseUrl }, 'ready')
      console.log(`Selvage is ready at ${baseUrl}`)
    } catch (error) {
      for (const closable of closables) await closable.close()
      throw error
    }
  },
})

function openForProduction(config: Config, strict: boolean): Promise<App> {
  if (config.masterKey === undefined) {
    throw new ConfigError('SELVAGE_MASTER_KEY is not set. Make one with "selvage keys generate" and keep it safe.')
  }
  return openApp({
    profile: 'serve',
    database: { url: config.databaseUrl, powerLossSafe: true, connections: config.databaseConnections },
    migrate: config.migrate,
    masterKey: config.masterKey,
    previousMasterKeys: config.previousMasterKeys,
    baseUrl: checkedBaseUrl(config),
    trustedProxies: config.trustedProxies,
    log: { level: config.logLevel },
    strict,
    gateway: productionGateway(config),
  })
}

/** Cookies and redirects of a real login need https; only a server on loopback, for a trial, may do without. */
function checkedBaseUrl({ baseUrl, host }: Config): string | undefined {
  const isLoopback = (name: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(name)
  if (baseUrl === undefined) {
    if (isLoopback(host)) return undefined
    throw new ConfigError('SELVAGE_BASE_URL is not set. Beyond loopback it must be, e.g. to https://login.example.com.')
  }
  const { protocol, hostname } = new URL(baseUrl)
  if (protocol === 'https:' || isLoopback(hostname)) return baseUrl
  throw new ConfigError(`SELVAGE_BASE_URL is "${baseUrl}"; it must be https unless it is loopback.`)
}

/** The secret of `selvage dev` is printed in every copy of the documentation. */
async function refuseDevelopmentSecret({ db }: App): Promise<void> {
  const found = await projectWithSecret(db, developmentProject.secret)
  if (found) {
    throw new CommandFailure(
      `The project ${found} has the secret of selvage dev, which everybody knows. Give it another with "selvage apply", or use another database.`,
    )
  }
}
