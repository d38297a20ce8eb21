-- Columns are text, bigint (epoch milliseconds), integer (counters; booleans as 0 and 1) and JSON as text: what SQLite and PostgreSQL share.
-- Hashes are SHA-256 in base64url. "Sealed" is AES-256-GCM under the master key (src/crypto/seal.ts).

-- A project. Owner: projects/. Lives until it is removed by hand.
create table projects (
  project_id text primary key,
  name text not null,
  environment text not null check (environment in ('test', 'live')),
  oauth_callback_id text not null unique,
  settings text not null,
  created_at bigint not null
);

-- A project's API secrets, hashed. Several are valid at once. last_used_at lags by up to a minute.
create table project_secrets (
  secret_id text primary key,
  project_id text not null references projects (project_id) on delete cascade,
  secret_hash text not null,
  created_at bigint not null,
  last_used_at bigint,
  unique (project_id, secret_hash)
);

-- Identifiers that browsers may know.
create table public_tokens (
  public_token text primary key,
  project_id text not null references projects (project_id) on delete cascade,
  created_at bigint not null
);

-- Where a login may return to. One row per URL and type; position keeps the declared order.
create table redirect_urls (
  project_id text not null references projects (project_id) on delete cascade,
  type text not null check (type in ('LOGIN', 'SIGNUP')),
  url text not null,
  is_default integer not null,
  position integer not null,
  primary key (project_id, type, url)
);

-- Credentials and overrides for a social login provider. credentials is sealed JSON; settings is JSON.
create table provider_configs (
  project_id text not null references projects (project_id) on delete cascade,
  provider text not null,
  client_id text not null,
  credentials_sealed text not null,
  settings text not null,
  primary key (project_id, provider)
);

-- RS256 keys. slot is current, next or retired; there is one current and one next per project. private_sealed becomes
-- empty when a key retires. Retired keys are deleted once expires_at has passed (by keyring.ts).
create table signing_keys (
  key_id text primary key,
  project_id text not null references projects (project_id) on delete cascade,
  slot text not null check (slot in ('current', 'next', 'retired')),
  public_jwk text not null,
  private_sealed text not null,
  created_at bigint not null,
  expires_at bigint
);

create unique index signing_keys_in_use on signing_keys (project_id, slot) where slot <> 'retired';

-- A person. Lives until deleted; everything of theirs goes with them.
create table users (
  user_id text primary key,
  project_id text not null references projects (project_id) on delete cascade,
  external_id text,
  status text not null check (status in ('active', 'pending')),
  first_name text not null,
  middle_name text not null,
  last_name text not null,
  trusted_metadata text not null,
  untrusted_metadata text not null,
  roles text not null,
  created_at bigint not null
);

create unique index users_external_id on users (project_id, external_id) where external_id is not null;

create index users_created on users (project_id, created_at);

-- E-mail addresses. address is as given; address_key is normalised and what is unique within the project.
create table user_emails (
  email_id text primary key,
  project_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  address text not null,
  address_key text not null,
  verified integer not null,
  created_at bigint not null,
  unique (project_id, address_key)
);

create index user_emails_user on user_emails (user_id);

-- Phone numbers, E.164.
create table user_phone_numbers (
  phone_id text primary key,
  project_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  phone_number text not null,
  verified integer not null,
  created_at bigint not null,
  unique (project_id, phone_number)
);

create index user_phone_numbers_user on user_phone_numbers (user_id);

-- An identity at a provider that belongs to a user. email_id names the address that this identity proved, if any.
create table oauth_registrations (
  registration_id text primary key,
  project_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  provider text not null,
  subject text not null,
  email_id text,
  profile_picture_url text not null,
  locale text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (project_id, provider, subject)
);

create index oauth_registrations_user on oauth_registrations (user_id);

-- A session. A row that has expired counts as absent and is deleted within the hour (sessions/store.ts). token_sealed lets
-- a caller who sent the JWT be given the token again. last_accessed_at lags by up to a second.
create table sessions (
  session_id text primary key,
  project_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  token_hash text not null,
  token_sealed text not null,
  started_at bigint not null,
  last_accessed_at bigint not null,
  expires_at bigint not null,
  ip_address text not null,
  user_agent text not null,
  factors text not null,
  custom_claims text not null,
  unique (token_hash)
);

create index sessions_user on sessions (user_id);

create index sessions_expiry on sessions (expires_at);

-- One login attempt between start and callback, found by the state parameter. Single use (consumed_at). Deleted within the
-- hour after it expires, ten minutes after it began (oauth/store.ts).
create table oauth_flows (
  state_hash text primary key,
  project_id text not null references projects (project_id) on delete cascade,
  provider text not null,
  browser_hash text not null,
  redirect_uri text not null,
  login_redirect_url text not null,
  signup_redirect_url text not null,
  scopes text not null,
  code_challenge text,
  attach_token_hash text,
  created_at bigint not null,
  expires_at bigint not null,
  consumed_at bigint
);

create index oauth_flows_expiry on oauth_flows (expires_at);

-- What the app exchanges for a session after the callback. Single use (consumed_at), five minutes; failed_attempts counts
-- wrong PKCE verifiers. provider_values is sealed JSON. Deleted within the hour after it expires.
create table oauth_tokens (
  token_hash text primary key,
  project_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  registration_id text not null references oauth_registrations (registration_id) on delete cascade,
  code_challenge text,
  provider_values_sealed text not null,
  reset_sessions integer not null,
  failed_attempts integer not null,
  created_at bigint not null,
  expires_at bigint not null,
  consumed_at bigint
);

create index oauth_tokens_expiry on oauth_tokens (expires_at);

-- Lets a signed-in user add a provider. Single use: reserved by the flow that starts with it (reserved_by is that flow's
-- state hash; a later start takes over), consumed at the successful callback. Five minutes.
create table oauth_attach_tokens (
  token_hash text primary key,
  project_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  provider text not null,
  created_at bigint not null,
  expires_at bigint not null,
  reserved_by text,
  consumed_at bigint
);

create index oauth_attach_tokens_expiry on oauth_attach_tokens (expires_at);
