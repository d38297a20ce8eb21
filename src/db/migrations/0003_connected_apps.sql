-- Roles, resources and scopes (JSON), and profiles of tokens that somebody else signs and that start sessions here (JSON).
alter table projects add column rbac_policy text not null default '{}';

alter table projects add column trusted_token_profiles text not null default '[]';

-- OAuth clients that act for users. Secrets are hashes; during a rotation there are two.
create table connected_apps (
  client_id text primary key,
  project_id text not null references projects (project_id) on delete cascade,
  client_type text not null,
  client_name text not null,
  client_description text not null,
  -- JSON arrays of URLs, as registered.
  redirect_urls text not null,
  post_logout_redirect_urls text not null,
  logo_url text,
  full_access_allowed integer not null,
  bypass_consent_for_offline_access integer not null,
  access_token_expiry_minutes integer not null,
  access_token_custom_audience text,
  access_token_template_content text not null,
  id_token_template_content text not null,
  -- How it came to be: api, project_file, dynamic_client_registration or client_id_metadata_document.
  creation_method text not null,
  -- Which way of authenticating it registered for; null: any that its secret allows.
  token_endpoint_auth_method text,
  client_secret_hash text,
  client_secret_last_four text,
  next_client_secret_hash text,
  next_client_secret_last_four text,
  -- The URL that is its client_id on the wire, and the document found there (JSON), fresh until then.
  client_id_metadata_url text,
  metadata_document text,
  metadata_fresh_until bigint,
  -- Of a registered client: what it registered (JSON), a hash that finds an equal one again, and the token that manages it.
  registration text,
  registration_hash text,
  registration_token_hash text,
  -- When a user first completed a flow; clients that register themselves and never get there are deleted.
  first_used_at bigint,
  created_at bigint not null
);

create index connected_apps_project on connected_apps (project_id, created_at, client_id);

create unique index connected_apps_metadata_url on connected_apps (project_id, client_id_metadata_url);

create unique index connected_apps_registration on connected_apps (project_id, registration_hash);

-- OAuth clients that act for themselves. Their IDs may be chosen, hence the key.
create table m2m_clients (
  project_id text not null references projects (project_id) on delete cascade,
  client_id text not null,
  client_name text not null,
  client_description text not null,
  status text not null,
  -- JSON array.
  scopes text not null,
  trusted_metadata text not null,
  client_secret_hash text not null,
  client_secret_last_four text not null,
  next_client_secret_hash text,
  next_client_secret_last_four text,
  -- How it came to be: api or project_file.
  creation_method text not null,
  created_at bigint not null,
  primary key (project_id, client_id)
);

create index m2m_clients_project on m2m_clients (project_id, created_at, client_id);

-- What a user has agreed to, per client: the scopes of the last completed flow (JSON array).
create table consents (
  user_id text not null references users (user_id) on delete cascade,
  client_id text not null references connected_apps (client_id) on delete cascade,
  project_id text not null,
  scopes text not null,
  granted_at bigint not null,
  primary key (user_id, client_id)
);

create index consents_client on consents (client_id);

-- One completed authorization: what all of its tokens are for. A row that ends stays for a while, so that one can ask why.
create table grants (
  grant_id text primary key,
  project_id text not null,
  client_id text not null references connected_apps (client_id) on delete cascade,
  user_id text not null references users (user_id) on delete cascade,
  -- The session that the user authorized with; only such a grant can be exchanged for it.
  session_id text,
  -- JSON arrays.
  scopes text not null,
  resources text not null,
  nonce text,
  auth_time bigint not null,
  created_at bigint not null,
  -- When the last token that it can still give expires.
  expires_at bigint not null,
  ended_at bigint,
  -- E.g. refresh_token_reused, consent_revoked, code_replayed, revoked_by_client.
  ended_because text
);

create index grants_user on grants (user_id, client_id);

create index grants_client on grants (client_id);

create index grants_expiry on grants (expires_at);

-- The code of a grant, until it is redeemed. Redeeming is one update; a second one finds consumed_at and ends the grant.
create table authorization_codes (
  code_hash text primary key,
  project_id text not null,
  grant_id text not null references grants (grant_id) on delete cascade,
  redirect_uri text not null,
  code_challenge text,
  failed_attempts integer not null,
  created_at bigint not null,
  expires_at bigint not null,
  consumed_at bigint
);

create index authorization_codes_expiry on authorization_codes (expires_at);

create index authorization_codes_grant on authorization_codes (grant_id);

-- Refresh tokens. One that was used keeps, sealed, the successor that it was answered with, for an honest retry.
create table refresh_tokens (
  token_hash text primary key,
  project_id text not null,
  grant_id text not null references grants (grant_id) on delete cascade,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  successor_sealed text
);

create index refresh_tokens_grant on refresh_tokens (grant_id);

create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- Access tokens that are no longer good, or were exchanged for a session, until they expire by themselves.
create table spent_access_tokens (
  token_id text not null,
  use text not null,
  project_id text not null,
  spent_at bigint not null,
  expires_at bigint not null,
  primary key (token_id, use)
);

create index spent_access_tokens_expiry on spent_access_tokens (expires_at);

-- Assertions and foreign tokens that were used once, until they expire by themselves.
create table spent_assertions (
  project_id text not null,
  -- Who made it: a client, or a trusted token profile.
  issuer text not null,
  assertion_id text not null,
  expires_at bigint not null,
  primary key (project_id, issuer, assertion_id)
);

create index spent_assertions_expiry on spent_assertions (expires_at);

-- What authorize, token and registration requests came to, for whoever has to find out why. Bounded in number and age.
create table oauth_attempts (
  attempt_id text primary key,
  project_id text not null,
  at bigint not null,
  step text not null,
  client_id text,
  outcome text not null,
  -- JSON: what was compared, expected and received, redacted.
  details text not null
);

create index oauth_attempts_project on oauth_attempts (project_id, at, attempt_id);
