/**
 * The issuer that a provider names in its answer (RFC 9207). All providers of a project answer at one callback, so an answer
 * that names somebody else is a mix-up: another provider's code must not be sent to this one (RFC 9700 §4.4).
 */
import type { Project } from '../projects/index.ts'
import type { Account } from './upstream.ts'

interface Named {
  readonly issuer: string | undefined
  readonly others: readonly string[]
}

/** Why an answer with this issuer cannot be the account's, as a sentence; `undefined` if it can. */
export function responseIssuerProblem(
  iss: string | undefined,
  account: Account,
  project: Project,
  builtIn: ReadonlyMap<string, Account['provider']>,
): string | undefined {
  if (iss === undefined)
    return account.mustNameIssuer ? 'The answer names no issuer, although the provider always does.' : undefined
  const { provider, endpoints } = account
  const isPublic = endpoints.issuer === provider.endpoints.issuer
  const own = { issuer: endpoints.issuer, others: isPublic ? (provider.otherIssuers ?? []) : [] }
  if (names(own, iss)) return undefined
  if (own.issuer !== undefined) return 'The answer names another issuer than the provider’s.'
  // A provider that has never told us its issuer may name any, but not one that is known to be somebody else.
  const strangers = [
    ...[...builtIn.values()].map((one) => ({ issuer: one.endpoints.issuer, others: one.otherIssuers ?? [] })),
    ...[...project.providers].map(([, { settings }]) => ({ issuer: settings.endpoints?.issuer, others: [] })),
  ]
  return strangers.some((one) => names(one, iss)) ? 'The answer names the issuer of another provider.' : undefined
}

/** Whether this is the issuer, in any of its spellings; one per tenant has a UUID where the placeholder stands. */
function names({ issuer, others }: Named, iss: string): boolean {
  if (issuer === undefined) return false
  if (issuer === iss || others.includes(iss)) return true
  const [before = '', after] = issuer.split('{tenantid}')
  if (after === undefined || !iss.startsWith(before) || !iss.endsWith(after)) return false
  return /^[0-9a-f-]{36}$/i.test(iss.slice(before.length, iss.length - after.length))
}
