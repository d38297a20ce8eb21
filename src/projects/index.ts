/** What other slices may use of projects. */
import type { ProjectDirectory } from './directory.ts'
import type { Project } from './project.ts'

export { ProjectDirectory } from './directory.ts'
export { projectNotFound } from './errors.ts'
export type {
  Project,
  ProviderEndpoints,
  RedirectType,
  RedirectUrl,
} from './project.ts'
export { refusedSchemes } from './redirect-rules.ts'

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly projects: ProjectDirectory
  }
  interface Principals {
    /** HTTP Basic with project id and secret. */
    readonly project: { readonly project: Project }
    /** The `public_token` query parameter. */
    readonly public_token: { readonly project: Project }
  }
}
