/** `selvage dev`: everything seeded, nothing to set up. */
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { defineCommand } from 'citty'
import { openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { newMasterKey } from '../crypto/seal.ts'
import { declaredDevelopmentProject, developmentProject, landingUrls } from './development-project.ts'
import { CommandFailure } from './failure.ts'
import { developmentGateway } from './gateway-settings.ts'
import { applyTo, projectsIn } from './project-file.ts'
import { closeOnSignal } from './shutdown.ts'

const folder = '.selvage'

export default defineCommand({
  meta: {
    name: 'dev',
    description:
      'Start a development server: embedded database, a seeded project, and providers that play themselves. Nothing of it can be switched on in serve.',
  },
  args: {
    port: {
      type: 'string',
      description: 'Port to listen on; 0 takes any free one',
      default: '4100',
      valueHint: 'number',
    },
    host: { type: 'string', description: 'Address to listen on', default: '127.0.0.1' },
    database: {
      type: 'string',
      description: 'SQLite file, :memory:, or postgres://…',
      default: join(folder, 'dev.db'),
      valueHint: 'url',
    },
    project: { type: 'string', description: 'A project file to apply as well', valueHint: 'file' },
    json: { type: 'boolean', description: 'Print one line of JSON when ready, for scripts', default: false },
    verbose: { type: 'boolean', description: 'Log every request, to standard error', default: false },
  },
  async run({ args }) {
    if (!/^\d{1,5}$/.test(args.port) || Number(args.port) > 65_535) {
      throw new CommandFailure(`--port is ${JSON.stringify(args.port)}; it must be 0 to 65535.`, 2)
    }
    const config = readConfig(process.env)
    const app = await openApp({
      profile: 'dev',
      database: { url: args.database, powerLossSafe: false, connections: config.databaseConnections },
      migrate: true,
      masterKey: config.masterKey ?? (await developmentMasterKey(args.database)),
      previousMasterKeys: config.previousMasterKeys,
      baseUrl: config.baseUrl,
      trustedProxies: config.trustedProxies,
      log: { level: args.verbose ? 'info' : 'warn' },
      strict: false,
      gateway: developmentGateway(config),
    })
    try {
      const baseUrl = await app.listen({ host: args.host, port: Number(args.port) })
      await applyTo(app, [declaredDevelopmentProject(baseUrl)])
      if (args.project !== undefined) await applyTo(app, await projectsIn(args.project))
      closeOnSignal([app], config.shutdownSeconds)
      console.log(args.json ? JSON.stringify(readyLine(baseUrl)) : welcome(baseUrl, args.database))
    } catch (error) {
      await app.close()
      throw error
    }
  },
})

/** Where a start URL with everything in it leads to the sandbox. */
function loginUrl(baseUrl: string): string {
  return `${baseUrl}/v1/public/oauth/google/start?public_token=${developmentProject.publicToken}`
}

/** What a script needs to know; the names are a contract (docs/sandbox.md). */
const readyLine = (baseUrl: string) => ({
  base_url: baseUrl,
  project_id: developmentProject.id,
  secret: developmentProject.secret,
  public_token: developmentProject.publicToken,
  login_redirect_url: landingUrls(baseUrl).login,
  signup_redirect_url: landingUrls(baseUrl).signup,
  login_url: loginUrl(baseUrl),
})

const welcome = (baseUrl: string, database: string): string => `
  Selvage is ready at ${baseUrl}
  Database: ${database}

  For your app's environment:

    STYTCH_PROJECT_ID=${developmentProject.id}
    STYTCH_SECRET=${developmentProject.secret}
    STYTCH_PUBLIC_TOKEN=${developmentProject.publicToken}
    STYTCH_PROJECT_ENV=${baseUrl}

  The official clients take the last line as their env, environment or base URL, e.g. in Node:
    new stytch.Client({ project_id, secret, env: process.env.STYTCH_PROJECT_ENV })

  Log in once, as whoever you like; nothing leaves this machine:

    ${loginUrl(baseUrl)}

  Read and try every operation, and watch a login step by step:

    ${baseUrl}/reference

  Stop with Ctrl-C.
`

/**
 * A key that is made once and kept beside the database, readable by its owner only. In memory there is nothing to keep; a
 * PostgreSQL has no folder, so its key goes into ours.
 */
async function developmentMasterKey(database: string): Promise<string> {
  if (database === ':memory:') return newMasterKey()
  const isFile = !/^postgres(ql)?:\/\//.test(database)
  const path = join(isFile ? dirname(database.replace(/^sqlite:(\/\/)?/, '')) : folder, 'master.key')
  if (existsSync(path)) return (await readFile(path, 'utf8')).trim()
  await mkdir(dirname(path), { recursive: true })
  // `wx`: of two processes that start at once, one makes the key and the other reads it.
  await writeFile(path, `${newMasterKey()}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await chmod(path, 0o600)
  return (await readFile(path, 'utf8')).trim()
}
