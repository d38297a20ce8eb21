/** Files that are made from the sources, by path. */
import { execFileSync } from 'node:child_process'
import { z } from 'zod'
import { settingsTable } from '../src/config.ts'
import type { Provider } from '../src/oauth/provider.ts'
import { providers } from '../src/oauth/providers/index.ts'
import { ProjectFile } from '../src/projects/project-file.ts'
import { clientErrorTypes, clientRoutes } from './client-operations.ts'
import { clientTypes } from './client-types.ts'
import { conformance } from './conformance.ts'

const configuration = (): string => `# Configuration

Generated from \`src/config.ts\` by \`npm run docs\`.

\`selvage serve\` takes every setting from the environment. A value that does not fit stops the start with one line. An empty
variable counts as absent. \`selvage dev\` and the operator's commands read the same variables where they make sense.

${settingsTable()}

## Good to know

* With SQLite, \`serve\` writes with \`synchronous=FULL\`: what was answered survives power loss. With PostgreSQL that is its own
  \`synchronous_commit\`; leave it on.
* Any number of processes may run on one PostgreSQL behind a load balancer. They hold no state but short caches: a change to a project
  counts everywhere within a second, a rotated signing key within a minute.
* \`last_accessed_at\` of a session may lag behind by a second, a secret's last-used time by a minute. Every other write is durable before it
  is answered.
* \`serve\` speaks plain HTTP. Put it behind a proxy that ends TLS and sends \`Strict-Transport-Security\`, keep its port from everybody else,
  and name the proxy in \`SELVAGE_TRUSTED_PROXIES\`.
* \`/healthz\` says that the process lives, \`/readyz\` that it can work. Use the second one for a load balancer.
`

const projectSchema = (): string => {
  const schema = z.toJSONSchema(ProjectFile, { io: 'input', unrepresentable: 'any' })
  return `${JSON.stringify({ ...schema, title: 'Selvage project file' }, null, 2)}\n`
}

/** Markdown of one provider, from its record. */
const providerSection = (provider: Provider): string => {
  const { id, name, setup, scopes, documentation, notes = [], emailPolicy, openid, pkce } = provider
  const speaks = openid ? 'OpenID Connect' : 'OAuth 2.0'
  const authentication = {
    client_secret_post: 'client ID and secret in the form',
    client_secret_basic: 'HTTP Basic',
    signed_jwt: 'a client secret that is signed for each request (ES256)',
  }[provider.clientAuthentication]
  return [
    `## ${name}`,
    `Path segment \`${id}\`. ${speaks}${pkce ? ', with PKCE' : ''}; at its token endpoint we authenticate by ${authentication}.`,
    setup.map((step, at) => `${at + 1}. ${step}`).join('\n'),
    `**Scopes** that are always asked for: ${scopes.map((scope) => `\`${scope}\``).join(', ')}.`,
    `**E-mail**: ${emailLinks[provider.linksByEmail]} ${emailPolicy}`,
    ...(notes.length > 0 ? [notes.map((note) => `* ${note}`).join('\n')] : []),
    `Checked against: ${documentation.map((url) => `<${url}>`).join(', ')}`,
  ].join('\n\n')
}

const emailLinks: Readonly<Record<Provider['linksByEmail'], string>> = {
  verified: 'links when verified.',
  'opt-in': 'links only where the project trusts it.',
  never: 'never links.',
}

const summaryRow = ({ id, name, openid, linksByEmail }: Provider): string =>
  `| [${name}](#${name
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(
      ' ',
      '-',
    )}) | \`${id}\` | ${openid ? 'OpenID Connect' : 'OAuth 2.0'} | ${emailLinks[linksByEmail].replace('.', '')} |`

const providersPage = (): string => `# Providers

Generated from the records in \`src/oauth/providers/\` by \`npm run docs\`.

What to do in each provider's console, what is asked for, and whose e-mail addresses count. With every provider you register the callback
URL \`{SELVAGE_BASE_URL}/v1/oauth/callback/{oauth_callback_id}\`; it is the same for all of them. Then the credentials go into the
[project file](project-file.md), under the path segment:

\`\`\`json
{
  "providers": {
    "google": { "client_id": "…", "client_secret": "\${GOOGLE_SECRET}", "native_client_ids": ["…"] },
    "apple": {
      "client_id": "com.example.web",
      "team_id": "A1B2C3D4E5",
      "key_id": "F6G7H8J9K0",
      "private_key": "\${APPLE_PRIVATE_KEY}",
      "native_client_ids": ["com.example.app"]
    }
  }
}
\`\`\`

In development none of this is needed: \`selvage dev\` plays every provider that has no credentials ([the sandbox](sandbox.md)).

**Whose address counts.** An address that a provider vouches for is added to the user as verified and links the account to a user who has
it already. If that user had only claimed the address, everything by which somebody else could come back is dropped: sessions, pending logins,
other accounts, addresses and phone numbers; \`reset_sessions\` is \`true\`. An address that a provider does not vouch for is not stored and
links nothing: attach adds such an account to a user. Matching ignores case and compatibility forms (NFKC), and never look-alike letters.

| Provider | Path segment | Speaks | E-mail address |
|---|---|---|---|
${[...providers.values()].map(summaryRow).join('\n')}

${[...providers.values()].map(providerSection).join('\n\n')}

## A provider of your own

Any OpenID provider needs its issuer only; the rest is discovered. Any OAuth 2.0 server needs its endpoints and the names of its claims; a dot
leads into an object. The path segment is yours to choose. Such a provider answers at a callback of its own, so register
\`{SELVAGE_BASE_URL}/v1/oauth/callback/{oauth_callback_id}/{path segment}\`.

\`\`\`json
{
  "providers": {
    "acme": {
      "type": "oidc",
      "name": "Acme",
      "client_id": "…",
      "client_secret": "\${ACME_SECRET}",
      "endpoints": { "issuer": "https://id.acme.example" },
      "link_by_email": "verified"
    },
    "legacy": {
      "type": "oauth2",
      "client_id": "…",
      "client_secret": "\${LEGACY_SECRET}",
      "client_authentication": "client_secret_basic",
      "scopes": ["profile"],
      "endpoints": {
        "authorization": "https://legacy.example/oauth/authorize",
        "token": "https://legacy.example/oauth/token",
        "userinfo": "https://legacy.example/api/me"
      },
      "claims": { "subject": "account.id", "email": "account.mail", "email_verified": "account.confirmed" }
    }
  }
}
\`\`\`

\`link_by_email\` is \`never\` unless you say \`verified\`: whoever runs the provider could otherwise log in as anybody by writing their
address into an account. \`provider_type\` is the path segment, and so is the name of the factor: \`acme_oauth_factor\`.
`

/** As the formatter would write it. */
const formatted = (path: string, text: string): string => {
  const biome = new URL('../node_modules/@biomejs/biome/bin/biome', import.meta.url).pathname
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    cwd: new URL('..', import.meta.url).pathname,
    input: text,
    encoding: 'utf8',
  })
}

export const generatedFiles = (): Readonly<Record<string, string>> => ({
  'docs/configuration.md': configuration(),
  'docs/conformance.md': conformance(),
  'docs/providers.md': providersPage(),
  'schema/project.schema.json': projectSchema(),
  'src/client/routes.ts': clientRoutes(),
  'src/client/operations.ts': formatted('src/client/operations.ts', clientTypes()),
  'src/client/error-types.ts': clientErrorTypes(),
})
