/**
 * Who is logged in at our pages: an ordinary session of the project, its token sealed in a cookie. Only tokens that we sealed
 * for this project open, so nobody can bring a session of their choice (security check 44).
 */
import { SealError } from '../../crypto/seal.ts'
import type { Context } from '../../kernel/endpoint.ts'
import { cookiesNamed } from '../../oauth/index.ts'
import type { Project } from '../../projects/index.ts'
import { liveSession, type PresentedSession, prolongSession, touchSession } from '../../sessions/index.ts'

type ProjectContext = Context & { readonly project: Project }

/** How long, in minutes, a session lasts from its last use here. */
export const sessionMinutes = 60

/** One for each project of the server. The `__Host-` prefix keeps other hosts out; it needs https (RFC 6265bis §4.1.3). */
const nameOf = ({ id }: Project, baseUrl: string): string =>
  `${baseUrl.startsWith('https:') ? '__Host-' : ''}selvage_session_${id}`

const purposeOf = ({ id }: Project): string => `session at the pages of ${id}`

/** `Lax`: a client's link brings it along, a form on another site does not. It ends with the browser, or with the session. */
const attributes = (baseUrl: string): string =>
  `Path=/; HttpOnly; SameSite=Lax${baseUrl.startsWith('https:') ? '; Secure' : ''}`

export const sessionCookie = ({ project, sealer, baseUrl }: ProjectContext, token: string): string =>
  `${nameOf(project, baseUrl)}=${sealer.seal(token, purposeOf(project))}; ${attributes(baseUrl)}`

export const clearedCookie = ({ project, baseUrl }: ProjectContext): string =>
  `${nameOf(project, baseUrl)}=; ${attributes(baseUrl)}; Max-Age=0`

/** The person in front of the page; `undefined` if nobody is logged in, or the cookie is not ours. */
export async function visitorOf(context: ProjectContext): Promise<PresentedSession | undefined> {
  const { project, baseUrl, http } = context
  for (const sealed of cookiesNamed(nameOf(project, baseUrl), http.headers.cookie)) {
    const presentedToken = opened(context, sealed)
    const visitor = presentedToken === undefined ? undefined : await liveSession({ ...context, presentedToken })
    if (visitor) return visitor
  }
  return undefined
}

/** Makes the session last an hour from now. One that an app has made longer is left as it is. */
export async function keepLoggedIn({ db, now }: Context, { session }: PresentedSession): Promise<void> {
  const touched = touchSession(session, now, sessionMinutes)
  // Not worth a write for less than a minute.
  if (touched.expiresAt - session.expiresAt >= 60_000) await prolongSession(db, touched)
}

function opened({ sealer, project }: ProjectContext, sealed: string): string | undefined {
  try {
    return sealer.open(sealed, purposeOf(project))
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}
