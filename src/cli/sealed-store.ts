/** Everything that is sealed under the master key, for moving it to another one or giving it up. */
import { keyPurpose } from '../crypto/keyring.ts'
import { SealError, type Sealer } from '../crypto/seal.ts'
import type { Db, Queries } from '../db/open.ts'
import { keptValuesPurpose, providerValuesPurposeOf } from '../oauth/store.ts'
import { credentialsPurpose } from '../projects/store.ts'
import { tokenPurpose } from '../sessions/store.ts'

interface SealedText {
  readonly key: string
  readonly sealed: string
  readonly purpose: string
}

/** One place where sealed texts are kept. */
export interface SealedPlace {
  readonly name: string
  /** The next texts behind a key, in the order of the key. */
  page(db: Queries, after: string, limit: number): Promise<readonly SealedText[]>
  /** Puts another text in the place of `sealed`, if it is still there. */
  replace(db: Queries, text: SealedText, sealed: string): Promise<void>
}

export const sealedPlaces: readonly SealedPlace[] = [
  {
    name: 'signing keys',
    async page({ query }, after, limit) {
      const rows = await query
        .selectFrom('signing_keys')
        .select(['key_id', 'private_sealed'])
        .where('private_sealed', '<>', '')
        .where('key_id', '>', after)
        .orderBy('key_id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ key: row.key_id, sealed: row.private_sealed, purpose: keyPurpose(row.key_id) }))
    },
    async replace({ query }, { key, sealed }, private_sealed) {
      await query
        .updateTable('signing_keys')
        .set({ private_sealed })
        .where('key_id', '=', key)
        .where('private_sealed', '=', sealed)
        .execute()
    },
  },
  {
    name: 'provider credentials',
    // There are a handful per project, so one page holds them all.
    async page({ query }, after) {
      if (after !== '') return []
      const rows = await query.selectFrom('provider_configs').selectAll().execute()
      return rows.map((row) => ({
        key: 'all',
        sealed: row.credentials_sealed,
        purpose: credentialsPurpose(row.project_id, row.provider),
      }))
    },
    async replace({ query }, { sealed }, credentials_sealed) {
      // A sealed text has a random nonce, so it names its row.
      await query
        .updateTable('provider_configs')
        .set({ credentials_sealed })
        .where('credentials_sealed', '=', sealed)
        .execute()
    },
  },
  {
    name: 'session tokens',
    async page({ query }, after, limit) {
      const rows = await query
        .selectFrom('sessions')
        .select(['session_id', 'token_sealed'])
        .where('session_id', '>', after)
        .orderBy('session_id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        key: row.session_id,
        sealed: row.token_sealed,
        purpose: tokenPurpose(row.session_id),
      }))
    },
    async replace({ query }, { key, sealed }, token_sealed) {
      await query
        .updateTable('sessions')
        .set({ token_sealed })
        .where('session_id', '=', key)
        .where('token_sealed', '=', sealed)
        .execute()
    },
  },
  {
    name: 'provider tokens of finished logins',
    async page({ query }, after, limit) {
      const rows = await query
        .selectFrom('oauth_tokens')
        .select(['token_hash', 'provider_values_sealed'])
        .where('provider_values_sealed', '<>', '')
        .where('token_hash', '>', after)
        .orderBy('token_hash')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        key: row.token_hash,
        sealed: row.provider_values_sealed,
        purpose: providerValuesPurposeOf(row.token_hash),
      }))
    },
    async replace({ query }, { key, sealed }, provider_values_sealed) {
      await query
        .updateTable('oauth_tokens')
        .set({ provider_values_sealed })
        .where('token_hash', '=', key)
        .where('provider_values_sealed', '=', sealed)
        .execute()
    },
  },
  {
    name: 'provider tokens that are kept',
    async page({ query }, after, limit) {
      const rows = await query
        .selectFrom('oauth_registrations')
        .select(['registration_id', 'provider_values_sealed'])
        .where('provider_values_sealed', 'is not', null)
        .where('registration_id', '>', after)
        .orderBy('registration_id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        key: row.registration_id,
        sealed: row.provider_values_sealed ?? '',
        purpose: keptValuesPurpose(row.registration_id),
      }))
    },
    async replace({ query }, { key, sealed }, provider_values_sealed) {
      await query
        .updateTable('oauth_registrations')
        .set({ provider_values_sealed })
        .where('registration_id', '=', key)
        .where('provider_values_sealed', '=', sealed)
        .execute()
    },
  },
]

/** Texts that are handled in one transaction: few enough that others hardly wait. */
const batch = 200

export interface Resealed {
  readonly place: string
  readonly moved: number
  /** Texts that no configured key opens. */
  readonly lost: number
}

/** Seals everything of one place under the current master key. Can be stopped and repeated. `progress` gets the count so far. */
export async function reseal(
  db: Db,
  sealer: Sealer,
  place: SealedPlace,
  progress: (count: number) => void,
): Promise<Resealed> {
  let after = ''
  let moved = 0
  let lost = 0
  for (let seen = 0; ; ) {
    const texts = await place.page(db, after, batch)
    if (texts.length === 0) return { place: place.name, moved, lost }
    await db.transaction(async (tx) => {
      for (const text of texts) {
        if (sealer.isCurrent(text.sealed)) continue
        const opened = open(sealer, text)
        if (opened === undefined) lost += 1
        else {
          await place.replace(tx, text, sealer.seal(opened, text.purpose))
          moved += 1
        }
      }
    })
    seen += texts.length
    progress(seen)
    after = texts.at(-1)?.key ?? ''
  }
}

function open(sealer: Sealer, { sealed, purpose }: SealedText): string | undefined {
  try {
    return sealer.open(sealed, purpose)
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}

export interface Abandoned {
  readonly signingKeys: number
  readonly providers: readonly string[]
}

/**
 * After a lost master key: deletes signing keys and provider credentials that do not open, so that new ones can be made. In
 * one transaction. Sessions keep working by their opaque token.
 */
export function abandonLost(db: Db, sealer: Sealer): Promise<Abandoned> {
  return db.transaction(async (tx) => {
    const providers: string[] = []
    let signingKeys = 0
    const keys = await tx.query.selectFrom('signing_keys').select(['key_id', 'private_sealed', 'slot']).execute()
    for (const { key_id, private_sealed, slot } of keys) {
      const text = { key: key_id, sealed: private_sealed, purpose: keyPurpose(key_id) }
      if (slot === 'retired' || open(sealer, text) !== undefined) continue
      await tx.query.deleteFrom('signing_keys').where('key_id', '=', key_id).execute()
      signingKeys += 1
    }
    const configs = await tx.query.selectFrom('provider_configs').selectAll().execute()
    for (const { project_id, provider, credentials_sealed: sealed } of configs) {
      if (open(sealer, { key: '', sealed, purpose: credentialsPurpose(project_id, provider) }) !== undefined) continue
      await tx.query
        .deleteFrom('provider_configs')
        .where('project_id', '=', project_id)
        .where('provider', '=', provider)
        .execute()
      providers.push(`${provider} of ${project_id}`)
    }
    return { signingKeys, providers }
  })
}
