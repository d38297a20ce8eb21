/**
 * The project file: projects as an operator declares them (docs/project-file.md). From its text to what the database should
 * hold; pure but for the environment, which is an argument.
 */
import { z } from 'zod'
import { environmentOf, hashToken, isId } from '../crypto/token.ts'
import {
  type ClientRules,
  ConnectedAppEntry,
  type DeclaredClients,
  declaredClients,
  M2mClientEntry,
} from './declared-clients.ts'
import { type KnownProviders, ProviderEntry, providerProblem } from './declared-provider.ts'
import { ProjectSettings, type ProviderSettings, type RedirectType, TrustedTokenProfile } from './project.ts'
import { ProjectFileError } from './project-file-error.ts'
import { emptyPolicy, RbacPolicy } from './rbac-policy.ts'
import { type DeclaredUrl, redirectUrlProblem } from './redirect-rules.ts'

const RedirectTypes = z.enum(['LOGIN', 'SIGNUP'])

const ProjectEntry = z.strictObject({
  project_id: z
    .string()
    .refine((id) => isId('project', id), 'must look like project-test-… or project-live-… followed by a UUID')
    .describe('`project-test-` or `project-live-` and a UUID; says which environment the project is.'),
  name: z.string().min(1).max(200),
  oauth_callback_id: z
    .string()
    .refine((id) => isId('oauth-callback', id), 'must look like oauth-callback-test-… followed by a UUID')
    .optional()
    .describe('Last segment of the callback URL that is registered with providers. Default: the UUID of the project.'),
  public_tokens: z
    .array(z.string().refine((id) => isId('public-token', id), 'must look like public-token-test-… followed by a UUID'))
    .min(1)
    .optional()
    .describe('What browsers name the project by. Default: one with the UUID of the project.'),
  secrets: z
    .array(z.string().min(24, 'is too short: a secret has at least 24 characters'))
    .optional()
    .describe('Several may be valid at once. Take them from the environment: `"${NAME}"`. Absent: those stored stay.'),
  redirect_urls: z
    .array(
      z.strictObject({
        url: z.string(),
        types: z.array(RedirectTypes).min(1),
        default: z
          .boolean()
          .optional()
          .describe('Used when a login names no URL. The first of a type is, unless another is.'),
      }),
    )
    .max(200)
    .default([]),
  providers: z.record(z.string().regex(/^[a-z0-9_-]{1,64}$/), ProviderEntry).default({}),
  settings: ProjectSettings.partial().strict().default({}),
  rbac: RbacPolicy.optional().describe('Roles, resources and the scopes that Connected Apps may ask for.'),
  trusted_token_profiles: z
    .array(TrustedTokenProfile)
    .max(50)
    .default([])
    .describe('Whose tokens may start sessions here.'),
  connected_apps: z
    .array(ConnectedAppEntry)
    .max(1_000)
    .default([])
    .describe('OAuth clients that act for users. Those that are made by the API are left alone.'),
  m2m_clients: z
    .array(M2mClientEntry)
    .max(1_000)
    .default([])
    .describe('OAuth clients that act for themselves. Those that are made by the API are left alone.'),
})

type ProjectEntry = z.infer<typeof ProjectEntry>

export const ProjectFile = z.strictObject({
  $schema: z.string().optional(),
  projects: z.array(ProjectEntry).min(1),
})

/** A project as the database should hold it. */
export interface DeclaredProject extends DeclaredClients {
  readonly id: string
  readonly name: string
  readonly callbackId: string
  /** `undefined`: leave those that are stored. */
  readonly secrets: readonly { readonly hash: string; readonly lastFour: string }[] | undefined
  readonly publicTokens: readonly string[]
  readonly redirectUrls: readonly DeclaredRedirectUrl[]
  readonly providers: readonly DeclaredProvider[]
  readonly settings: ProjectSettings
  readonly rbac: RbacPolicy
  readonly trustedTokenProfiles: readonly TrustedTokenProfile[]
}

export interface DeclaredRedirectUrl {
  readonly type: RedirectType
  readonly url: string
  readonly isDefault: boolean
}

export interface DeclaredProvider {
  readonly provider: string
  readonly clientId: string
  readonly clientSecret: string
  readonly settings: ProviderSettings
}

/** Reads a project file. Throws `ProjectFileError` with one line for the first thing that is wrong. */
export function readProjectFile(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
  knownProviders: KnownProviders,
  clientRules: ClientRules,
): readonly DeclaredProject[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ProjectFileError(`The file is not valid JSON: ${cause instanceof Error ? cause.message : cause}.`, {
      cause,
    })
  }
  const parsed = ProjectFile.safeParse(interpolate(json, environment, ''))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new ProjectFileError(`${placeOf(issue?.path ?? [])}: ${issue?.message}.`)
  }
  const projects = parsed.data.projects.map((entry, at) => ({
    ...declared(entry, `projects[${at}]`, knownProviders),
    ...declaredClients(entry, `projects[${at}]`, clientRules),
  }))
  const twice = projects.find(({ id }, at) => projects.findIndex((other) => other.id === id) !== at)
  if (twice) throw new ProjectFileError(`projects: ${twice.id} is declared twice.`)
  return projects
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (place, step) => (typeof step === 'number' ? `${place}[${step}]` : `${place}${place && '.'}${String(step)}`),
    '',
  ) || 'the file'

/** Replaces `${NAME}` and `${NAME:-default}` in every text. A variable that is not set and has no default is an error. */
function interpolate(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  place: string,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
      const found = environment[name] || fallback
      if (found === undefined) throw new ProjectFileError(`${place}: the environment variable ${name} is not set.`)
      return found
    })
  }
  if (Array.isArray(value)) return value.map((one, at) => interpolate(one, environment, `${place}[${at}]`))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, interpolate(one, environment, `${place}${place && '.'}${name}`)]),
  )
}

function declared(
  entry: ProjectEntry,
  place: string,
  known: KnownProviders,
): Omit<DeclaredProject, keyof DeclaredClients> {
  const environment = environmentOf(entry.project_id)
  const uuid = entry.project_id.slice(`project-${environment}-`.length)
  const callbackId = entry.oauth_callback_id ?? `oauth-callback-${environment}-${uuid}`
  const publicTokens = entry.public_tokens ?? [`public-token-${environment}-${uuid}`]
  const foreign = [callbackId, ...publicTokens].find((id) => environmentOf(id) !== environment)
  if (foreign) throw new ProjectFileError(`${place}: ${foreign} does not belong to a ${environment} project.`)
  return {
    id: entry.project_id,
    name: entry.name,
    callbackId,
    secrets: entry.secrets?.map((secret) => ({ hash: hashToken(secret), lastFour: secret.slice(-4) })),
    publicTokens,
    redirectUrls: redirectUrls(entry.redirect_urls, place, environment === 'live'),
    providers: Object.entries(entry.providers).map(([provider, one]) => {
      const problem = providerProblem(provider, one, known)
      if (problem) throw new ProjectFileError(`${place}.providers.${provider}: ${problem}`)
      const { client_id, client_secret, private_key, ...settings } = one
      return { provider, clientId: client_id, clientSecret: client_secret ?? private_key ?? '', settings }
    }),
    settings: ProjectSettings.parse(entry.settings),
    rbac: entry.rbac ?? emptyPolicy,
    trustedTokenProfiles: entry.trusted_token_profiles,
  }
}

/** One row per URL and type. The first URL of a type that can be its default is, unless another one is marked. */
function redirectUrls(urls: readonly DeclaredUrl[], place: string, isLive: boolean): readonly DeclaredRedirectUrl[] {
  const rows: DeclaredRedirectUrl[] = []
  for (const [at, one] of urls.entries()) {
    const problem = redirectUrlProblem(one, isLive)
    if (problem) throw new ProjectFileError(`${place}.redirect_urls[${at}].url: ${one.url}: ${problem}`)
    for (const type of one.types) {
      if (rows.some((row) => row.type === type && row.url === one.url)) {
        throw new ProjectFileError(
          `${place}.redirect_urls[${at}].url: ${one.url}: declared twice for ${type} (duplicate_redirect_url).`,
        )
      }
      rows.push({ type, url: one.url, isDefault: one.default === true })
    }
  }
  return (['LOGIN', 'SIGNUP'] as const).flatMap((type) =>
    withDefault(
      rows.filter((row) => row.type === type),
      urls,
      `${place}.redirect_urls`,
    ),
  )
}

function withDefault(
  rows: readonly DeclaredRedirectUrl[],
  urls: readonly DeclaredUrl[],
  place: string,
): readonly DeclaredRedirectUrl[] {
  const marked = rows.filter(({ isDefault }) => isDefault)
  if (marked.length > 1)
    throw new ProjectFileError(`${place}: ${marked[1]?.url} is a second default for ${marked[1]?.type}.`)
  if (marked.length === 1) return rows
  const promoted = rows.find(({ url }) => !/[*{}]/.test(url) && urls.find((one) => one.url === url)?.default !== false)
  return rows.map((row) => ({ ...row, isDefault: row === promoted }))
}
