/** Which pages and apps may speak for a project with nothing but its public token. Pure. */
import type { HttpRequest } from '../kernel/endpoint.ts'
import { badDomainForSdk, endpointNotAuthorizedForSdk } from './errors.ts'
import type { Project } from './project.ts'

/** RFC 8252 §7.3, and the name that browsers resolve to it. */
const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

/**
 * Whether a page of this origin may call for the project: where it sends people after a login it is at home, and what the
 * project declares beside that. A test project may be called from loopback.
 */
function isFrontendOrigin({ environment, redirectUrls, settings }: Project, origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { hostname, protocol } = new URL(origin)
  if (environment === 'test' && isLoopback(hostname) && /^https?:$/.test(protocol)) return true
  const declared = [...redirectUrls.LOGIN, ...redirectUrls.SIGNUP].map(({ url }) => url)
  return [...declared, ...settings.frontend_origins].some((url) => originOf(url) === origin)
}

/** Of a web address; a wildcard is no origin, and a native app has none. */
function originOf(url: string): string | undefined {
  return /^https?:\/\//.test(url) && URL.canParse(url) && !url.includes('*') ? new URL(url).origin : undefined
}

/**
 * Throws `endpoint_not_authorized_for_sdk` where the project has not opened its frontend, and `bad_domain_for_stytch_sdk` for
 * a page that is not at home there. Apps send no origin; what they may do their session decides.
 */
export function requireFrontend(project: Project, { headers }: HttpRequest, baseUrl: string): void {
  if (!(project.settings.frontend_enabled ?? project.environment === 'test')) throw endpointNotAuthorizedForSdk()
  const { origin } = headers
  // Pages of the server itself, such as the frame that One Tap runs in, are at home everywhere.
  if (origin !== undefined && origin !== baseUrl && !isFrontendOrigin(project, String(origin))) {
    throw badDomainForSdk({ origin: String(origin).slice(0, 200) })
  }
}
