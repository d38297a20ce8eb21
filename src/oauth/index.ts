/** What the composition root and the sandbox may use of social login. */
export { attachProvider } from './attach.ts'
export { authenticateLogin } from './authenticate.ts'
export { cookiesNamed } from './browser.ts'
export { customCallback, customCallbackForm, loginCallback, loginCallbackForm } from './callback.ts'
export { attachProviderFrontend, authenticateLoginFrontend } from './frontend.ts'
export {
  authenticateAppleIdToken,
  authenticateAppleIdTokenFrontend,
  authenticateGoogleIdToken,
  authenticateGoogleIdTokenFrontend,
} from './id-token-login.ts'
export { getProviderValues } from './kept-values.ts'
export { KeySets } from './key-sets.ts'
export { takeOver } from './link-identity.ts'
export { startOneTap } from './one-tap.ts'
export { finishOwnLogin, startOwnLogin, type WayIn, waysIn } from './own-login.ts'
export type { Provider } from './provider.ts'
export { providers } from './providers/index.ts'
export { startLogin } from './start.ts'
export { sweepLogins } from './store.ts'
export { type StandIn, Upstream } from './upstream.ts'
