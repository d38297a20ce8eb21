/** What other slices may use to fetch what others point at. */
import type { GuardedFetch } from './guarded-fetch.ts'

export { FetchRefused, GuardedFetch, isJson } from './guarded-fetch.ts'

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly egress: GuardedFetch
  }
}
