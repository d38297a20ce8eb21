/**
 * `POST /v1/sessions/attest` and its twin for browsers and apps: a session for a user of somebody else's system, by the token
 * that it has issued (docs/wire/attest.md).
 */
import { z } from 'zod'
import { settle } from '../db/open.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { frontendErrors, type Project } from '../projects/index.ts'
import {
  type AuthenticationFactor,
  attributesOf,
  carryOut,
  exampleFrontendSession,
  exampleJwt,
  exampleNewSession,
  exampleToken,
  frontendSessionErrors,
  liveSession,
  noAttributes,
  type PresentedSession,
  planSession,
  presentedSession,
  requireShortEnough,
  SessionShape,
  type SessionWish,
  sessionErrors,
  sessionFields,
  sessionInvalid,
  sessionJwt,
  sessionToWire,
} from '../sessions/index.ts'
import { exampleUser, readUser, rolesOf, UserShape, userToWire } from '../users/index.ts'
import { attestedUser } from './attested-user.ts'
import * as errors from './errors.ts'
import { spend } from './spent-store.ts'
import { readTrustedToken } from './trusted-token.ts'

const ownFields = {
  profile_id: z.string().describe('Of a trusted token profile that the project declares.'),
  token: z.string().describe('The token, a JWT. Works once.'),
}

const ownShape = {
  user_id: z.string(),
  session_token: z.string().describe('Empty without a session.'),
  session_jwt: z.string().describe('Empty without a session.'),
  user: UserShape,
}

const ownErrors = Object.values(errors)

const exampleInput = {
  profile_id: 'trusted-token-profile-test-2f1c0a68-5f07-4f6e-9d0f-6f9f1b7f2a11',
  token: exampleJwt,
  session_duration_minutes: 60,
}
const exampleAnswer = {
  user_id: exampleUser.user_id,
  session_token: exampleToken,
  session_jwt: exampleJwt,
  user: exampleUser,
}

/** With the factor that the token is. */
const attested = (session: SessionShape): SessionShape => ({
  ...session,
  authentication_factors: [
    {
      type: 'trusted_auth_token',
      delivery_method: 'trusted_token_exchange',
      last_authenticated_at: session.started_at,
      created_at: session.started_at,
      updated_at: session.started_at,
      trusted_auth_token_factor: { token_id: 'b3f1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c5d' },
    },
  ],
})

export const attestSession = endpoint({
  method: 'POST',
  path: '/v1/sessions/attest',
  auth: 'project',
  contractId: 'api_session_v1_Attest',
  summary: 'Start a session with a token of another issuer',
  description:
    'For users who are logged in elsewhere: verifies a JWT by a declared profile and starts a session, or adds the factor to the one that is sent. Without `session_duration_minutes` and without a session none is started. The user is found by external ID, then by an address that the token calls verified; where the profile allows it, a new one is made.',
  errors: [...ownErrors, ...sessionErrors],
  input: z.object({ ...ownFields, ...sessionFields }),
  invalid: sessionInvalid,
  output: z.object({ ...ownShape, session: SessionShape.optional().describe('Absent without a session.') }),
  example: { input: exampleInput, output: { ...exampleAnswer, session: attested(exampleNewSession) } },
  async handle(input, context) {
    const presented = await presentedSession(context, input)
    const { session, ...answer } = await attest(input, presented, context)
    return { ...answer, ...(session && { session }) }
  },
})

export const attestSessionFrontend = endpoint({
  method: 'POST',
  auth: 'frontend',
  crossOrigin: true,
  wrapped: true,
  path: '/sdk/v1/sessions/attest',
  summary: 'Start a session with a token of another issuer, from a browser or app',
  description:
    'As the backend operation, for a caller without a secret. A session that is presented gains the factor; one that has ended does not matter.',
  errors: [...frontendErrors, ...ownErrors, ...frontendSessionErrors],
  input: z.object({
    ...ownFields,
    session_duration_minutes: sessionFields.session_duration_minutes,
    session_token: sessionFields.session_token,
  }),
  invalid: sessionInvalid,
  output: z.object({ ...ownShape, session: SessionShape.nullable(), __user: UserShape }),
  example: {
    input: exampleInput,
    output: { ...exampleAnswer, session: attested(exampleFrontendSession), __user: exampleUser },
  },
  async handle({ session_token, ...input }, context) {
    requireShortEnough(context.project, input.session_duration_minutes)
    const presented = await liveSession({ ...context, presentedToken: session_token ?? context.presentedToken })
    const answer = await attest(input, presented, context, attributesOf(context.http))
    return { ...answer, session: answer.session ?? null, __user: answer.user }
  },
})

interface Request extends SessionWish {
  readonly profile_id: string
  readonly token: string
}

/** Uses the token up, and in the same transaction finds or makes the user and starts or extends the session. */
async function attest(
  input: Request,
  presented: PresentedSession | undefined,
  context: Context & { readonly project: Project },
  attributes = noAttributes,
) {
  const { db, now, project } = context
  const profile = project.trustedTokenProfiles.find(({ profile_id }) => profile_id === input.profile_id)
  if (!profile) throw errors.trustedTokenProfileNotFound()
  const attestation = await readTrustedToken(input.token, profile, context)
  const { tokenId, expiresAt } = attestation
  const { userId, next } = await settle(db, async (tx) => {
    if (!(await spend(tx, { projectId: project.id, issuer: profile.issuer, tokenId, expiresAt }))) {
      throw errors.invalidTrustedAuthToken({ problem: 'it has been used already.' })
    }
    const { userId, resetSessions } = await attestedUser(tx, { project, profile, attestation, now })
    // A takeover has just ended every session of the user, the presented one included.
    const kept = resetSessions ? undefined : presented
    const request = { userId, factor: factorOf(tokenId, now), wish: input, presented: kept, attributes }
    return { userId, next: await carryOut(tx, planSession(request, context), context) }
  })
  const user = await readUser(db, project.id, userId)
  if (!user) throw errors.invalidTrustedAuthToken({ problem: 'its user has just been deleted.' })
  const roles = rolesOf(user)
  return {
    user_id: user.id,
    session_token: next?.token ?? '',
    session_jwt: next ? await sessionJwt(context, next.session, roles) : '',
    session: next && sessionToWire(next.session, roles),
    user: userToWire(user),
  }
}

/** A later token of the same session takes the place of the earlier one, as a later login at one provider does. */
function factorOf(tokenId: string, now: Date): AuthenticationFactor {
  const time = now.getTime()
  return {
    type: 'trusted_auth_token',
    deliveryMethod: 'trusted_token_exchange',
    lastAuthenticatedAt: time,
    createdAt: time,
    updatedAt: time,
    details: { trusted_auth_token_factor: { token_id: tokenId } },
  }
}
