/** Proof Key for Code Exchange, method S256 only ({@link https://www.rfc-editor.org/rfc/rfc7636#section-4 RFC 7636 §4}). */
import { hashToken, sameHash } from './token.ts'

/** RFC 7636 §4.1: 43 to 128 unreserved characters. Clients make it from hex or base64url; both fit. */
export const isCodeVerifier = (text: string): boolean => /^[A-Za-z0-9._~-]{43,128}$/.test(text)

/** RFC 7636 §4.2: an unpadded base64url SHA-256 digest has 43 characters. */
export const isCodeChallenge = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

/** RFC 7636 §4.2: base64url(SHA-256(ASCII(verifier))), without padding. */
export const codeChallenge = (verifier: string): string => hashToken(verifier)

/** RFC 7636 §4.6: recomputes the challenge and compares in constant time. */
export const verifierMatches = (verifier: string, challenge: string): boolean =>
  sameHash(codeChallenge(verifier), challenge)
