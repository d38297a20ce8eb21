/** Where a played provider is, and the account that the server has there: used in place of the real ones. */
import type { StandIn } from '../oauth/index.ts'
import type { ProviderEndpoints } from '../projects/index.ts'
import { playedProviders } from './providers/index.ts'
import type { Sandbox } from './sandbox.ts'

/** Known to everybody, like all of the sandbox: it guards nothing. */
export const clientIdOf = (provider: string): string => `sandbox-${provider}-client`
export const clientSecretOf = (provider: string): string => `sandbox-${provider}-not-a-secret`
/** For whom a native app's ID tokens are issued. */
export const nativeClientIdOf = (provider: string): string =>
  provider === 'apple' ? 'com.example.app' : `sandbox-${provider}-native-client`
export const appleTeam = 'SANDBOXTEAM'
const appleKey = 'SANDBOXKEY'

/** The issuer of a played provider's ID tokens, or what its issuers begin with. */
export const sandboxIssuer = (baseUrl: string, provider: string): string => `${baseUrl}/sandbox/${provider}`

/** Absolute URLs of a provider that the sandbox plays; `undefined` if it plays none of that name. */
function sandboxEndpoints(baseUrl: string, provider: string): Partial<ProviderEndpoints> | undefined {
  const played = playedProviders.get(provider)
  if (!played) return undefined
  const origin = sandboxIssuer(baseUrl, provider)
  const { userinfo, emails } = played.resources
  return {
    authorization: `${origin}/authorize`,
    token: `${origin}/token`,
    ...(userinfo && { userinfo: `${origin}/${userinfo.path}` }),
    ...(emails && { emails: `${origin}/${emails.path}` }),
    ...((played.real.openid || played.namesIssuer) && {
      issuer: played.issuerPath ? `${origin}/{tenantid}/v2.0` : origin,
    }),
    ...(played.real.openid && { jwks: `${origin}/jwks` }),
  }
}

/** Lets social login reach the sandbox wherever a project has no credentials of its own. */
export const standInOf =
  (sandbox: Sandbox): StandIn =>
  ({ id, clientAuthentication }, baseUrl) => {
    const endpoints = sandboxEndpoints(baseUrl, id)
    if (!endpoints) return undefined
    const isSigned = clientAuthentication === 'signed_jwt'
    return {
      clientId: clientIdOf(id),
      clientSecret: isSigned ? sandbox.clientKey.privatePem() : clientSecretOf(id),
      settings: {
        native_client_ids: [nativeClientIdOf(id)],
        ...(isSigned && { team_id: appleTeam, key_id: appleKey }),
      },
      endpoints,
    }
  }
