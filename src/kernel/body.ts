/**
 * From the bytes of a request to the members that an endpoint reads. Lenient where official clients are sloppy
 * (docs/wire/envelopes.md), strict where sloppiness could hide something: encoding, depth, repetition.
 */
import { badRequest } from './errors.ts'

/** Members as they arrived, before validation. */
export type Members = Record<string, unknown>

/** Deepest nesting of arrays and objects that is accepted. */
const deepest = 64
/** A form larger than this, in bytes, is refused; JSON has the limit of the listener. */
export const largestForm = 100_000

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw badRequest({ problem: 'the body is not valid UTF-8. Encode it as UTF-8.' })
  }
}

/** PostgreSQL cannot store it, and nothing that means well sends it. */
export function refuseNul(text: string): void {
  if (text.includes('\u0000')) throw badRequest({ problem: 'a value holds the character NUL. Leave it out.' })
}

/** Removes `__proto__` members, refuses nesting beyond `deepest` and the character NUL, in one walk. */
function inspect(value: unknown, depth: number): void {
  if (typeof value === 'string') refuseNul(value)
  if (typeof value !== 'object' || value === null) return
  if (depth > deepest) throw badRequest({ problem: `the body is nested more than ${deepest} levels deep.` })
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  for (const member of Object.values(value)) inspect(member, depth + 1)
}

/**
 * Reads a JSON body whatever its content type says. Nothing, white space and the literal `null` are the empty object:
 * clients send `Content-Type: application/json` with no body, and one sends `null` on GET.
 */
export function readJson(bytes: Uint8Array | undefined): Members {
  if (bytes === undefined || bytes.byteLength === 0) return {}
  const text = decode(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    if (text.trim() === '') return {}
    throw badRequest({ problem: 'the body is not valid JSON.' })
  }
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw badRequest({ problem: 'the body must be a JSON object.' })
  inspect(value, 1)
  return value as Members
}

/** Whether a name is read: once, any number of times, or not at all. */
export type Known = (name: string) => 'once' | 'many' | undefined

/**
 * Reads a query string or a form. Each name must stand once: which of two values counts would otherwise depend on who
 * reads them (RFC 6749 §3.1). `known` limits that to the names that the endpoint reads; others may repeat.
 */
export function readPairs(text: string, known: Known): Members {
  if (text === '') return {}
  const members: Members = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const place = known(name)
    if (!place) continue
    if (place === 'many') {
      refuseNul(value)
      members[name] = [...((members[name] as string[] | undefined) ?? []), value]
      continue
    }
    if (name in members) throw badRequest({ problem: `${name} was sent more than once. Send it once.` })
    refuseNul(value)
    members[name] = value
  }
  return members
}

/** Whether a body is a form. What begins with a brace is JSON, whatever its label: `curl -d '{…}'` calls it a form. */
export const isForm = (contentType: string | readonly string[] | undefined, bytes: Uint8Array | undefined): boolean =>
  String(contentType ?? '').startsWith('application/x-www-form-urlencoded') && bytes?.[0] !== 0x7b

export function readForm(bytes: Uint8Array | undefined, known: Known): Members {
  if (bytes === undefined) return {}
  if (bytes.byteLength > largestForm) throw badRequest({ problem: `the form is larger than ${largestForm} bytes.` })
  return readPairs(decode(bytes), known)
}
