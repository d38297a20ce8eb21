/**
 * Connected Apps and M2M clients as an operator declares them in the project file: from entries to the columns that the
 * database should hold. Pure.
 */
import { z } from 'zod'
import { environmentOf, hashToken, isId } from '../crypto/token.ts'
import type { ConnectedAppsTable, M2mClientsTable } from '../db/tables.ts'
import { ConnectedAppFields, M2mClientFields } from './client-fields.ts'
import type { ProjectSettings } from './project.ts'
import { ProjectFileError } from './project-file-error.ts'

const fromEnvironment = 'Take it from the environment: `"${NAME}"`.'

export const ConnectedAppEntry = z.strictObject({
  client_id: z
    .string()
    .refine((id) => isId('connected-app', id), 'must look like connected-app-test-… followed by a UUID'),
  client_type: z
    .enum(['first_party', 'first_party_public', 'third_party', 'third_party_public'])
    .describe('Whose it is, and whether it can keep a secret: `…_public` cannot.'),
  client_secret: z
    .string()
    .regex(/^[\x20-\x7e]{24,128}$/, 'must have 24 to 128 characters of printable ASCII')
    .optional()
    .describe(`For clients that are not public. ${fromEnvironment}`),
  ...ConnectedAppFields.shape,
})
export type ConnectedAppEntry = z.infer<typeof ConnectedAppEntry>

export const M2mClientEntry = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1).describe(fromEnvironment),
  status: z.enum(['active', 'inactive']).optional().describe('An inactive client gets no tokens. Default: `active`.'),
  ...M2mClientFields.shape,
})
export type M2mClientEntry = z.infer<typeof M2mClientEntry>

/** What the slices of those clients have to say of an entry: why it cannot be, as a sentence. */
export interface ClientRules {
  readonly connectedAppProblem: (entry: ConnectedAppEntry) => string | undefined
  readonly m2mClientProblem: (entry: M2mClientEntry) => string | undefined
  readonly templateProblem: (template: string) => string | undefined
}

/** The columns that a declaration decides; all others are left as they are. */
export type DeclaredConnectedApp = Omit<
  ConnectedAppsTable,
  | 'project_id'
  | 'token_endpoint_auth_method'
  | 'next_client_secret_hash'
  | 'next_client_secret_last_four'
  | 'client_id_metadata_url'
  | 'metadata_document'
  | 'metadata_fresh_until'
  | 'registration'
  | 'registration_hash'
  | 'registration_token_hash'
  | 'first_used_at'
  | 'created_at'
>
export type DeclaredM2mClient = Omit<
  M2mClientsTable,
  'project_id' | 'next_client_secret_hash' | 'next_client_secret_last_four' | 'created_at'
>

export interface DeclaredClients {
  readonly connectedApps: readonly DeclaredConnectedApp[]
  readonly m2mClients: readonly DeclaredM2mClient[]
}

interface Declaration {
  readonly project_id: string
  readonly settings: Partial<ProjectSettings>
  readonly connected_apps: readonly ConnectedAppEntry[]
  readonly m2m_clients: readonly M2mClientEntry[]
}

/** Throws `ProjectFileError` for the first client that cannot be. */
export function declaredClients(project: Declaration, place: string, rules: ClientRules): DeclaredClients {
  const template = project.settings.idp_dynamic_client_registration_access_token_template_content ?? ''
  refuse(
    `${place}.settings.idp_dynamic_client_registration_access_token_template_content`,
    rules.templateProblem(template),
  )
  for (const [list, entries] of [
    ['connected_apps', project.connected_apps],
    ['m2m_clients', project.m2m_clients],
  ] as const) {
    for (const [at, { client_id }] of entries.entries()) {
      refuse(`${place}.${list}[${at}].client_id`, idProblem(client_id, entries.slice(0, at), project.project_id))
    }
  }
  for (const [at, entry] of project.connected_apps.entries()) {
    refuse(`${place}.connected_apps[${at}]`, rules.connectedAppProblem(entry))
  }
  for (const [at, entry] of project.m2m_clients.entries()) {
    refuse(`${place}.m2m_clients[${at}]`, rules.m2mClientProblem(entry))
  }
  return {
    connectedApps: project.connected_apps.map(connectedAppColumns),
    m2mClients: project.m2m_clients.map(m2mClientColumns),
  }
}

function refuse(place: string, problem: string | undefined): void {
  if (problem !== undefined) throw new ProjectFileError(`${place}: ${problem}`)
}

function idProblem(
  id: string,
  before: readonly { readonly client_id: string }[],
  projectId: string,
): string | undefined {
  if (before.some(({ client_id }) => client_id === id)) return `${id} is declared twice.`
  const environment = environmentOf(projectId)
  const isOurs = isId('connected-app', id) || isId('m2m-client', id)
  return isOurs && environmentOf(id) !== environment ? `${id} does not belong to a ${environment} project.` : undefined
}

const list = (items: readonly string[] | undefined): string => JSON.stringify([...new Set(items)])

const connectedAppColumns = (entry: ConnectedAppEntry): DeclaredConnectedApp => ({
  client_id: entry.client_id,
  client_type: entry.client_type,
  client_name: entry.client_name ?? '',
  client_description: entry.client_description ?? '',
  redirect_urls: list(entry.redirect_urls),
  post_logout_redirect_urls: list(entry.post_logout_redirect_urls),
  logo_url: entry.logo_url || null,
  full_access_allowed: entry.full_access_allowed ? 1 : 0,
  bypass_consent_for_offline_access: entry.bypass_consent_for_offline_access ? 1 : 0,
  access_token_expiry_minutes: entry.access_token_expiry_minutes ?? 60,
  access_token_custom_audience: entry.access_token_custom_audience || null,
  access_token_template_content: entry.access_token_template_content ?? '',
  id_token_template_content: entry.id_token_template_content ?? '',
  creation_method: 'project_file',
  client_secret_hash: entry.client_secret === undefined ? null : hashToken(entry.client_secret),
  client_secret_last_four: entry.client_secret?.slice(-4) ?? null,
})

const m2mClientColumns = (entry: M2mClientEntry): DeclaredM2mClient => ({
  client_id: entry.client_id,
  client_name: entry.client_name ?? '',
  client_description: entry.client_description ?? '',
  status: entry.status ?? 'active',
  scopes: list(entry.scopes),
  trusted_metadata: JSON.stringify(entry.trusted_metadata ?? {}),
  client_secret_hash: hashToken(entry.client_secret),
  client_secret_last_four: entry.client_secret.slice(-4),
  creation_method: 'project_file',
})
