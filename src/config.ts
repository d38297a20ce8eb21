/**
 * Every setting of a process, once: environment name, form, default, sentence. Parsing, `--help` and
 * `docs/configuration.md` are all made from this list.
 */
import { z } from 'zod'

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly env: string
  /** What the text may be, for people. */
  readonly form: string
  /** From the text of the variable. */
  readonly schema: Schema
  /** As the variable would spell it; absent: no default. */
  readonly default?: string
  readonly sentence: string
  readonly isSecret?: true
}

const setting = <const One extends Setting>(one: One): One => one

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
)

/** An origin without a path: clients drop the path of a base URL (docs/wire/envelopes.md). */
const origin = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && new URL(text).href === `${new URL(text).origin}/`)
  .transform((text) => new URL(text).origin)

const profileForm = /^([a-z][a-z0-9_-]{0,39})=(project-(?:test|live)-[0-9a-f-]{36}):([^\s,]{24,})$/

/** `name=project-id:secret`, each name once. */
const profileList = commaList.transform((entries, context) =>
  entries.map((entry, at) => {
    const [, name = '', projectId = '', secret = ''] = profileForm.exec(entry) ?? []
    const isTwice = entries.findIndex((one) => one.startsWith(`${name}=`)) < at
    if (name === '' || isTwice) context.addIssue('not a list of profiles')
    return { name, projectId, secret }
  }),
)

/** In the order of the documentation. */
export const settings = {
  databaseUrl: setting({
    env: 'SELVAGE_DATABASE_URL',
    form: 'a SQLite file, `:memory:`, or `postgres://…`',
    schema: z.string().min(1),
    default: 'selvage.db',
    sentence: 'Where everything is kept.',
  }),
  databaseConnections: setting({
    env: 'SELVAGE_DATABASE_CONNECTIONS',
    form: '1 to 500',
    schema: integer(1, 500),
    default: '20',
    sentence: 'Most connections to PostgreSQL from this process.',
  }),
  migrate: setting({
    env: 'SELVAGE_MIGRATE',
    form: '`true` or `false`',
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
    default: 'true',
    sentence: 'Whether to bring the database up to date at the start. If not, an older database stops the start.',
  }),
  masterKey: setting({
    env: 'SELVAGE_MASTER_KEY',
    form: '32 bytes in base64 or hex',
    schema: z.string().min(1),
    sentence:
      'Seals signing keys, provider credentials and tokens. Make one with `selvage keys generate`. Needed by `serve`.',
    isSecret: true,
  }),
  previousMasterKeys: setting({
    env: 'SELVAGE_MASTER_KEY_PREVIOUS',
    form: 'keys, separated by commas',
    schema: commaList,
    default: '',
    sentence: 'Keys that still open what they once sealed, until `selvage keys reseal` has run.',
    isSecret: true,
  }),
  baseUrl: setting({
    env: 'SELVAGE_BASE_URL',
    form: 'an origin, e.g. `https://login.example.com`',
    schema: origin,
    sentence:
      'Under which clients and browsers reach the server, without a path. Callback URLs are made from it, never from the Host header. Default: where it listens.',
  }),
  host: setting({
    env: 'SELVAGE_HOST',
    form: 'a host name or address',
    schema: z.string().min(1),
    default: '127.0.0.1',
    sentence: 'Address to listen on.',
  }),
  port: setting({
    env: 'SELVAGE_PORT',
    form: '0 to 65535',
    schema: integer(0, 65_535),
    default: '4100',
    sentence: 'Port to listen on; 0 takes any free one.',
  }),
  metricsPort: setting({
    env: 'SELVAGE_METRICS_PORT',
    form: '0 to 65535',
    schema: integer(0, 65_535),
    sentence: 'Port of its own for `GET /metrics` in Prometheus form. Without it there are no metrics.',
  }),
  trustedProxies: setting({
    env: 'SELVAGE_TRUSTED_PROXIES',
    form: 'addresses or networks, separated by commas',
    schema: commaList,
    default: '',
    sentence: 'Whose `X-Forwarded-For` says where a request came from.',
  }),
  logLevel: setting({
    env: 'SELVAGE_LOG_LEVEL',
    form: '`trace`, `debug`, `info`, `warn`, `error` or `silent`',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    sentence: 'From which level on lines are logged, as JSON, to standard error. `info` has one line per request.',
  }),
  shutdownSeconds: setting({
    env: 'SELVAGE_SHUTDOWN_SECONDS',
    form: '0 to 600',
    schema: integer(0, 600),
    default: '10',
    sentence: 'How long running requests may take to finish after SIGTERM.',
  }),
  projectFile: setting({
    env: 'SELVAGE_PROJECT_FILE',
    form: 'a path',
    schema: z.string().min(1),
    sentence: 'A project file to apply at the start of `serve`.',
  }),
  referenceProfiles: setting({
    env: 'SELVAGE_REFERENCE_PROFILES',
    form: '`name=project-id:secret`, separated by commas',
    schema: profileList,
    default: '',
    sentence:
      'Credentials by which the operator can call operations from `/reference` and `/tools` without seeing them ([the gateway](gateway.md)). Without any, `serve` has no gateway.',
    isSecret: true,
  }),
  operatorPassword: setting({
    env: 'SELVAGE_OPERATOR_PASSWORD',
    form: 'at least 16 characters',
    schema: z.string().min(16).max(1_000),
    sentence:
      'Who gives it at `/reference/login` may use the gateway. Needed by `serve` when there are profiles; in `dev` the gateway is open without it.',
    isSecret: true,
  }),
} satisfies Record<string, Setting>

type Settings = typeof settings

/** Settings whose variable may be absent without a default are `undefined` then. */
export type Config = {
  readonly [Key in keyof Settings]: Settings[Key] extends { readonly default: string }
    ? z.output<Settings[Key]['schema']>
    : z.output<Settings[Key]['schema']> | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads every setting. Throws `ConfigError` with one line that names the variable, what it holds (unless that is secret)
 * and what it may hold.
 */
export function readConfig(environment: Environment): Config {
  const read = Object.entries(settings).map(([key, one]: [string, Setting]) => [key, readSetting(one, environment)])
  return Object.fromEntries(read)
}

function readSetting({ env, form, schema, default: fallback, isSecret }: Setting, environment: Environment): unknown {
  // An empty variable is how many tools spell an absent one.
  const text = environment[env] || fallback
  if (text === undefined) return undefined
  const parsed = schema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new ConfigError(`${env} is ${isSecret ? 'not usable' : JSON.stringify(text)}; it must be ${plain(form)}.`)
}

const plain = (text: string): string => text.replaceAll('`', '')

/** The settings for `--help`, one paragraph each. */
export const settingsHelp = (): string =>
  Object.values(settings)
    .map(({ env, form, sentence, default: fallback }: Setting) => {
      const value = fallback ? `${form}; default ${fallback}` : form
      return `  ${env}\n      ${plain(sentence)}\n      ${plain(value)}`
    })
    .join('\n')

/** The rows of `docs/configuration.md`. */
export const settingsTable = (): string =>
  [
    '| Variable | What it does | Form | Default |',
    '|---|---|---|---|',
    ...Object.values(settings).map(
      ({ env, form, sentence, default: fallback }: Setting) =>
        `| \`${env}\` | ${sentence} | ${form} | ${fallback ? `\`${fallback}\`` : '–'} |`,
    ),
  ].join('\n')
