/** The wire vocabulary of sessions. */
import { defineError } from '../kernel/errors.ts'

export const sessionNotFound = defineError({
  type: 'session_not_found',
  status: 404,
  message: 'The session could not be found: it is unknown, expired or revoked. Let the user log in again.',
  cause: 'The session ended, its user was deleted, or the token belongs to another project.',
  fix: 'Treat the user as logged out.',
})

export const noSessionArguments = defineError({
  type: 'no_session_arguments',
  status: 400,
  message: 'Say which session: send session_token or session_jwt.',
  cause: 'Neither was sent.',
  fix: 'Send exactly one of them.',
})

export const tooManySessionArguments = defineError({
  type: 'too_many_session_arguments',
  status: 400,
  message: 'Send only one of session_token and session_jwt.',
  cause: 'Both were sent, and they could name different sessions.',
  fix: 'Send exactly one of them.',
})

export const noSessionRevokeArguments = defineError({
  type: 'no_session_revoke_arguments',
  status: 400,
  message: 'Say which session to revoke: send session_id, session_token or session_jwt.',
  cause: 'None of the three was sent.',
  fix: 'Send exactly one of them.',
})

export const tooManySessionRevokeArguments = defineError({
  type: 'too_many_session_revoke_arguments',
  status: 400,
  message: 'Send only one of session_id, session_token and session_jwt.',
  cause: 'Two or three were sent, and they could name different sessions.',
  fix: 'Send exactly one of them.',
})

export const invalidSessionDurationMinutes = defineError({
  type: 'invalid_session_duration_minutes',
  status: 400,
  message: 'session_duration_minutes must be a whole number from 5 to 527040, which is 366 days.',
  cause: 'The duration is too short, too long, or not a whole number.',
  fix: 'Send minutes, as a number.',
})

export const customClaimsTooLarge = defineError({
  type: 'custom_claims_too_large',
  status: 400,
  message: 'The custom claims of a session can have at most 4 KB of JSON. Put only into a JWT what its readers need.',
  cause: 'The claims of the session and the new ones together are too large.',
  fix: 'Delete claims by sending null for them, or keep them in the user’s metadata.',
})

export const stytchClaimsInCustomClaims = defineError({
  type: 'stytch_claims_in_custom_claims',
  status: 400,
  message:
    'Custom claims cannot begin with https://stytch.com/: these names carry the session itself. Choose another name.',
  cause: 'A claim under the server’s own prefix would contradict the session.',
  fix: 'Rename the claim.',
})

export const unableToParseSessionJwt = defineError({
  type: 'unable_to_parse_session_jwt',
  status: 400,
  message:
    'The session_jwt is not a JWT that this project has signed. Send it whole and unchanged, or send the session_token.',
  cause: 'It was cut off or changed, was signed by another project or server, or its key has been withdrawn.',
  fix: 'Send the `session_jwt` of the last answer, or authenticate by `session_token`.',
})

export const invalidSessionDuration = defineError({
  type: 'invalid_session_duration',
  status: 400,
  message: 'Sessions of this project may last {most} minutes when a browser or app asks for them. Ask for less.',
  cause: 'session_duration_minutes is over the project’s frontend_max_session_minutes.',
  fix: 'Ask for a shorter session, or raise the setting in the project file.',
})

export const userUnauthenticated = defineError({
  type: 'user_unauthenticated',
  status: 401,
  message: 'This needs a user who is logged in: send the session token as the password of the Basic credentials.',
  cause: 'No session token was sent, or the session has ended.',
  fix: 'Let the user log in again.',
})

export const consumerSessionAuthorizationError = defineError({
  type: 'consumer_session_authorization_error',
  status: 403,
  message:
    'No role of the user permits this action on this resource. Refuse what the user wants to do, or give them a role that does.',
  cause:
    'The roles in error_details have no permission for it, or the policy does not declare the resource or the action.',
  fix: 'Compare `authorization_check` with `rbac_policy` in the project file. Names must be equal to the letter; `*` stands for actions only.',
})
