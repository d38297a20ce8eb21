/** A signing key that lives as long as the process: for the providers that `selvage dev` plays, never for sessions. */
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { signWith } from './jwt.ts'
import type { PublicJwk, Signer } from './keyring.ts'
import { hashToken } from './token.ts'

const makeKeyPair = promisify(generateKeyPair)

interface Key {
  readonly signer: Signer
  readonly jwk: PublicJwk
}

/** RS256 with a 2048-bit key, which is made at first use: a process that signs nothing does not pay for it. */
export class EphemeralSigner {
  #key: Promise<Key> | undefined

  /** Signs claims as a compact JWS ({@link https://www.rfc-editor.org/rfc/rfc7515#section-5.1 RFC 7515 §5.1}). */
  async sign(claims: object): Promise<string> {
    return signWith((await this.#made()).signer, claims)
  }

  /** The public half, as a key set is published ({@link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517 §5}). */
  async keySet(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    return { keys: [(await this.#made()).jwk] }
  }

  #made(): Promise<Key> {
    this.#key ??= makeKey()
    return this.#key
  }
}

async function makeKey(): Promise<Key> {
  const { publicKey, privateKey } = await makeKeyPair('rsa', { modulusLength: 2048 })
  const { n, e } = publicKey.export({ format: 'jwk' })
  if (n === undefined || e === undefined) throw new Error('An RSA key without modulus or exponent was made.')
  const keyId = hashToken(n)
  return { signer: { keyId, key: privateKey }, jwk: { kty: 'RSA', alg: 'RS256', use: 'sig', kid: keyId, n, e } }
}
