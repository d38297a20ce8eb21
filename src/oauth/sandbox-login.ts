/** The published sandbox token of `oauth.authenticate` (docs/wire/sandbox-values.md). The one that fails is simply unknown. */
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { sandboxSession, sandboxUser } from '../sessions/index.ts'
import { providerType, userToWire } from '../users/index.ts'

const token = 'hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g'

export const isSandboxLogin = (given: string, { environment }: Project): boolean =>
  environment === 'test' && given === token

/** A finished Google login of the sandbox user, as often as it is asked for. */
export async function sandboxLogin(
  { session_duration_minutes }: { readonly session_duration_minutes?: number | undefined },
  context: Context & { readonly project: Project },
) {
  const user = sandboxUser(context.project)
  const [registration] = user.registrations
  const started = session_duration_minutes === undefined ? undefined : await sandboxSession(context)
  return {
    user_id: user.id,
    provider_subject: registration?.subject ?? '',
    provider_type: providerType('google'),
    oauth_user_registration_id: registration?.id ?? '',
    session_token: started?.token ?? '',
    session_jwt: started?.jwt ?? '',
    ...(started && { user_session: started.session }),
    provider_values: { access_token: '', refresh_token: '', id_token: '', scopes: ['openid', 'email', 'profile'] },
    user: userToWire(user),
    reset_sessions: false,
  }
}
