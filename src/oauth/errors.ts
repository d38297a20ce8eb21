/** The wire vocabulary of social login. Statuses as published where known, 400 otherwise (docs/wire/oauth-login.md). */
import { defineError } from '../kernel/errors.ts'

export const invalidOauthProvider = defineError({
  type: 'invalid_oauth_provider',
  status: 400,
  message: 'There is no provider "{provider}". Use one of: {known}.',
  cause: 'The provider in the path or in the `provider` field is misspelt or not supported.',
  fix: 'Provider names are lower-case, e.g. `google` or `github`.',
})

export const oauthConfigNotFound = defineError({
  type: 'oauth_config_not_found',
  status: 400,
  message:
    'No OAuth config for {provider} in this project. Add its client ID and secret to the project file and apply it.',
  cause: 'The project has no credentials for this provider, or they were removed while somebody was logging in.',
  fix: 'Add the provider under `providers` in the project file and run `selvage apply`.',
})

export const appleOauthConfigNotFound = defineError({
  type: 'apple_oauth_config_not_found',
  status: 400,
  message:
    'No OAuth config for Apple in this project. Add its Services ID, team ID, key ID and private key to the project file and apply it.',
  cause: 'The project has no credentials for Sign in with Apple, or they were removed while somebody was logging in.',
  fix: 'Add `apple` under `providers` in the project file and run `selvage apply`.',
})

export const oauthCreatingRedirectUrlError = defineError({
  type: 'oauth_creating_redirect_url_error',
  status: 500,
  message:
    '{provider} could not be looked up: its discovery document is missing or wrong. Check the issuer in the project file.',
  cause: 'The issuer of a declared OpenID provider does not answer, or names another issuer in its discovery document.',
  fix: 'Open `{issuer}/.well-known/openid-configuration`; its `issuer` must equal the declared one exactly.',
})

export const noLoginRedirectUrlsSet = defineError({
  type: 'no_login_redirect_urls_set',
  status: 400,
  message: 'The project has no redirect URL of type LOGIN. Register at least one in the project file.',
  cause: 'No URL of that type is registered, so there is nowhere to send an existing user.',
  fix: 'Add one under `redirect_urls` with the type LOGIN and apply the file.',
})

export const noSignupRedirectUrlsSet = defineError({
  type: 'no_signup_redirect_urls_set',
  status: 400,
  message: 'The project has no redirect URL of type SIGNUP. Register at least one in the project file.',
  cause: 'No URL of that type is registered, so there is nowhere to send a new user.',
  fix: 'Add one under `redirect_urls` with the type SIGNUP and apply the file.',
})

export const noDefaultLoginRedirectUrlSet = defineError({
  type: 'no_default_login_redirect_url_set',
  status: 400,
  message: 'login_redirect_url is missing and the project has no default one. Send it, or mark a LOGIN URL as default.',
  cause: 'The parameter was left out and none of the LOGIN URLs is the default.',
  fix: 'Add `login_redirect_url` to the start URL, or set `default` on one of the URLs.',
})

export const noDefaultSignupRedirectUrlSet = defineError({
  type: 'no_default_signup_redirect_url_set',
  status: 400,
  message:
    'signup_redirect_url is missing and the project has no default one. Send it, or mark a SIGNUP URL as default.',
  cause: 'The parameter was left out and none of the SIGNUP URLs is the default.',
  fix: 'Add `signup_redirect_url` to the start URL, or set `default` on one of the URLs.',
})

export const invalidLoginOauthUrl = defineError({
  type: 'invalid_login_oauth_url',
  status: 400,
  message: 'login_redirect_url is not an absolute URL. Send one with a scheme, percent-encoded as a query value.',
  cause: 'The value has no scheme, or holds white space, control characters or backslashes.',
  fix: 'Encode the whole URL with `encodeURIComponent` or `URLSearchParams`.',
})

export const invalidSignupOauthUrl = defineError({
  type: 'invalid_signup_oauth_url',
  status: 400,
  message: 'signup_redirect_url is not an absolute URL. Send one with a scheme, percent-encoded as a query value.',
  cause: 'The value has no scheme, or holds white space, control characters or backslashes.',
  fix: 'Encode the whole URL with `encodeURIComponent` or `URLSearchParams`.',
})

export const noMatchForProvidedOauthUrl = defineError({
  type: 'no_match_for_provided_oauth_url',
  status: 400,
  message:
    'The {parameter} of this request is not registered as a {type} redirect URL of the project. It must equal a registered one exactly: scheme, host, port, path and query. error_details lists them.',
  cause: 'The URL differs from every registered one, often only in the port, a trailing slash, or http against https.',
  fix: 'Register exactly this URL for that type, or send one of those in `error_details.registered`.',
})

export const queryParamsDoNotMatch = defineError({
  type: 'query_params_do_not_match',
  status: 400,
  message:
    'The query of {parameter} does not fit the registered URL: it must have the same parameters, with free values only where the registered one has a placeholder.',
  cause: 'A registered URL with `{}` placeholders has other parameters than the one sent, or other fixed values.',
  fix: 'Send exactly the registered parameters, and free values only where `{}` stands.',
})

export const pkceRequiredForNativeCallback = defineError({
  type: 'pkce_required_for_native_callback',
  status: 400,
  message:
    'This login needs PKCE: add a code_challenge to the start URL and send the code_verifier when authenticating.',
  cause:
    'The login returns to a custom URL scheme, which another app could claim too, attaches an account for a browser, or the project demands PKCE.',
  fix: 'Make a random verifier, send base64url(SHA-256(verifier)) as `code_challenge`, keep the verifier.',
})

export const invalidPkceCodeChallenge = defineError({
  type: 'invalid_pkce_code_challenge',
  status: 400,
  message: 'The code_challenge is not the base64url form of a SHA-256 digest: 43 characters, no padding.',
  cause: 'It was encoded as hex or with padding, or the verifier itself was sent.',
  fix: 'Send base64url(SHA-256(ASCII(code_verifier))) without `=`.',
})

export const invalidPkceCodeVerifier = defineError({
  type: 'invalid_pkce_code_verifier',
  status: 400,
  message: 'The pkce code_verifier must have 43 to 128 characters out of letters, digits and -._~.',
  cause: 'The verifier is too short, too long or holds other characters.',
  fix: 'Send the very text whose digest was sent as `code_challenge`.',
})

export const pkceExpectedCodeVerifier = defineError({
  type: 'pkce_expected_code_verifier',
  status: 400,
  message:
    'This login started with a pkce code_challenge, so the code_verifier is needed. Send the one it was made from.',
  cause: 'The verifier was not stored by the app that started the login, or was lost in between.',
  fix: 'Authenticate from the browser or app that started the login, and send its `code_verifier`.',
})

export const pkceDidNotExpectCodeVerifier = defineError({
  type: 'pkce_did_not_expect_code_verifier',
  status: 400,
  message: 'This login started without a pkce code_challenge, so no code_verifier is expected. Leave it out.',
  cause: 'A verifier left over from another login was sent.',
  fix: 'Send `code_verifier` only when the start URL had a `code_challenge`.',
})

export const pkceMismatch = defineError({
  type: 'pkce_mismatch',
  status: 400,
  message:
    'The pkce code_verifier does not belong to the code_challenge of this login. {left} more tries are possible.',
  cause: 'The verifier of another login was sent, or somebody else’s token was caught.',
  fix: 'Send the verifier of the login that this token came from; after too many wrong ones, log in again.',
})

export const invalidOauthAttachToken = defineError({
  type: 'invalid_oauth_attach_token',
  status: 400,
  message: 'The oauth_attach_token is unknown, used, expired, or was made for another provider. Ask for a new one.',
  cause: 'Attach tokens last five minutes, work once, and only for the provider they were made for.',
  fix: 'Call POST /v1/oauth/attach again and start the login with the new token at once.',
})

export const oauthAttachConflict = defineError({
  type: 'oauth_registration_belongs_to_another_user',
  status: 400,
  message:
    'This {provider} account already belongs to another user, so it cannot be attached. Log in with it instead, or detach it there first.',
  cause: 'Attaching never merges two users: the identity must be free or already belong to the same user.',
  fix: 'Delete the registration from the other user, or log in as that user.',
})

export const invalidCallbackId = defineError({
  type: 'invalid_callback_id',
  status: 400,
  message: 'This callback URL belongs to no project. Copy the one that is registered with the provider again.',
  cause: 'The last segment of the callback URL is not the `oauth_callback_id` of a project here.',
  fix: 'Register `{base URL}/v1/oauth/callback/{oauth_callback_id}` with the provider.',
})

export const oauthInvalidCallbackRequest = defineError({
  type: 'oauth_invalid_callback_request',
  status: 400,
  message: 'The callback must carry a state and either a code or an error. Start the login again from the app.',
  cause: 'Somebody opened the callback URL by hand, or a proxy cut its query off.',
  fix: 'Begin at the start URL and let the browser follow the redirects.',
})

export const oauthInvalidState = defineError({
  type: 'oauth_invalid_state',
  status: 400,
  message: 'This login is not known here. Start it again from the app.',
  cause: 'The state was changed, belongs to another project, or is so old that it has been deleted.',
  fix: 'Begin at the start URL; the state must come back as it was sent.',
})

export const oauthStateUsed = defineError({
  type: 'oauth_state_used',
  status: 400,
  message: 'This login has already been completed once. Start a new one from the app.',
  cause: 'The callback page was reloaded, or its URL was opened a second time.',
  fix: 'Begin at the start URL; every login has its own state.',
})

export const oauthStateMismatch = defineError({
  type: 'oauth_state_mismatch',
  status: 400,
  message: 'This login was started in another browser: {problem}. Start it again, and finish it in the same browser.',
  cause:
    'The cookie that the start URL set did not come back: cookies are blocked, the start used another host name, or the link was opened elsewhere.',
  fix: 'Open the start URL in the browser that finishes the login, under the host name of the callback URL.',
})

export const expiredOauthResponse = defineError({
  type: 'expired_oauth_response',
  status: 400,
  message: 'This login took longer than ten minutes. Start it again from the app.',
  cause: 'The provider’s page was left open for too long.',
  fix: 'Begin at the start URL again.',
})

export const oauthFlowCallbackError = defineError({
  type: 'oauth_flow_callback_error',
  status: 400,
  message: '{provider} ended the login: {reason}. Try again.',
  cause: 'The person pressed cancel, or the provider reported a failure of its own.',
  fix: '`error_details` holds what the provider said. `access_denied` means that the person declined.',
})

export const oauthInvalidScopeRequested = defineError({
  type: 'oauth_invalid_scope_requested',
  status: 400,
  message: '{provider} refused the scopes that were asked for. Check custom_scopes and the scopes of the project file.',
  cause: 'A scope is misspelt, or the provider’s app is not allowed to ask for it.',
  fix: 'Enable the scope in the provider’s console, or leave it out.',
})

export const oauthAppNotAuthorized = defineError({
  type: 'oauth_app_not_authorized',
  status: 400,
  message: '{provider} does not allow this app to log people in. Check the app’s status in the provider’s console.',
  cause: 'The provider’s app is suspended, unpublished, or not approved for this account.',
  fix: 'Approve or publish the app in the provider’s console.',
})

export const oauthAuthCodeError = defineError({
  type: 'oauth_auth_code_error',
  status: 400,
  message:
    '{provider} did not accept the authorization code, or answered with something that does not verify. Try again.',
  cause:
    'The code expired or was used, the provider failed, or its ID token has a wrong signature, nonce, issuer or time.',
  fix: 'Retry the login. If it persists, the server log holds the provider’s answer under the request ID.',
})

export const twitter401 = defineError({
  type: 'twitter_401',
  status: 400,
  message: 'X did not accept its own access token. Start the login again.',
  cause: 'X answered 401 when it was asked who logged in: the token was revoked at once, or the app lost its access.',
  fix: 'Retry. If it persists, check the app’s status and its OAuth 2.0 settings in the X developer console.',
})

export const twitter403 = defineError({
  type: 'twitter_403',
  status: 403,
  message: 'X does not let this app ask who logged in. Check the app’s access level in the X developer console.',
  cause: 'X answered 403: the app is not attached to a project, or its plan does not include users/me.',
  fix: 'Attach the app to a project with access to API v2.',
})

const tokenExchange = <const Code extends string>(code: Code, problem: string, fix: string) =>
  defineError({
    type: `oauth_token_exchange_${code}`,
    status: 400,
    message: `{provider} refused to exchange the code: ${problem}`,
    cause: `The provider’s token endpoint answered \`${code}\`.`,
    fix,
  })

export const oauthTokenExchangeInvalidClient = tokenExchange(
  'invalid_client',
  'the client ID or secret is wrong. Correct them in the project file.',
  'Copy client ID and secret again from the provider’s console; secrets may have expired.',
)
export const oauthTokenExchangeInvalidRequest = tokenExchange(
  'invalid_request',
  'it finds the request malformed. Check the callback URL in its console.',
  'The redirect URI in the provider’s console must equal this server’s callback URL exactly.',
)
export const oauthTokenExchangeInvalidScope = tokenExchange(
  'invalid_scope',
  'it does not grant these scopes. Check the scopes of the project file.',
  'Enable the scopes in the provider’s console, or leave them out.',
)
export const oauthTokenExchangeUnauthorizedClient = tokenExchange(
  'unauthorized_client',
  'the app may not use this flow. Enable it in the provider’s console.',
  'Allow the authorization code flow for the app in the provider’s console.',
)

export const oauthTokenExchangeMicrosoftExpiredSecret = tokenExchange(
  'microsoft_expired_secret',
  'the client secret has expired. Create a new one in the Entra admin center and apply it.',
  'Secrets of app registrations expire after two years at most. Note the date of the next one.',
)
export const oauthTokenExchangeMicrosoftInvalidSecret = tokenExchange(
  'microsoft_invalid_secret',
  'the client secret is wrong. Send the secret’s value, not its ID.',
  'Copy the value of the secret; the Entra admin center shows it only once.',
)

export const idTokenInvalid = defineError({
  type: 'id_token_invalid',
  status: 400,
  message: 'The id_token does not verify. Send it as the provider gave it, right after the login.',
  cause: 'It was cut off or changed, is no ID token, or was issued by somebody else.',
  fix: 'Send the ID token of the provider’s own SDK, unchanged.',
})

export const idTokenExpired = defineError({
  type: 'id_token_expired',
  status: 400,
  message: 'The id_token has expired. Ask the provider for a new one.',
  cause: 'ID tokens last for minutes, an hour at most.',
  fix: 'Send it right after the provider’s SDK returns it.',
})

export const idTokenIncorrectAudience = defineError({
  type: 'id_token_incorrect_audience',
  status: 400,
  message:
    'The id_token was issued for another client ID. Add it to native_client_ids of the provider in the project file.',
  cause: 'Each platform of an app has a client ID of its own (for Apple, the bundle ID), and this one is not declared.',
  fix: 'Compare the `aud` claim of the token with `client_id` and `native_client_ids`.',
})

export const idTokenNonceInvalid = defineError({
  type: 'id_token_nonce_invalid',
  status: 400,
  message: 'The nonce does not belong to the id_token. Send the one that the provider’s SDK was given.',
  cause:
    'The nonce is missing or another login’s. Apple’s token holds the SHA-256 of the nonce, Google’s the nonce itself.',
  fix: 'Make a random nonce for each login, hand it to the provider’s SDK, and send the raw value along with the token.',
})

export const missingAppleAppId = defineError({
  type: 'missing_apple_app_id',
  status: 400,
  message: 'The project declares no bundle ID for Apple. Add it to native_client_ids of apple in the project file.',
  cause: 'ID tokens of native apps are issued for the bundle ID, not for the Services ID.',
  fix: 'List the bundle IDs of your apps as `native_client_ids` and apply the file.',
})

export const oauthTokenNotFound = defineError({
  type: 'oauth_token_not_found',
  status: 400,
  message: 'The OAuth token could not be found: it is unknown, used already, or expired. Start the login again.',
  cause: 'Tokens work once and for a few minutes only. A page reload sends the same token a second time.',
  fix: 'Remove the token from the URL after authenticating it, and start a new login.',
})

export const noUserSelectionArguments = defineError({
  type: 'no_user_selection_arguments',
  status: 400,
  message: 'Say whom to attach the provider to: send one of user_id, session_token or session_jwt.',
  cause: 'None of the three was sent.',
  fix: 'Send exactly one of them.',
})

export const tooManyUserSelectionArguments = defineError({
  type: 'too_many_user_selection_arguments',
  status: 400,
  message: 'Send only one of user_id, session_token and session_jwt.',
  cause: 'Two or three were sent, and they could name different users.',
  fix: 'Send exactly one of them.',
})

export const providerValuesNotKept = defineError({
  type: 'provider_values_not_kept',
  status: 404,
  message:
    'Nothing is kept of this provider’s tokens. Set oauth_keep_provider_tokens in the project file; the next login keeps them.',
  cause:
    'The project does not keep provider tokens, or the last login was before it did, or they were sealed under a lost key.',
  fix: 'Use `provider_values` of oauth.authenticate, or let the project keep them.',
})
