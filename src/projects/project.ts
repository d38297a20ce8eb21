/** A project: the world that users, sessions and logins belong to. Pure: no I/O here. */
import { z } from 'zod'
import { type Environment, isId } from '../crypto/token.ts'
import type { RbacPolicy } from './rbac-policy.ts'

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
  oauth_errors_to_app: z
    .boolean()
    .default(false)
    .describe(
      'Send a person whose login failed back to the login redirect URL, with `error` and `error_description` instead of a token. Otherwise the server shows a page.',
    ),
  oauth_keep_provider_tokens: z
    .boolean()
    .default(false)
    .describe(
      'Keep the provider’s own tokens, sealed, for as long as the registration lasts. Otherwise they are handed out once.',
    ),
  redirect_loopback_ports: z
    .boolean()
    .default(false)
    .describe(
      'Let a registered http URL on loopback match with any port (RFC 8252 §7.3), for apps that listen on a free one.',
    ),
  frontend_enabled: z
    .boolean()
    .optional()
    .describe(
      'Whether browsers and apps may call `/sdk/v1` and One Tap with the public token. Default: in test projects only.',
    ),
  frontend_origins: z
    .array(z.url({ protocol: /^https?$/ }))
    .default([])
    .describe('Origins that may, beside those of the redirect URLs and, in test projects, loopback.'),
  frontend_max_session_minutes: z
    .int()
    .min(5)
    .max(527_040)
    .default(527_040)
    .describe('Longest session that can be asked for through `/sdk/v1`, in minutes.'),
  idp_authorization_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'A page of yours at which Connected Apps begin, in place of the built-in ones: it asks the user and submits the answer.',
    ),
  idp_issuer_path: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .optional()
    .describe(
      'Makes the issuer this path below the origin. For all but one project, where several have Connected Apps.',
    ),
  idp_default_scopes: z
    .array(z.string().min(1))
    .default(['openid', 'profile', 'email'])
    .describe('What the built-in page asks for when a client names no scope.'),
  idp_dynamic_client_registration_enabled: z
    .boolean()
    .optional()
    .describe('Whether clients may register themselves (RFC 7591). Default: in test projects only.'),
  idp_dynamic_client_registration_access_token_template_content: z
    .string()
    .max(4_096)
    .default('')
    .describe('Claims that access tokens of such clients carry, as a template.'),
  idp_registration_management_enabled: z
    .boolean()
    .default(false)
    .describe('Whether a client that registered itself may change and delete its registration (RFC 7592).'),
  idp_client_id_metadata_documents_enabled: z
    .boolean()
    .optional()
    .describe('Whether a client may be the URL of its metadata document. Default: in test projects only.'),
  idp_remember_offline_access: z
    .boolean()
    .default(false)
    .describe('Ask a person only once for `offline_access`, instead of each time.'),
  idp_refresh_grace_seconds: z
    .int()
    .min(0)
    .max(600)
    .default(60)
    .describe('How long a used refresh token still gives the same successor, for a client that missed the answer.'),
  idp_access_token_type: z
    .enum(['JWT', 'at+jwt'])
    .default('JWT')
    .describe('`typ` of access tokens. The official clients want JWT; RFC 9068 wants at+jwt.'),
  m2m_access_token_template_content: z
    .string()
    .max(4_096)
    .default('')
    .describe('Claims that access tokens of M2M clients carry, as a template over `client` and `request`.'),
  idp_allowed_resources: z
    .array(z.url())
    .optional()
    .describe('Resources that clients may ask tokens for (RFC 8707). Default: any.'),
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

/** Where the members of a profile stand in a custom provider's answer; a dot leads into an object. */
export const ClaimNames = z.object({
  subject: z.string().default('sub').describe('The provider’s stable id of the account.'),
  email: z.string().default('email'),
  email_verified: z.string().default('email_verified'),
  name: z.string().default('name').describe('A full name, where there is no first and last one.'),
  first_name: z.string().default('given_name'),
  last_name: z.string().default('family_name'),
  picture: z.string().default('picture'),
  locale: z.string().default('locale'),
})
export type ClaimNames = z.infer<typeof ClaimNames>

/** What may be set per provider beside the credentials. */
export const ProviderSettings = z.object({
  scopes: z.array(z.string().min(1)).optional().describe('Scopes to ask for in place of the default ones.'),
  endpoints: ProviderEndpoints.partial().optional().describe('Endpoints in place of the public ones.'),
  trust_email: z
    .boolean()
    .optional()
    .describe('Count addresses of a provider that does not say whether they are verified (Facebook, Coinbase, Figma).'),
  native_client_ids: z
    .array(z.string().min(1))
    .optional()
    .describe('Client IDs whose ID tokens native apps may send; for Apple, bundle IDs.'),
  team_id: z.string().min(1).optional().describe('Apple: the team that signs client secrets.'),
  key_id: z.string().min(1).optional().describe('Apple: the key that signs client secrets.'),
  type: z.enum(['oidc', 'oauth2']).optional().describe('Makes this a provider of your own, under this path segment.'),
  name: z.string().min(1).max(100).optional().describe('How people know it. Default: the path segment.'),
  client_authentication: z.enum(['client_secret_post', 'client_secret_basic']).optional(),
  pkce: z.boolean().optional().describe('Whether it takes PKCE. Default: true.'),
  link_by_email: z
    .enum(['verified', 'never'])
    .optional()
    .describe('Whether an address that it calls verified links to the user who has it. Default: `never`.'),
  claims: ClaimNames.partial().optional().describe('Names of its claims, where they are not those of OpenID Connect.'),
})
export type ProviderSettings = z.infer<typeof ProviderSettings>

/** A project's account at a social login provider. */
export interface ProviderConfig {
  readonly clientId: string
  /** For a provider that wants signed client secrets: the private key that signs them, PEM. */
  readonly clientSecret: string
  readonly settings: ProviderSettings
}

/** Somebody else's tokens that start sessions here (`/v1/sessions/attest`). */
export const TrustedTokenProfile = z
  .strictObject({
    profile_id: z
      .string()
      .refine(
        (id) => isId('trusted-token-profile', id),
        'must look like trusted-token-profile-test-… followed by a UUID',
      ),
    name: z.string().max(200).default(''),
    issuer: z.string().min(1).describe('`iss` of the tokens.'),
    audience: z.string().min(1).describe('`aud` of the tokens.'),
    jwks_url: z.url().optional().describe('Where the keys of the issuer are published.'),
    pem: z.array(z.string().min(1)).optional().describe('The keys themselves, instead of a URL.'),
    can_jit_provision: z.boolean().default(false).describe('Make a user for whoever is not known yet.'),
    attribute_mapping: z
      .strictObject({
        email: z.string().default('email'),
        email_verified: z.string().default('email_verified'),
        token_id: z.string().default('jti').describe('What makes a token single use.'),
        external_user_id: z.string().default('sub'),
      })
      .prefault({})
      .describe('Names of the claims.'),
  })
  .refine(({ jwks_url, pem }) => (jwks_url === undefined) !== (pem === undefined), 'needs either jwks_url or pem')
export type TrustedTokenProfile = z.infer<typeof TrustedTokenProfile>

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
  readonly rbac: RbacPolicy
  readonly trustedTokenProfiles: readonly TrustedTokenProfile[]
}
