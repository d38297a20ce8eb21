/** The wire vocabulary of Connected Apps as objects. What goes wrong while they act is in `idp/errors.ts`. */
import { defineError } from '../kernel/errors.ts'

export const connectedAppNotFound = defineError({
  type: 'connected_app_not_found',
  status: 404,
  oauth: 'invalid_client',
  message: 'There is no Connected App with this client_id in the project. Check that it is copied whole.',
  cause: 'The client ID is misspelt, the app was deleted, or it belongs to another project.',
  fix: 'Search the project’s Connected Apps, or let the client register again.',
})

export const invalidConnectedAppType = defineError({
  type: 'invalid_connected_app_type',
  status: 400,
  message: 'client_type must be one of first_party, first_party_public, third_party and third_party_public.',
  cause: 'The type is missing or misspelt.',
  fix: 'A client that can keep a secret is `first_party` or `third_party`; an app on a device or in a browser is `…_public`.',
})

export const tooManyConnectedApps = defineError({
  type: 'too_many_connected_apps',
  status: 400,
  message: 'The project has {most} Connected Apps of this kind, which is the limit. Delete some that are not used.',
  cause:
    'Those that the project made are one kind; those that registered themselves or have a metadata document are the other, so that strangers cannot use up the project’s own.',
  fix: 'Search the Connected Apps and delete those that nobody uses.',
})

export const thirdPartyClientsCannotUseFullAccess = defineError({
  type: 'third_party_clients_cannot_use_full_access',
  status: 400,
  message: 'full_access_allowed is for first-party clients. Leave it out, or create a first-party client.',
  cause: 'A third-party client was to be allowed the scope `full_access`.',
  fix: 'Give third-party clients scopes of the RBAC policy instead.',
})

export const thirdPartyClientsRequireConsentForOfflineAccess = defineError({
  type: 'third_party_clients_require_consent_for_offline_access',
  status: 400,
  message:
    'bypass_consent_for_offline_access is for first-party clients. Leave it out, or create a first-party client.',
  cause: 'A third-party client was to get refresh tokens without asking the user.',
  fix: 'Let the user agree to `offline_access`.',
})

export const tooManyRedirectUrls = defineError({
  type: 'too_many_redirect_urls',
  status: 400,
  message: '{field} can hold at most {most} URLs. Register fewer.',
  cause: 'More URLs were sent than a client can have.',
  fix: 'A loopback URL matches with every port, so one is enough for an app on a device.',
})

export const connectedAppRedirectUrlMustIncludeScheme = defineError({
  type: 'connected_app_redirect_url_must_include_scheme',
  status: 400,
  message: '"{url}" has no scheme. Send the whole URL, as in https://app.example.com/callback.',
  cause: 'A path or a bare host stands in the place of a redirect URL.',
  fix: 'Register the URL exactly as the client will send it.',
})

export const connectedAppRedirectUrlMustUseHttpOrHttpsScheme = defineError({
  type: 'connected_app_redirect_url_must_use_http_or_https_scheme',
  status: 400,
  message: '"{url}" has a scheme of its own, which is for public clients. Use https, or http on loopback.',
  cause: 'A client with a secret has a redirect URL that opens an app on a device.',
  fix: 'Make the client `…_public`, because an app on a device cannot keep a secret (RFC 8252 §8.5).',
})

export const connectedAppRedirectUrlHttpSchemeMustUseLoopback = defineError({
  type: 'connected_app_redirect_url_http_scheme_must_use_loopback',
  status: 400,
  message: '"{url}" uses http. Use https; http is for 127.0.0.1, [::1] and localhost only.',
  cause: 'An authorization code would travel unencrypted.',
  fix: 'Serve the callback over https.',
})

export const connectedAppInvalidRedirectUrl = defineError({
  type: 'connected_app_invalid_redirect_url',
  status: 400,
  message: '"{url}" cannot be registered: {problem}',
  cause: 'It is malformed, holds a wildcard, a fragment or user information, or leads to no app.',
  fix: 'Register the URL exactly as the client will send it; docs/wire/connected-apps.md has the rules.',
})

export const idpInvalidAccessTokenExpiryMinutes = defineError({
  type: 'idp_invalid_access_token_expiry_minutes',
  status: 400,
  message: 'access_token_expiry_minutes must be a whole number from 5 to 1440.',
  cause: 'Access tokens would last for less than five minutes or for more than a day.',
  fix: 'Leave it out for one hour; use refresh tokens for access that lasts longer.',
})

export const idpInvalidAccessTokenCustomAudience = defineError({
  type: 'idp_invalid_access_token_custom_audience',
  status: 400,
  message: 'access_token_custom_audience must be a name or an absolute URI of at most 256 characters, without spaces.',
  cause: 'It holds a colon and is no URI (RFC 7519 §2), holds spaces, or is too long.',
  fix: 'Use the URL of your API, or a name without colons. An empty text removes it.',
})

export const jwtTemplateInvalidJson = defineError({
  type: 'jwt_template_invalid_json',
  status: 400,
  message: '{field}: {problem}',
  cause: 'With a value in the place of each variable, the template is not the text of a JSON object.',
  fix: 'Write a JSON object, with variables unquoted: {"ext": {{ user.external_id }}}.',
})

export const jwtTemplateInvalidTag = defineError({
  type: 'jwt_template_invalid_tag',
  status: 400,
  message: '{field}: {problem}',
  cause: 'Between the braces stands something else than a path, or the variable stands in quotes.',
  fix: 'Write variables as {{ user.external_id }}, without quotes around them.',
})

export const jwtTemplateMismatchedTag = defineError({
  type: 'jwt_template_mismatched_tag',
  status: 400,
  message: '{field}: {problem}',
  cause: 'A variable is opened and not closed.',
  fix: 'Close every {{ with }}.',
})

export const publicConnectedAppsDoNotHaveSecrets = defineError({
  type: 'public_connected_apps_do_not_have_secrets',
  status: 400,
  message: 'This Connected App is public and has no secret to rotate.',
  cause: 'Its type ends in `_public`; PKCE does for it what a secret would.',
  fix: 'Nothing needs to be rotated. A client that can keep a secret needs another type, which means a new client.',
})

export const connectedAppAlreadyRotatingSecret = defineError({
  type: 'connected_app_already_rotating_secret',
  status: 400,
  message: 'A secret rotation of this Connected App is under way. Complete or cancel it first.',
  cause: 'The rotation was started before, perhaps by somebody else.',
  fix: 'Call rotate to complete it, or rotate/cancel if the next secret is lost.',
})

export const connectedAppNotRotatingSecret = defineError({
  type: 'connected_app_not_rotating_secret',
  status: 400,
  message: 'No secret rotation of this Connected App is under way. Start one first.',
  cause: 'It was not started, or has been completed or cancelled already.',
  fix: 'Call rotate/start, and give the client its next secret.',
})

export const connectedAppSearchInvalidCursor = defineError({
  type: 'connected_app_search_invalid_cursor',
  status: 400,
  message: 'This is not a cursor of this search. Send next_cursor of the page before, unchanged, or none.',
  cause: 'The cursor was changed or cut off, or belongs to another project or search.',
  fix: 'Start from the first page, without a cursor.',
})

// Clients that introduce themselves.

export const metadataDocumentsNotEnabled = defineError({
  type: 'client_id_metadata_documents_not_enabled',
  status: 400,
  oauth: 'invalid_client',
  message:
    'The client_id is a URL, and this project takes no clients by their metadata documents. Enable them in the project file, or use a client_id of the project.',
  cause: '`idp_client_id_metadata_documents_enabled` is off, as it is in live projects where nothing is said.',
  fix: 'Set `idp_client_id_metadata_documents_enabled` to true, or register the client.',
})

export const metadataUrlInvalid = defineError({
  type: 'client_id_metadata_url_invalid',
  status: 400,
  oauth: 'invalid_client',
  message: 'The client_id cannot be the URL of a metadata document: {problem}',
  cause: 'It is not https, has no path, or holds a port, credentials, a fragment or a way up (..).',
  fix: 'Serve the document at a URL such as https://app.example.com/oauth/client.json and send exactly that.',
})

export const metadataDocumentUnavailable = defineError({
  type: 'client_id_metadata_document_unavailable',
  status: 400,
  oauth: 'invalid_client',
  message: 'The client metadata document could not be fetched: {problem}',
  cause:
    'The site is down or slow, redirects, answers something else than 200 with JSON, or is not on the public Internet.',
  fix: 'Open the client_id with `curl -i`: it must answer 200 with application/json, without a redirect, in 5 KB.',
})

export const metadataDocumentInvalid = defineError({
  type: 'client_id_metadata_document_invalid',
  status: 400,
  oauth: 'invalid_client',
  message: 'The client metadata document cannot be used: {problem}',
  cause: 'A member is missing or has another value than it must; error_details says what was expected and received.',
  fix: 'Correct the document. A failure is remembered for 30 seconds, so wait that long before trying again.',
})

export const clientKeysUnavailable = defineError({
  type: 'client_keys_unavailable',
  status: 401,
  oauth: 'invalid_client',
  message: 'The public keys of the client could not be found: {problem}',
  cause: 'The client did not register for private_key_jwt, or its jwks_uri does not answer with a key set.',
  fix: 'Publish `jwks` or `jwks_uri` in the metadata document, with the key that the assertion names as kid.',
})

export const registrationNotEnabled = defineError({
  type: 'dynamic_client_registration_not_enabled',
  status: 400,
  oauth: 'access_denied',
  message:
    'Clients cannot register themselves in this project. Enable dynamic client registration in the project file, or ask for a client_id.',
  cause: '`idp_dynamic_client_registration_enabled` is off, as it is in live projects where nothing is said.',
  fix: 'Set `idp_dynamic_client_registration_enabled` to true, or create the client with the API.',
})

export const invalidRedirectUri = defineError({
  type: 'invalid_redirect_uri',
  status: 400,
  oauth: 'invalid_redirect_uri',
  message: 'The redirect URIs cannot be registered: {problem}',
  cause: 'There is none, or one is malformed, uses http elsewhere than on loopback, or leads to no app.',
  fix: 'Register https URLs, http URLs on loopback, or, for public clients, a scheme such as com.example.app:.',
})

export const invalidClientMetadata = defineError({
  type: 'invalid_client_metadata',
  status: 400,
  oauth: 'invalid_client_metadata',
  message: 'The client metadata cannot be registered: {problem}',
  cause: 'A member has the wrong type, or a value that this server does not offer.',
  fix: 'Correct the member that the message names (RFC 7591 §2). Members that are not known here are ignored.',
})

export const invalidSoftwareStatement = defineError({
  type: 'invalid_software_statement',
  status: 400,
  oauth: 'invalid_software_statement',
  message: 'Software statements cannot be verified here. Leave software_statement out and send the members themselves.',
  cause: 'The registration holds a software statement (RFC 7591 §2.3).',
  fix: 'Send its content as members of the registration.',
})

export const registrationTokenInvalid = defineError({
  type: 'registration_access_token_invalid',
  status: 401,
  oauth: 'invalid_token',
  message:
    'There is no registration that this token manages. Send the registration_access_token of this client as `Authorization: Bearer …`.',
  cause: 'The token is missing, of another client, or the client is gone; or the project has closed the management.',
  fix: 'Use token and URL from the answer to the registration, or register again.',
})
