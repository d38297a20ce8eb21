/** The row of each table, for the query builder. What a column means stands in `migrations/`, beside its declaration. */

export interface ProjectsTable {
  project_id: string
  name: string
  environment: 'test' | 'live'
  oauth_callback_id: string
  settings: string
  created_at: number
}

export interface ProjectSecretsTable {
  secret_id: string
  project_id: string
  secret_hash: string
  created_at: number
  last_used_at: number | null
}

export interface PublicTokensTable {
  public_token: string
  project_id: string
  created_at: number
}

export interface RedirectUrlsTable {
  project_id: string
  type: 'LOGIN' | 'SIGNUP'
  url: string
  is_default: number
  position: number
}

export interface ProviderConfigsTable {
  project_id: string
  provider: string
  client_id: string
  credentials_sealed: string
  settings: string
}

export interface SigningKeysTable {
  key_id: string
  project_id: string
  slot: 'current' | 'next' | 'retired'
  public_jwk: string
  private_sealed: string
  created_at: number
  expires_at: number | null
}

export interface UsersTable {
  user_id: string
  project_id: string
  external_id: string | null
  status: 'active' | 'pending'
  first_name: string
  middle_name: string
  last_name: string
  trusted_metadata: string
  untrusted_metadata: string
  roles: string
  created_at: number
}

export interface UserEmailsTable {
  email_id: string
  project_id: string
  user_id: string
  address: string
  address_key: string
  verified: number
  created_at: number
}

export interface UserPhoneNumbersTable {
  phone_id: string
  project_id: string
  user_id: string
  phone_number: string
  verified: number
  created_at: number
}

export interface OauthRegistrationsTable {
  registration_id: string
  project_id: string
  user_id: string
  provider: string
  subject: string
  email_id: string | null
  profile_picture_url: string
  locale: string
  created_at: number
  updated_at: number
  provider_values_sealed: string | null
}

export interface SessionsTable {
  session_id: string
  project_id: string
  user_id: string
  token_hash: string
  token_sealed: string
  started_at: number
  last_accessed_at: number
  expires_at: number
  ip_address: string
  user_agent: string
  factors: string
  custom_claims: string
}

export interface OauthFlowsTable {
  state_hash: string
  project_id: string
  provider: string
  browser_hash: string
  redirect_uri: string
  login_redirect_url: string
  signup_redirect_url: string
  scopes: string
  code_challenge: string | null
  attach_token_hash: string | null
  created_at: number
  expires_at: number
  consumed_at: number | null
}

export interface OauthTokensTable {
  token_hash: string
  project_id: string
  user_id: string
  registration_id: string | null
  code_challenge: string | null
  provider_values_sealed: string
  reset_sessions: number
  failed_attempts: number
  created_at: number
  expires_at: number
  consumed_at: number | null
}

export interface OauthAttachTokensTable {
  token_hash: string
  project_id: string
  user_id: string
  provider: string
  created_at: number
  expires_at: number
  reserved_by: string | null
  needs_pkce: number
  consumed_at: number | null
}

/** Kept by kysely's migrator. */
export interface KyselyMigrationTable {
  name: string
}

export interface Tables {
  kysely_migration: KyselyMigrationTable
  projects: ProjectsTable
  project_secrets: ProjectSecretsTable
  public_tokens: PublicTokensTable
  redirect_urls: RedirectUrlsTable
  provider_configs: ProviderConfigsTable
  signing_keys: SigningKeysTable
  users: UsersTable
  user_emails: UserEmailsTable
  user_phone_numbers: UserPhoneNumbersTable
  oauth_registrations: OauthRegistrationsTable
  sessions: SessionsTable
  oauth_flows: OauthFlowsTable
  oauth_tokens: OauthTokensTable
  oauth_attach_tokens: OauthAttachTokensTable
}
