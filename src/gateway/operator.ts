/**
 * The operator's login: one password, and a sealed cookie that says until when. Nothing is stored; another password ends every
 * login.
 */
import { SealError, type Sealer } from '../crypto/seal.ts'
import { hashToken, sameHash } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { addressKey, type Limit } from '../kernel/rate-limit.ts'
import { cookiesNamed } from '../oauth/index.ts'

/** How long, in seconds, a login lasts. */
const lifetime = 8 * 3_600
/** Longest cookie that is opened; ours have about 150 characters. */
const longest = 1_000

/** Guesses that an address may make. */
const guesses: Limit = { name: 'operator password', most: 10, window: 15 * 60_000 }

/** What the cookie holds. */
interface Login {
  /** Epoch ms. */
  readonly until: number
  /** Of the password that was given. */
  readonly proof: string
}

/** The `__Host-` prefix keeps other hosts out; it needs https (RFC 6265bis §4.1.3). */
const cookieName = (baseUrl: string): string => `${baseUrl.startsWith('https:') ? '__Host-' : ''}selvage_operator`

/** `Strict`: no other site brings it along, not even by a link. */
const attributes = (baseUrl: string): string =>
  `Path=/; HttpOnly; SameSite=Strict${baseUrl.startsWith('https:') ? '; Secure' : ''}`

const proofOf = (sealer: Sealer, password: string): string =>
  sealer.mac(password, 'operator password').toString('base64url')

/**
 * Whether somebody gave the operator's password. Compared in constant time; after ten wrong ones within a quarter of an hour
 * an address has to wait, and gets `too_many_requests`.
 */
export function passwordIs({ http, limits, now }: Context, given: string, password: string): boolean {
  const key = addressKey(http.ip)
  limits.requireRoom(guesses, key, now)
  if (sameHash(hashToken(given), hashToken(password))) return true
  limits.take(guesses, key, now)
  return false
}

export function operatorCookie({ sealer, now, baseUrl }: Context, password: string): string {
  const login: Login = { until: now.getTime() + lifetime * 1_000, proof: proofOf(sealer, password) }
  const sealed = sealer.seal(JSON.stringify(login), 'operator login')
  return `${cookieName(baseUrl)}=${sealed}; ${attributes(baseUrl)}; Max-Age=${lifetime}`
}

export const clearedOperatorCookie = (baseUrl: string): string =>
  `${cookieName(baseUrl)}=; ${attributes(baseUrl)}; Max-Age=0`

/** The cookie of a login that still holds; `undefined` if there is none. */
export function operatorLogin({ sealer, now, baseUrl, http }: Context, password: string): string | undefined {
  return cookiesNamed(cookieName(baseUrl), http.headers.cookie).find((sealed) => {
    const login = opened(sealer, sealed)
    return login !== undefined && login.until > now.getTime() && sameHash(login.proof, proofOf(sealer, password))
  })
}

function opened(sealer: Sealer, sealed: string): Login | undefined {
  if (sealed.length > longest) return undefined
  try {
    return JSON.parse(sealer.open(sealed, 'operator login'))
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}

/** Bound to one login: of use to nobody else, and no longer than that. In `dev` there is no login to bind it to. */
export const csrfTokenOf = (sealer: Sealer, login: string | undefined): string =>
  sealer.mac(login ?? 'no login', 'operator csrf').toString('base64url')
