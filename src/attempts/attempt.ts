/** One try of a client at one step of OAuth, as it is remembered for whoever has to find out why it failed. Pure. */

export const steps = [
  'authorize',
  'token',
  'registration',
  'metadata_document',
  'logout',
  'introspect',
  'revoke',
] as const
export type Step = (typeof steps)[number]

/** What an attempt is called that came to what the client wanted. */
export const succeeded = 'ok'

export interface Attempt {
  /** Sorts by time, so that it also serves as the cursor of a list. */
  readonly id: string
  readonly projectId: string
  readonly at: number
  readonly step: Step
  /** As received, which may be no client at all. */
  readonly clientId: string | undefined
  /** `ok`, or the type of the error that was answered. */
  readonly outcome: string
  /** The sentence that was answered. */
  readonly message: string | undefined
  /** What to do about it. */
  readonly fix: string | undefined
  /** What was compared, expected and received, redacted. */
  readonly details: Readonly<Record<string, unknown>>
}
