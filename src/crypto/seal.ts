/**
 * Sealing: AES-256-GCM under the master key, for what must be read again (signing keys, provider credentials and tokens).
 * Each sealed text names its key, so that the master key can be replaced while old texts still open.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { random } from './random.ts'

export class SealError extends Error {
  override readonly name = 'SealError'
}

interface MasterKey {
  readonly id: string
  /** A ready key object: node makes one of a buffer in every call, which costs more than the cipher itself. */
  readonly key: KeyObject
}

const version = 's1'
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32

/** Reads a master key: 32 bytes in base64, base64url or hex. Throws `SealError` with a sentence for the operator. */
function readMasterKey(text: string): MasterKey {
  const trimmed = text.trim()
  const key = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64')
  if (key.byteLength !== keyBytes) {
    throw new SealError('The master key must be 32 bytes in base64 or hex. Make one with: openssl rand -base64 32')
  }
  return { id: hash('sha256', key, 'base64url').slice(0, 8), key: createSecretKey(key) }
}

/** A new master key, base64. */
export const newMasterKey = (): string => randomBytes(keyBytes).toString('base64')

/**
 * Seals and opens. `purpose` says what the text is and whose it is; a text sealed for one purpose does not open for
 * another, so a row cannot be passed off as a different one.
 */
export class Sealer {
  readonly #current: MasterKey
  readonly #byId: ReadonlyMap<string, MasterKey>
  readonly #macKeys = new Map<string, KeyObject>()

  /** `previous` open what they once sealed, but seal nothing more. */
  constructor(current: string, previous: readonly string[] = []) {
    this.#current = readMasterKey(current)
    this.#byId = new Map([...previous.map(readMasterKey), this.#current].map((key) => [key.id, key]))
  }

  seal(text: string, purpose: string): string {
    const nonce = random(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#current.key, nonce)
    cipher.setAAD(Buffer.from(purpose))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${version}.${this.#current.id}.${sealed.toString('base64url')}`
  }

  /** Throws `SealError` when the text was changed, was sealed for another purpose, or its key is not here. */
  open(sealed: string, purpose: string): string {
    const [, keyId = '', payload = ''] = sealed.split('.')
    const key = this.#byId.get(keyId)
    if (!key) {
      throw new SealError(
        `Sealed under the master key ${keyId || '(none)'}, which is not configured. Set SELVAGE_MASTER_KEY_PREVIOUS to it, or see docs/keys.md if it is lost.`,
      )
    }
    const bytes = Buffer.from(payload, 'base64url')
    try {
      // Without the length, node would take a shorter tag, which can be guessed.
      const nonce = bytes.subarray(0, nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(purpose))
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      throw new SealError(`A sealed text does not open for "${purpose}": it was changed or belongs elsewhere.`, {
        cause,
      })
    }
  }

  /** Whether a text is sealed under the current master key; if not, `selvage keys reseal` has work to do. */
  isCurrent(sealed: string): boolean {
    return sealed.startsWith(`${version}.${this.#current.id}.`)
  }

  /** A 16-byte authenticator over `text`, under a key of its own for each purpose. */
  mac(text: string, purpose: string): Buffer {
    let key = this.#macKeys.get(purpose)
    if (!key) {
      const derived = hkdfSync('sha256', this.#current.key, '', `selvage ${purpose}`, keyBytes)
      key = createSecretKey(Buffer.from(derived))
      this.#macKeys.set(purpose, key)
    }
    return createHmac('sha256', key).update(text).digest().subarray(0, 16)
  }
}
