/** Asking a provider who logged in, with the access token that the code was exchanged for. */
import * as oauth from 'oauth4webapi'
import { ApiError } from '../kernel/errors.ts'
import { oauthFlowCallbackError } from './errors.ts'
import { type Claims, type Profile, type ProviderAnswers, usableProfile } from './provider.ts'
import type { Account, Upstream } from './upstream.ts'

export interface ProfileRequest {
  readonly account: Account
  readonly upstream: Upstream
  readonly accessToken: string
  readonly claims: Claims | undefined
  readonly userParameter: string | undefined
}

/** The profile in our terms. Whatever the provider answers instead is an error of the table, its cause logged. */
export async function readProfile({
  account,
  upstream,
  accessToken,
  claims,
  userParameter,
}: ProfileRequest): Promise<Profile> {
  const { provider } = account
  const get: ProviderAnswers['get'] = async (endpoint, query = {}) => {
    const address = account.endpoints[endpoint]
    if (address === undefined) throw new Error(`${provider.name} has no ${endpoint} endpoint.`)
    const url = new URL(address)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const headers = new Headers({ accept: 'application/json', 'user-agent': 'Selvage' })
    const options = { [oauth.customFetch]: upstream.fetch, [oauth.allowInsecureRequests]: upstream.allowHttp }
    const response = await answerOf(() =>
      oauth.protectedResourceRequest(accessToken, 'GET', url, headers, null, options),
    )
    const listed = provider.statusErrors?.[response.status]
    if (listed) throw listed()
    if (!response.ok) throw new Error(`${address} answered ${response.status}.`)
    return response.json()
  }
  try {
    return usableProfile(await provider.profile({ claims, get, userParameter }))
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    const reason = 'it did not say who logged in'
    throw oauthFlowCallbackError({ provider: provider.name, reason }, { cause })
  }
}

/** The library throws for a 401 that names its reason in a header; the status says enough here. */
async function answerOf(request: () => Promise<Response>): Promise<Response> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response
    throw error
  }
}
