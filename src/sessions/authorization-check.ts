/** Whether the user of a session may do something, by the project's policy (docs/wire/session-jwt.md). Pure. */
import { z } from 'zod'
import { type Project, permissionsOf, permits } from '../projects/index.ts'
import { consumerSessionAuthorizationError } from './errors.ts'

export const AuthorizationCheck = z.object({
  resource_id: z.string().describe('A resource of the policy.'),
  action: z.string().describe('What the user wants to do with it.'),
})

export const Verdict = z.object({
  authorized: z.boolean().describe('Always true: a refusal is an error.'),
  granting_roles: z.array(z.string()).describe('Every role of the user that permits it.'),
})

/** Throws `consumer_session_authorization_error` where none of the roles permits the action on the resource. */
export function authorize(
  { rbac }: Pick<Project, 'rbac'>,
  roles: readonly string[],
  { resource_id, action }: z.infer<typeof AuthorizationCheck>,
): z.infer<typeof Verdict> {
  const granting_roles = roles.filter((role) => permits(permissionsOf(rbac, [role]), resource_id, action))
  if (granting_roles.length > 0) return { authorized: true, granting_roles }
  const declared = rbac.resources.find((resource) => resource.resource_id === resource_id)
  throw consumerSessionAuthorizationError({
    details: { resource_id, action, roles, is_declared: declared?.actions.includes(action) === true },
  })
}
