/** What other slices may use of projects. */
import type { ProjectDirectory } from './directory.ts'
import type { Project } from './project.ts'

export { ConnectedAppFields, M2mClientFields, mostM2mScopes } from './client-fields.ts'
export { ProjectDirectory } from './directory.ts'
export { frontendErrors, issuerIsAmbiguous, issuerUnknown, projectNotFound, publicTokenErrors } from './errors.ts'
export { exampleCallbackId, exampleOrigin, exampleProject, examplePublicToken } from './examples.ts'
export { requireFrontend } from './frontend.ts'
export { getRbacPolicy } from './get-rbac-policy.ts'
export { issuerOf, projectOfIssuer } from './issuer.ts'
export {
  ClaimNames,
  type Project,
  type ProviderEndpoints,
  type ProviderSettings,
  type RedirectType,
  type RedirectUrl,
  type TrustedTokenProfile,
} from './project.ts'
export {
  builtInScopes,
  everybody,
  mayGrant,
  permissionsOf,
  permits,
} from './rbac-policy.ts'
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
    /** HTTP Basic with the public token, and a session token as password where there is a session; from an origin that may. */
    readonly frontend: { readonly project: Project; readonly presentedToken: string | undefined }
  }
}
