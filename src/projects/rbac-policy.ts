/**
 * Who may do what: roles and scopes as sets of permissions on declared resources (docs/wire/rbac.md). Pure. Declared in the
 * project file and served as `/v1/rbac/policy`, in the same words.
 */
import { z } from 'zod'

/** The role that every user has. */
export const everybody = 'stytch_user'
/** Scopes that mean something to the server itself. */
export const builtInScopes = ['openid', 'profile', 'email', 'phone', 'offline_access', 'full_access'] as const

const Permission = z.strictObject({
  resource_id: z.string().min(1).max(128),
  actions: z.array(z.string().min(1).max(128)).min(1).max(100).describe('`*` covers every action of the resource.'),
})

/** RFC 6749 §3.3: printable ASCII without space, quotation mark and backslash. */
const scopeName = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

const Shape = z.strictObject({
  roles: z
    .array(
      z.strictObject({
        role_id: z.string().min(1).max(128),
        description: z.string().max(1_000).default(''),
        permissions: z.array(Permission).max(200).default([]),
      }),
    )
    .max(100)
    .default([])
    .describe('The role `stytch_user` belongs to every user; declare it to give it permissions.'),
  resources: z
    .array(
      z.strictObject({
        resource_id: z.string().min(1).max(128),
        description: z.string().max(1_000).default(''),
        actions: z.array(z.string().min(1).max(128)).max(100),
      }),
    )
    .max(200)
    .default([]),
  scopes: z
    .array(
      z.strictObject({
        scope: z.string().regex(scopeName, 'must be printable ASCII without spaces and quotation marks'),
        description: z.string().max(1_000).default('').describe('What a person is asked to agree to.'),
        permissions: z.array(Permission).min(1, 'rbac_scope_missing_permissions: a scope needs a permission').max(200),
      }),
    )
    .max(200)
    .default([])
    .describe('Scopes that Connected Apps may ask for beside the built-in ones.'),
})

export type RbacPolicy = z.infer<typeof Shape>
export type Permission = z.infer<typeof Permission>

/** A policy whose parts fit together; the role of everybody is always in it, first. */
export const RbacPolicy = Shape.superRefine((policy, refinement) => {
  const problem = problemOf(policy)
  if (problem) refinement.addIssue({ code: 'custom', path: problem.path, message: problem.message })
}).transform(withEverybody)

export const emptyPolicy: RbacPolicy = withEverybody({ roles: [], resources: [], scopes: [] })

function withEverybody(policy: RbacPolicy): RbacPolicy {
  if (policy.roles.some(({ role_id }) => role_id === everybody)) return policy
  return { ...policy, roles: [{ role_id: everybody, description: 'Every user.', permissions: [] }, ...policy.roles] }
}

interface Problem {
  readonly path: (string | number)[]
  readonly message: string
}

function problemOf({ roles, resources, scopes }: RbacPolicy): Problem | undefined {
  for (const [name, ids] of [
    ['roles', roles.map(({ role_id }) => role_id)],
    ['resources', resources.map(({ resource_id }) => resource_id)],
    ['scopes', scopes.map(({ scope }) => scope)],
  ] as const) {
    const at = ids.findIndex((id, place) => ids.indexOf(id) < place)
    if (at >= 0) return { path: [name, at], message: `${ids[at]} is declared twice` }
  }
  const ownName = resources.findIndex(({ resource_id }) => resource_id.startsWith('stytch'))
  if (ownName >= 0) return { path: ['resources', ownName], message: 'names that begin with stytch are reserved' }
  const reserved = scopes.findIndex(({ scope }) => builtInScopes.some((one) => one === scope))
  if (reserved >= 0) return { path: ['scopes', reserved], message: 'rbac_reserved_scope: this scope is built in' }
  const known = new Map(resources.map(({ resource_id, actions }) => [resource_id, new Set(actions)]))
  for (const [name, holders] of [
    ['roles', roles],
    ['scopes', scopes],
  ] as const) {
    for (const [at, { permissions }] of holders.entries()) {
      const message = undeclared(permissions, known)
      if (message) return { path: [name, at, 'permissions'], message }
    }
  }
  return undefined
}

function undeclared(permissions: readonly Permission[], known: ReadonlyMap<string, ReadonlySet<string>>) {
  for (const { resource_id, actions } of permissions) {
    const declared = known.get(resource_id)
    if (!declared) return `the resource ${resource_id} is not declared`
    const strange = actions.find((action) => action !== '*' && !declared.has(action))
    if (strange !== undefined) return `${resource_id} has no action ${strange}`
  }
  return undefined
}

/** Whether one of these permissions covers an action on a resource. */
export const permits = (permissions: readonly Permission[], resourceId: string, action: string): boolean =>
  permissions.some(
    ({ resource_id, actions }) => resource_id === resourceId && (actions.includes(action) || actions.includes('*')),
  )

/** What somebody with these roles may do. */
export const permissionsOf = ({ roles }: RbacPolicy, held: readonly string[]): readonly Permission[] =>
  roles.filter(({ role_id }) => held.includes(role_id)).flatMap(({ permissions }) => permissions)

/** Whether somebody with these roles may grant a scope of the policy: only what every permission of it covers already. */
export const mayGrant = (policy: RbacPolicy, held: readonly string[], scope: RbacPolicy['scopes'][number]): boolean => {
  const own = permissionsOf(policy, held)
  return scope.permissions.every(({ resource_id, actions }) =>
    actions.every((action) => permits(own, resource_id, action)),
  )
}
