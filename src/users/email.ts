/** E-mail addresses: what counts as one, and when two are the same. Pure. */

/** RFC 5321 §4.5.3.1: 64 octets before the @, 255 after it, 254 in all that fit into a path. */
const longest = 254

/**
 * What an address is compared by: compatibility characters folded (NFKC), lower case. Look-alike letters stay different:
 * a dotless i is not an i, so nobody inherits an account by the look of an address (security check 37).
 */
export const emailKey = (address: string): string => address.normalize('NFKC').trim().toLowerCase()

/**
 * Whether a text can be an address, judged by its folded form. Strict where two mail systems could disagree: one @, no
 * white space or control characters, labels without a leading, trailing or doubled dot.
 */
export function isEmailAddress(address: string): boolean {
  const key = emailKey(address)
  if (key.length > longest || address.trim() !== address) return false
  const [local = '', domain = '', ...more] = key.split('@')
  if (more.length > 0 || local.length > 64) return false
  const isLocal = /^[^\s\p{C}@.,;:<>()[\]\\"]+(\.[^\s\p{C}@.,;:<>()[\]\\"]+)*$/u.test(local)
  return (
    isLocal && /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u.test(domain)
  )
}

/** E.164: a plus sign and up to fifteen digits. */
export const isPhoneNumber = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text)
