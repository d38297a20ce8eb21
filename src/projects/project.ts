/** A project: the world that users, sessions and logins belong to. Pure: no I/O here. */
import { z } from 'zod'
import type { Environment } from '../crypto/token.ts'

/** What a redirect URL may be used for: where an existing user lands, and where a new one does. */
export type RedirectType = 'LOGIN' | 'SIGNUP'

export interface RedirectUrl {
  readonly url: string
  readonly isDefault: boolean
}

/**
 * Switches of a project. In the project file and in the database under their wire names; every one has a default, so an
 * older row reads like a newer one.
 */
export const ProjectSettings = z.object({
  oauth_pkce_required: z.boolean().default(false).describe('Refuse a login that starts without a code_challenge.'),
  oauth_token_minutes: z
    .int()
    .min(1)
    .max(60)
    .default(5)
    .describe('How long the token that a login ends with can be authenticated, in minutes.'),
})
export type ProjectSettings = z.infer<typeof ProjectSettings>

/** Endpoints of a provider that a project may replace: a self-managed installation, or a stand-in for tests. */
export const ProviderEndpoints = z.object({
  issuer: z.url().describe('Issuer of its ID tokens.'),
  authorization: z.url().describe('Where the browser is sent.'),
  token: z.url().describe('Where the code is exchanged.'),
  jwks: z.url().describe('Keys that its ID tokens are signed with.'),
  userinfo: z.url().describe('Who logged in, for the access token.'),
  emails: z.url().describe('Their e-mail addresses, where these have an endpoint of their own.'),
})
export type ProviderEndpoints = z.infer<typeof ProviderEndpoints>

/** What may be set per provider beside the credentials. */
export const ProviderSettings = z.object({
  scopes: z.array(z.string().min(1)).optional().describe('Scopes to ask for in place of the default ones.'),
  endpoints: ProviderEndpoints.partial().optional().describe('Endpoints in place of the public ones.'),
})
export type ProviderSettings = z.infer<typeof ProviderSettings>

/** A project's account at a social login provider. */
export interface ProviderConfig {
  readonly clientId: string
  readonly clientSecret: string
  readonly settings: ProviderSettings
}

export interface Project {
  readonly id: string
  readonly name: string
  readonly environment: Environment
  /** Last segment of the callback URL, which all providers of the project share. */
  readonly callbackId: string
  readonly settings: ProjectSettings
  /** Hashes of the valid secrets, by secret id. */
  readonly secrets: ReadonlyMap<string, { readonly hash: string; readonly lastUsedAt: number | undefined }>
  readonly publicTokens: readonly string[]
  readonly redirectUrls: Readonly<Record<RedirectType, readonly RedirectUrl[]>>
  /** By path segment, e.g. `google`. */
  readonly providers: ReadonlyMap<string, ProviderConfig>
}
