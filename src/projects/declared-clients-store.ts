/** Connected Apps and M2M clients of the project file in the database: those that are there, and making them match. */
import { sql } from 'kysely'
import type { Queries } from '../db/open.ts'
import type { DeclaredClients, DeclaredConnectedApp, DeclaredM2mClient } from './declared-clients.ts'
import { ProjectFileError } from './project-file-error.ts'

const connectedAppColumns = [
  'client_id',
  'client_type',
  'client_name',
  'client_description',
  'redirect_urls',
  'post_logout_redirect_urls',
  'logo_url',
  'full_access_allowed',
  'bypass_consent_for_offline_access',
  'access_token_expiry_minutes',
  'access_token_custom_audience',
  'access_token_template_content',
  'id_token_template_content',
  'creation_method',
  'client_secret_hash',
  'client_secret_last_four',
] as const satisfies readonly (keyof DeclaredConnectedApp)[]

const m2mClientColumns = [
  'client_id',
  'client_name',
  'client_description',
  'status',
  'scopes',
  'trusted_metadata',
  'client_secret_hash',
  'client_secret_last_four',
  'creation_method',
] as const satisfies readonly (keyof DeclaredM2mClient)[]

/** The clients that the file made, and those of the same id that something else made: declaring one takes it over. */
export async function readClientsOfFile(
  { query }: Queries,
  projectId: string,
  { connectedApps, m2mClients }: DeclaredClients,
): Promise<DeclaredClients> {
  const apps = await query
    .selectFrom('connected_apps')
    .select(connectedAppColumns)
    .where('project_id', '=', projectId)
    .where(({ eb, or }) => or([eb('creation_method', '=', 'project_file'), eb('client_id', 'in', ids(connectedApps))]))
    .orderBy('client_id')
    .execute()
  const clients = await query
    .selectFrom('m2m_clients')
    .select(m2mClientColumns)
    .where('project_id', '=', projectId)
    .where(({ eb, or }) => or([eb('creation_method', '=', 'project_file'), eb('client_id', 'in', ids(m2mClients))]))
    .orderBy('client_id')
    .execute()
  return { connectedApps: apps, m2mClients: clients }
}

/** Never empty, which SQL does not allow; no client has the empty id. */
const ids = (clients: readonly { readonly client_id: string }[]): readonly string[] => [
  '',
  ...clients.map(({ client_id }) => client_id),
]

/** The next secret of a rotation outlives a declaration that leaves the secret as it is, and no other. */
const nextSecret = (table: 'connected_apps' | 'm2m_clients', hash: string | null) => {
  const isSame = sql`${sql.ref(`${table}.client_secret_hash`)} = ${hash}`
  return {
    next_client_secret_hash: sql<
      string | null
    >`case when ${isSame} then ${sql.ref(`${table}.next_client_secret_hash`)} end`,
    next_client_secret_last_four: sql<
      string | null
    >`case when ${isSame} then ${sql.ref(`${table}.next_client_secret_last_four`)} end`,
  }
}

/** Throws `ProjectFileError` where the id is taken by another project, or by a client that came by itself. */
export async function putConnectedApp(
  { query }: Queries,
  projectId: string,
  app: DeclaredConnectedApp,
  now: number,
): Promise<void> {
  const { client_id, ...columns } = app
  const made = await query
    .insertInto('connected_apps')
    .values({
      ...app,
      project_id: projectId,
      token_endpoint_auth_method: null,
      next_client_secret_hash: null,
      next_client_secret_last_four: null,
      client_id_metadata_url: null,
      metadata_document: null,
      metadata_fresh_until: null,
      registration: null,
      registration_hash: null,
      registration_token_hash: null,
      first_used_at: null,
      created_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .column('client_id')
        .doUpdateSet({ ...columns, ...nextSecret('connected_apps', app.client_secret_hash) })
        .where('connected_apps.project_id', '=', projectId)
        .where('connected_apps.creation_method', 'in', ['api', 'project_file']),
    )
    .returning('client_id')
    .execute()
  if (made.length === 0) {
    throw new ProjectFileError(
      `${client_id} belongs to another project, or registered itself. Choose another client_id.`,
    )
  }
}

export async function putM2mClient(
  { query }: Queries,
  projectId: string,
  client: DeclaredM2mClient,
  now: number,
): Promise<void> {
  const { client_id: _, ...columns } = client
  await query
    .insertInto('m2m_clients')
    .values({
      ...client,
      project_id: projectId,
      next_client_secret_hash: null,
      next_client_secret_last_four: null,
      created_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['project_id', 'client_id'])
        .doUpdateSet({ ...columns, ...nextSecret('m2m_clients', client.client_secret_hash) }),
    )
    .execute()
}
