-- Tokens of a provider, for projects that keep them (oauth_keep_provider_tokens); sealed JSON, else null.
alter table oauth_registrations add column provider_values_sealed text;

-- An attach token that a browser asked for starts only logins with PKCE.
alter table oauth_attach_tokens add column needs_pkce integer not null default 0;

create index oauth_attach_tokens_user on oauth_attach_tokens (user_id);

-- A login that attaches an account does so only when the app authenticates it: until then it names no registration, and
-- what the provider said stands, sealed, beside its tokens. So registration_id becomes optional; the rest stays.
create table oauth_tokens_with_optional_registration (
  token_hash text primary key,
  project_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  registration_id text references oauth_registrations (registration_id) on delete cascade,
  code_challenge text,
  provider_values_sealed text not null,
  reset_sessions integer not null,
  failed_attempts integer not null,
  created_at bigint not null,
  expires_at bigint not null,
  consumed_at bigint
);

insert into oauth_tokens_with_optional_registration
  select token_hash, project_id, user_id, registration_id, code_challenge, provider_values_sealed, reset_sessions,
    failed_attempts, created_at, expires_at, consumed_at
  from oauth_tokens;

drop table oauth_tokens;

alter table oauth_tokens_with_optional_registration rename to oauth_tokens;

create index oauth_tokens_expiry on oauth_tokens (expires_at);

create index oauth_tokens_user on oauth_tokens (user_id);
