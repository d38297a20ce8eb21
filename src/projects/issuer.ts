/** Under which name a project issues tokens, and which project a name means. */
import type { Context } from '../kernel/endpoint.ts'
import { issuerIsAmbiguous, issuerUnknown } from './errors.ts'
import type { Project } from './project.ts'

/**
 * The issuer of a project: the origin, or a path below it. One string, without a trailing slash, for tokens, metadata and
 * `iss` in redirects: clients compare them byte for byte (RFC 8414 §3.3, RFC 9207 §2.4).
 */
export const issuerOf = ({ settings }: Pick<Project, 'settings'>, baseUrl: string): string =>
  settings.idp_issuer_path === undefined ? baseUrl : `${baseUrl}/${settings.idp_issuer_path}`

/**
 * The project behind an issuer: the one that has this path, or without a path the only one that has none. Throws
 * `issuer_not_found` or `issuer_is_ambiguous`.
 */
export async function projectOfIssuer({ projects }: Pick<Context, 'projects'>, path?: string): Promise<Project> {
  const ids = await projects.idsByIssuerPath(path)
  const [id, ...others] = ids
  if (others.length > 0) throw issuerIsAmbiguous()
  const project = id === undefined ? undefined : await projects.byId(id)
  if (!project) throw issuerUnknown()
  return project
}
