/** Living things in place of an example's made-up ones: whoever runs an example has users, tokens and clients of their own. */
import { randomUUID } from 'node:crypto'
import type { Values } from '../../explorer/request/draft.ts'
import { idpScene, projectSettings, type Scene } from '../idp/idp.fixture.ts'
import { givenOtherProject, givenSession } from '../testing/given.ts'
import type { CataloguedOperation } from './catalogue-type.ts'
import {
  accessToken,
  asReplaced,
  attested,
  authorizing,
  bootstrap,
  connectedApp,
  exchanged,
  type Given,
  idToken,
  introspected,
  type Living,
  letIn,
  logout,
  m2mClient,
  oauthToken,
  only,
  registered,
  rotating,
  tokenRequest,
  twice,
} from './living-things.fixture.ts'

export interface World extends AsyncDisposable {
  readonly scene: Scene
  readonly baseUrl: string
  /** Makes everything that one run of an operation's example needs. */
  living(operation: CataloguedOperation): Promise<Living>
}

export async function livingWorld(): Promise<World> {
  const scene = await idpScene(undefined, {}, new Date().toISOString())
  await projectSettings(scene.app, { idp_registration_management_enabled: true, oauth_keep_provider_tokens: true })
  await givenIssuerBelowOrigin(scene)
  const baseUrl = await scene.app.listen()
  return {
    scene,
    baseUrl,
    async living(operation) {
      const example = (operation.example?.input ?? {}) as Values
      const made =
        (await makers[operation.name]?.({ scene, baseUrl, example })) ??
        (await byField(operation, { scene, baseUrl, example }))
      return { ...made, values: { ...example, ...made.values } }
    },
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

/** Another project, whose issuer has the path that the examples of discovery name. */
async function givenIssuerBelowOrigin({ app }: Scene): Promise<void> {
  const { username } = await givenOtherProject(app)
  await app.app.db.query
    .updateTable('projects')
    .set({ settings: JSON.stringify({ idp_issuer_path: 'acme' }) })
    .where('project_id', '=', username)
    .execute()
  app.app.projects.forget()
}

/** Operations whose example needs more than a user with a session. */
const makers: Readonly<Record<string, (given: Given) => Promise<Living>>> = {
  'oauth.authenticate': oauthToken,
  'frontend.oauth.authenticate': oauthToken,
  'oauth.googleIdToken.authenticate': idToken('google'),
  'oauth.appleIdToken.authenticate': idToken('apple'),
  'frontend.oauth.googleIdToken.authenticate': idToken('google'),
  'frontend.oauth.appleIdToken.authenticate': idToken('apple'),
  'sessions.attest': attested,
  'frontend.sessions.attest': attested,
  'sessions.exchangeAccessToken': exchanged,
  'frontend.sessions.exchangeAccessToken': exchanged,
  'users.deleteOAuthRegistration': twice,
  'users.getProviderValues': twice,
  'frontend.users.deleteOAuthRegistration': twice,
  'users.connectedApps': letIn,
  'users.revoke': letIn,
  'frontend.users.connectedApps': letIn,
  'frontend.users.revoke': letIn,
  'idp.oauth.authorizeStart': authorizing,
  'idp.oauth.authorize': authorizing,
  'frontend.idp.oauth.authorizeStart': authorizing,
  'frontend.idp.oauth.authorize': authorizing,
  'frontend.idp.oauth.logoutStart': logout,
  'idp.token': tokenRequest,
  'idp.ofProject.token': tokenRequest,
  'idp.userinfo': async (given) => only(given, await accessToken(given)),
  'idp.userinfoForm': async (given) => only(given, await accessToken(given)),
  'idp.ofProject.userinfo': async (given) => only(given, await accessToken(given)),
  'idp.ofProject.userinfoForm': async (given) => only(given, await accessToken(given)),
  'idp.introspect': introspected,
  'idp.ofProject.introspect': introspected,
  'idp.revoke': introspected,
  'idp.ofProject.revoke': introspected,
  'connectedApp.clients.get': connectedApp,
  'connectedApp.clients.update': connectedApp,
  'connectedApp.clients.delete': connectedApp,
  'connectedApp.clients.secrets.rotateStart': connectedApp,
  'connectedApp.clients.secrets.rotateCancel': rotating('connected_apps', connectedApp),
  'connectedApp.clients.secrets.rotate': rotating('connected_apps', connectedApp),
  'connectedApp.registration.get': registered,
  'connectedApp.registration.replace': asReplaced,
  'connectedApp.registration.delete': registered,
  'm2m.clients.get': m2mClient,
  'm2m.clients.update': m2mClient,
  'm2m.clients.delete': m2mClient,
  'm2m.clients.secrets.rotateStart': m2mClient,
  'm2m.clients.secrets.rotateCancel': rotating('m2m', m2mClient),
  'm2m.clients.secrets.rotate': rotating('m2m', m2mClient),
  'frontend.bootstrap': bootstrap,
}

/** A new user with a session, in the fields of the example that name one. */
async function byField({ auth }: CataloguedOperation, given: Given): Promise<Living> {
  const { app } = given.scene
  const session = await givenSession(app)
  const values: Values = {
    user_id: session.userId,
    session_id: session.sessionId,
    session_token: session.token,
    session_jwt: session.jwt,
    // One per user, and a project has many users here.
    external_id: `customer|${randomUUID()}`,
    email: `${randomUUID()}@example.com`,
  }
  return only(given, { values, ...(auth === 'frontend' && { environment: { STYTCH_SESSION_TOKEN: session.token } }) })
}
