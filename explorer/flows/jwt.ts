/** Reads and verifies a JSON Web Token (RFC 7519) in the browser, by WebCrypto; what a backend should do with a library. */

export interface Token {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** One thing that was looked at. */
export interface Check {
  readonly what: string
  readonly isGood: boolean
  readonly detail: string
}

export interface Verification extends Token {
  readonly checks: readonly Check[]
}

export interface Expected {
  readonly issuer: readonly string[]
  readonly audience: string
  /** Epoch ms. */
  readonly now: number
}

export const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

const jsonIn = (part: string) => JSON.parse(new TextDecoder().decode(fromBase64Url(part)))

/** Reads without verifying; `undefined` if it is no token. */
export function decode(jwt: string): Token | undefined {
  const [header, claims, signature] = jwt.split('.')
  if (!header || !claims || !signature) return undefined
  try {
    return { header: jsonIn(header), claims: jsonIn(claims) }
  } catch {
    return undefined
  }
}

/**
 * Checks algorithm, key, signature and the claims that say for whom and until when. RS256 only: an algorithm that the token
 * may choose is how tokens get forged (RFC 8725 §3.1). Throws where the browser has no cryptography for this page.
 */
export async function verify(jwt: string, keys: unknown, expected: Expected): Promise<Verification | undefined> {
  const token = decode(jwt)
  if (!token) return undefined
  const { header, claims } = token
  const key = keyNamed(keys, header.kid)
  const isSigned = header.alg === 'RS256' && key !== undefined && (await isSignedBy(jwt, key))
  const at = (name: string) => Number(claims[name]) * 1_000
  const audiences = [claims.aud].flat()
  return {
    ...token,
    checks: [
      { what: 'Algorithm', isGood: header.alg === 'RS256', detail: String(header.alg) },
      { what: 'Key', isGood: key !== undefined, detail: `${header.kid} ${key ? 'is' : 'is not'} in the key set` },
      { what: 'Signature', isGood: isSigned, detail: isSigned ? 'made with that key' : 'not made with that key' },
      { what: 'Issuer', isGood: expected.issuer.includes(String(claims.iss)), detail: String(claims.iss) },
      { what: 'Audience', isGood: audiences.includes(expected.audience), detail: audiences.join(', ') },
      { what: 'Expiry', isGood: at('exp') > expected.now, detail: readable(at('exp')) },
    ],
  }
}

const readable = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : 'none')

function keyNamed(keys: unknown, kid: unknown): JsonWebKey | undefined {
  const list = typeof keys === 'object' && keys !== null ? Reflect.get(keys, 'keys') : undefined
  return Array.isArray(list) ? list.find((key) => key?.kid === kid) : undefined
}

async function isSignedBy(jwt: string, key: JsonWebKey): Promise<boolean> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { kty = '', n = '', e = '' } = key
  const imported = await crypto.subtle.importKey('jwk', { kty, n, e }, algorithm, false, ['verify'])
  const end = jwt.lastIndexOf('.')
  const signed = new TextEncoder().encode(jwt.slice(0, end))
  return crypto.subtle.verify(algorithm, imported, fromBase64Url(jwt.slice(end + 1)), signed)
}

/** Whether this page may use `crypto.subtle`: https, or localhost. */
export const hasCryptography = (): boolean => globalThis.crypto?.subtle !== undefined
