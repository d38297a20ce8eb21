/** Who asks and where the answer goes, in words for a person who has to decide about it (security check 60). Pure. */
import { type ConnectedApp, isFirstParty, isLoopback, isPublic } from '../../connected-apps/index.ts'
import type { Project } from '../../projects/index.ts'

export interface Asker {
  readonly name: string
  /** What stands behind the name: the host of its metadata document, or the ID that it is registered under. */
  readonly origin: string
  /** What is known of it, if that is a reason for caution. */
  readonly caution: string | undefined
}

/** Longest name that a page shows, in characters. */
const longestName = 80

export function askerOf(app: ConnectedApp, project: Pick<Project, 'name'>): Asker {
  const { name, id, metadataUrl, creationMethod } = app
  const short = shown(name)
  if (metadataUrl !== undefined && creationMethod === 'client_id_metadata_document') {
    const { host } = new URL(metadataUrl)
    const caution = `It comes from ${host}. Its name is not verified: anybody can choose one.`
    return { name: short || host, origin: host, caution }
  }
  const named = { name: short || 'An app without a name', origin: id }
  if (creationMethod === 'dynamic_client_registration') {
    return { ...named, caution: 'This app registered itself. Its name is not verified: anybody can choose one.' }
  }
  return { ...named, caution: isFirstParty(app) ? undefined : `This app is not part of ${project.name}.` }
}

/** Characters that no reader sees: controls, and those that turn the direction of what follows (Unicode Annex #9 §2). */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A name that a stranger chose, as a page shows it. */
function shown(name: string): string {
  const characters = [...name.replace(unseen, ' ').trim()]
  return characters.length > longestName ? `${characters.slice(0, longestName).join('')}…` : characters.join('')
}

/** Whether a client introduced itself: nobody has looked at it. */
export const isIntroduced = ({ creationMethod }: Pick<ConnectedApp, 'creationMethod'>): boolean =>
  creationMethod === 'dynamic_client_registration' || creationMethod === 'client_id_metadata_document'

/**
 * Whether somebody else could wait for the code in the client's place: it shows no secret for it, and any program on the
 * person's machine can take its address. What they agreed to before says nothing about such a request (RFC 8252 §8.6).
 */
export const canBeImpersonated = (app: ConnectedApp, redirectUri: string): boolean =>
  isPublic(app) && !isFirstParty(app) && destinationOf(redirectUri).kind !== 'site'

export interface Destination {
  /** Short, for a button: "Back to …". */
  readonly name: string
  /** What a person should compare: a host, or the scheme of an app. */
  readonly address: string
  readonly kind: 'site' | 'program' | 'app'
  /** What its page has to allow forms to lead to. */
  readonly formAction: string
}

/** Where a redirect URI leads, which has been checked. */
export function destinationOf(redirectUri: string): Destination {
  const url = new URL(redirectUri)
  // Browsers hold every redirect that follows a form against the policy, and clients send people on from their callback:
  // hence the scheme, not the host alone. Plain http only where the client itself is on the person's own machine.
  if (isLoopback(url)) {
    return { name: 'the program', address: url.host, kind: 'program', formAction: "'self' https: http:" }
  }
  if (url.protocol === 'https:') {
    return { name: url.host, address: url.host, kind: 'site', formAction: "'self' https:" }
  }
  return { name: 'the app', address: url.protocol, kind: 'app', formAction: `'self' https: ${url.protocol}` }
}
