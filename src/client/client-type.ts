/** What every method of the client has in common. */

/** Members of every success answer. */
export interface Envelope {
  status_code: number
  /** Names the request in the server's log. */
  request_id: string
}

/** For one call; what is left out is as the client was made. */
export interface CallSettings {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** How long the call may take, in ms, with everything that is sent again and the waiting in between. */
  readonly timeoutMs?: number | undefined
  /** How often it may be sent again, where that is safe. */
  readonly retries?: number | undefined
  /** Sent in place of the project's credentials: an access token or `registration_access_token`. */
  readonly bearerToken?: string | undefined
}

export type Call<Input, Output> = (input: Input, settings?: CallSettings) => Promise<Output>

/** Of an operation that needs no field. */
export type OptionalCall<Input, Output> = (input?: Input, settings?: CallSettings) => Promise<Output>

type Items<Output, List extends keyof Output> = AsyncGenerator<
  Output[List] extends readonly (infer Item)[] ? Item : never,
  void,
  undefined
>

/** Of an operation with cursors. */
export interface Pages<Input, Output, List extends keyof Output> {
  /**
   * Every item of every page; the next page is asked for when its first item is wanted. `limit` is the size of a page.
   * Settings count for each page.
   */
  all(input?: Omit<Input, 'cursor'>, settings?: CallSettings): Items<Output, List>
}
