/** The names under which an operation is known: by its place in our list, and as generated clients of the original call it. */
import type { AnyEndpoint } from './endpoint.ts'

/** Where words meet: lower→Upper, ACRONYM→Word, letter↔digit, and whatever is neither letter nor digit. */
const words = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g

/**
 * One camel-case name without dots: `api_oauth_v1_Attach` is `apiOauthV1Attach`, and `oauth.attempts`, which the original does
 * not have, `oauthAttempts`. The rules are those of the client generators that read the original’s OpenAPI document.
 */
export function flatName(name: string, { contractId }: Pick<AnyEndpoint, 'contractId'>): string {
  const parts = (contractId ?? name).match(words) ?? []
  return parts
    .map((part, at) => (at === 0 ? part.toLowerCase() : part.charAt(0).toUpperCase() + part.slice(1).toLowerCase()))
    .join('')
}
