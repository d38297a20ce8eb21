/** THE LIST: every operation of the server, in reading order. An operation's name is its place here: `users.get`. */
import { getAttempts } from './attempts/index.ts'
import { attestSession, attestSessionFrontend } from './attestation/index.ts'
import {
  cancelConnectedAppRotation,
  completeConnectedAppRotation,
  createConnectedApp,
  deleteConnectedApp,
  deleteRegistrationOfClient,
  getConnectedApp,
  getRegistration,
  registerClient,
  registerClientInProject,
  replaceRegistrationEndpoint,
  searchConnectedApps,
  startConnectedAppRotation,
  updateConnectedApp,
} from './connected-apps/index.ts'
import {
  authenticateCurrentSession,
  deleteCurrentRegistration,
  getBootstrap,
  getCurrentUser,
  revokeCurrentSession,
  takeEvents,
} from './frontend/index.ts'
import { getLiveness, getReadiness } from './health/index.ts'
import {
  discovery,
  exchangeAccessToken,
  exchangeAccessTokenFrontend,
  getConnectedAppsFrontend,
  getConnectedAppsOfUser,
  getIssuerJwks,
  getJwksOfProject,
  getToken,
  getTokenOfProject,
  getUserinfo,
  getUserinfoOfProject,
  introspectToken,
  introspectTokenOfProject,
  postUserinfo,
  postUserinfoOfProject,
  revokeConnectedAppFrontend,
  revokeConnectedAppOfUser,
  revokeToken,
  revokeTokenOfProject,
  startAuthorization,
  startAuthorizationFrontend,
  submitAuthorization,
  submitAuthorizationFrontend,
} from './idp/index.ts'
import type { Api } from './kernel/endpoint.ts'
import {
  cancelM2mRotation,
  completeM2mRotation,
  createM2mClient,
  deleteM2mClientEndpoint,
  getM2mClient,
  searchM2mClientsEndpoint,
  startM2mRotation,
  updateM2mClientEndpoint,
} from './m2m/index.ts'
import {
  attachProvider,
  attachProviderFrontend,
  authenticateAppleIdToken,
  authenticateAppleIdTokenFrontend,
  authenticateGoogleIdToken,
  authenticateGoogleIdTokenFrontend,
  authenticateLogin,
  authenticateLoginFrontend,
  customCallback,
  customCallbackForm,
  getProviderValues,
  loginCallback,
  loginCallbackForm,
  startLogin,
  startOneTap,
} from './oauth/index.ts'
import { getRbacPolicy } from './projects/index.ts'
import { getErrorsPage, getOpenApi } from './reference/index.ts'
import { authenticateSession, getJwks, getSessions, revokeSession } from './sessions/index.ts'
import {
  createUser,
  deleteExternalId,
  deleteRegistrationEndpoint,
  deleteUserEndpoint,
  getUser,
  updateUserEndpoint,
} from './users/index.ts'

export const api = {
  oauth: {
    start: startLogin,
    callback: loginCallback,
    callbackForm: loginCallbackForm,
    customCallback,
    customCallbackForm,
    authenticate: authenticateLogin,
    attach: attachProvider,
    startOneTap,
    googleIdToken: { authenticate: authenticateGoogleIdToken },
    appleIdToken: { authenticate: authenticateAppleIdToken },
    attempts: getAttempts,
  },
  sessions: {
    authenticate: authenticateSession,
    get: getSessions,
    attest: attestSession,
    exchangeAccessToken,
    revoke: revokeSession,
    jwks: getJwks,
  },
  users: {
    create: createUser,
    get: getUser,
    update: updateUserEndpoint,
    delete: deleteUserEndpoint,
    deleteExternalId,
    deleteOAuthRegistration: deleteRegistrationEndpoint,
    getProviderValues,
    connectedApps: getConnectedAppsOfUser,
    revoke: revokeConnectedAppOfUser,
  },
  /** The authorization server that Connected Apps talk to. */
  idp: {
    oauth: { authorizeStart: startAuthorization, authorize: submitAuthorization },
    discovery,
    token: getToken,
    userinfo: getUserinfo,
    userinfoForm: postUserinfo,
    introspect: introspectToken,
    revoke: revokeToken,
    jwks: getIssuerJwks,
    /** The same with the project in the path, as backend clients call it. */
    ofProject: {
      token: getTokenOfProject,
      userinfo: getUserinfoOfProject,
      userinfoForm: postUserinfoOfProject,
      introspect: introspectTokenOfProject,
      revoke: revokeTokenOfProject,
      jwks: getJwksOfProject,
    },
  },
  connectedApp: {
    clients: {
      create: createConnectedApp,
      get: getConnectedApp,
      update: updateConnectedApp,
      delete: deleteConnectedApp,
      search: searchConnectedApps,
      secrets: {
        rotateStart: startConnectedAppRotation,
        rotateCancel: cancelConnectedAppRotation,
        rotate: completeConnectedAppRotation,
      },
    },
    /** For the clients themselves. */
    registration: {
      register: registerClient,
      registerWithProject: registerClientInProject,
      get: getRegistration,
      replace: replaceRegistrationEndpoint,
      delete: deleteRegistrationOfClient,
    },
  },
  m2m: {
    clients: {
      create: createM2mClient,
      get: getM2mClient,
      update: updateM2mClientEndpoint,
      delete: deleteM2mClientEndpoint,
      search: searchM2mClientsEndpoint,
      secrets: { rotateStart: startM2mRotation, rotateCancel: cancelM2mRotation, rotate: completeM2mRotation },
    },
  },
  rbac: { policy: getRbacPolicy },
  /** For browsers and apps, which have a public token and no secret. */
  frontend: {
    oauth: {
      authenticate: authenticateLoginFrontend,
      attach: attachProviderFrontend,
      googleIdToken: { authenticate: authenticateGoogleIdTokenFrontend },
      appleIdToken: { authenticate: authenticateAppleIdTokenFrontend },
    },
    sessions: {
      authenticate: authenticateCurrentSession,
      attest: attestSessionFrontend,
      exchangeAccessToken: exchangeAccessTokenFrontend,
      revoke: revokeCurrentSession,
    },
    users: {
      me: getCurrentUser,
      deleteOAuthRegistration: deleteCurrentRegistration,
      connectedApps: getConnectedAppsFrontend,
      revoke: revokeConnectedAppFrontend,
    },
    idp: { oauth: { authorizeStart: startAuthorizationFrontend, authorize: submitAuthorizationFrontend } },
    bootstrap: getBootstrap,
    events: takeEvents,
  },
  reference: {
    openApi: getOpenApi,
    errors: getErrorsPage,
  },
  health: {
    live: getLiveness,
    ready: getReadiness,
  },
} satisfies Api
