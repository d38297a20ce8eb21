/**
 * What may be set of Connected Apps and M2M clients, under its wire names: the same in the API and in the project file. What
 * goes beyond the form of a field is for `connected-apps/` and `m2m/` to judge.
 */
import { z } from 'zod'
import { isId } from '../crypto/token.ts'

/** RFC 7519 §2, StringOrURI. Not the name of a project or client, for which other tokens are meant. */
const isAudience = (text: string): boolean =>
  text === '' ||
  (/^[\x21-\x7e]{1,256}$/.test(text) &&
    (!text.includes(':') || URL.canParse(text)) &&
    !isId('project', text) &&
    !isId('connected-app', text))

const isLogo = (text: string): boolean => {
  if (text === '') return true
  if (!/^https:\/\/[\x21-\x7e]+$/i.test(text) || /[<>"'`\\]/.test(text) || !URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username + password === ''
}

/** Each optional: what is left out has its default, or stays as it is. */
export const ConnectedAppFields = z.object({
  client_name: z.string().max(256).optional().describe('How people know it.'),
  client_description: z.string().max(1_024).optional(),
  redirect_urls: z
    .array(z.string())
    .optional()
    .describe('Where it may be sent back to: https, http on loopback, and schemes of an app for public clients.'),
  post_logout_redirect_urls: z.array(z.string()).optional().describe('Where it may be sent back to after logging out.'),
  logo_url: z
    .string()
    .max(2_048)
    .refine(isLogo, 'must be an https URL')
    .optional()
    .describe('An https URL; an empty text removes it.'),
  full_access_allowed: z
    .boolean()
    .optional()
    .describe('Whether it may ask for `full_access`. First-party clients only.'),
  bypass_consent_for_offline_access: z
    .boolean()
    .optional()
    .describe('Whether it gets refresh tokens without asking the user. First-party clients only.'),
  access_token_expiry_minutes: z.int().min(5).max(1_440).optional().describe('Default: 60.'),
  access_token_custom_audience: z
    .string()
    .refine(isAudience, 'must be a name or an absolute URI without spaces')
    .optional()
    .describe('A further audience of its access tokens, such as the URL of your API; an empty text removes it.'),
  access_token_template_content: z
    .string()
    .max(4_096)
    .optional()
    .describe('Claims that its access tokens carry: a JSON object with variables such as `{{ user.external_id }}`.'),
  id_token_template_content: z.string().max(4_096).optional().describe('The same for its ID tokens.'),
})
export type ConnectedAppFields = z.infer<typeof ConnectedAppFields>

/** RFC 6749 §3.3: printable ASCII without space, quotation mark and backslash. */
const scope = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

/** Most scopes of an M2M client. */
export const mostM2mScopes = 200

/** Each optional: what is left out has its default, or stays as it is. */
export const M2mClientFields = z.object({
  client_name: z.string().max(256).optional(),
  client_description: z.string().max(1_024).optional(),
  scopes: z
    .array(z.string().regex(scope, 'must be printable ASCII without spaces and quotation marks'))
    .optional()
    .describe('What its tokens may be for. By custom written as `action:resource`, as in `read:documents`.'),
  trusted_metadata: z.record(z.string(), z.unknown()).optional().describe('Up to 20 keys and 4 KB.'),
})
export type M2mClientFields = z.infer<typeof M2mClientFields>
