/** Scopes: what each means, and which ones a user can give to a client (docs/wire/idp.md). Pure. */
import { type ConnectedApp, isFirstParty } from '../connected-apps/index.ts'
import { builtInScopes, mayGrant, type Project } from '../projects/index.ts'

/** What a person is asked to agree to. */
const descriptions: Readonly<Record<(typeof builtInScopes)[number], string>> = {
  openid: 'Know who you are here',
  profile: 'See your name and picture',
  email: 'See your e-mail address',
  phone: 'See your phone number',
  offline_access: 'Keep this access while you are away',
  full_access: 'Act as you in everything',
}

export interface JudgedScope {
  readonly scope: string
  readonly description: string
  /** Whether the user could give it; what they could not is left out of the tokens. */
  readonly isGrantable: boolean
}

/** Request order, each once. */
export const distinct = (scopes: readonly string[]): readonly string[] => [...new Set(scopes)]

/** A `scope` parameter as a list (RFC 6749 §3.3). */
export const scopeList = (text: string | undefined): readonly string[] =>
  distinct((text ?? '').split(' ').filter((one) => one !== ''))

const isBuiltIn = (scope: string): scope is (typeof builtInScopes)[number] => builtInScopes.some((one) => one === scope)

/** The scopes that are neither built in nor declared by the project. */
export const unknownScopes = (scopes: readonly string[], { rbac }: Pick<Project, 'rbac'>): readonly string[] =>
  scopes.filter((scope) => !isBuiltIn(scope) && !rbac.scopes.some((one) => one.scope === scope))

/** What each requested scope is to a user with these roles. Scopes that do not exist are left out. */
export function judgeScopes(
  requested: readonly string[],
  { app, project, roles }: { readonly app: ConnectedApp; readonly project: Project; readonly roles: readonly string[] },
): readonly JudgedScope[] {
  return distinct(requested).flatMap((scope): readonly JudgedScope[] => {
    if (isBuiltIn(scope)) {
      const isGrantable = scope !== 'full_access' || (isFirstParty(app) && app.fullAccessAllowed)
      return [{ scope, description: descriptions[scope], isGrantable }]
    }
    const declared = project.rbac.scopes.find((one) => one.scope === scope)
    if (!declared) return []
    return [{ scope, description: declared.description, isGrantable: mayGrant(project.rbac, roles, declared) }]
  })
}

/** Scopes that metadata advertises: not `full_access`, which is for the project's own clients. */
export const advertisedScopes = ({ rbac }: Pick<Project, 'rbac'>): readonly string[] => [
  ...builtInScopes.filter((scope) => scope !== 'full_access'),
  ...rbac.scopes.map(({ scope }) => scope),
]
