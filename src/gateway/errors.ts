/** What the gateway refuses before any operation runs. What an operation refuses passes through as it is. */
import { defineError } from '../kernel/errors.ts'

export const gatewayOff = defineError({
  type: 'gateway_off',
  status: 404,
  message:
    'This server has no gateway. Its operator can configure one, or call the operation with credentials of your own.',
  cause: '`selvage serve` runs without `SELVAGE_REFERENCE_PROFILES`, so it holds no credentials to call with.',
  fix: 'Set `SELVAGE_REFERENCE_PROFILES` and `SELVAGE_OPERATOR_PASSWORD` (docs/gateway.md), or use `selvage dev`.',
})

export const wrongHost = defineError({
  type: 'wrong_host',
  status: 421,
  message: 'This server is not known as {host}. Open it at its own address: {base_url}.',
  cause:
    'The Host header names another host: a page of that host could have had its name point here (DNS rebinding), or a proxy does not pass the Host header on.',
  fix: 'Use the base URL, or localhost with the server’s port. A proxy in front has to pass the Host header on.',
})

export const crossSiteRequest = defineError({
  type: 'cross_site_request',
  status: 403,
  message: 'A page of {origin} may not use this server’s credentials. Send the request from {base_url}.',
  cause: 'The browser says that another site sent the request (Origin, Sec-Fetch-Site).',
  fix: 'Open /reference at the base URL. Programs leave both headers out.',
})

export const operatorLoginRequired = defineError({
  type: 'operator_login_required',
  status: 401,
  message: 'Only the operator of this server may do that. Log in at {login_url}.',
  cause:
    'No operator is logged in here: the login is missing, older than eight hours, or of another password; or the Bearer token of a program is not the operator’s password.',
  fix: 'Log in at /reference/login. Programs send `Authorization: Bearer` with the operator’s password to /tools.',
})

export const jsonExpected = defineError({
  type: 'json_expected',
  status: 415,
  message: 'The body has to be JSON, with the header "content-type: application/json".',
  cause: 'Another content type, or none. Those that a form can send are how a foreign site would try it.',
  fix: 'Send `content-type: application/json`.',
})

export const csrfTokenInvalid = defineError({
  type: 'csrf_token_invalid',
  status: 403,
  message: 'The CSRF token is missing or is not of this login. Get a new one from /reference/profiles.',
  cause: 'The token was left out, or was given out before the operator logged in anew.',
  fix: 'Read `csrf_token` of `GET /reference/profiles`, and send it as `x-csrf-token`; on the logout page, load the page again.',
})

export const profileNotFound = defineError({
  type: 'profile_not_found',
  status: 404,
  message: 'There is no profile "{name}". GET /reference/profiles lists those that there are.',
  cause: 'The profile is misspelt, or was removed from `SELVAGE_REFERENCE_PROFILES`.',
  fix: 'Name one that is listed, or none: then it is the first.',
})

export const operationNotCallable = defineError({
  type: 'operation_not_callable',
  status: 404,
  message: 'The gateway can call no operation "{name}". GET /tools lists those that it can.',
  cause: 'The name is misspelt, or the operation is a page, a document, or the gateway itself.',
  fix: 'Use a name of `GET /tools`: `oauth.attach`, its flat name, or its ID in the original’s contract.',
})
