/** What other slices may use of the authorization server. */
export {
  startAuthorization,
  startAuthorizationFrontend,
  submitAuthorization,
  submitAuthorizationFrontend,
} from './authorize.ts'
export { discovery } from './discovery.ts'
export { sweepGrants } from './grant-store.ts'
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
