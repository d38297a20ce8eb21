/** The wire vocabulary of projects and of public-token authentication. */
import { defineError } from '../kernel/errors.ts'

export const publicTokenRequired = defineError({
  type: 'public_token_required',
  status: 400,
  message: 'The public_token parameter is missing. Add it to the URL; it says which project this login belongs to.',
  cause: 'The start URL was built without the public token.',
  fix: 'Add `public_token=public-token-…`. `selvage dev` prints the one of the development project.',
})

export const invalidPublicTokenId = defineError({
  type: 'invalid_public_token_id',
  status: 400,
  message: 'The public_token has the wrong form. It looks like public-token-test-… followed by a UUID.',
  cause: 'Something else, such as the project ID, stands in its place.',
  fix: 'Put the public token there, unchanged.',
})

export const publicTokenNotFound = defineError({
  type: 'public_token_not_found',
  status: 404,
  message: 'No project has this public_token. Check that it is copied whole and that this is the right server.',
  cause: 'It was removed from its project, or belongs to a project on another server.',
  fix: 'Compare it with the public tokens in the project file.',
})

export const projectNotFound = defineError({
  type: 'project_not_found',
  status: 404,
  message: 'There is no project with this ID. Check that it is copied whole and that this is the right server.',
  cause: 'The project ID in the path is misspelt, or the project lives on another server.',
  fix: 'Compare it with `project_id` in the project file.',
})

export const issuerUnknown = defineError({
  type: 'issuer_not_found',
  status: 404,
  message: 'No project issues tokens under this address. Check the path, and that this is the right server.',
  cause: 'The path belongs to no project’s `idp_issuer_path`, or every project has one and the bare origin has none.',
  fix: 'Compare it with `idp_issuer_path` in the project file.',
})

export const issuerIsAmbiguous = defineError({
  type: 'issuer_is_ambiguous',
  status: 400,
  message:
    'Several projects of this server would issue tokens under its bare origin. Give all but one an idp_issuer_path in the project file.',
  cause: 'More than one project has no `idp_issuer_path`, so the origin does not say which is meant.',
  fix: 'Set `idp_issuer_path`, or use the endpoints below `/v1/public/{project_id}/`.',
})

export const badDomainForSdk = defineError({
  type: 'bad_domain_for_stytch_sdk',
  status: 400,
  message:
    'Pages of {origin} may not call for this project. Add the origin to frontend_origins in the project file, or register a redirect URL there.',
  cause: 'The browser’s Origin header names neither the origin of a redirect URL nor a declared one.',
  fix: 'Declare the origin exactly: scheme, host and port, no path.',
})

export const endpointNotAuthorizedForSdk = defineError({
  type: 'endpoint_not_authorized_for_sdk',
  status: 401,
  message: 'This project does not take calls from browsers and apps. Set frontend_enabled in the project file.',
  cause: 'The frontend is closed in live projects until it is opened.',
  fix: 'Set `frontend_enabled` to true and apply the file, or call the backend API from your server.',
})

/** What the authentication of a URL that a browser opens can answer. */
export const publicTokenErrors = [publicTokenRequired, invalidPublicTokenId, publicTokenNotFound]

/** What the authentication of a browser or app can answer. */
export const frontendErrors = [...publicTokenErrors, badDomainForSdk, endpointNotAuthorizedForSdk]
