/** The apps that a user has let in, and turning one away (docs/wire/idp.md). */
import { z } from 'zod'
import { clientTypes, connectedAppNotFound, exampleClientId } from '../connected-apps/index.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { frontendErrors, type Project } from '../projects/index.ts'
import { liveSession, userUnauthenticated } from '../sessions/index.ts'
import { exampleUserId, resolveUserId, userNotFound } from '../users/index.ts'
import { exampleAppsOfUser } from './examples.ts'
import { appsOfUser, revokeConsent } from './grant-store.ts'

type ProjectContext = Context & { readonly project: Project }

const listShape = {
  connected_apps: z.array(
    z.object({
      connected_app_id: z.string(),
      name: z.string(),
      description: z.string(),
      client_type: z.enum(clientTypes),
      logo_url: z.string().optional(),
      scopes_granted: z.string().describe('Of the last completed flow, separated by spaces.'),
    }),
  ),
}

const userId = { user_id: z.string().describe('Also an external ID.') }
const appId = { connected_app_id: z.string() }

export const getConnectedAppsOfUser = endpoint({
  method: 'GET',
  path: '/v1/users/{user_id}/connected_apps',
  auth: 'project',
  contractId: 'api_user_v1_ConnectedApps',
  summary: 'List a user’s Connected Apps',
  description: 'Those with which the user completed a flow, the newest first.',
  errors: [userNotFound],
  input: z.object(userId),
  output: z.object(listShape),
  example: { input: { user_id: exampleUserId }, output: exampleAppsOfUser },
  handle: async ({ user_id }, context) => list(context, await requireUser(context, user_id)),
})

export const revokeConnectedAppOfUser = endpoint({
  method: 'POST',
  path: '/v1/users/{user_id}/connected_apps/{connected_app_id}/revoke',
  auth: 'project',
  contractId: 'api_user_v1_Revoke',
  summary: 'Revoke a user’s Connected App',
  description: 'Takes the user’s consent back: every token of the app for this user is dead at once.',
  errors: [userNotFound, connectedAppNotFound],
  input: z.object({ ...userId, ...appId }),
  output: z.object({}),
  example: { input: { user_id: exampleUserId, connected_app_id: exampleClientId }, output: {} },
  handle: async ({ user_id, connected_app_id }, context) =>
    revoke(context, await requireUser(context, user_id), connected_app_id),
})

const frontend = { auth: 'frontend', crossOrigin: true, wrapped: true } as const

export const getConnectedAppsFrontend = endpoint({
  ...frontend,
  method: 'GET',
  path: '/sdk/v1/users/connected_apps',
  summary: 'List the Connected Apps of the user who is logged in',
  description: 'Those with which the user completed a flow, the newest first.',
  errors: [...frontendErrors, userUnauthenticated],
  input: z.object({}),
  output: z.object(listShape),
  example: { input: {}, output: exampleAppsOfUser },
  handle: async (_input, context) => list(context, await loggedIn(context)),
})

export const revokeConnectedAppFrontend = endpoint({
  ...frontend,
  method: 'POST',
  path: '/sdk/v1/users/connected_apps/{connected_app_id}/revoke',
  summary: 'Revoke a Connected App of the user who is logged in',
  description: 'As the backend operation.',
  errors: [...frontendErrors, userUnauthenticated, connectedAppNotFound],
  input: z.object(appId),
  output: z.object({}),
  example: { input: { connected_app_id: exampleClientId }, output: {} },
  handle: async ({ connected_app_id }, context) => revoke(context, await loggedIn(context), connected_app_id),
})

async function requireUser({ db, project }: ProjectContext, given: string): Promise<string> {
  const found = await resolveUserId(db, project.id, given)
  if (found === undefined) throw userNotFound()
  return found
}

async function loggedIn(context: ProjectContext & { readonly presentedToken: string | undefined }): Promise<string> {
  const presented = await liveSession(context)
  if (!presented) throw userUnauthenticated()
  return presented.user.id
}

async function list({ db, project }: ProjectContext, user: string) {
  const apps = await appsOfUser(db, project.id, user)
  return {
    connected_apps: apps.map(({ app, scopes }) => ({
      connected_app_id: app.id,
      name: app.name,
      description: app.description,
      client_type: app.type,
      ...(app.logoUrl !== undefined && { logo_url: app.logoUrl }),
      scopes_granted: scopes.join(' '),
    })),
  }
}

async function revoke({ db, now, project }: ProjectContext, user: string, clientId: string) {
  const consent = { projectId: project.id, userId: user, clientId }
  const isDone = await db.transaction((tx) => revokeConsent(tx, consent, now.getTime()))
  if (!isDone) throw connectedAppNotFound()
  return {}
}
