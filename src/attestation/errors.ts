/** The wire vocabulary of attesting a session with somebody else's token. */
import { defineError } from '../kernel/errors.ts'

export const trustedTokenProfileNotFound = defineError({
  type: 'trusted_token_profile_not_found',
  status: 404,
  message:
    'The project declares no trusted token profile with this profile_id. Compare it with trusted_token_profiles in the project file.',
  cause: 'The ID is misspelt, the profile was removed, or it belongs to another project.',
  fix: 'Declare the profile in the project file and apply it.',
})

export const trustedTokenProfileInvalidRequest = defineError({
  type: 'trusted_token_profile_invalid_request',
  status: 400,
  message:
    'The keys of this trusted token profile cannot be used. Check that its jwks_url answers with a key set over https, or that its pem holds public keys.',
  cause: 'The issuer’s key set could not be fetched, or a declared key is not PEM.',
  fix: 'Open `jwks_url` from the machine of the server; the server log holds the cause under the request ID.',
})

export const invalidTrustedAuthToken = defineError({
  type: 'invalid_trusted_auth_token',
  status: 400,
  message: 'The token does not start a session: {problem}',
  cause:
    'It was not signed by a key of the profile with an asymmetric algorithm, has expired, was used before, or names nobody whom the project knows.',
  fix: 'Issue a new token for each attempt, signed by a published key, that lives for a few minutes. To let it make users, set `can_jit_provision`.',
})

export const jwtInvalidIssuer = defineError({
  type: 'jwt_invalid_issuer',
  status: 400,
  message: 'The token was issued by another issuer than the profile declares. error_details holds both.',
  cause: '`iss` differs from the profile’s `issuer`; a trailing slash is enough.',
  fix: 'Write the issuer into the project file exactly as the tokens do.',
})

export const jwtInvalidAudience = defineError({
  type: 'jwt_invalid_audience',
  status: 400,
  message: 'The token was issued for another audience than the profile declares. error_details holds both.',
  cause: '`aud` does not hold the profile’s `audience`, because the token is meant for somebody else.',
  fix: 'Have the issuer name this audience, or declare the one that it names.',
})

export const jwtInvalidClaims = defineError({
  type: 'jwt_invalid_claims',
  status: 400,
  message: 'A claim that the profile needs is missing or malformed: {problem}',
  cause: 'The token has no `exp`, no ID of its own, or nothing that says who the user is.',
  fix: 'Compare the token with `attribute_mapping` in the project file.',
})
