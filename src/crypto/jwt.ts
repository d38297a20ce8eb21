/** JSON Web Tokens of our own, RS256 only, signed on the thread pool and verified with ready keys. Others' are in foreign-jwt.ts. */
import { Buffer } from 'node:buffer'
import { type KeyObject, sign, verify } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { Keyring, Signer } from './keyring.ts'
import { hashToken } from './token.ts'

/** Largest token that is looked at, in characters: anything longer is refused before it is decoded. */
const longestToken = 16_384

/** `JWT` is mandatory where the official clients read: the Node client refuses a token without it. RFC 9068 has its own. */
export type TokenType = 'JWT' | 'at+jwt'

/** The headers of all tokens, by key: they never change, so each is encoded once. */
const encodedHeaders = new WeakMap<Signer, Readonly<Record<TokenType, string>>>()

function encodedHeader(signer: Signer, typ: TokenType): string {
  const known = encodedHeaders.get(signer)
  if (known) return known[typ]
  const header = (type: TokenType) => encode({ alg: 'RS256', kid: signer.keyId, typ: type })
  const made = { JWT: header('JWT'), 'at+jwt': header('at+jwt') }
  encodedHeaders.set(signer, made)
  return made[typ]
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * Signs claims as a compact JWS ({@link https://www.rfc-editor.org/rfc/rfc7515#section-5.1 RFC 7515 §5.1}). The signature
 * is computed on the thread pool, so that other requests go on meanwhile. `node:crypto` with a ready key because it is
 * the dominant cost of every signing call and a fifth cheaper there (bench/README.md).
 */
export const signJwt = async (
  keys: Keyring,
  projectId: string,
  claims: object,
  typ: TokenType = 'JWT',
): Promise<string> => signWith(await keys.signer(projectId), claims, typ)

/** The same with a key at hand. */
export function signWith(signer: Signer, claims: object, typ: TokenType = 'JWT'): Promise<string> {
  const input = `${encodedHeader(signer, typ)}.${encode(claims)}`
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(input), signer.key, (error, signature) => {
      if (error) reject(error)
      else resolve(`${input}.${signature.toString('base64url')}`)
    })
  })
}

export interface Expected {
  readonly issuer: string
  readonly audience: string
  readonly now: Date
  /** Accept a token whose `exp` has passed; the caller then looks the session itself up. */
  readonly allowExpired?: boolean
  /** Accept either `typ` in the header; default: `JWT` only. */
  readonly anyType?: boolean
}

/** Three parts of base64url, none of them empty (RFC 7515 §7.1). */
const compactForm = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/

/**
 * Verifies a token of this project and gives its claims; `undefined` if anything about it does not hold: length, form,
 * algorithm, `typ`, key, signature, issuer, audience, times ({@link https://www.rfc-editor.org/rfc/rfc8725#section-3 RFC
 * 8725 §3}). Keys come from the project's own ring only; `jku`, `x5u` and `jwk` headers are never looked at.
 */
export async function verifyJwt(
  keys: Keyring,
  projectId: string,
  token: string,
  expected: Expected,
): Promise<JWTPayload | undefined> {
  const parts = token.length > longestToken ? null : compactForm.exec(token)
  if (!parts) return undefined
  const [, head = '', payload = '', signature = ''] = parts
  const keyId = keyIdIn(decode(head), expected)
  const key = keyId === undefined ? undefined : await keys.verifier(projectId, keyId)
  if (!key || !isSigned(`${head}.${payload}`, signature, key)) return undefined
  const claims: JWTPayload | undefined = decode(payload)
  return claims && fits(claims, expected) ? claims : undefined
}

/** Tokens whose signature was found good, by the key that signed them, as hashes: what they are worth is in none of them. */
const foundGood = new WeakMap<KeyObject, Set<string>>()
/** So many per key, about 3 MB; beyond that all are forgotten, and verified again when they come. */
const mostRemembered = 20_000

/**
 * Whether the key signed that. By `node:crypto` on this thread, because by way of the thread pool it would wait behind
 * signatures. Clients send a token many times over, so that it was good is remembered. Of a signature nothing but that can
 * be: it never changes, and goes with its key. All that can change (times, revocation, the key's withdrawal) is asked anew.
 */
function isSigned(input: string, signature: string, key: KeyObject): boolean {
  const known = foundGood.get(key) ?? new Set()
  const token = hashToken(`${input}.${signature}`)
  if (known.has(token)) return true
  if (!verify('RSA-SHA256', Buffer.from(input), key, Buffer.from(signature, 'base64url'))) return false
  if (known.size >= mostRemembered) known.clear()
  foundGood.set(key, known.add(token))
  return true
}

type JsonObject = Readonly<Record<string, unknown>>

/** The JSON object behind a part; `undefined` if it is none. */
function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The audience that a token names, before anything about it is verified: good for deciding whose keys to try. */
export const unverifiedAudience = (token: string): unknown =>
  token.length > longestToken ? undefined : decode(token.split('.', 2)[1] ?? '')?.aud

/** The key that a header names, if it is a header that we write: nothing that it calls critical would be understood. */
function keyIdIn(header: JsonObject = {}, { anyType = false }: Expected): string | undefined {
  const { alg, typ, kid, crit } = header
  if (alg !== 'RS256' || crit !== undefined) return undefined
  if (typ !== 'JWT' && !(anyType && typ === 'at+jwt')) return undefined
  return typeof kid === 'string' ? kid : undefined
}

/** Whether claims are of this issuer, for this audience, and hold now (RFC 7519 §4.1). */
function fits({ iss, aud, exp, nbf }: JWTPayload, { issuer, audience, now, allowExpired = false }: Expected): boolean {
  if (iss !== issuer || ![aud].flat().includes(audience)) return false
  if (typeof exp !== 'number' || !(nbf === undefined || typeof nbf === 'number')) return false
  if (allowExpired) return true
  const seconds = Math.floor(now.getTime() / 1_000)
  return exp > seconds && (nbf === undefined || nbf <= seconds)
}
