/** The client's type, mapped from the list of operations: nothing of the server is loaded for it. */
import type { z } from 'zod'
import type { AnyEndpoint, Api, Endpoint } from '../kernel/endpoint.ts'

/** Members of every success answer. */
export interface Envelope {
  readonly status_code: number
  readonly request_id: string
}

export interface CallSettings {
  readonly signal?: AbortSignal
}

type Operation<One> =
  One extends Endpoint<infer _Auth, infer Input, infer Output>
    ? Record<string, never> extends z.input<Input>
      ? (input?: z.input<Input>, settings?: CallSettings) => Promise<z.output<Output> & Envelope>
      : (input: z.input<Input>, settings?: CallSettings) => Promise<z.output<Output> & Envelope>
    : never

/** Operations for a browser are URLs, not calls; those of the frontend and of the gateway are made without the secret that this client has. */
type IsCall<One> = One extends
  | { readonly browser: true }
  | { readonly produces: string }
  | { readonly auth: 'frontend' | 'public_token' | 'operator' | 'operator_bearer' }
  ? false
  : true

/** `{ sessions: { authenticate: Endpoint } }` becomes `{ sessions: { authenticate(input): Promise<output> } }`. */
export type Client<List extends Api> = {
  readonly [Name in keyof List as IsCall<List[Name]> extends true ? Name : never]: List[Name] extends AnyEndpoint
    ? Operation<List[Name]>
    : List[Name] extends Api
      ? Client<List[Name]>
      : never
}
