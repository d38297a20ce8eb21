/**
 * The published sandbox values: tokens that anybody may send to a test project, and what they answer. Client libraries test
 * themselves against them (docs/wire/sandbox-values.md). Nothing of it is stored, and live projects know nothing of it.
 */
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import { rolesOf, type User } from '../users/index.ts'
import { sessionJwt } from './jwt.ts'
import type { Session } from './session.ts'
import { type SessionShape, sessionToWire } from './wire.ts'

const sessionToken = 'WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY'
const uuid = 'e3795c81-f849-4167-bfda-e4a6e9c280fd'
/** To the microsecond, as published; every other timestamp of ours has whole seconds. */
const startedAt = '2021-08-28T00:41:58.935673Z'
/** How long, in ms, the session always has left. */
const left = 60 * 60_000

export const isSandboxSession = (token: string | undefined, { environment }: Project): boolean =>
  environment === 'test' && token === sessionToken

/** The user that all sandbox values belong to. */
export const sandboxUser = ({ id }: Project): User => ({
  id: `user-test-${uuid}`,
  projectId: id,
  externalId: undefined,
  status: 'active',
  name: { first: 'Sandbox', middle: '', last: 'User' },
  emails: [{ id: `email-test-${uuid}`, address: 'sandbox@stytch.com', verified: true }],
  phoneNumbers: [],
  registrations: [
    {
      id: `oauth-user-test-${uuid}`,
      provider: 'google',
      subject: '100000000000000000000',
      emailId: `email-test-${uuid}`,
      profilePictureUrl: '',
      locale: '',
    },
  ],
  trustedMetadata: {},
  untrustedMetadata: {},
  assignedRoles: [],
  createdAt: Date.parse(startedAt),
})

export interface SandboxSession {
  readonly session: SessionShape
  readonly token: string
  readonly jwt: string
}

/** The session of the sandbox user, with a JWT that verifies against the project's own keys. */
export async function sandboxSession(
  context: Pick<Context, 'keys' | 'now'> & { readonly project: Project },
): Promise<SandboxSession> {
  const { now, project } = context
  const user = sandboxUser(project)
  const started = Date.parse(startedAt)
  const session: Session = {
    id: `session-test-${uuid}`,
    projectId: project.id,
    userId: user.id,
    startedAt: started,
    lastAccessedAt: now.getTime(),
    expiresAt: now.getTime() + left,
    attributes: { ipAddress: '', userAgent: '' },
    factors: [
      {
        type: 'oauth',
        deliveryMethod: 'oauth_google',
        lastAuthenticatedAt: started,
        createdAt: started,
        updatedAt: started,
        details: {
          google_oauth_factor: {
            id: `oauth-user-test-${uuid}`,
            provider_subject: '100000000000000000000',
            email_id: `email-test-${uuid}`,
          },
        },
      },
    ],
    customClaims: {},
  }
  const roles = rolesOf(user)
  const jwt = await sessionJwt(context, session, roles)
  return { session: { ...sessionToWire(session, roles), started_at: startedAt }, token: sessionToken, jwt }
}
