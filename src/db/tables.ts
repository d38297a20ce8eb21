/** The row of each table, for the query builder. What a column means stands in `migrations/`, beside its declaration. */
import type { ColumnType } from 'kysely'

export interface ProjectsTable {
  project_id: string
  name: string
  environment: 'test' | 'live'
  oauth_callback_id: string
  settings: string
  created_at: number
  rbac_policy: ColumnType<string, string | undefined, string>
  trusted_token_profiles: ColumnType<string, string | undefined, string>
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

export interface ConnectedAppsTable {
  client_id: string
  project_id: string
  client_type: 'first_party' | 'first_party_public' | 'third_party' | 'third_party_public'
  client_name: string
  client_description: string
  redirect_urls: string
  post_logout_redirect_urls: string
  logo_url: string | null
  full_access_allowed: number
  bypass_consent_for_offline_access: number
  access_token_expiry_minutes: number
  access_token_custom_audience: string | null
  access_token_template_content: string
  id_token_template_content: string
  creation_method: 'api' | 'project_file' | 'dynamic_client_registration' | 'client_id_metadata_document'
  token_endpoint_auth_method: string | null
  client_secret_hash: string | null
  client_secret_last_four: string | null
  next_client_secret_hash: string | null
  next_client_secret_last_four: string | null
  client_id_metadata_url: string | null
  metadata_document: string | null
  metadata_fresh_until: number | null
  registration: string | null
  registration_hash: string | null
  registration_token_hash: string | null
  first_used_at: number | null
  created_at: number
}

export interface M2mClientsTable {
  project_id: string
  client_id: string
  client_name: string
  client_description: string
  status: 'active' | 'inactive'
  scopes: string
  trusted_metadata: string
  client_secret_hash: string
  client_secret_last_four: string
  next_client_secret_hash: string | null
  next_client_secret_last_four: string | null
  creation_method: 'api' | 'project_file'
  created_at: number
}

export interface ConsentsTable {
  user_id: string
  client_id: string
  project_id: string
  scopes: string
  granted_at: number
}

export interface GrantsTable {
  grant_id: string
  project_id: string
  client_id: string
  user_id: string
  session_id: string | null
  scopes: string
  resources: string
  nonce: string | null
  auth_time: number
  created_at: number
  expires_at: number
  ended_at: number | null
  ended_because: string | null
}

export interface AuthorizationCodesTable {
  code_hash: string
  project_id: string
  grant_id: string
  redirect_uri: string
  code_challenge: string | null
  failed_attempts: number
  created_at: number
  expires_at: number
  consumed_at: number | null
}

export interface RefreshTokensTable {
  token_hash: string
  project_id: string
  grant_id: string
  created_at: number
  expires_at: number
  used_at: number | null
  successor_sealed: string | null
}

export interface SpentAccessTokensTable {
  token_id: string
  use: 'revoked' | 'exchanged'
  project_id: string
  spent_at: number
  expires_at: number
}

export interface SpentAssertionsTable {
  project_id: string
  issuer: string
  assertion_id: string
  expires_at: number
}

export interface OauthAttemptsTable {
  attempt_id: string
  project_id: string
  at: number
  step: string
  client_id: string | null
  outcome: string
  details: string
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
  connected_apps: ConnectedAppsTable
  m2m_clients: M2mClientsTable
  consents: ConsentsTable
  grants: GrantsTable
  authorization_codes: AuthorizationCodesTable
  refresh_tokens: RefreshTokensTable
  spent_access_tokens: SpentAccessTokensTable
  spent_assertions: SpentAssertionsTable
  oauth_attempts: OauthAttemptsTable
}
