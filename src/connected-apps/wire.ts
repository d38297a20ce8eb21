/** A Connected App as a project's own backend sees it (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { type ConnectedApp, clientTypes } from './connected-app.ts'

export const ConnectedAppShape = z.object({
  client_id: z.string(),
  client_type: z.enum(clientTypes),
  client_name: z.string().describe('Empty without one.'),
  client_description: z.string().describe('Empty without one.'),
  status: z.literal('active'),
  redirect_urls: z.array(z.string()),
  post_logout_redirect_urls: z.array(z.string()),
  full_access_allowed: z.boolean(),
  bypass_consent_for_offline_access: z.boolean(),
  access_token_expiry_minutes: z.int(),
  access_token_custom_audience: z.string().optional(),
  access_token_template_content: z.string().describe('Empty without one.'),
  id_token_template_content: z.string().describe('Empty without one.'),
  logo_url: z.string().optional(),
  creation_method: z.enum(['api', 'project_file', 'dynamic_client_registration', 'client_id_metadata_document']),
  client_secret_last_four: z.string().optional().describe('Absent for public clients.'),
  next_client_secret_last_four: z.string().optional().describe('While its secret is being rotated.'),
  client_id_metadata_url: z.string().optional().describe('Where its metadata document is; its `client_id` for OAuth.'),
})
export type ConnectedAppShape = z.infer<typeof ConnectedAppShape>

export const connectedAppToWire = (app: ConnectedApp): ConnectedAppShape => ({
  client_id: app.id,
  client_type: app.type,
  client_name: app.name,
  client_description: app.description,
  status: 'active',
  redirect_urls: [...app.redirectUrls],
  post_logout_redirect_urls: [...app.postLogoutRedirectUrls],
  full_access_allowed: app.fullAccessAllowed,
  bypass_consent_for_offline_access: app.bypassConsentForOfflineAccess,
  access_token_expiry_minutes: app.accessTokenMinutes,
  ...(app.accessTokenCustomAudience !== undefined && { access_token_custom_audience: app.accessTokenCustomAudience }),
  access_token_template_content: app.accessTokenTemplate,
  id_token_template_content: app.idTokenTemplate,
  ...(app.logoUrl !== undefined && { logo_url: app.logoUrl }),
  creation_method: app.creationMethod,
  ...(app.secret && { client_secret_last_four: app.secret.lastFour }),
  ...(app.nextSecret && { next_client_secret_last_four: app.nextSecret.lastFour }),
  ...(app.metadataUrl !== undefined && { client_id_metadata_url: app.metadataUrl }),
})
