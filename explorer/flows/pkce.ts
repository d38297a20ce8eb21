/** Proof Key for Code Exchange (RFC 7636), with the browser's own cryptography. */
import { toBase64Url } from './jwt.ts'

/** 32 random bytes, as RFC 7636 §4.1 recommends. */
export const newVerifier = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)))

/** base64url(SHA-256(verifier)). */
export async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return toBase64Url(new Uint8Array(digest))
}
