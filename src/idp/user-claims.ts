/** A client's own claims about a user, from its template (docs/wire/idp.md). Pure. */
import { renderTemplate, TemplateError } from '../connected-apps/index.ts'
import { rolesOf, type User } from '../users/index.ts'
import { templateFailed } from './errors.ts'

/**
 * Renders a template with what it may name: `user`, under the wire's own member names. Throws `jwt_template_failed` when the
 * claims of this user are too large: a token without them could mean something else to whoever reads it.
 */
export const userClaims = (template: string, user: User): Readonly<Record<string, unknown>> =>
  rendered(template, {
    user: {
      user_id: user.id,
      external_id: user.externalId,
      name: { first_name: user.name.first, middle_name: user.name.middle, last_name: user.name.last },
      emails: user.emails.map(({ address, verified }) => ({ email: address, verified })),
      phone_numbers: user.phoneNumbers.map(({ number, verified }) => ({ phone_number: number, verified })),
      trusted_metadata: user.trustedMetadata,
      roles: rolesOf(user),
    },
  })

/** A template filled in. Throws `jwt_template_failed`. */
export function rendered(
  template: string,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  try {
    return renderTemplate(template, variables)
  } catch (cause) {
    throw cause instanceof TemplateError ? templateFailed({ problem: cause.message }, { cause }) : cause
  }
}
