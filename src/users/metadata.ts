/** Trusted and untrusted metadata: small JSON objects of the app's own. Pure. */
import { metadataTooLarge, metadataTooManyKeys } from './errors.ts'
import type { Metadata } from './user.ts'

const mostKeys = 20
/** In bytes of JSON. */
const largest = 4_096

/**
 * Merges at the top level only: a key with `null` is deleted, any other is replaced whole. Throws `metadata_too_many_keys`
 * or `metadata_too_large` for what would result (docs/wire/users.md).
 */
export function mergeMetadata(old: Metadata, patch: Metadata | undefined): Metadata {
  if (patch === undefined) return old
  const merged = Object.fromEntries(Object.entries({ ...old, ...patch }).filter(([, value]) => value !== null))
  if (Object.keys(merged).length > mostKeys) throw metadataTooManyKeys()
  if (Buffer.byteLength(JSON.stringify(merged)) > largest) throw metadataTooLarge()
  return merged
}
