/** A client's own claims about a user, from its template (docs/wire/idp.md). Pure. */
import { type ConnectedApp, renderTemplate, TemplateError } from '../connected-apps/index.ts'
import { rolesOf, type User } from '../users/index.ts'
import { templateFailed } from './errors.ts'
import type { Extent } from './grant-store.ts'

/** What a client adds to its tokens. */
export interface OwnClaims {
  readonly inAccessToken: object
  readonly inIdToken: object
}

type Templates = Pick<ConnectedApp, 'accessTokenTemplate' | 'idTokenTemplate'>

/** How much of a user the tokens of a client can be about: a template may name anything. */
export const extentFor = ({ accessTokenTemplate, idTokenTemplate }: Templates): Extent =>
  accessTokenTemplate === '' && idTokenTemplate === '' ? 'scopes' : 'whole'

/**
 * The claims of both templates; of the ID token's only where there is one. Throws `jwt_template_failed`, so it is for before
 * anything is written: a code or refresh token must not be used up by a request that gets no tokens.
 */
export const ownClaims = (
  { accessTokenTemplate, idTokenTemplate }: Templates,
  user: User,
  scopes: readonly string[],
): OwnClaims => ({
  inAccessToken: accessTokenTemplate === '' ? {} : userClaims(accessTokenTemplate, user),
  inIdToken: idTokenTemplate === '' || !scopes.includes('openid') ? {} : userClaims(idTokenTemplate, user),
})

/**
 * Renders a template with what it may name: `user`, under the wire's own member names. Throws `jwt_template_failed` when the
 * claims of this user are too large: a token without them could mean something else to whoever reads it.
 */
const userClaims = (template: string, user: User): Readonly<Record<string, unknown>> =>
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
