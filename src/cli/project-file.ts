/** Applying a project file from disk, and saying what it changed. */
import { readFile } from 'node:fs/promises'
import type { App } from '../app.ts'
import { connectedAppProblem, templateProblem } from '../connected-apps/index.ts'
import { m2mClientProblem } from '../m2m/index.ts'
import { providers } from '../oauth/index.ts'
import { type Applied, applyProjects } from '../projects/apply-store.ts'
import { type DeclaredProject, readProjectFile } from '../projects/project-file.ts'

/** Reads a file's projects; `${NAME}` comes from the environment. */
export async function projectsIn(path: string): Promise<readonly DeclaredProject[]> {
  return readProjectFile(await readFile(path, 'utf8'), process.env, providers, {
    connectedAppProblem,
    m2mClientProblem,
    templateProblem,
  })
}

export async function applyTo(app: App, declared: readonly DeclaredProject[], dryRun = false): Promise<Applied> {
  const applied = await applyProjects(declared, { db: app.db, sealer: app.sealer, now: new Date(), dryRun })
  app.projects.forget()
  return applied
}
