/** Signing keys that live as long as the process: for the providers that `selvage dev` plays, never for sessions. */
import { generateKeyPair, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { signEs256 } from './client-secret.ts'
import { signWith } from './jwt.ts'
import type { Signer } from './keyring.ts'
import { hashToken } from './token.ts'

const makeKeyPair = promisify(generateKeyPair)

type Jwk = Readonly<Record<string, string>>

interface Keys {
  readonly rsa: Signer
  readonly ec: Signer
  readonly jwks: readonly Jwk[]
}

/** One key for RS256 and one for ES256, made at first use: a process that signs nothing does not pay for them. */
export class EphemeralSigner {
  #keys: Promise<Keys> | undefined

  /** Signs claims as a compact JWS ({@link https://www.rfc-editor.org/rfc/rfc7515#section-5.1 RFC 7515 §5.1}). */
  async sign(claims: Readonly<Record<string, unknown>>, algorithm: 'RS256' | 'ES256' = 'RS256'): Promise<string> {
    const { rsa, ec } = await this.#made()
    return algorithm === 'RS256' ? signWith(rsa, claims) : signEs256({ ...ec, claims })
  }

  /** The public halves, as a key set is published ({@link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517 §5}). */
  async keySet(): Promise<{ readonly keys: readonly Jwk[] }> {
    return { keys: (await this.#made()).jwks }
  }

  #made(): Promise<Keys> {
    this.#keys ??= makeKeys()
    return this.#keys
  }
}

async function makeKeys(): Promise<Keys> {
  const [rsa, ec] = await Promise.all([
    makeKeyPair('rsa', { modulusLength: 2048 }),
    makeKeyPair('ec', { namedCurve: 'P-256' }),
  ])
  const { n = '', e = '' } = rsa.publicKey.export({ format: 'jwk' })
  const { x = '', y = '' } = ec.publicKey.export({ format: 'jwk' })
  const [rsaId, ecId] = [hashToken(n), hashToken(x)]
  return {
    rsa: { keyId: rsaId, key: rsa.privateKey },
    ec: { keyId: ecId, key: ec.privateKey },
    jwks: [
      { kty: 'RSA', alg: 'RS256', use: 'sig', kid: rsaId, n, e },
      { kty: 'EC', alg: 'ES256', use: 'sig', kid: ecId, crv: 'P-256', x, y },
    ],
  }
}

/** A client's key pair on P-256, for a provider that wants signed client secrets. */
export class EphemeralClientKey {
  #pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined

  /** The private half, PEM: what a project file would hold. */
  privatePem(): string {
    return this.#made().privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  }

  /** The claims of a client secret that this key has signed; `undefined` for any other text. */
  claimsOf(secret: string): Readonly<Record<string, unknown>> | undefined {
    const [header = '', payload = '', signature = '', ...more] = secret.split('.')
    const key = { key: this.#made().publicKey, dsaEncoding: 'ieee-p1363' as const }
    const input = Buffer.from(`${header}.${payload}`)
    if (more.length > 0 || !verify('sha256', input, key, Buffer.from(signature, 'base64url'))) return undefined
    return JSON.parse(Buffer.from(payload, 'base64url').toString())
  }

  #made() {
    this.#pair ??= generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return this.#pair
  }
}
