/** What a token request holds, what it is answered with, and what a grant type has to do. */
import { z } from 'zod'
import type { Context } from '../kernel/endpoint.ts'
import type { Client } from './client-authentication.ts'
import { clientFields, parameter } from './client-credentials.ts'
import * as errors from './errors.ts'

export const TokenInput = z.looseObject({
  grant_type: parameter.describe('`authorization_code`, `refresh_token` or `client_credentials`.'),
  ...clientFields,
  code: parameter.describe('authorization_code: from the redirect.'),
  redirect_uri: parameter.describe('authorization_code: as in the authorization request. May be left out with PKCE.'),
  code_verifier: parameter.describe('authorization_code: of the code_challenge.'),
  refresh_token: parameter.describe('refresh_token: from the last answer.'),
  scope: parameter.describe('Narrows what was granted.'),
  resource: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Which of the granted resources the token is for (RFC 8707). May be repeated.'),
})
export type TokenInput = z.infer<typeof TokenInput>

/** A successful answer (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** In seconds. */
  readonly expires_in: number
  readonly scope: string
  readonly refresh_token?: string
  readonly id_token?: string
}

/** What a grant type does once its client is known. Each has a file of its own. */
export type Redeem = (input: TokenInput, client: Client, context: Context) => Promise<TokenAnswer>

/** A parameter that a grant type cannot do without. */
export function required(input: TokenInput, name: 'code' | 'refresh_token'): string {
  const value = input[name]
  if (value === undefined) throw errors.parameterRequired({ parameter: name })
  return value
}

/** The Connected App behind a grant that acts for a user. Throws `unauthorized_client` for an M2M client. */
export function requireApp(client: Client, grant: string): Extract<Client, { kind: 'app' }> {
  if (client.kind === 'app') return client
  throw errors.unauthorizedClient({ grant, advice: 'An M2M client acts for itself: use client_credentials.' })
}
