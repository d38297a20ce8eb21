/**
 * `POST /v1/sessions/exchange_access_token` and its twin for browsers and apps: a first-party client that was given
 * `full_access` gets the session that the user authorized with (docs/wire/idp.md).
 */
import { z } from 'zod'
import { findClient, isFirstParty } from '../connected-apps/index.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { frontendErrors, type Project } from '../projects/index.ts'
import {
  carryOut,
  exampleJwt,
  exampleSession,
  exampleToken,
  frontendSessionErrors,
  liveSessionById,
  noAttributes,
  planSession,
  requireShortEnough,
  SessionShape,
  type SessionWish,
  sessionFields,
  sessionInvalid,
  sessionJwt,
  sessionNotFound,
  sessionToWire,
  sessionWishErrors,
} from '../sessions/index.ts'
import { exampleUser, rolesOf, UserShape, userToWire } from '../users/index.ts'
import { type LiveAccessToken, liveAccessToken } from './access-token.ts'
import * as errors from './errors.ts'
import { exchangeFactor } from './exchange-factor.ts'
import { spendAccessToken } from './refresh-store.ts'

type ProjectContext = Context & { readonly project: Project }

/** Oldest token, in seconds: who has it longer may have it from somewhere. */
const oldest = 300

const { session_duration_minutes, session_custom_claims } = sessionFields
const accessToken = { access_token: z.string().describe('With `full_access`, at most five minutes old. Works once.') }

const shape = {
  user_id: z.string(),
  user: UserShape,
  session_token: z.string(),
  session_jwt: z.string().describe('Valid for five minutes.'),
  session: SessionShape,
}

const ownErrors = [
  errors.accessTokenNotFound,
  errors.exchangeNeedsFullAccess,
  errors.exchangeTooOld,
  errors.accessTokenNotExchangeable,
  sessionNotFound,
]

const exampleExchanged = {
  user_id: exampleUser.user_id,
  user: exampleUser,
  session_token: exampleToken,
  session_jwt: exampleJwt,
  session: {
    ...exampleSession,
    expires_at: '2026-01-01T01:10:00Z',
    authentication_factors: [
      ...exampleSession.authentication_factors,
      {
        type: 'oauth',
        delivery_method: 'oauth_access_token_exchange',
        last_authenticated_at: '2026-01-01T00:10:00Z',
        created_at: '2026-01-01T00:10:00Z',
        updated_at: '2026-01-01T00:10:00Z',
        oauth_access_token_exchange_factor: { client_id: 'connected-app-test-8d4b6f21-3a75-4c09-b1e8-5f7a9c0d2e63' },
      },
    ],
  },
}

export const exchangeAccessToken = endpoint({
  method: 'POST',
  path: '/v1/sessions/exchange_access_token',
  auth: 'project',
  contractId: 'api_session_v1_ExchangeAccessToken',
  summary: 'Exchange an access token for its session',
  description:
    'For first-party clients with `full_access`: gives the very session that the user authorized with, which gains a factor, and is extended if `session_duration_minutes` is given.',
  errors: [...ownErrors, ...sessionWishErrors],
  input: z.object({
    ...accessToken,
    session_duration_minutes,
    session_custom_claims,
    telemetry_id: z.string().optional().describe('Accepted and ignored: there is no device history.'),
  }),
  invalid: sessionInvalid,
  output: z.object(shape),
  example: {
    input: { access_token: exampleJwt, session_duration_minutes: 60 },
    output: exampleExchanged,
  },
  handle: (input, context) => exchange(input, context),
})

export const exchangeAccessTokenFrontend = endpoint({
  method: 'POST',
  auth: 'frontend',
  crossOrigin: true,
  wrapped: true,
  path: '/sdk/v1/sessions/exchange_access_token',
  summary: 'Exchange an access token for its session, from a browser or app',
  description: 'As the backend operation, for a caller without a secret.',
  errors: [...frontendErrors, ...ownErrors, ...frontendSessionErrors],
  input: z.object({ ...accessToken, session_duration_minutes }),
  invalid: sessionInvalid,
  output: z.object({ ...shape, __user: UserShape }),
  example: {
    input: { access_token: exampleJwt, session_duration_minutes: 60 },
    output: { ...exampleExchanged, __user: exampleUser },
  },
  async handle(input, context) {
    requireShortEnough(context.project, input.session_duration_minutes)
    const answer = await exchange(input, context)
    return { ...answer, __user: answer.user }
  },
})

/** Uses the token up and extends the session in one transaction: a session that has just ended does not use it up. */
async function exchange(
  { access_token, ...wish }: SessionWish & { readonly access_token: string },
  context: ProjectContext,
) {
  const { db, now, project } = context
  const live = await liveAccessToken(context, access_token, 'whole')
  if (!live) throw errors.accessTokenNotFound()
  const { grant, token, user } = live
  await requireExchangeable(live, context)
  if (grant.sessionId === undefined) {
    throw errors.accessTokenNotExchangeable({ problem: 'the user did not authorize with a session.' })
  }
  const presented = await liveSessionById(context, grant.sessionId)
  if (presented?.session.userId !== user.id) throw sessionNotFound()
  const factor = exchangeFactor(grant.clientId, now)
  const plan = planSession({ userId: user.id, factor, wish, presented, attributes: noAttributes }, context)
  const spent = { tokenId: token.tokenId, use: 'exchanged' as const, projectId: project.id, now: now.getTime() }
  const next = await db.transaction(async (tx) => {
    if (!(await spendAccessToken(tx, { ...spent, expiresAt: token.expiresAt * 1_000 }))) {
      throw errors.accessTokenNotExchangeable({ problem: 'it was exchanged before.' })
    }
    return carryOut(tx, plan, context)
  })
  if (!next) throw sessionNotFound()
  const roles = rolesOf(user)
  return {
    user_id: user.id,
    user: userToWire(user),
    session_token: next.token,
    session_jwt: await sessionJwt(context, next.session, roles),
    session: sessionToWire(next.session, roles),
  }
}

/** What the token says, and what its client may now: the permission may have been taken back since. */
async function requireExchangeable({ grant, token }: LiveAccessToken, { db, now }: ProjectContext): Promise<void> {
  const app = await findClient(db, grant.clientId)
  const mayHave = app && isFirstParty(app) && app.fullAccessAllowed
  if (!mayHave || !token.scopes.includes('full_access')) throw errors.exchangeNeedsFullAccess()
  if (Math.floor(now.getTime() / 1_000) - token.issuedAt > oldest) throw errors.exchangeTooOld()
}
