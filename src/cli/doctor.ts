/** `selvage doctor`: would this server start, and would a login work? */
import { defineCommand } from 'citty'
import type { App } from '../app.ts'
import { readConfig } from '../config.ts'
import { openDatabase, schemaState } from '../db/open.ts'
import { projectIds } from '../projects/apply-store.ts'
import { openForOperator } from './operator.ts'

interface Finding {
  readonly check: string
  readonly ok: boolean
  /** What was found, or what to do. */
  readonly note: string
}

export default defineCommand({
  meta: {
    name: 'doctor',
    description:
      'Check the configuration, the database, the keys and the projects. Exits with 1 if something needs attention.',
  },
  args: {
    database: { type: 'string', description: 'Instead of SELVAGE_DATABASE_URL', valueHint: 'url' },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const findings = await examine(args.database)
    if (args.json) console.log(JSON.stringify(findings))
    else for (const { check, ok, note } of findings) console.log(`${ok ? 'ok   ' : 'MEND '} ${check}: ${note}`)
    if (findings.some(({ ok }) => !ok)) process.exitCode = 1
  },
})

/** Runs the checks in order; what later ones rest on ends the list when it fails. */
async function examine(url: string | undefined): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const attempt = async <T>(
    check: string,
    work: () => Promise<{ note: string; ok?: boolean; value?: T }>,
  ): Promise<T | undefined> => {
    try {
      const { note, ok = true, value } = await work()
      findings.push({ check, ok, note })
      return ok ? value : undefined
    } catch (error) {
      findings.push({ check, ok: false, note: error instanceof Error ? error.message : String(error) })
      return undefined
    }
  }
  const config = await attempt('settings', async () => ({
    note: 'every variable has a usable value',
    value: readConfig(process.env),
  }))
  if (!config) return findings
  const isCurrent = await attempt('database', async () => {
    const db = openDatabase({ url: url ?? config.databaseUrl, powerLossSafe: true, connections: 1 })
    try {
      const { pending, unknown } = await schemaState(db)
      if (unknown.length > 0) return { ok: false, note: `it is newer than this program (${unknown.join(', ')})` }
      if (pending.length > 0) return { ok: false, note: `run "selvage migrate" (${pending.join(', ')} pending)` }
      return { note: `reachable and up to date (${db.dialect})`, value: true }
    } finally {
      await db.close()
    }
  })
  if (!isCurrent) return findings
  const app = await attempt('master key', async () => ({
    note: 'is set',
    value: await openForOperator(url, { migrate: false }),
  }))
  if (!app) return findings
  try {
    await examineProjects(app, attempt)
  } finally {
    await app.close()
  }
  return findings
}

type Attempt = (check: string, work: () => Promise<{ note: string; ok?: boolean }>) => Promise<unknown>

async function examineProjects({ db, keys, projects, baseUrl }: App, attempt: Attempt): Promise<void> {
  const ids = await projectIds(db)
  if (ids.length === 0) {
    await attempt('projects', async () => ({ ok: false, note: 'there is none; declare one and run "selvage apply"' }))
  }
  for (const id of ids) {
    await attempt(id, async () => {
      const project = await projects.byId(id)
      await keys.signer(id)
      if (!project) return { ok: false, note: 'it is gone' }
      const missing = [
        project.secrets.size === 0 && 'a secret',
        project.redirectUrls.LOGIN.length === 0 && 'a LOGIN redirect URL',
        project.redirectUrls.SIGNUP.length === 0 && 'a SIGNUP redirect URL',
        project.providers.size === 0 && 'a provider',
      ].filter((one) => one !== false)
      if (missing.length > 0) return { ok: false, note: `it lacks ${missing.join(', ')}; logins will fail` }
      return { note: `callback URL ${baseUrl()}/v1/oauth/callback/${project.callbackId}` }
    })
  }
}
