/** Makes the database match declared projects. */
import type { Sealer } from '../crypto/seal.ts'
import { environmentOf, hashToken, newId, newSecret } from '../crypto/token.ts'
import { type Db, isUniqueViolation, type Queries } from '../db/open.ts'
import { type Change, changesFor, type Entry } from './apply.ts'
import { putConnectedApp, putM2mClient, readClientsOfFile } from './declared-clients-store.ts'
import type { DeclaredProject } from './project-file.ts'
import { credentialsPurpose, readProject } from './store.ts'

export interface ApplySettings {
  readonly db: Db
  readonly sealer: Sealer
  readonly now: Date
  /** Only say what would change. */
  readonly dryRun: boolean
}

export interface Applied {
  readonly changes: readonly Change[]
  /** Secrets that were made because a project had none; this is the only time that they can be read. */
  readonly generated: readonly { readonly projectId: string; readonly secret: string }[]
}

/** Applies declared projects in one transaction: all of it or nothing. Projects that are not declared are left alone. */
export async function applyProjects(declared: readonly DeclaredProject[], settings: ApplySettings): Promise<Applied> {
  const work = async (tx: Queries): Promise<Applied> => {
    const results: Applied[] = []
    for (const project of declared) results.push(await applyProject(tx, project, settings))
    return {
      changes: results.flatMap(({ changes }) => changes),
      generated: results.flatMap(({ generated }) => generated),
    }
  }
  if (settings.dryRun) return work(settings.db)
  for (let attempt = 1; ; attempt++) {
    try {
      return await settings.db.transaction(work)
    } catch (error) {
      // Servers that start together apply the same file together: who comes second finds it done.
      if (attempt === attempts || !isUniqueViolation(error)) throw error
    }
  }
}

/** How often a file is tried that somebody else applies at the same moment. */
const attempts = 3

async function applyProject(tx: Queries, declared: DeclaredProject, settings: ApplySettings): Promise<Applied> {
  const { sealer, dryRun } = settings
  const stored = await readProject(tx, sealer, declared.id)
  const clients = await readClientsOfFile(tx, declared.id, declared)
  const changes = changesFor(declared, stored, clients)
  const hasNone = declared.secrets === undefined && (stored?.secrets.size ?? 0) === 0
  const secret = hasNone ? newSecret(environmentOf(declared.id)) : undefined
  const added = secret === undefined ? [] : [generatedSecret(declared.id, secret)]
  const all = [...changes, ...added]
  if (!dryRun) {
    for (const change of all) {
      await (change.sign === '-' ? remove(tx, change) : put(tx, change, declared, settings))
    }
  }
  return { changes: all, generated: secret === undefined || dryRun ? [] : [{ projectId: declared.id, secret }] }
}

function generatedSecret(projectId: string, secret: string): Change {
  const hash = hashToken(secret)
  return { sign: '+', projectId, entry: { kind: 'secret', key: hash, label: 'a new secret', value: { hash } } }
}

async function put(
  tx: Queries,
  { projectId, entry }: Change,
  declared: DeclaredProject,
  { now, sealer }: ApplySettings,
): Promise<void> {
  const created_at = now.getTime()
  const { query } = tx
  switch (entry.kind) {
    case 'project': {
      const { name, callbackId, settings, rbac, trustedTokenProfiles } = entry.value
      const row = {
        name,
        oauth_callback_id: callbackId,
        settings: JSON.stringify(settings),
        rbac_policy: JSON.stringify(rbac),
        trusted_token_profiles: JSON.stringify(trustedTokenProfiles),
      }
      await query
        .insertInto('projects')
        .values({ project_id: projectId, environment: environmentOf(projectId), created_at, ...row })
        .onConflict((conflict) => conflict.column('project_id').doUpdateSet(row))
        .execute()
      return
    }
    case 'secret': {
      const secret_id = newId('secret', environmentOf(projectId))
      const row = { secret_id, project_id: projectId, secret_hash: entry.value.hash, created_at, last_used_at: null }
      await query.insertInto('project_secrets').values(row).execute()
      return
    }
    case 'public token': {
      const row = { public_token: entry.value.publicToken, project_id: projectId, created_at }
      await query.insertInto('public_tokens').values(row).execute()
      return
    }
    case 'redirect URL': {
      const { type, url, isDefault } = entry.value
      const position = declared.redirectUrls.findIndex((one) => one.type === type && one.url === url)
      const row = { is_default: isDefault ? 1 : 0, position }
      await query
        .insertInto('redirect_urls')
        .values({ project_id: projectId, type, url, ...row })
        .onConflict((conflict) => conflict.columns(['project_id', 'type', 'url']).doUpdateSet(row))
        .execute()
      return
    }
    case 'provider': {
      const { provider, clientId, clientSecret, settings } = entry.value
      const credentials = JSON.stringify({ client_secret: clientSecret })
      const row = {
        client_id: clientId,
        credentials_sealed: sealer.seal(credentials, credentialsPurpose(projectId, provider)),
        settings: JSON.stringify(settings),
      }
      await query
        .insertInto('provider_configs')
        .values({ project_id: projectId, provider, ...row })
        .onConflict((conflict) => conflict.columns(['project_id', 'provider']).doUpdateSet(row))
        .execute()
      return
    }
    case 'Connected App':
      return putConnectedApp(tx, projectId, entry.value, created_at)
    case 'M2M client':
      return putM2mClient(tx, projectId, entry.value, created_at)
  }
}

async function remove({ query }: Queries, { projectId, entry }: Change): Promise<void> {
  await removal(query, entry).where('project_id', '=', projectId).execute()
}

function removal(query: Queries['query'], entry: Entry) {
  switch (entry.kind) {
    case 'project':
      throw new Error('Projects are never removed by applying a file.')
    case 'secret':
      return query.deleteFrom('project_secrets').where('secret_hash', '=', entry.value.hash)
    case 'public token':
      return query.deleteFrom('public_tokens').where('public_token', '=', entry.value.publicToken)
    case 'redirect URL':
      return query.deleteFrom('redirect_urls').where('type', '=', entry.value.type).where('url', '=', entry.value.url)
    case 'provider':
      return query.deleteFrom('provider_configs').where('provider', '=', entry.value.provider)
    case 'Connected App':
      return query.deleteFrom('connected_apps').where('client_id', '=', entry.value.client_id)
    case 'M2M client':
      return query.deleteFrom('m2m_clients').where('client_id', '=', entry.value.client_id)
  }
}

/** A project that accepts this secret, if there is one. */
export async function projectWithSecret(db: Queries, secret: string): Promise<string | undefined> {
  const found = await db.query
    .selectFrom('project_secrets')
    .select('project_id')
    .where('secret_hash', '=', hashToken(secret))
    .executeTakeFirst()
  return found?.project_id
}

/** Every project, by id. */
export async function projectIds(db: Queries): Promise<readonly string[]> {
  const rows = await db.query.selectFrom('projects').select('project_id').orderBy('project_id').execute()
  return rows.map(({ project_id }) => project_id)
}
