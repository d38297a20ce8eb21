/** The provider's own tokens between callback and authenticate: sealed at rest, handed out once, then forgotten. */
import { z } from 'zod'
import type { Sealer } from '../crypto/seal.ts'
import type { ProviderValues } from './code-exchange.ts'
import { providerValuesPurpose } from './store.ts'

/** On the wire: absent values are empty, `expires_at` alone may be missing (docs/wire/oauth-login.md). */
export const ProviderValuesShape = z.object({
  access_token: z.string().describe('For calling the provider’s API as this user.'),
  refresh_token: z.string().describe('Empty where the provider gives none.'),
  id_token: z.string().describe('Empty where the provider gives none.'),
  scopes: z.array(z.string()).describe('What was granted.'),
  expires_at: z.string().optional().describe('When the access token expires, RFC 3339.'),
})

export function sealProviderValues(sealer: Sealer, token: string, values: ProviderValues): string {
  const wire: z.infer<typeof ProviderValuesShape> = {
    access_token: values.accessToken,
    refresh_token: values.refreshToken,
    id_token: values.idToken,
    scopes: [...values.scopes],
    ...(values.expiresAt !== undefined && {
      expires_at: new Date(values.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    }),
  }
  return sealer.seal(JSON.stringify(wire), providerValuesPurpose(token))
}

export const openProviderValues = (
  sealer: Sealer,
  token: string,
  sealed: string,
): z.infer<typeof ProviderValuesShape> =>
  ProviderValuesShape.parse(JSON.parse(sealer.open(sealed, providerValuesPurpose(token))))
