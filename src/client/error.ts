/** The one kind of error of the client. */
import type { ServerErrorType } from './error-types.ts'

/** What the client itself says of a call that got no answer from the server, or one that is not the server's. */
export type ClientErrorType = 'connection_failed' | 'timed_out' | 'unexpected_answer'

export type KnownErrorType = ServerErrorType | ClientErrorType

/** Open: a newer server may know more of them. */
export type ErrorType = KnownErrorType | (string & {})

export interface ErrorMembers {
  readonly statusCode: number
  readonly errorType: ErrorType
  readonly message: string
  readonly requestId?: string
  readonly errorUrl?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** A failed call, with what is known of it. */
export class SelvageError extends Error {
  override readonly name = 'SelvageError'
  /** HTTP status; 0 when there was no answer. */
  readonly statusCode: number
  /** Stable name of the error; decide by this. */
  readonly errorType: ErrorType
  /** Names the request in the server's log; empty when the server did not answer. */
  readonly requestId: string
  /** Where the error is explained; empty when the server did not answer. */
  readonly errorUrl: string
  /** What was compared, where that helps. */
  readonly details: Readonly<Record<string, unknown>> | undefined
  /** How long the server asks to wait, in seconds. */
  readonly retryAfterSeconds: number | undefined

  constructor(members: ErrorMembers) {
    super(members.message, members.cause === undefined ? undefined : { cause: members.cause })
    this.statusCode = members.statusCode
    this.errorType = members.errorType
    this.requestId = members.requestId ?? ''
    this.errorUrl = members.errorUrl ?? ''
    this.details = members.details
    this.retryAfterSeconds = members.retryAfterSeconds
  }

  /** Whether it is one of these. A name that this version does not know is an error of the type checker. */
  is(...types: readonly KnownErrorType[]): boolean {
    return types.some((type) => type === this.errorType)
  }
}
