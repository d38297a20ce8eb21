/** `selvage oauth …`: what Connected Apps tried, and why it failed (docs/attempts.md). */
import { defineCommand } from 'citty'
import type { App } from '../app.ts'
import { type Attempt, attemptToWire, listAttempts, steps } from '../attempts/index.ts'
import { projectIds } from '../projects/apply-store.ts'
import { CommandFailure } from './failure.ts'
import { openForOperator } from './operator.ts'

/** Stands below the usage. */
export const attemptsHelp = `It reads the database, so it needs SELVAGE_MASTER_KEY and the database of the server, not the server itself. A running server
writes attempts within about a second. Secrets, codes and tokens are never kept; their first six characters tell two apart.

  A login that ends with an error page:       selvage oauth attempts --failed
  One client, everything that it did:         selvage oauth attempts --client connected-app-live-…
  A client that cannot get tokens:            selvage oauth attempts --failed --step token
  A client that is the URL of its document:   selvage oauth attempts --client https://app.example/client.json

Exits with 0 if the list could be read, even if it is empty; with 1 if not; with 2 if it was not called right.
`

const attempts = defineCommand({
  meta: {
    name: 'attempts',
    description:
      'List what Connected Apps tried: what came of it, what was compared, and how to mend it. The newest first.',
  },
  args: {
    project: { type: 'string', description: 'Only of this project. Default: all', valueHint: 'id' },
    client: { type: 'string', description: 'Only of this client, by its client_id', valueHint: 'id' },
    step: { type: 'string', description: `Only at this step: ${steps.join(', ')}`, valueHint: 'step' },
    failed: { type: 'boolean', description: 'Only those that failed', default: false },
    limit: { type: 'string', description: 'How many at most per project, 1 to 1000', default: '20', valueHint: 'n' },
    json: { type: 'boolean', description: 'Print JSON', default: false },
    database: { type: 'string', description: 'Instead of SELVAGE_DATABASE_URL', valueHint: 'url' },
  },
  async run({ args }) {
    const limit = Number(args.limit)
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
      throw usage(`--limit is "${args.limit}"; use 1 to 1000.`)
    const step = args.step === undefined ? undefined : steps.find((one) => one === args.step)
    if (args.step !== undefined && !step) throw usage(`--step is "${args.step}"; use one of ${steps.join(', ')}.`)
    const app = await openForOperator(args.database, { migrate: false })
    try {
      const outcome = args.failed ? ('failed' as const) : undefined
      const found: Attempt[] = []
      for (const id of await projectsOf(app, args.project)) {
        const filter = { clientId: args.client, step, outcome, limit }
        found.push(...(await listAttempts(app.db, id, filter, Date.now())))
      }
      found.sort((one, other) => other.at - one.at)
      console.log(args.json ? JSON.stringify(found.map(withProject)) : report(found, args.failed))
    } finally {
      await app.close()
    }
  },
})

const usage = (message: string): CommandFailure => new CommandFailure(`${message} See --help.`, 2)

async function projectsOf({ db }: App, only: string | undefined): Promise<readonly string[]> {
  const ids = await projectIds(db)
  if (only === undefined) return ids
  if (!ids.includes(only)) throw new CommandFailure(`There is no project ${only}.`)
  return [only]
}

const withProject = (attempt: Attempt) => ({ project_id: attempt.projectId, ...attemptToWire(attempt) })

function report(found: readonly Attempt[], failedOnly: boolean): string {
  if (found.length === 0) {
    return failedOnly
      ? 'Nothing failed in the last seven days.'
      : 'No client has tried anything in the last seven days. If one did, it spoke to another server, or its requests did not arrive.'
  }
  const rows = found.map(({ at, step, outcome, clientId }) => [
    `${new Date(at).toISOString().slice(0, 19)}Z`,
    step,
    outcome,
    shownAs(clientId ?? '(no client)'),
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return found
    .map((attempt, at) => {
      const line = (rows[at] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
      return [line, ...explanation(attempt)].join('\n')
    })
    .join('\n')
}

/** What stands below the line of an attempt: the sentence, what was compared, the fix. */
function explanation({ message, fix, details }: Attempt): readonly string[] {
  const compared = Object.entries(details).map(([name, value]) => `${name}: ${shownAs(value)}`)
  return [
    ...(message === undefined ? [] : [`    ${shownAs(message)}`]),
    ...compared.map((line) => `    · ${line}`),
    ...(fix === undefined ? [] : [`    → ${fix}`]),
  ]
}

/** Clients choose much of this: nothing in it may steer the terminal. */
const shownAs = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: leaving out control characters is the point
  return (text ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?')
}

export default defineCommand({
  meta: { name: 'oauth', description: 'What Connected Apps do at the authorization server.' },
  subCommands: { attempts },
})
