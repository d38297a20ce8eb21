/** Resource indicators (RFC 8707): which protected resources a token is for. Pure. */
import type { Project } from '../projects/index.ts'

/** Most resources of one request. */
const most = 10
const longest = 2_048

/** Why a text is no resource indicator, as a sentence; `undefined` if it is one (RFC 8707 §2). */
export function resourceProblem(resource: string): string | undefined {
  if (resource.length > longest || !URL.canParse(resource)) return 'it is not an absolute URI.'
  if (resource.includes('#')) return 'it has a fragment.'
  return undefined
}

/** An origin with and without its lone slash is one resource: libraries differ in how they write it. */
export const normalised = (resource: string): string => {
  const url = new URL(resource)
  return url.pathname === '/' && url.search === '' && resource.endsWith('/') ? resource.slice(0, -1) : resource
}

export interface Refused {
  readonly resource: string
  readonly problem: string
}

/** The first resource that cannot be had, and why. */
export function refusedResource(
  resources: readonly string[],
  { settings }: Pick<Project, 'settings'>,
): Refused | undefined {
  if (resources.length > most) return { resource: `number ${most + 1}`, problem: `there may be ${most} at most.` }
  const allowed = settings.idp_allowed_resources?.map(normalised)
  for (const resource of resources) {
    const problem = resourceProblem(resource)
    if (problem) return { resource: resource.slice(0, 200), problem }
    if (allowed && !allowed.includes(normalised(resource)))
      return { resource, problem: 'the project does not allow it (idp_allowed_resources).' }
  }
  return undefined
}

/** The resource among the requested ones that was not granted. A grant without resources is not bound to any. */
export function outsideGrant(requested: readonly string[], granted: readonly string[]): string | undefined {
  if (granted.length === 0) return undefined
  const known = new Set(granted.map(normalised))
  return requested.find((resource) => !known.has(normalised(resource)))
}
