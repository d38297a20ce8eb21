-- Tokens of a provider, for projects that keep them (oauth_keep_provider_tokens); sealed JSON, else null.
alter table oauth_registrations add column provider_values_sealed text;
