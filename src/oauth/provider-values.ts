/** The provider's own tokens: sealed at rest, handed out once, then forgotten unless the project keeps them. */
import { z } from 'zod'
import { SealError, type Sealer } from '../crypto/seal.ts'
import type { Queries } from '../db/open.ts'
import type { ProviderValues } from './code-exchange.ts'
import type { Profile } from './provider.ts'
import { keepProviderValues, keptValuesPurpose, providerValuesPurpose, readKeptValues } from './store.ts'

/** On the wire: absent values are empty, `expires_at` alone may be missing (docs/wire/oauth-login.md). */
export const ProviderValuesShape = z.object({
  access_token: z.string().describe('For calling the provider’s API as this user.'),
  refresh_token: z.string().describe('Empty where the provider gives none.'),
  id_token: z.string().describe('Empty where the provider gives none.'),
  scopes: z.array(z.string()).describe('What was granted.'),
  expires_at: z.string().optional().describe('When the access token expires, RFC 3339.'),
})
export type ProviderValuesShape = z.infer<typeof ProviderValuesShape>

export const toWire = (values: ProviderValues): ProviderValuesShape => ({
  access_token: values.accessToken,
  refresh_token: values.refreshToken,
  id_token: values.idToken,
  scopes: [...values.scopes],
  ...(values.expiresAt !== undefined && {
    expires_at: new Date(values.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  }),
})

/** An account that waits for its login to be authenticated before it joins a user. */
export interface WaitingAccount {
  readonly provider: string
  readonly profile: Profile
}

/** What stands behind a login token. */
export interface LoginSecrets {
  readonly values: ProviderValuesShape
  readonly waiting: WaitingAccount | undefined
}

export const sealLoginSecrets = (
  sealer: Sealer,
  token: string,
  values: ProviderValues,
  waiting: WaitingAccount | undefined,
): string => sealer.seal(JSON.stringify({ ...toWire(values), waiting }), providerValuesPurpose(token))

export function openLoginSecrets(sealer: Sealer, token: string, sealed: string): LoginSecrets {
  const opened: unknown = JSON.parse(sealer.open(sealed, providerValuesPurpose(token)))
  // Sealed by us and bound to the token, so it is what was put in.
  const { waiting } = opened as { readonly waiting?: WaitingAccount }
  return { values: ProviderValuesShape.parse(opened), waiting }
}

interface KeptAt {
  readonly sealer: Sealer
  readonly projectId: string
  readonly registrationId: string
}

/**
 * Keeps the values with the registration. Some providers give a refresh token with the first consent only, so a known one
 * outlives a login that brings none.
 */
export async function keepValues(tx: Queries, at: KeptAt, wire: ProviderValuesShape): Promise<void> {
  const before = wire.refresh_token === '' ? await keptValues(tx, at) : undefined
  const kept = before && before !== 'nothing kept' ? { ...wire, refresh_token: before.refresh_token } : wire
  const sealed = at.sealer.seal(JSON.stringify(kept), keptValuesPurpose(at.registrationId))
  await keepProviderValues(tx, at.registrationId, sealed)
}

/** What is kept; `undefined` if there is no such registration in the project. */
export async function keptValues(
  db: Queries,
  { sealer, projectId, registrationId }: KeptAt,
): Promise<ProviderValuesShape | 'nothing kept' | undefined> {
  const row = await readKeptValues(db, projectId, registrationId)
  if (!row) return undefined
  if (row.sealed === null) return 'nothing kept'
  try {
    return ProviderValuesShape.parse(JSON.parse(sealer.open(row.sealed, keptValuesPurpose(registrationId))))
  } catch (error) {
    // Sealed under a master key that is lost: as good as not kept.
    if (error instanceof SealError) return 'nothing kept'
    throw error
  }
}
