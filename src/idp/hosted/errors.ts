/** What can go wrong on the built-in pages: mostly what clients ask for, which is told to the client where that is safe. */
import { defineError } from '../../kernel/errors.ts'

export const requestNotSupported = defineError({
  type: 'request_not_supported',
  status: 400,
  oauth: 'request_not_supported',
  message: 'Request objects are not read here. Send the parameters one by one (OpenID Connect Core §6).',
  cause: 'The client sent `request`, a signed request object.',
  fix: 'Configure the client to send plain parameters; the metadata says `request_parameter_supported: false`.',
})

export const requestUriNotSupported = defineError({
  type: 'request_uri_not_supported',
  status: 400,
  oauth: 'request_uri_not_supported',
  message: 'Nothing is fetched from a request_uri. Send the parameters one by one (OpenID Connect Core §6).',
  cause: 'The client sent `request_uri`, the place of a request object.',
  fix: 'Configure the client to send plain parameters; the metadata says `request_uri_parameter_supported: false`.',
})

export const unsupportedResponseMode = defineError({
  type: 'unsupported_response_mode',
  status: 400,
  oauth: 'invalid_request',
  message: 'The response_mode must be query, or left out.',
  cause: 'The client wants the response in a fragment or in a form.',
  fix: 'Leave `response_mode` out: a code comes in the query.',
})

export const invalidPrompt = defineError({
  type: 'invalid_prompt',
  status: 400,
  oauth: 'invalid_request',
  message:
    'The prompt must be none, or any of login, consent and select_account; none stands alone (OpenID Connect Core §3.1.2.1).',
  cause: 'It holds a word that is not known, or `none` beside another one.',
  fix: 'Send one of these words, or leave `prompt` out.',
})

export const invalidMaxAge = defineError({
  type: 'invalid_max_age',
  status: 400,
  oauth: 'invalid_request',
  message: 'The max_age must be a whole number of seconds, 0 or more.',
  cause: 'It is negative, has a fraction, or is no number.',
  fix: 'Send seconds, or leave `max_age` out.',
})

export const requestExpired = defineError({
  type: 'authorization_request_expired',
  status: 400,
  oauth: 'invalid_request',
  message:
    'This page is no longer good: it was open for too long, its address was cut off, or the app has changed meanwhile. Start again at the app.',
  cause:
    'An hour has passed since the page was made, its address or form was changed, or the client or its redirect URI is gone.',
  fix: 'Begin a new authorization at the client.',
})

export const postLogoutRedirectUriNotRegistered = defineError({
  type: 'post_logout_redirect_uri_not_registered',
  status: 400,
  oauth: 'invalid_request',
  message:
    'The post_logout_redirect_uri is not one that the client registered. It is compared character by character, except for the port of a loopback address.',
  cause: 'The URI differs in scheme, host, path or query, the client registered none, or no client was named.',
  fix: 'Add the URI to `post_logout_redirect_urls` of the Connected App, and send its `client_id` or an `id_token_hint`.',
})

export const idTokenHintMismatch = defineError({
  type: 'id_token_hint_mismatch',
  status: 400,
  oauth: 'invalid_request',
  message: 'The id_token_hint was issued to another client than client_id names. Send the two of one client.',
  cause: 'The client mixes up its registrations, or the request was put together by somebody else.',
  fix: 'Send the last ID token that this very client received, or leave one of the two out.',
})
