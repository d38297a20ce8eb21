/**
 * Projects in memory, for at most a second: every request needs its project, and projects hardly ever change. A removed
 * secret, provider or redirect URL therefore stops working everywhere within a second.
 */

import type { Sealer } from '../crypto/seal.ts'
import { hashToken, isId, sameHash } from '../crypto/token.ts'
import type { Db, LaggingWrites } from '../db/open.ts'
import { basicCredentials } from '../kernel/auth.ts'
import type { HttpRequest } from '../kernel/endpoint.ts'
import { invalidProjectIdAuthentication, unauthorizedCredentials } from '../kernel/errors.ts'
import { invalidPublicTokenId, publicTokenNotFound, publicTokenRequired } from './errors.ts'
import { requireFrontend } from './frontend.ts'
import type { Project } from './project.ts'
import { issuerPaths, projectIdOfCallback, projectIdOfPublicToken, readProject, secretUsed } from './store.ts'

/** How long, in ms, a project is served from memory. */
const freshness = 1_000
/** How stale, in ms, a secret's last-used time may be before it is written again. */
const lastUsedGranularity = 60_000
/** Verdicts, and names of projects, that are kept. */
const most = 2_000

interface Entry {
  readonly project: Project
  readonly readAt: number
}

interface Verdict {
  readonly entry: Entry
}

export interface DirectorySettings {
  readonly db: Db
  readonly sealer: Sealer
  readonly lagging: LaggingWrites
}

export class ProjectDirectory {
  readonly #settings: DirectorySettings
  readonly #entries = new Map<string, Entry>()
  readonly #reading = new Map<string, Promise<Entry | undefined>>()
  /** From an Authorization header that was found right to the project as it was then. */
  readonly #verdicts = new Map<string, Verdict>()
  /** From a public token or callback id to the project's id. These never move to another project. */
  readonly #names = new Map<string, string>()
  #issuers: { readonly readAt: number; readonly byPath: ReturnType<typeof issuerPaths> } | undefined

  constructor(settings: DirectorySettings) {
    this.#settings = settings
  }

  async byId(projectId: string): Promise<Project | undefined> {
    return (await this.#entry(projectId))?.project
  }

  /** The project whose callback URL ends in this id. */
  async byCallbackId(callbackId: string): Promise<Project | undefined> {
    // Comes without credentials: what has another form need not reach the database.
    if (!isId('oauth-callback', callbackId)) return undefined
    const project = await this.#byName(callbackId, projectIdOfCallback)
    return project?.callbackId === callbackId ? project : undefined
  }

  async byPublicToken(publicToken: string): Promise<Project | undefined> {
    const project = await this.#byName(publicToken, projectIdOfPublicToken)
    return project?.publicTokens.includes(publicToken) ? project : undefined
  }

  /** The projects that have this issuer path; without one, those that have none. */
  async idsByIssuerPath(path?: string): Promise<readonly string[]> {
    if (!this.#issuers || performance.now() - this.#issuers.readAt >= freshness) {
      const byPath = issuerPaths(this.#settings.db)
      this.#issuers = { readAt: performance.now(), byPath }
    }
    return (await this.#issuers.byPath).get(path) ?? []
  }

  /** Drops what is remembered; the next look-up reads again. For whoever has just changed a project in this process. */
  forget(): void {
    this.#entries.clear()
    this.#verdicts.clear()
    this.#names.clear()
    this.#issuers = undefined
  }

  /**
   * Basic authentication with project id and secret. The verdict on a header that was right is kept as long as the project
   * it was right for, so the usual request costs one look-up in a map.
   */
  authenticate(http: HttpRequest, now: Date): { readonly project: Project } | Promise<{ readonly project: Project }> {
    const header = http.headers.authorization
    const verdict = typeof header === 'string' ? this.#verdicts.get(header) : undefined
    if (verdict && this.#isFresh(verdict.entry)) return { project: verdict.entry.project }
    return this.#verify(header, now)
  }

  /** Authentication by the `public_token` query parameter, for URLs that a browser opens. */
  async authenticatePublic(http: HttpRequest): Promise<{ readonly project: Project }> {
    const publicToken = new URLSearchParams(http.query).get('public_token')
    if (!publicToken) throw publicTokenRequired()
    if (!isId('public-token', publicToken)) throw invalidPublicTokenId()
    const project = await this.byPublicToken(publicToken)
    if (!project) throw publicTokenNotFound()
    return { project }
  }

  /**
   * Authentication of a browser or app: the public token as user name; the session token as password, or the public token
   * again where there is no session. Whether the session is live is for the operation to find out.
   */
  async authenticateFrontend(
    http: HttpRequest,
    baseUrl: string,
  ): Promise<{ readonly project: Project; readonly presentedToken: string | undefined }> {
    const credentials = basicCredentials(http.headers.authorization)
    if (!credentials?.username) throw publicTokenRequired()
    const { username, password } = credentials
    if (!isId('public-token', username)) throw invalidPublicTokenId()
    const project = await this.byPublicToken(username)
    if (!project) throw publicTokenNotFound()
    requireFrontend(project, http, baseUrl)
    return { project, presentedToken: password === '' || password === username ? undefined : password }
  }

  async #verify(header: string | readonly string[] | undefined, now: Date): Promise<{ readonly project: Project }> {
    const credentials = basicCredentials(header)
    if (!credentials) throw unauthorizedCredentials()
    if (!isId('project', credentials.username)) throw invalidProjectIdAuthentication()
    const entry = await this.#entry(credentials.username)
    // Hashed before it is known whether the project exists: an unknown project costs what a wrong secret does.
    const presented = hashToken(credentials.password)
    const [secretId] = [...(entry?.project.secrets ?? [])].find(([, { hash }]) => sameHash(hash, presented)) ?? []
    if (!entry || secretId === undefined) throw unauthorizedCredentials()
    this.#noteUse(entry.project, secretId, now)
    if (this.#verdicts.size >= most) this.#verdicts.clear()
    this.#verdicts.set(String(header), { entry })
    return { project: entry.project }
  }

  #noteUse(project: Project, secretId: string, now: Date): void {
    const time = now.getTime()
    if (time - (project.secrets.get(secretId)?.lastUsedAt ?? 0) < lastUsedGranularity) return
    this.#settings.lagging.note(`secret ${secretId}`, secretUsed, [time, secretId])
  }

  async #byName(
    name: string,
    find: (db: Db, name: string) => Promise<string | undefined>,
  ): Promise<Project | undefined> {
    let projectId = this.#names.get(name)
    if (projectId === undefined) {
      projectId = await find(this.#settings.db, name)
      if (projectId === undefined) return undefined
      if (this.#names.size >= most) this.#names.clear()
      this.#names.set(name, projectId)
    }
    return this.byId(projectId)
  }

  // The cache's clock is the process's own: a test that turns the server's clock must not age or freeze it.
  #isFresh(entry: Entry): boolean {
    return performance.now() - entry.readAt < freshness && this.#entries.get(entry.project.id) === entry
  }

  #entry(projectId: string): Entry | Promise<Entry | undefined> {
    const known = this.#entries.get(projectId)
    if (known && this.#isFresh(known)) return known
    const running = this.#reading.get(projectId)
    if (running) return running
    const reading = this.#read(projectId).finally(() => this.#reading.delete(projectId))
    this.#reading.set(projectId, reading)
    return reading
  }

  async #read(projectId: string): Promise<Entry | undefined> {
    const readAt = performance.now()
    const project = await readProject(this.#settings.db, this.#settings.sealer, projectId)
    if (!project) {
      this.#entries.delete(projectId)
      return undefined
    }
    if (this.#entries.size >= most) this.#entries.clear()
    const entry = { project, readAt }
    this.#entries.set(projectId, entry)
    return entry
  }
}
