/** Every provider that the sandbox plays. */
import { type Provider, providers } from '../../oauth/index.ts'
import { sandboxProviderUnknown } from '../errors.ts'
import type { SandboxProvider } from '../provider.ts'
import { amazon } from './amazon.ts'
import { apple } from './apple.ts'
import { bitbucket } from './bitbucket.ts'
import { coinbase } from './coinbase.ts'
import { discord } from './discord.ts'
import { facebook } from './facebook.ts'
import { figma } from './figma.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { google } from './google.ts'
import { linkedin } from './linkedin.ts'
import { microsoft } from './microsoft.ts'
import { salesforce } from './salesforce.ts'
import { slack } from './slack.ts'
import { snapchat } from './snapchat.ts'
import { tiktok } from './tiktok.ts'
import { twitch } from './twitch.ts'
import { twitter } from './twitter.ts'
import { yahoo } from './yahoo.ts'

/** How a provider's answers look, beside how we talk to it. */
export interface PlayedProvider extends SandboxProvider {
  readonly real: Provider
}

const answers: readonly SandboxProvider[] = [
  google, microsoft, apple, github, gitlab, facebook, discord, salesforce, slack, amazon, bitbucket, linkedin, coinbase,
  twitch, twitter, tiktok, snapchat, figma, yahoo,
] // biome-ignore format: a list of names reads best as a block

export const playedProviders: ReadonlyMap<string, PlayedProvider> = new Map(
  answers.flatMap((one) => {
    const real = providers.get(one.id)
    return real ? [[one.id, { ...one, real }] as const] : []
  }),
)

/** The provider of that name. Throws `sandbox_provider_unknown`. */
export function requireProvider(name: string): PlayedProvider {
  const played = playedProviders.get(name)
  if (played) return played
  throw sandboxProviderUnknown({ provider: name.slice(0, 40), known: [...playedProviders.keys()].join(', ') })
}
