/**
 * Composition root: settings → database → keys → projects → API → listener. Everything that a process holds is made here,
 * and closed here.
 */
import { api } from './api.ts'
import { sweepAttempts } from './attempts/index.ts'
import { sweepSpentAssertions } from './attestation/index.ts'
import { MetadataDocuments, sweepRegistrations } from './connected-apps/index.ts'
import { Keyring } from './crypto/keyring.ts'
import { Sealer } from './crypto/seal.ts'
import { newId } from './crypto/token.ts'
import {
  type DatabaseSettings,
  type Db,
  LaggingWrites,
  migrate,
  openDatabase,
  requireCurrentSchema,
} from './db/open.ts'
import { GuardedFetch } from './egress/index.ts'
import { authenticateOperator, authenticateProgram, Gateway, type GatewaySettings } from './gateway/index.ts'
import { sweepGrants } from './idp/index.ts'
import type { Api } from './kernel/endpoint.ts'
import { buildListener, type Listener } from './kernel/http.ts'
import { type LogSettings, type Observer, openLog, openObserver } from './kernel/observe.ts'
import { RateLimits } from './kernel/rate-limit.ts'
import type { Runtime } from './kernel/run.ts'
import { sweepLogins, Upstream } from './oauth/index.ts'
import { ProjectDirectory } from './projects/index.ts'
import { Reference } from './reference/index.ts'
import { sweepSessions } from './sessions/index.ts'
import { version } from './version.ts'

export interface AppSettings {
  readonly database: DatabaseSettings
  /** `false`: refuse to start on a database that is not up to date, instead of migrating it. */
  readonly migrate: boolean
  readonly masterKey: string
  /** Keys that still open what they once sealed. */
  readonly previousMasterKeys: readonly string[]
  /** Origin under which clients reach the server; default: where it listens. */
  readonly baseUrl?: string | undefined
  readonly trustedProxies: readonly string[]
  readonly log: LogSettings
  /** Check every answer against its schema (tests, `--strict`). */
  readonly strict: boolean
  /** `dev` may play providers itself and talk to them over plain http; neither can be switched on in `serve`. */
  readonly profile: 'dev' | 'serve'
  /** In `dev`, `false` leaves providers without credentials unplayed, as in `serve`. */
  readonly playProviders?: boolean
  /** Credentials that the reference page and tools may call with. Absent: no gateway. */
  readonly gateway?: GatewaySettings | undefined
  /** The clock; only tests and `selvage dev` bring one of their own. */
  readonly now?: () => Date
  /** How the sandbox waits so many ms; tests bring one that does not. */
  readonly wait?: (milliseconds: number) => Promise<void>
}

export interface App {
  readonly db: Db
  readonly keys: Keyring
  readonly sealer: Sealer
  readonly projects: ProjectDirectory
  readonly observer: Observer
  readonly http: Listener
  /** Where clients reach it; known for sure only once it listens. */
  baseUrl(): string
  /** Starts to listen; resolves to the origin. Port 0 takes any free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>
  /** Writes what lags behind now. */
  flush(): Promise<void>
  /** Stops accepting, lets running requests finish, writes what lags, closes the database. */
  close(): Promise<void>
}

/** How long, in ms, `last_accessed_at` and its like may lag behind. */
const lag = 1_000

/** How often, in ms, rows that have expired are deleted. They count as absent long before. */
const sweepInterval = 10 * 60_000

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Opens everything but the socket. */
export async function openApp(settings: AppSettings): Promise<App> {
  const now = settings.now ?? (() => new Date())
  const isDev = settings.profile === 'dev'
  let port: number | undefined
  let baseUrl = settings.baseUrl ?? 'http://localhost'
  const gateway = settings.gateway && new Gateway(settings.gateway, { needsPassword: !isDev, port: () => port })
  const stores = await openStores(settings, now)
  const { db, keys, lagging, observer, projects } = stores
  const { operations, ...outward } = await openOutward(settings, now)
  const lifecycle = { closing: false }

  const runtime: Runtime = {
    observer,
    authenticators: {
      none: () => ({}),
      project: (http, context) => projects.authenticate(http, context.now),
      public_token: (http) => projects.authenticatePublic(http),
      frontend: (http, context) => projects.authenticateFrontend(http, context.baseUrl),
      operator: authenticateOperator,
      operator_bearer: authenticateProgram,
    },
    now,
    newRequestId: () => newId('request-id', isDev ? 'test' : 'live'),
    baseUrl: () => baseUrl,
    provisions: { ...stores, ...outward, reference: new Reference(operations, version), gateway, lifecycle },
    strict: settings.strict,
  }
  const http = buildListener(operations, runtime, {
    trustedProxies: settings.trustedProxies,
    crossOriginPrefix: '/sdk/v1/',
  })
  const stopSweeping = sweepRegularly({ db, keys, now, observer })

  return {
    ...stores,
    http,
    baseUrl: () => baseUrl,
    async listen(address) {
      await http.listen(address)
      const bound = http.server.address()
      port = typeof bound === 'object' && bound ? bound.port : address.port
      // Browsers and the sandbox's cookies know loopback by this name.
      baseUrl = settings.baseUrl ?? `http://localhost:${port}`
      return baseUrl
    },
    flush: () => lagging.flush(),
    async close() {
      lifecycle.closing = true
      stopSweeping()
      await http.close()
      await lagging.flush()
      await db.close()
    },
  }
}

interface Stores extends Pick<App, 'db' | 'keys' | 'sealer' | 'projects' | 'observer'> {
  readonly lagging: LaggingWrites
}

/** The database, up to date, and what reads from it. */
async function openStores(settings: AppSettings, now: () => Date): Promise<Stores> {
  const observer = openObserver(openLog(settings.log))
  const sealer = new Sealer(settings.masterKey, settings.previousMasterKeys)
  const db = openDatabase(settings.database)
  try {
    await (settings.migrate ? migrate(db) : requireCurrentSchema(db))
  } catch (error) {
    await db.close()
    throw error
  }
  const keys = new Keyring({ db, sealer, now })
  const lagging = new LaggingWrites(db, lag, (err) => observer.log.error({ err }, 'a lagging write failed'))
  return { observer, sealer, db, keys, lagging, projects: new ProjectDirectory({ db, sealer, lagging }) }
}

/** What talks to other servers, or plays them, and the list of operations that comes with it. */
async function openOutward(settings: AppSettings, now: () => Date) {
  const isDev = settings.profile === 'dev'
  // Not even loaded in `serve`: there is nothing to switch on.
  const played = isDev ? await import('./sandbox/index.ts') : undefined
  const sandbox = played && new played.Sandbox({ wait: settings.wait ?? sleep })
  const standIn = settings.playProviders !== false && sandbox ? played.standInOf(sandbox) : undefined
  const upstream = new Upstream({ fetch, allowHttp: isDev, standIn, systemTime: Date.now })
  const egress = new GuardedFetch({ allowLoopback: isDev })
  const limits = new RateLimits()
  const metadataDocuments = new MetadataDocuments({ egress, limits, now })
  const operations: Api = played ? { ...api, sandbox: played.sandboxApi } : api
  return { operations, upstream, sandbox, egress, limits, metadataDocuments }
}

/** Deletes what has expired, now and then. Gives the function that ends it. */
function sweepRegularly({
  db,
  keys,
  now,
  observer,
}: Pick<App, 'db' | 'keys' | 'observer'> & { now: () => Date }): () => void {
  const sweep = async () => {
    try {
      const time = now().getTime()
      await Promise.all([
        sweepSessions(db, time),
        sweepLogins(db, time),
        sweepGrants(db, time),
        sweepAttempts(db, time),
        sweepSpentAssertions(db, time),
        sweepRegistrations(db, time),
        keys.sweep(),
      ])
    } catch (err) {
      observer.log.error({ err }, 'expired rows could not be deleted')
    }
  }
  const timer = setInterval(() => void sweep(), sweepInterval).unref()
  return () => clearInterval(timer)
}
