/** What a session is like when a browser or app asks for it, which has no secret. */
import type { HttpRequest } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { invalidSessionDuration, invalidSessionDurationMinutes } from './errors.ts'
import type { Session } from './session.ts'
import { sessionFields } from './wire.ts'

/** There is no default: a browser that forgets to say how long would get a session that nobody asked for. */
export const frontendSessionFields = {
  session_duration_minutes: sessionFields.session_duration_minutes.unwrap(),
}

/** What can be wrong with the duration. */
export const frontendSessionErrors = [invalidSessionDuration, invalidSessionDurationMinutes]

/** Throws `invalid_session_duration` for a session that is longer than the project lets a browser ask for. */
export function requireShortEnough({ settings }: Project, minutes: number | undefined): void {
  const most = settings.frontend_max_session_minutes
  if (minutes !== undefined && minutes > most) throw invalidSessionDuration({ most })
}

/** Where a session was started: here the caller is the person's own device. */
export const attributesOf = ({ ip, headers }: HttpRequest): Session['attributes'] => ({
  ipAddress: ip,
  userAgent: String(headers['user-agent'] ?? '').slice(0, 500),
})
