/** `selvage apply FILE`: makes the database match a project file. */
import { defineCommand } from 'citty'
import type { Applied } from '../projects/apply-store.ts'
import { openForOperator } from './operator.ts'
import { applyTo, projectsIn } from './project-file.ts'

export default defineCommand({
  meta: {
    name: 'apply',
    description:
      'Make the database match a project file and print what changed. Run it as often as you like: what matches already is left alone.',
  },
  args: {
    file: { type: 'positional', description: 'The project file, JSON', required: true },
    'dry-run': { type: 'boolean', description: 'Only print what would change', default: false },
    json: { type: 'boolean', description: 'Print the changes as JSON', default: false },
    database: { type: 'string', description: 'Instead of SELVAGE_DATABASE_URL', valueHint: 'url' },
  },
  async run({ args }) {
    const declared = await projectsIn(args.file)
    const app = await openForOperator(args.database)
    try {
      const applied = await applyTo(app, declared, args['dry-run'])
      console.log(args.json ? JSON.stringify(summary(applied)) : report(applied, args['dry-run']))
    } finally {
      await app.close()
    }
  },
})

/** For scripts. Holds a secret only if it was made just now. */
const summary = ({ changes, generated }: Applied) => ({
  changes: changes.map(({ sign, projectId, entry }) => ({
    action: { '+': 'add', '~': 'change', '-': 'remove' }[sign],
    project_id: projectId,
    what: entry.label,
  })),
  generated_secrets: generated.map(({ projectId, secret }) => ({ project_id: projectId, secret })),
})

function report({ changes, generated }: Applied, dryRun: boolean): string {
  if (changes.length === 0) return 'Nothing to change: the database matches the file.'
  const projects = [...new Set(changes.map(({ projectId }) => projectId))]
  const lines = projects.flatMap((id) => [
    id,
    ...changes.filter(({ projectId }) => projectId === id).map(({ sign, entry }) => `  ${sign} ${entry.label}`),
  ])
  const secrets = generated.map(
    ({ projectId, secret }) =>
      `\nSecret of ${projectId}, shown this once and never again:\n\n  ${secret}\n\nKeep it now.`,
  )
  const end = dryRun
    ? `\n${changes.length} changes would be made. Run it without --dry-run to make them.`
    : `\n${changes.length} changes made.`
  return [...lines, ...secrets, end].join('\n')
}
