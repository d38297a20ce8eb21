/** Bringing what a provider's token endpoint answers into the form of RFC 6749 §5, which the protocol library reads. */
import type { Provider } from './provider.ts'

type Answer = Readonly<Record<string, unknown>>

/** Longest lifetime, in seconds, that is believed: ten years. What is longer, or no number, is not passed on. */
const longestLifetime = 315_360_000

/**
 * An error that arrives with HTTP 200 gets the status that stands there; a missing `token_type` is the only one there is;
 * members that are null or empty are absent.
 */
export async function plainTokenAnswer(provider: Provider, response: Response): Promise<Response> {
  const text = await response.text()
  const { status, headers } = response
  const answer = objectIn(text)
  if (!answer) return new Response(text, { status, headers })
  const plain = provider.tokenAnswer?.(answer) ?? answer
  if (typeof plain.error === 'string') {
    return new Response(JSON.stringify(plain), { status: status < 400 ? 400 : status, headers })
  }
  const body = { token_type: 'bearer', ...Object.fromEntries(Object.entries(plain).filter(isKept(provider))) }
  return new Response(JSON.stringify(body), { status, headers })
}

const isKept =
  ({ openid }: Provider) =>
  ([name, value]: readonly [string, unknown]): boolean => {
    if (value === null || value === undefined || value === '') return false
    if (name === 'expires_in') return Number(value) > 0 && Number(value) <= longestLifetime
    // Nobody has said who issues it, so there is nothing to verify it against.
    return name !== 'id_token' || openid
  }

/** The JSON object in a text, if it is one. */
export function objectIn(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
