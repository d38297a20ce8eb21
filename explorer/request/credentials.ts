/** Which credentials an operation takes, and who brings them. Pure. */
import type { CataloguedOperation } from '../catalogue.ts'

/**
 * `profile`: the gateway adds project ID and secret. `public_token`: the gateway adds it. `session`: the gateway adds the public
 * token, the reader the session. `bearer`: an access token of the reader. `operator`: who is logged in to this page. `none`: what
 * there is stands in the fields.
 */
export type CredentialKind = 'profile' | 'public_token' | 'session' | 'bearer' | 'operator' | 'none'

type Operation = Pick<CataloguedOperation, 'name' | 'errors'> & { readonly auth: string }

export function credentialKind({ auth, name, errors }: Operation): CredentialKind {
  if (auth === 'project') return 'profile'
  if (auth === 'public_token') return 'public_token'
  if (auth === 'frontend') return 'session'
  if (auth !== 'none') return 'operator'
  return bearerName({ name, errors }) === undefined ? 'none' : 'bearer'
}

/** The wire name of the token that goes into the Authorization header; `undefined`: none does. */
export function bearerName({ name, errors }: Pick<Operation, 'name' | 'errors'>): string | undefined {
  if (errors.includes('registration_access_token_invalid')) return 'registration_access_token'
  const isProvidersUser = name.startsWith('sandbox.') && /\.(userinfo|emails)$/.test(name)
  return errors.includes('access_token_required') || isProvidersUser ? 'access_token' : undefined
}
