/**
 * Signing keys, RS256, one ring per project: a `current` key that signs, a `next` one that is published before it signs, and
 * `retired` ones that are published until no token of theirs can be alive. RS256 because two official clients accept
 * nothing else (docs/wire/session-jwt.md).
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import type { Db } from '../db/open.ts'
import type { Sealer } from './seal.ts'
import {
  deleteExpiredKeys,
  insertKeys,
  promoteNextKey,
  readKeys,
  removeCurrentKey,
  type SigningKeyRow,
} from './store.ts'
import { environmentOf, newId } from './token.ts'

const makeKeyPair = promisify(generateKeyPair)

const modulusBits = 2048
/** How long a retired key stays published, in ms. The longest-lived token signed is far shorter; caches get the rest. */
const overlap = 30 * 24 * 60 * 60 * 1000
/** How long, in ms, a process goes on with the ring it has read. A rotation elsewhere is noticed after this. */
const freshness = 60_000

/** As published in the JWKS ({@link https://www.rfc-editor.org/rfc/rfc7517#section-4 RFC 7517 §4}). */
export type PublicJwk = JWK & { readonly kid: string }

export interface Signer {
  readonly keyId: string
  readonly key: KeyObject
}

interface Ring {
  readonly signer: Signer
  readonly published: readonly PublicJwk[]
  /** By key id. */
  readonly verifiers: ReadonlyMap<string, KeyObject>
  readonly readAt: number
}

export interface KeyringSettings {
  readonly db: Db
  readonly sealer: Sealer
  readonly now: () => Date
}

export class Keyring {
  readonly #db: Db
  readonly #sealer: Sealer
  readonly #now: () => Date
  readonly #rings = new Map<string, Ring | Promise<Ring>>()

  constructor({ db, sealer, now }: KeyringSettings) {
    this.#db = db
    this.#sealer = sealer
    this.#now = now
  }

  /** The key that signs for a project now; made, with its successor, on first use. */
  async signer(projectId: string): Promise<Signer> {
    return (await this.#ring(projectId)).signer
  }

  /** The public keys to be served, newest use first. */
  async published(projectId: string): Promise<readonly PublicJwk[]> {
    return (await this.#ring(projectId)).published
  }

  /**
   * The key that verifies a token of the project. A key id that the ring does not hold may have been made by another
   * process a moment ago, so the ring is read again, but not more than once a second: made-up ids must not cost reads.
   */
  async verifier(projectId: string, keyId: string): Promise<KeyObject | undefined> {
    const ring = await this.#ring(projectId)
    const known = ring.verifiers.get(keyId)
    if (known || this.#age(ring) < 1_000) return known
    this.#rings.delete(projectId)
    return (await this.#ring(projectId)).verifiers.get(keyId)
  }

  /**
   * Makes the next key current and prepares a new next one. Tokens signed before stay valid, unless `compromised`: then
   * the old key is withdrawn at once and they are refused.
   */
  async rotate(projectId: string, { compromised = false } = {}): Promise<{ readonly keyId: string }> {
    await this.#ring(projectId)
    const next = await this.#make(projectId, 'next')
    const now = this.#now().getTime()
    await this.#db.transaction(async (tx) => {
      if (compromised) await removeCurrentKey(tx, projectId)
      await promoteNextKey(tx, projectId, now + overlap)
      await insertKeys(tx, [next])
    })
    this.#rings.delete(projectId)
    return { keyId: (await this.#ring(projectId)).signer.keyId }
  }

  /** Deletes retired keys whose overlap is over. */
  async sweep(): Promise<void> {
    await deleteExpiredKeys(this.#db, this.#now().getTime())
  }

  #age(ring: Ring): number {
    return this.#now().getTime() - ring.readAt
  }

  #ring(projectId: string): Ring | Promise<Ring> {
    const known = this.#rings.get(projectId)
    // Time can be turned in both directions by tests, hence the absolute difference.
    if (known && (known instanceof Promise || Math.abs(this.#age(known)) < freshness)) return known
    const reading = this.#read(projectId).then(
      (ring) => {
        this.#rings.set(projectId, ring)
        return ring
      },
      (error: unknown) => {
        this.#rings.delete(projectId)
        throw error
      },
    )
    this.#rings.set(projectId, reading)
    return reading
  }

  async #read(projectId: string): Promise<Ring> {
    const readAt = this.#now().getTime()
    let rows = await readKeys(this.#db, projectId, readAt)
    if (!rows.some(({ slot }) => slot === 'current')) {
      // Two processes may both come here; the unique index lets one pair in, and both go on with that one.
      await insertKeys(this.#db, await Promise.all([this.#make(projectId, 'current'), this.#make(projectId, 'next')]))
      rows = await readKeys(this.#db, projectId, readAt)
    }
    const current = rows.find(({ slot }) => slot === 'current')
    if (!current) throw new Error(`Project ${projectId} has no current signing key.`)
    const published = rows.map(({ public_jwk }) => JSON.parse(public_jwk) as PublicJwk)
    const pem = this.#sealer.open(current.private_sealed, keyPurpose(current.key_id))
    return {
      signer: { keyId: current.key_id, key: createPrivateKey(pem) },
      published,
      verifiers: new Map(published.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })])),
      readAt,
    }
  }

  async #make(projectId: string, slot: 'current' | 'next'): Promise<SigningKeyRow> {
    const { publicKey, privateKey } = await makeKeyPair('rsa', { modulusLength: modulusBits })
    const kid = newId('jwk', environmentOf(projectId))
    const { kty, n, e } = publicKey.export({ format: 'jwk' })
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    return {
      key_id: kid,
      project_id: projectId,
      slot,
      // x5c and x5tS256 are always there, empty: some clients' types demand them (docs/wire/session-jwt.md).
      public_jwk: JSON.stringify({
        kty,
        use: 'sig',
        key_ops: ['verify'],
        alg: 'RS256',
        kid,
        n,
        e,
        x5c: [],
        x5tS256: '',
      }),
      private_sealed: this.#sealer.seal(pem, keyPurpose(kid)),
      created_at: this.#now().getTime(),
      expires_at: null,
    }
  }
}

/** What a sealed private key is bound to. */
export const keyPurpose = (keyId: string): string => `signing key ${keyId}`

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly keys: Keyring
    readonly sealer: Sealer
  }
}
