/** Providers as an operator declares them in the project file. Pure. */
import { z } from 'zod'
import { readP256Key } from '../crypto/client-secret.ts'
import { ProviderSettings } from './project.ts'

export const ProviderEntry = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional().describe('Take it from the environment: `"${NAME}"`.'),
  private_key: z
    .string()
    .min(1)
    .optional()
    .describe('Apple, instead of the secret: the content of the .p8 file, from the environment as well.'),
  ...ProviderSettings.shape,
})
type ProviderEntry = z.infer<typeof ProviderEntry>

/** Built-in providers by path segment, and what their credentials are. */
export type KnownProviders = ReadonlyMap<string, { readonly clientAuthentication: string }>

/** Settings that only a provider of the project's own has. */
const customOnly = ['type', 'name', 'client_authentication', 'pkce', 'link_by_email', 'claims'] as const

/** Why a provider cannot be declared like this, as a sentence; `undefined` if it can. */
export function providerProblem(provider: string, entry: ProviderEntry, known: KnownProviders): string | undefined {
  const { type, endpoints = {}, client_secret, private_key, team_id, key_id } = entry
  const builtIn = known.get(provider)
  if (!builtIn && type === undefined) {
    return `there is no such provider. Use one of ${[...known.keys()].join(', ')}, or set "type" to declare one of your own.`
  }
  if (builtIn?.clientAuthentication === 'signed_jwt') {
    if (!private_key || !team_id || !key_id || client_secret) {
      return 'it needs private_key, team_id and key_id instead of a client_secret.'
    }
    return readP256Key(private_key) ? undefined : 'private_key is not a PEM private key on the curve P-256.'
  }
  if (!client_secret || private_key || team_id || key_id) return 'it needs a client_secret, and no key.'
  const foreign = customOnly.find((name) => entry[name] !== undefined)
  if (builtIn && foreign)
    return `"${foreign}" belongs to providers of your own; this one is built in. Choose another path segment.`
  if (type === 'oidc' && endpoints.issuer === undefined) return 'an OpenID provider needs endpoints.issuer.'
  if (type === 'oauth2' && !(endpoints.authorization && endpoints.token && endpoints.userinfo)) {
    return 'an OAuth 2.0 provider needs endpoints.authorization, endpoints.token and endpoints.userinfo.'
  }
  return undefined
}
