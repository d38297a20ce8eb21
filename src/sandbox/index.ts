/** The providers that `selvage dev` plays. Only the composition root uses this, and only in the `dev` profile. */
import { authorize, chooseOnPage } from './authorize.ts'
import { mintIdToken } from './id-token.ts'
import { landAfterLogin, landAfterSignup } from './landing.ts'
import { getAvatar, providerKeys, resourceEndpoints } from './resources.ts'
import type { Sandbox } from './sandbox.ts'
import { clearScript, listScript, scriptPersona } from './script.ts'
import { exchangeToken } from './token.ts'

export { standInOf } from './endpoints.ts'
export { Sandbox } from './sandbox.ts'

/** Operations that exist in the `dev` profile only. */
export const sandboxApi = {
  authorize,
  chooseOnPage,
  token: exchangeToken,
  idToken: mintIdToken,
  keys: providerKeys,
  avatar: getAvatar,
  ...resourceEndpoints,
  landing: { login: landAfterLogin, signup: landAfterSignup },
  script: { add: scriptPersona, list: listScript, clear: clearScript },
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    /** Only in the `dev` profile, like the operations that read it. */
    readonly sandbox?: Sandbox | undefined
  }
}
