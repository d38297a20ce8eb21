/** The authentication factor that a login with a provider adds to a session. Pure. */
import type { AuthenticationFactor } from '../sessions/index.ts'

/**
 * Providers whose factor object has an irregular name in the backend API, and the regular one in browser clients; both are
 * sent, since clients ignore what they do not know (docs/wire/oauth-login.md).
 */
const irregular: Readonly<Record<string, string>> = {
  gitlab: 'git_lab_oauth_factor',
  linkedin: 'linked_in_oauth_factor',
  tiktok: 'tik_tok_oauth_factor',
}

export interface ProviderLogin {
  readonly provider: string
  readonly registrationId: string
  readonly subject: string
  readonly emailId: string | undefined
}

export function oauthFactor(
  { provider, registrationId, subject, emailId }: ProviderLogin,
  now: Date,
): AuthenticationFactor {
  const object = { id: registrationId, provider_subject: subject, email_id: emailId ?? '' }
  const special = irregular[provider]
  const time = now.getTime()
  return {
    type: 'oauth',
    deliveryMethod: `oauth_${provider}`,
    lastAuthenticatedAt: time,
    createdAt: time,
    updatedAt: time,
    details: { [`${provider}_oauth_factor`]: object, ...(special !== undefined && { [special]: object }) },
  }
}
