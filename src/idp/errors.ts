/** What can go wrong while a Connected App acts: the wire's names, and what OAuth calls the same (RFC 6749 §4.1.2.1, §5.2). */
import { defineError } from '../kernel/errors.ts'

// At the authorization step.

export const redirectUrlNotFoundInClient = defineError({
  type: 'connected_app_supplied_redirect_url_not_found_in_client',
  status: 401,
  oauth: 'invalid_request',
  message:
    'The redirect_uri is not one that the client registered. It is compared character by character, except for the port of a loopback address.',
  cause: 'Another path, scheme, host or query; often a trailing slash, or localhost instead of 127.0.0.1.',
  fix: 'Compare `received` with `registered` in error_details, and register the URI exactly as the client sends it.',
})

export const misconfiguredClient = defineError({
  type: 'connected_app_misconfigured_client',
  status: 400,
  oauth: 'invalid_request',
  message: 'The client has no redirect URL, so that nobody can be sent back to it. Register one.',
  cause: 'The Connected App was made without `redirect_urls`.',
  fix: 'Update the Connected App with the redirect URL that the client sends.',
})

export const unsupportedResponseType = defineError({
  type: 'unsupported_response_type',
  status: 400,
  oauth: 'unsupported_response_type',
  message: 'The response_type must be code. Tokens are never handed out in a redirect.',
  cause: 'The client asks for the implicit or a hybrid flow, which OAuth 2.1 has dropped.',
  fix: 'Use the authorization code flow with PKCE.',
})

export const invalidScopeRequested = defineError({
  type: 'oauth_invalid_scope_requested',
  status: 400,
  oauth: 'invalid_scope',
  message: 'The scopes cannot be granted: {problem} Ask for scopes that the project has.',
  cause: 'No scope was asked for, or one that is neither built in nor declared in the project’s RBAC policy.',
  fix: 'Ask for built-in scopes, or declare the scope under `rbac.scopes` in the project file.',
})

export const thirdPartyFullAccess = defineError({
  type: 'third_party_clients_cannot_use_full_access',
  status: 400,
  oauth: 'invalid_scope',
  message: 'A third-party client cannot ask for full_access: it would be the user’s own session. Leave the scope out.',
  cause: 'The client is of type third_party or third_party_public.',
  fix: 'Leave `full_access` out, or make the client a first-party one if it is your own.',
})

export const pkceRequired = defineError({
  type: 'pkce_required_for_idp_authorization_flow',
  status: 400,
  oauth: 'invalid_request',
  message: 'A public client needs a code_challenge: without a secret, the code alone would be worth tokens.',
  cause: 'The authorization request of a public client came without PKCE.',
  fix: 'Send `code_challenge`, the base64url SHA-256 of a random verifier, and the verifier at the token endpoint.',
})

export const invalidCodeChallenge = defineError({
  type: 'invalid_pkce_code_challenge',
  status: 400,
  oauth: 'invalid_request',
  message:
    'The code_challenge must be an unpadded base64url SHA-256 digest: 43 characters. Only the method S256 is known.',
  cause: 'The verifier itself was sent, the digest was encoded as hex or padded, or the method is plain.',
  fix: 'Send base64url(SHA-256(code_verifier)) without padding.',
})

export const invalidTarget = defineError({
  type: 'invalid_target',
  status: 400,
  oauth: 'invalid_target',
  message: 'The resource {resource} cannot be asked for: {problem} See RFC 8707 §2.',
  cause: 'The resource is no absolute URI, has a fragment, or is outside what was granted or what the project allows.',
  fix: 'Send the URI of the protected resource as it names itself, e.g. https://mcp.example.com/mcp.',
})

export const noUserSelector = defineError({
  type: 'no_oauth_authorize_user_selector',
  status: 400,
  message: 'Say who authorizes: send exactly one of user_id, session_token and session_jwt.',
  cause: 'None of the three was sent.',
  fix: 'Send the session of the user who is looking at your page.',
})

export const tooManyUserSelectors = defineError({
  type: 'too_many_user_selection_arguments',
  status: 400,
  message: 'Send only one of user_id, session_token and session_jwt: they could name different users.',
  cause: 'Two or three were sent.',
  fix: 'Send exactly one of them.',
})

// At the token endpoint.

export const invalidClient = defineError({
  type: 'invalid_client',
  status: 401,
  oauth: 'invalid_client',
  message: 'The client could not be authenticated: {problem}',
  cause: 'The client ID is unknown, the secret is wrong or missing, or the method is not the one that was registered.',
  fix: 'Check client ID and secret. A client that registered itself registers again.',
})

export const twoAuthentications = defineError({
  type: 'two_client_authentications',
  status: 400,
  oauth: 'invalid_request',
  message: 'The client authenticated twice, in the header and in the body. Use one way (RFC 6749 §2.3).',
  cause: 'A secret was sent as Basic credentials and as client_secret.',
  fix: 'Leave one of them out.',
})

export const unauthorizedClient = defineError({
  type: 'unauthorized_client',
  status: 400,
  oauth: 'unauthorized_client',
  message: 'This client may not use the grant type {grant}. {advice}',
  cause: 'Connected Apps act for users; only M2M clients may use client_credentials.',
  fix: 'Use another grant type, or a client of the other kind.',
})

export const grantTypeRequired = defineError({
  type: 'grant_type_required',
  status: 400,
  oauth: 'invalid_request',
  message: 'The grant_type is missing. Use authorization_code, refresh_token or client_credentials.',
  cause: 'The body was empty, or neither a form nor JSON.',
  fix: 'Send the parameters as application/x-www-form-urlencoded or as JSON.',
})

export const parameterRequired = defineError({
  type: 'parameter_required',
  status: 400,
  oauth: 'invalid_request',
  message: 'The parameter {parameter} is missing. This grant type cannot do without it.',
  cause: 'It was left out or is empty.',
  fix: 'Send it.',
})

export const unsupportedGrantType = defineError({
  type: 'unsupported_grant_type',
  status: 400,
  oauth: 'unsupported_grant_type',
  message: 'The grant_type is not known here. Use authorization_code, refresh_token or client_credentials.',
  cause: 'It is misspelt, or names a flow that OAuth 2.1 has dropped, such as password.',
  fix: 'Use one of the three.',
})

export const codeNotFound = defineError({
  type: 'idp_auth_code_not_found',
  status: 400,
  oauth: 'invalid_grant',
  message:
    'The authorization code is unknown, was used already, or belongs to another client. Begin a new authorization.',
  cause: 'A code works once and for the client that it was made for. Five wrong verifiers use it up as well.',
  fix: 'Begin again at the authorization endpoint.',
})

export const codeExpired = defineError({
  type: 'idp_auth_code_expired',
  status: 400,
  oauth: 'invalid_grant',
  message: 'The authorization code has expired: it is good for five minutes. Begin a new authorization.',
  cause: 'Too much time went by between the redirect and the token request.',
  fix: 'Exchange the code at once.',
})

export const redirectUriMismatch = defineError({
  type: 'idp_redirect_uri_mismatch',
  status: 400,
  oauth: 'invalid_grant',
  message:
    'The redirect_uri is not the one of the authorization request. Send the same one, or none when PKCE is used.',
  cause:
    'The token request names another redirect URI than the authorization request did, or none and no PKCE was used.',
  fix: 'Send the redirect URI of the authorization request, character by character.',
})

export const verifierExpected = defineError({
  type: 'pkce_expected_code_verifier',
  status: 400,
  oauth: 'invalid_grant',
  message: 'The authorization had a code_challenge, so the token request needs its code_verifier.',
  cause: 'The verifier was not sent.',
  fix: 'Send the verifier that the challenge was made of.',
})

export const verifierNotExpected = defineError({
  type: 'pkce_did_not_expect_code_verifier',
  status: 400,
  oauth: 'invalid_grant',
  message:
    'The authorization had no code_challenge, so a code_verifier proves nothing. Send the challenge at the start.',
  cause: 'The challenge got lost on the way to the authorization endpoint, or somebody removed it.',
  fix: 'Make sure that `code_challenge` reaches the authorization endpoint.',
})

export const verifierMismatch = defineError({
  type: 'pkce_mismatch',
  status: 400,
  oauth: 'invalid_grant',
  message: 'The code_verifier does not belong to the code_challenge. {left} attempts are left.',
  cause: 'The verifier is of another login, or the challenge was not its base64url SHA-256.',
  fix: 'Keep the verifier of each authorization by its state.',
})

export const invalidVerifier = defineError({
  type: 'invalid_pkce_code_verifier',
  status: 400,
  oauth: 'invalid_grant',
  message: 'The code_verifier must be 43 to 128 letters, digits and - . _ ~ (RFC 7636 §4.1).',
  cause: 'It is too short, too long, or holds other characters.',
  fix: 'Make it of at least 32 random bytes, as base64url.',
})

export const grantEnded = defineError({
  type: 'idp_grant_ended',
  status: 400,
  oauth: 'invalid_grant',
  message: 'This authorization has ended: {reason} Begin a new one.',
  cause: 'The code or a refresh token was used twice, or a token of it was revoked.',
  fix: 'Begin again at the authorization endpoint. `ended_because` in error_details says what happened.',
})

export const consentRevoked = defineError({
  type: 'connected_app_consent_revoked',
  status: 400,
  oauth: 'invalid_grant',
  message: 'The user has withdrawn their consent to this client. Ask them again.',
  cause: 'The user, or the project for them, revoked the Connected App.',
  fix: 'Begin again at the authorization endpoint.',
})

export const refreshTokenNotFound = defineError({
  type: 'idp_refresh_token_not_found',
  status: 400,
  oauth: 'invalid_grant',
  message: 'The refresh token is unknown, or belongs to another client. Begin a new authorization.',
  cause: 'It was cut off, belongs to another client or server, or its user was deleted.',
  fix: 'Begin again at the authorization endpoint.',
})

export const refreshTokenExpired = defineError({
  type: 'idp_refresh_token_expired',
  status: 400,
  oauth: 'invalid_grant',
  message: 'The refresh token has expired: it was not used for three months. Begin a new authorization.',
  cause: 'Nobody used the app for that long.',
  fix: 'Begin again at the authorization endpoint.',
})

export const refreshTokenAlreadyUsed = defineError({
  type: 'idp_refresh_token_already_used',
  status: 400,
  oauth: 'invalid_grant',
  message:
    'The refresh token was used before, and longer ago than an honest retry takes. Because it may be stolen, the whole authorization has ended. Begin a new one.',
  cause: 'Two holders of the same token, or a client that did not store the newest one.',
  fix: 'Store the `refresh_token` of each answer before using it, in one place for all processes of the client.',
})

export const scopeNotGranted = defineError({
  type: 'invalid_scope',
  status: 400,
  oauth: 'invalid_scope',
  message: 'The scope {scope} was not granted. A token request can narrow what was granted, never widen it.',
  cause: 'The request names a scope that the authorization, or the M2M client, does not have.',
  fix: 'Leave `scope` out, or name only scopes that were granted.',
})

export const templateFailed = defineError({
  type: 'jwt_template_failed',
  status: 400,
  oauth: 'invalid_request',
  message: 'The client’s token template cannot be filled in for this user: {problem}',
  cause: 'The values that the template names are larger than 4 KB, or the template is broken.',
  fix: 'Put less into the template, or keep smaller metadata with the user.',
})

// With an access token.

export const accessTokenInvalid = defineError({
  type: 'invalid_token',
  status: 401,
  oauth: 'invalid_token',
  message: 'The access token is not valid here: it is malformed, expired or revoked, or belongs to another project.',
  cause: 'It has expired, was revoked, or an ID token or session JWT was sent in its place.',
  fix: 'Refresh it, or begin a new authorization.',
})

export const accessTokenMissing = defineError({
  type: 'access_token_required',
  status: 401,
  oauth: 'invalid_request',
  message: 'This needs an access token: send it as `Authorization: Bearer …`.',
  cause: 'The request has no Bearer credentials.',
  fix: 'Add the header. A token in the query is never read.',
})

export const bearerMalformed = defineError({
  type: 'malformed_bearer_token',
  status: 400,
  oauth: 'invalid_request',
  message: 'The access token cannot be read: {problem} Send it once, as `Authorization: Bearer …` (RFC 6750 §2).',
  cause: 'The header has no token or several, or the token stands in the header and in the form.',
  fix: 'Send the token in the header, and nowhere else.',
})

export const insufficientScope = defineError({
  type: 'insufficient_scope',
  status: 403,
  oauth: 'insufficient_scope',
  message: 'The access token lacks the scope {scope}. Ask for it in the authorization.',
  cause: 'The client did not ask for the scope, or it was not granted.',
  fix: 'Begin a new authorization with this scope.',
})

// When an access token is exchanged for its session.

export const accessTokenNotFound = defineError({
  type: 'idp_access_token_not_found',
  status: 404,
  message: 'The access token is unknown: it is malformed, expired or revoked, or belongs to another project.',
  cause: 'It has expired, its authorization has ended, or an ID token or session JWT was sent in its place.',
  fix: 'Exchange the access token right after the token endpoint has given it.',
})

export const exchangeNeedsFullAccess = defineError({
  type: 'oauth_access_token_exchange_missing_full_access',
  status: 403,
  message: 'The access token lacks the scope full_access, or its client may no longer have it. Ask for the scope.',
  cause: 'The scope was not asked for, or `full_access_allowed` of the Connected App is off.',
  fix: 'Set `full_access_allowed` of a first-party client, and ask for `full_access` in the authorization.',
})

export const exchangeTooOld = defineError({
  type: 'oauth_access_token_exchange_token_too_old',
  status: 400,
  message: 'The access token is more than five minutes old. Get a new one and exchange it at once.',
  cause: 'The token was kept before it was exchanged.',
  fix: 'Refresh, and exchange the new access token.',
})

export const accessTokenNotExchangeable = defineError({
  type: 'idp_access_token_could_not_be_exchanged',
  status: 404,
  message: 'The access token cannot be exchanged: {problem}',
  cause: 'An access token is exchanged once, and only for the session that the user authorized with.',
  fix: 'Authorize with `session_token` or `session_jwt`, and exchange each access token once.',
})
