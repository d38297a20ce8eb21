/** Every provider that the sandbox plays. */
import { type Provider, providers } from '../../oauth/index.ts'
import { sandboxProviderUnknown } from '../errors.ts'
import type { SandboxProvider } from '../provider.ts'
import { github } from './github.ts'
import { google } from './google.ts'

/** How a provider's answers look, beside how we talk to it. */
export interface PlayedProvider extends SandboxProvider {
  readonly real: Provider
}

export const playedProviders: ReadonlyMap<string, PlayedProvider> = new Map(
  [google, github].flatMap((answers) => {
    const real = providers.get(answers.id)
    return real ? [[answers.id, { ...answers, real }] as const] : []
  }),
)

/** The provider of that name. Throws `sandbox_provider_unknown`. */
export function requireProvider(name: string): PlayedProvider {
  const played = playedProviders.get(name)
  if (played) return played
  throw sandboxProviderUnknown({ provider: name.slice(0, 40), known: [...playedProviders.keys()].join(', ') })
}
