/** JSON Web Tokens, RS256 only: signed on the thread pool with a ready key, verified by jose. */
import { Buffer } from 'node:buffer'
import { sign } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Keyring, Signer } from './keyring.ts'

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

/**
 * Verifies a token of this project and gives its claims; `undefined` if anything about it does not hold: length, form,
 * algorithm, `typ`, key, signature, issuer, audience, times ({@link https://www.rfc-editor.org/rfc/rfc8725#section-3 RFC
 * 8725 §3}). Keys come from the project's own ring only; `jku`, `x5u` and `jwk` headers are never looked at.
 */
export async function verifyJwt(
  keys: Keyring,
  projectId: string,
  token: string,
  { issuer, audience, now, allowExpired = false, anyType = false }: Expected,
): Promise<JWTPayload | undefined> {
  if (token.length > longestToken) return undefined
  try {
    const { kid, typ } = decodeProtectedHeader(token)
    if (kid === undefined || !(typ === 'JWT' || (anyType && typ === 'at+jwt'))) return undefined
    const { payload } = await jwtVerify(token, await keys.keysFor(projectId, kid), {
      algorithms: ['RS256'],
      typ,
      issuer,
      audience,
      currentDate: now,
      ...(allowExpired && { clockTolerance: Number.MAX_SAFE_INTEGER }),
    })
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
    throw error
  }
}
