/** Client secrets that are JWTs, signed with a key of the client: what Sign in with Apple wants (ES256). */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'

const signAsync = promisify(sign)

/** Reads a PEM private key on the curve P-256, also one whose line breaks were written as `\\n`; `undefined` for anything else. */
export function readP256Key(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'))
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined
  } catch {
    return undefined
  }
}

export interface SignedSecret {
  readonly key: KeyObject
  readonly keyId: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** A compact JWS with ES256 (RFC 7515 §7.1, RFC 7518 §3.4). */
export async function signEs256({ key, keyId, claims }: SignedSecret): Promise<string> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${part({ alg: 'ES256', kid: keyId, typ: 'JWT' })}.${part(claims)}`
  const signature = await signAsync('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}
