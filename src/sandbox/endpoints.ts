/** Where a played provider is, and the account that the server has there: used in place of the real ones. Pure. */
import type { StandIn } from '../oauth/index.ts'
import type { ProviderEndpoints } from '../projects/index.ts'
import { playedProviders } from './providers/index.ts'

/** Known to everybody, like all of the sandbox: it guards nothing. */
export const sandboxCredentials = (provider: string): { readonly clientId: string; readonly clientSecret: string } => ({
  clientId: `sandbox-${provider}-client`,
  clientSecret: `sandbox-${provider}-not-a-secret`,
})

/** The issuer of a played provider's ID tokens. */
export const sandboxIssuer = (baseUrl: string, provider: string): string => `${baseUrl}/sandbox/${provider}`

/** Absolute URLs of a provider that the sandbox plays; `undefined` if it plays none of that name. */
function sandboxEndpoints(
  baseUrl: string,
  provider: string,
): (Partial<ProviderEndpoints> & Pick<ProviderEndpoints, 'authorization' | 'token'>) | undefined {
  const played = playedProviders.get(provider)
  if (!played) return undefined
  const origin = sandboxIssuer(baseUrl, provider)
  const { userinfo, emails } = played.resources
  return {
    authorization: `${origin}/authorize`,
    token: `${origin}/token`,
    userinfo: `${origin}/${userinfo.path}`,
    ...(emails && { emails: `${origin}/${emails.path}` }),
    ...(played.real.openid && { issuer: origin, jwks: `${origin}/jwks` }),
  }
}

/** Lets social login reach the sandbox wherever a project has no credentials of its own. */
export const sandboxStandIn: StandIn = ({ id }, baseUrl) => {
  const endpoints = sandboxEndpoints(baseUrl, id)
  return endpoints && { ...sandboxCredentials(id), endpoints }
}
