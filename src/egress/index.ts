/** What other slices may use to fetch what others point at. */
import type { GuardedFetch } from './guarded-fetch.ts'

export { type Fetched, FetchRefused, GuardedFetch, isJson, type ResolvedAddress } from './guarded-fetch.ts'

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly egress: GuardedFetch
  }
}
