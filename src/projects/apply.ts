/**
 * What has to change for the database to match a declared project. Pure: both sides are flattened into entries and compared;
 * `apply-store.ts` carries the changes out.
 */

import type { DeclaredClients, DeclaredConnectedApp, DeclaredM2mClient } from './declared-clients.ts'
import type { Project, ProjectSettings, TrustedTokenProfile } from './project.ts'
import type { DeclaredProject, DeclaredProvider, DeclaredRedirectUrl } from './project-file.ts'
import type { RbacPolicy } from './rbac-policy.ts'

/** One thing that is declared or stored. `label` is shown, so it holds no secret. */
export type Entry =
  | { readonly kind: 'project'; readonly key: string; readonly label: string; readonly value: ProjectRow }
  | { readonly kind: 'secret'; readonly key: string; readonly label: string; readonly value: { readonly hash: string } }
  | {
      readonly kind: 'public token'
      readonly key: string
      readonly label: string
      readonly value: { readonly publicToken: string }
    }
  | { readonly kind: 'redirect URL'; readonly key: string; readonly label: string; readonly value: DeclaredRedirectUrl }
  | { readonly kind: 'provider'; readonly key: string; readonly label: string; readonly value: DeclaredProvider }
  | {
      readonly kind: 'Connected App'
      readonly key: string
      readonly label: string
      readonly value: DeclaredConnectedApp
    }
  | { readonly kind: 'M2M client'; readonly key: string; readonly label: string; readonly value: DeclaredM2mClient }

export interface ProjectRow {
  readonly name: string
  readonly callbackId: string
  readonly settings: ProjectSettings
  readonly rbac: RbacPolicy
  readonly trustedTokenProfiles: readonly TrustedTokenProfile[]
}

export interface Change {
  readonly sign: '+' | '~' | '-'
  readonly projectId: string
  readonly entry: Entry
}

/**
 * The changes from what is stored to what is declared, in an order in which they can be made. `storedClients`: those that
 * are the file's, or that it takes over.
 */
export function changesFor(
  declared: DeclaredProject,
  stored: Project | undefined,
  storedClients: DeclaredClients,
): readonly Change[] {
  const wanted = declaredEntries(declared)
  const present = stored ? [...storedEntries(stored, declared), ...clientEntries(storedClients)] : []
  const projectId = declared.id
  const find = (entries: readonly Entry[], { kind, key }: Entry) =>
    entries.find((one) => one.kind === kind && one.key === key)
  const added = wanted.flatMap((entry): Change[] => {
    const before = find(present, entry)
    if (!before) return [{ sign: '+', projectId, entry }]
    return canonical(before.value) === canonical(entry.value) ? [] : [{ sign: '~', projectId, entry }]
  })
  const removed = present
    .filter((entry) => !find(wanted, entry))
    .map((entry): Change => ({ sign: '-', projectId, entry }))
  return [...added, ...removed]
}

/** JSON with sorted keys, so that two equal values compare equal however they were made. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )

function declaredEntries(project: DeclaredProject): readonly Entry[] {
  return [
    projectEntry(project),
    ...(project.secrets ?? []).map(
      ({ hash, lastFour }): Entry => ({
        kind: 'secret',
        key: hash,
        label: `secret ending in …${lastFour}`,
        value: { hash },
      }),
    ),
    ...project.publicTokens.map(publicTokenEntry),
    ...project.redirectUrls.map(redirectUrlEntry),
    ...project.providers.map(providerEntry),
    ...clientEntries(project),
  ]
}

const clientEntries = ({ connectedApps, m2mClients }: DeclaredClients): readonly Entry[] => [
  ...connectedApps.map(
    (value): Entry => ({
      kind: 'Connected App',
      key: value.client_id,
      label: clientLabel('Connected App', value),
      value,
    }),
  ),
  ...m2mClients.map(
    (value): Entry => ({ kind: 'M2M client', key: value.client_id, label: clientLabel('M2M client', value), value }),
  ),
]

const clientLabel = (kind: string, { client_id, client_name }: DeclaredConnectedApp | DeclaredM2mClient): string =>
  `${kind} ${client_id}${client_name && ` (${client_name})`}`

function storedEntries(project: Project, declared: DeclaredProject): readonly Entry[] {
  const urls = (['LOGIN', 'SIGNUP'] as const).flatMap((type) =>
    project.redirectUrls[type].map((url) => ({ type, ...url })),
  )
  const secrets = declared.secrets === undefined ? [] : [...project.secrets]
  return [
    projectEntry(project),
    ...secrets.map(([id, { hash }]): Entry => ({ kind: 'secret', key: hash, label: id, value: { hash } })),
    ...project.publicTokens.map(publicTokenEntry),
    ...urls.map(redirectUrlEntry),
    ...[...project.providers].map(([provider, config]) => providerEntry({ provider, ...config })),
  ]
}

const projectEntry = ({
  id,
  name,
  callbackId,
  settings,
  rbac,
  trustedTokenProfiles,
}: DeclaredProject | Project): Entry => ({
  kind: 'project',
  key: id,
  label: `project ${id}`,
  value: { name, callbackId, settings, rbac, trustedTokenProfiles },
})

const publicTokenEntry = (publicToken: string): Entry => ({
  kind: 'public token',
  key: publicToken,
  label: `public token ${publicToken}`,
  value: { publicToken },
})

const redirectUrlEntry = ({ type, url, isDefault }: DeclaredRedirectUrl): Entry => ({
  kind: 'redirect URL',
  key: `${type} ${url}`,
  label: `${type} redirect URL ${url}${isDefault ? ' (default)' : ''}`,
  value: { type, url, isDefault },
})

const providerEntry = ({ provider, clientId, clientSecret, settings }: DeclaredProvider): Entry => ({
  kind: 'provider',
  key: provider,
  label: `provider ${provider} (client ${clientId})`,
  value: { provider, clientId, clientSecret, settings },
})
