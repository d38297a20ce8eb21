/**
 * What one of our pages hands to the next, through the browser: sealed, so that it comes back unchanged and tells nobody
 * anything, and with the time at which it was made. Nothing is stored while a person thinks.
 */
import { SealError } from '../../crypto/seal.ts'
import type { Context } from '../../kernel/endpoint.ts'
import { requestExpired } from './errors.ts'

/** What a text was sealed for; one of another purpose does not open. */
type Purpose = 'authorization request' | 'consent form' | 'logout form'

/** How long, in ms, a person may leave a page open. */
const lifetime = 3_600_000
/** Longest text that is opened; ours have at most about 7,000 characters. */
const longest = 12_000

type Sealing = Pick<Context, 'sealer' | 'now'>

interface Envelope<State> {
  readonly at: number
  readonly state: State
}

export function sealState<State extends object>({ sealer, now }: Sealing, purpose: Purpose, state: State): string {
  const envelope: Envelope<State> = { at: now.getTime(), state }
  return sealer.seal(JSON.stringify(envelope), purpose)
}

/** Throws `authorization_request_expired` for one that is older than an hour, was changed, or was made for something else. */
export function openState<State extends object>({ sealer, now }: Sealing, purpose: Purpose, sealed: string): State {
  if (sealed.length > longest) throw requestExpired()
  try {
    const { at, state }: Envelope<State> = JSON.parse(sealer.open(sealed, purpose))
    if (at + lifetime > now.getTime()) return state
  } catch (cause) {
    if (cause instanceof SealError) throw requestExpired({ cause })
    throw cause
  }
  throw requestExpired()
}
