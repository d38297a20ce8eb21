/** Reading projects. What changes them is in `apply-store.ts`. */
import { z } from 'zod'
import type { Sealer } from '../crypto/seal.ts'
import { type Queries, writing } from '../db/open.ts'
import { type Project, ProjectSettings, ProviderSettings, TrustedTokenProfile } from './project.ts'
import { RbacPolicy } from './rbac-policy.ts'

/** What sealed provider credentials are bound to. */
export const credentialsPurpose = (projectId: string, provider: string): string =>
  `provider ${provider} of ${projectId}`

/** The whole project, or `undefined`. Provider credentials are opened here and live in memory only. */
export async function readProject(db: Queries, sealer: Sealer, projectId: string): Promise<Project | undefined> {
  const row = await db.query.selectFrom('projects').selectAll().where('project_id', '=', projectId).executeTakeFirst()
  if (!row) return undefined
  const secrets = await db.query.selectFrom('project_secrets').selectAll().where('project_id', '=', projectId).execute()
  const tokens = await db.query.selectFrom('public_tokens').selectAll().where('project_id', '=', projectId).execute()
  const urls = await db.query
    .selectFrom('redirect_urls')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('position')
    .execute()
  const providers = await db.query
    .selectFrom('provider_configs')
    .selectAll()
    .where('project_id', '=', projectId)
    .execute()
  const redirectUrls = (type: 'LOGIN' | 'SIGNUP') =>
    urls.filter((url) => url.type === type).map(({ url, is_default }) => ({ url, isDefault: is_default === 1 }))
  return {
    id: row.project_id,
    name: row.name,
    environment: row.environment,
    callbackId: row.oauth_callback_id,
    settings: ProjectSettings.parse(JSON.parse(row.settings)),
    secrets: new Map(
      secrets.map((secret) => [
        secret.secret_id,
        { hash: secret.secret_hash, lastUsedAt: secret.last_used_at ?? undefined },
      ]),
    ),
    publicTokens: tokens.map(({ public_token }) => public_token),
    redirectUrls: { LOGIN: redirectUrls('LOGIN'), SIGNUP: redirectUrls('SIGNUP') },
    rbac: RbacPolicy.parse(JSON.parse(row.rbac_policy)),
    trustedTokenProfiles: z.array(TrustedTokenProfile).parse(JSON.parse(row.trusted_token_profiles)),
    providers: new Map(
      providers.map(({ provider, client_id, credentials_sealed, settings }) => {
        const opened: unknown = JSON.parse(sealer.open(credentials_sealed, credentialsPurpose(projectId, provider)))
        const { client_secret: clientSecret } = opened as { client_secret: string }
        return [provider, { clientId: client_id, clientSecret, settings: ProviderSettings.parse(JSON.parse(settings)) }]
      }),
    ),
  }
}

/** Which projects issue tokens under which path; `undefined` stands for the bare origin. */
export async function issuerPaths(db: Queries): Promise<ReadonlyMap<string | undefined, readonly string[]>> {
  const rows = await db.query.selectFrom('projects').select(['project_id', 'settings']).orderBy('project_id').execute()
  const pairs = rows.map(({ project_id, settings }) => [readIssuerPath(settings), project_id] as const)
  const paths = new Set(pairs.map(([path]) => path))
  return new Map([...paths].map((path) => [path, pairs.filter(([one]) => one === path).map(([, id]) => id)]))
}

const readIssuerPath = (settings: string): string | undefined =>
  ProjectSettings.shape.idp_issuer_path.parse(JSON.parse(settings).idp_issuer_path)

/** The project that a public token belongs to. */
export async function projectIdOfPublicToken(db: Queries, publicToken: string): Promise<string | undefined> {
  const row = await db.query
    .selectFrom('public_tokens')
    .select('project_id')
    .where('public_token', '=', publicToken)
    .executeTakeFirst()
  return row?.project_id
}

/** The project whose callback URL ends in this id. */
export async function projectIdOfCallback(db: Queries, callbackId: string): Promise<string | undefined> {
  const row = await db.query
    .selectFrom('projects')
    .select('project_id')
    .where('oauth_callback_id', '=', callbackId)
    .executeTakeFirst()
  return row?.project_id
}

/** $1 time in ms, $2 secret id. */
export const secretUsed = writing(
  'secret_used',
  'update project_secrets set last_used_at = $1 where secret_id = $2 and (last_used_at is null or last_used_at < $1)',
)
