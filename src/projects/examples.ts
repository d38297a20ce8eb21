/** A project to show in the reference: the one that `selvage dev` begins with, at an address of its own. */
import type { Project } from './project.ts'
import { ProjectSettings } from './project.ts'
import { emptyPolicy } from './rbac-policy.ts'

const uuid = '00000000-0000-4000-8000-000000000000'

export const exampleOrigin = 'https://login.example.com'
export const examplePublicToken = `public-token-test-${uuid}`
export const exampleCallbackId = `oauth-callback-test-${uuid}`

export const exampleProject: Pick<Project, 'id' | 'name' | 'environment' | 'settings' | 'rbac'> = {
  id: `project-test-${uuid}`,
  name: 'Development',
  environment: 'test',
  settings: ProjectSettings.parse({}),
  rbac: emptyPolicy,
}
