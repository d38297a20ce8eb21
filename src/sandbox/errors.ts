/** What the sandbox says in its own name. What a provider would say is in that provider's record. */
import { defineError } from '../kernel/errors.ts'

export const sandboxProviderUnknown = defineError({
  type: 'sandbox_provider_unknown',
  status: 404,
  message: 'The sandbox does not play "{provider}". It plays: {known}.',
  cause: 'The provider in the path or body is misspelt.',
  fix: 'Use one of the names in the message.',
})

export const sandboxPersonaUnknown = defineError({
  type: 'sandbox_persona_unknown',
  status: 400,
  message: 'The sandbox cannot play this persona: {problem}',
  cause: 'The value of `provider_persona`, or `persona` in the request, names no persona, or no account it could have.',
  fix: 'Write a persona, e.g. `verified`, or a persona and an e-mail address, e.g. `verified:ada@example.com`.',
})

export const sandboxClientUnknown = defineError({
  type: 'sandbox_client_unknown',
  status: 401,
  message: 'The client_id is not the one that the sandbox knows. Begin at the start URL, which adds the right one.',
  cause: 'The authorization request was made by hand, or with the credentials of a real provider.',
  fix: 'Begin at the start URL; the development server adds the right client_id by itself.',
})

export const sandboxRedirectUriUnknown = defineError({
  type: 'sandbox_redirect_uri_unknown',
  status: 400,
  message:
    'The redirect_uri is not the callback URL of a project on this server. Begin at the start URL, which adds the right one.',
  cause: 'The server is reached under another origin than it believes to have, or the request was made by hand.',
  fix: 'Begin at the start URL. If the origin differs, set the base URL of the development server.',
})

export const sandboxScriptFull = defineError({
  type: 'sandbox_script_full',
  status: 400,
  message: 'The script has {most} lines, which is as many as it may have. Clear it with DELETE /sandbox/personas.',
  cause: 'Tests added lines that no login has used.',
  fix: 'Clear the script before each test.',
})

export const sandboxNoIdTokens = defineError({
  type: 'sandbox_no_id_tokens',
  status: 400,
  message: '{provider} is no OpenID provider, so it has no ID tokens. Log in through the start URL instead.',
  cause: 'The provider in the path speaks plain OAuth 2.0.',
  fix: 'Use an OpenID provider such as `google` or `apple`.',
})
