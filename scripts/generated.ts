/** Files that are made from the sources, by path. */
import { z } from 'zod'
import { settingsTable } from '../src/config.ts'
import { ProjectFile } from '../src/projects/project-file.ts'

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
* \`/healthz\` says that the process lives, \`/readyz\` that it can work. Use the second one for a load balancer.
`

const projectSchema = (): string => {
  const schema = z.toJSONSchema(ProjectFile, { io: 'input', unrepresentable: 'any' })
  return `${JSON.stringify({ ...schema, title: 'Selvage project file' }, null, 2)}\n`
}

export const generatedFiles = (): Readonly<Record<string, string>> => ({
  'docs/configuration.md': configuration(),
  'schema/project.schema.json': projectSchema(),
})
