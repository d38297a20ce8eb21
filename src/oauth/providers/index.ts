/** Every provider, in the order of their documentation. */
import type { Provider } from '../provider.ts'
import { github } from './github.ts'
import { google } from './google.ts'

export const providers: ReadonlyMap<string, Provider> = new Map(
  [google, github].map((provider) => [provider.id, provider]),
)
