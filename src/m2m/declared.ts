/** M2M clients of the project file. Pure. */
import type { M2mClientFields } from '../projects/index.ts'
import { mergeMetadata } from '../users/index.ts'
import { m2mClientInvalidClientId } from './errors.ts'
import { isM2mClientId, requireGoodSecret } from './m2m-client.ts'
import { scopesFrom } from './wire.ts'

/** Why a client cannot be declared like this, as a sentence; `undefined` if it can. */
export function m2mClientProblem(
  entry: M2mClientFields & { readonly client_id: string; readonly client_secret: string },
): string | undefined {
  try {
    if (!isM2mClientId(entry.client_id)) throw m2mClientInvalidClientId()
    requireGoodSecret(entry.client_secret)
    scopesFrom(entry.scopes ?? [])
    mergeMetadata({}, entry.trusted_metadata)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
