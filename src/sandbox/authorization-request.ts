/** The authorization request as a provider reads it (RFC 6749 §4.1.1). Pure. */
import { z } from 'zod'
import { isCodeChallenge } from '../crypto/pkce.ts'
import type { PlayedProvider } from './providers/index.ts'

/** Longest parameter, in characters. Memory holds a thousand requests, so none may be large. */
const longest = 2_000

const parameter = z.string().max(longest).optional()

/** Wire names of the parameters; the page carries them on to its form. */
export const authorizationParameters = {
  client_id: parameter.describe('Given out by the sandbox itself.'),
  client_key: parameter.describe('What TikTok calls the client ID.'),
  redirect_uri: parameter.describe('The callback URL of a project of this server.'),
  response_type: parameter.describe('`code`.'),
  scope: parameter.describe('What is asked for, separated by spaces.'),
  state: parameter.describe('Passed back untouched.'),
  nonce: parameter.describe('Passed on into the ID token.'),
  code_challenge: parameter.describe('base64url(SHA-256(code_verifier)).'),
  code_challenge_method: parameter.describe('`S256`.'),
  response_mode: parameter.describe('`form_post` brings the answer in a form.'),
  claims: parameter.describe('Claims that are asked for by name, as JSON.'),
  access_type: parameter.describe('`offline` asks for a refresh token.'),
  prompt: parameter.describe('`none` forbids the page.'),
  login_hint: parameter.describe('An e-mail address that the page offers.'),
}

const AuthorizationParameters = z.object(authorizationParameters)
export type AuthorizationParameters = z.infer<typeof AuthorizationParameters>

/** The parameters that came, by wire name: for whoever sends the same request again. */
export const parametersOf = (request: AuthorizationParameters): readonly (readonly [string, string])[] =>
  Object.entries(AuthorizationParameters.parse(request)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )

/** Scopes in a request, each once: separated by spaces, or by commas where the provider writes them so. */
export function askedScopes(
  { scopeSeparator, real }: PlayedProvider,
  { scope = '' }: AuthorizationParameters,
): string[] {
  const commas = scopeSeparator === ',' || real.scopeSeparator === ','
  const asked = scope.split(commas ? /[\s,]+/ : /\s+/).filter((name) => name !== '')
  return [...new Set(asked)]
}

/** Names of the ID token's claims that are asked for (OpenID Connect Core 1.0 §5.5). */
export function wantedClaims({ claims }: AuthorizationParameters): ReadonlySet<string> {
  try {
    const { id_token } = z.object({ id_token: z.record(z.string(), z.unknown()) }).parse(JSON.parse(claims ?? ''))
    return new Set(Object.keys(id_token))
  } catch {
    return new Set()
  }
}

export interface Refusal {
  readonly error: string
  readonly description: string
}

interface Rule {
  readonly holds: (request: AuthorizationParameters, provider: PlayedProvider) => boolean
  readonly otherwise: Refusal
}

const invalidRequest = (description: string): Refusal => ({ error: 'invalid_request', description })

/** What is looked at once the redirect URI is known to be right, in this order; the first that fails is reported. */
const rules: readonly Rule[] = [
  {
    // RFC 6749 §4.1.2.1
    holds: ({ response_type }) => response_type === 'code',
    otherwise: { error: 'unsupported_response_type', description: 'response_type must be code.' },
  },
  {
    // Apple alone issues an ID token without any scope.
    holds: (request, provider) =>
      !provider.real.openid || provider.id === 'apple' || askedScopes(provider, request).length > 0,
    otherwise: invalidRequest('Missing required parameter: scope.'),
  },
  {
    // Apple: name and address come in the form only.
    holds: (request, { real }) =>
      real.authorizationParameters?.response_mode === undefined ||
      !request.scope ||
      request.response_mode === 'form_post',
    otherwise: invalidRequest('response_mode must be form_post when name or email scope is requested.'),
  },
  {
    // X takes no request without PKCE.
    holds: ({ code_challenge }, { id }) => id !== 'twitter' || code_challenge !== undefined,
    otherwise: invalidRequest('code_challenge is required.'),
  },
  {
    // RFC 7636 §4.3: no method means `plain`, which hides nothing; providers of today refuse it.
    holds: ({ code_challenge, code_challenge_method }) =>
      code_challenge === undefined || code_challenge_method === 'S256',
    otherwise: invalidRequest('code_challenge_method must be S256.'),
  },
  {
    holds: ({ code_challenge, code_challenge_method }) => code_challenge !== undefined || !code_challenge_method,
    otherwise: invalidRequest('code_challenge_method came without a code_challenge.'),
  },
  {
    holds: ({ code_challenge }) => code_challenge === undefined || isCodeChallenge(code_challenge),
    otherwise: invalidRequest('code_challenge is not the base64url form of a SHA-256 digest.'),
  },
]

/** Why a provider would refuse the request, or `undefined`. */
export const refusalOf = (request: AuthorizationParameters, provider: PlayedProvider): Refusal | undefined =>
  rules.find(({ holds }) => !holds(request, provider))?.otherwise
