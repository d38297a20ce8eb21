/** What clients read first: where everything is and what is supported (RFC 8414, OpenID Connect Discovery). */
import { z } from 'zod'
import { assertionAlgorithms } from '../crypto/client-assertion.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { json, type Reply } from '../kernel/reply.ts'
import {
  exampleOrigin,
  exampleProject,
  issuerIsAmbiguous,
  issuerOf,
  issuerUnknown,
  type Project,
  projectNotFound,
  projectOfIssuer,
} from '../projects/index.ts'
import { endpointsOf } from './endpoints.ts'
import { advertisedScopes } from './scope.ts'
import { grantTypes } from './token.ts'

/** In seconds. Short, because a setting that is switched on should be seen. */
const maxAge = 300

const text = z.string()
const texts = z.array(z.string())

const MetadataShape = z.object({
  issuer: text.describe('Without a trailing slash; tokens and redirects name the same, byte for byte.'),
  authorization_endpoint: text,
  token_endpoint: text,
  userinfo_endpoint: text,
  jwks_uri: text,
  registration_endpoint: text.optional().describe('Where clients may register themselves.'),
  introspection_endpoint: text,
  revocation_endpoint: text,
  end_session_endpoint: text,
  client_id_metadata_document_supported: z.boolean(),
  authorization_response_iss_parameter_supported: z.boolean(),
  response_types_supported: texts,
  response_modes_supported: texts,
  grant_types_supported: texts,
  code_challenge_methods_supported: texts,
  token_endpoint_auth_methods_supported: texts,
  token_endpoint_auth_signing_alg_values_supported: texts.optional().describe('With private_key_jwt (RFC 8414 §2).'),
  introspection_endpoint_auth_methods_supported: texts,
  introspection_endpoint_auth_signing_alg_values_supported: texts.optional(),
  revocation_endpoint_auth_methods_supported: texts,
  revocation_endpoint_auth_signing_alg_values_supported: texts.optional(),
  scopes_supported: texts,
  claims_supported: texts,
  prompt_values_supported: texts,
  subject_types_supported: texts,
  id_token_signing_alg_values_supported: texts,
  claims_parameter_supported: z.boolean(),
  request_parameter_supported: z.boolean(),
  request_uri_parameter_supported: z.boolean(),
  service_documentation: text,
})

const clientMethods = ['client_secret_basic', 'client_secret_post', 'none']

const record = {
  method: 'GET',
  auth: 'none',
  oauth: true,
  crossOrigin: 'public',
  output: MetadataShape,
} as const
const examplePath = 'acme'
const exampleProjectWithPath = {
  ...exampleProject,
  settings: { ...exampleProject.settings, idp_issuer_path: examplePath },
}

const byIssuer = {
  ...record,
  errors: [issuerUnknown, issuerIsAmbiguous],
  input: z.object({}),
  example: { input: {}, output: metadata(exampleProject, exampleOrigin) },
  handle: (_input: unknown, context: Context) => ofIssuer(context),
}
const byPath = {
  ...record,
  errors: [issuerUnknown],
  input: z.object({ issuer_path: z.string().describe('`idp_issuer_path` of the project.') }),
  example: { input: { issuer_path: examplePath }, output: metadata(exampleProjectWithPath, exampleOrigin) },
  handle: ({ issuer_path }: { readonly issuer_path: string }, context: Context) => ofIssuer(context, issuer_path),
}
const byProject = {
  ...record,
  errors: [projectNotFound],
  input: z.object({ project_id: z.string() }),
  example: { input: { project_id: exampleProject.id }, output: metadata(exampleProject, exampleOrigin) },
  handle: async ({ project_id }: { readonly project_id: string }, context: Context) => {
    const project = await context.projects.byId(project_id)
    if (!project) throw projectNotFound()
    return document(project, context)
  },
}

const oauthSummary = 'Get the authorization server’s metadata'
const oauthDescription = 'RFC 8414. The same document as the one of OpenID Connect.'
const openidSummary = 'Get the OpenID provider’s metadata'
const openidDescription = 'OpenID Connect Discovery. The same document as the one of RFC 8414.'

export const discovery = {
  authorizationServer: endpoint({
    ...byIssuer,
    path: '/.well-known/oauth-authorization-server',
    summary: oauthSummary,
    description: oauthDescription,
  }),
  openid: endpoint({
    ...byIssuer,
    path: '/.well-known/openid-configuration',
    summary: openidSummary,
    description: openidDescription,
  }),
  // RFC 8414 §3.1 puts the well-known part in front of the path, OpenID Connect behind it; clients try both.
  authorizationServerOfPath: endpoint({
    ...byPath,
    path: '/.well-known/oauth-authorization-server/{issuer_path}',
    summary: `${oauthSummary}, for an issuer with a path`,
    description: oauthDescription,
  }),
  openidInsertedPath: endpoint({
    ...byPath,
    path: '/.well-known/openid-configuration/{issuer_path}',
    summary: `${openidSummary}, for an issuer with a path`,
    description: openidDescription,
  }),
  openidAppendedPath: endpoint({
    ...byPath,
    path: '/{issuer_path}/.well-known/openid-configuration',
    summary: `${openidSummary}, for an issuer with a path in front`,
    description: openidDescription,
  }),
  openidOfProject: endpoint({
    ...byProject,
    path: '/v1/public/{project_id}/.well-known/openid-configuration',
    summary: `${openidSummary}, by project`,
    description: openidDescription,
  }),
} as const

async function ofIssuer(context: Context, path?: string): Promise<Reply> {
  return document(await projectOfIssuer(context, path), context)
}

const document = (project: Project, context: Context): Reply =>
  json(metadata(project, context.baseUrl), { 'cache-control': `public, max-age=${maxAge}` })

type Described = Pick<Project, 'id' | 'environment' | 'settings' | 'rbac'>

function metadata(project: Described, baseUrl: string): z.infer<typeof MetadataShape> {
  const { settings, environment, id } = project
  const endpoints = endpointsOf(project, baseUrl)
  const inTest = environment === 'test'
  const takesDocuments = settings.idp_client_id_metadata_documents_enabled ?? inTest
  const methods = [...clientMethods, ...(takesDocuments ? ['private_key_jwt'] : [])]
  return {
    issuer: issuerOf(project, baseUrl),
    // A page of the project's own takes the place of ours.
    authorization_endpoint: settings.idp_authorization_url ?? `${endpoints}/authorize`,
    token_endpoint: `${endpoints}/token`,
    userinfo_endpoint: `${endpoints}/userinfo`,
    jwks_uri:
      settings.idp_issuer_path === undefined
        ? `${baseUrl}/.well-known/jwks.json`
        : `${baseUrl}/v1/public/${id}/.well-known/jwks.json`,
    ...((settings.idp_dynamic_client_registration_enabled ?? inTest) && {
      registration_endpoint: `${endpoints}/register`,
    }),
    introspection_endpoint: `${endpoints}/introspect`,
    revocation_endpoint: `${endpoints}/revoke`,
    end_session_endpoint: `${endpoints}/logout`,
    client_id_metadata_document_supported: takesDocuments,
    authorization_response_iss_parameter_supported: true,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: grantTypes,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    // RFC 8414 §2: each list of methods that holds private_key_jwt has one of algorithms.
    ...(takesDocuments && {
      token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    }),
    scopes_supported: [...advertisedScopes(project)],
    claims_supported: [
      'iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'auth_time', 'nonce', 'at_hash', 'name', 'given_name', 'family_name',
      'middle_name', 'picture', 'locale', 'email', 'email_verified', 'phone_number', 'phone_number_verified',
    ], // biome-ignore format: a list of names reads best as a block
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    service_documentation: `${baseUrl}/openapi.json`,
  }
}
