/** What other slices may use of the authorization server. */
export {
  startAuthorization,
  startAuthorizationFrontend,
  submitAuthorization,
  submitAuthorizationFrontend,
} from './authorize.ts'
export { discovery } from './discovery.ts'
export { sweepGrants } from './grant-store.ts'
export { authorizeForm, authorizeFormOfProject, authorizePage, authorizePageOfProject } from './hosted/authorize.ts'
export { consentAnswer, consentPage } from './hosted/consent.ts'
export { loginPage, loginReturn } from './hosted/login.ts'
export { logoutAnswer, logoutForm, logoutFormOfProject, logoutPage, logoutPageOfProject } from './hosted/logout.ts'
export { startLogout } from './hosted/start-logout.ts'
export { introspectToken, introspectTokenOfProject } from './introspect.ts'
export { getIssuerJwks, getJwksOfProject } from './jwks.ts'
export { revokeToken, revokeTokenOfProject } from './revoke.ts'
export { exchangeAccessToken, exchangeAccessTokenFrontend } from './session-exchange.ts'
export { getToken, getTokenOfProject } from './token.ts'
export {
  getConnectedAppsFrontend,
  getConnectedAppsOfUser,
  revokeConnectedAppFrontend,
  revokeConnectedAppOfUser,
} from './user-apps.ts'
export { getUserinfo, getUserinfoOfProject, postUserinfo, postUserinfoOfProject } from './userinfo.ts'
