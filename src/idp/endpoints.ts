/** Where a project's OAuth endpoints are. Pure. */
import type { Project } from '../projects/index.ts'

/** Below the bare origin, or below the project where the issuer has a path. */
export const endpointsOf = ({ id, settings }: Pick<Project, 'id' | 'settings'>, baseUrl: string): string =>
  settings.idp_issuer_path === undefined ? `${baseUrl}/v1/oauth2` : `${baseUrl}/v1/public/${id}/oauth2`
