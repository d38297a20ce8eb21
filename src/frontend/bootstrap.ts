/** `GET /sdk/v1/projects/bootstrap/{public_token}`: what a browser client asks for before anything else (docs/wire/frontend.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { exampleProject, examplePublicToken, frontendErrors, type Project } from '../projects/index.ts'

const off = z.literal(false)

export const getBootstrap = endpoint({
  method: 'GET',
  path: '/sdk/v1/projects/bootstrap/{public_token}',
  auth: 'frontend',
  crossOrigin: true,
  wrapped: true,
  summary: 'Get what a browser client needs to know of the project',
  description: 'Called once per page. A session token that comes along is not looked at.',
  errors: frontendErrors,
  input: z.object({ public_token: z.string() }),
  output: z.object({
    project_name: z.string(),
    disable_sdk_watermark: z.literal(true),
    cname_domain: z.null().describe('The client starts logins at the address that it was given.'),
    email_domains: z.array(z.string()),
    captcha_settings: z.object({ enabled: off }),
    pkce_required_for_oauth: z.boolean(),
    pkce_required_for_email_magic_links: off,
    pkce_required_for_password_resets: off,
    pkce_required_for_sso: off,
    password_config: z.null(),
    rbac_policy: z.object({
      roles: z.array(z.object({})),
      resources: z.array(z.object({})),
      scopes: z.array(z.object({})),
    }),
    siwe_required_for_crypto_wallets: off,
    vertical: z.literal('CONSUMER'),
    slug_pattern: z.null(),
    create_organization_enabled: off,
  }),
  example: { input: { public_token: examplePublicToken }, output: bootstrapOf(exampleProject) },
  handle: (_input, { project }) => bootstrapOf(project),
})

function bootstrapOf(project: Pick<Project, 'name'>) {
  return {
    project_name: project.name,
    disable_sdk_watermark: true as const,
    cname_domain: null,
    email_domains: [],
    captcha_settings: { enabled: false as const },
    // The client keeps the verifier where the login began, so asking for PKCE costs nothing and closes a hole.
    pkce_required_for_oauth: true,
    pkce_required_for_email_magic_links: false as const,
    pkce_required_for_password_resets: false as const,
    pkce_required_for_sso: false as const,
    password_config: null,
    rbac_policy: { roles: [], resources: [], scopes: [] },
    siwe_required_for_crypto_wallets: false as const,
    vertical: 'CONSUMER' as const,
    slug_pattern: null,
    create_organization_enabled: false as const,
  }
}
