/** The client's type, mapped from the list of operations and the routes: nothing of the server is loaded for it. */
import type { z } from 'zod'
import type { api } from '../api.ts'
import type { Api, Endpoint } from '../kernel/endpoint.ts'
import type { routes } from './routes.ts'

/** Members of every success answer. */
export interface Envelope {
  readonly status_code: number
  /** Names the request in the server's log. */
  readonly request_id: string
}

/** For one call; what is left out is as the client was made. */
export interface CallSettings {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** How long the call may take, in ms, with everything that is sent again and the waiting in between. */
  readonly timeoutMs?: number
  /** How often it may be sent again, where that is safe. */
  readonly retries?: number
  /** Sent in place of the project's credentials: an access token or `registration_access_token`. */
  readonly bearerToken?: string
}

type Routes = typeof routes
/** Dotted, as in the list: `oauth.attach`. */
export type OperationName = keyof Routes

type Answer<Output> = Output & Envelope

/** The fields may be left out where none is needed. */
type Call<Input, Result> =
  Record<string, never> extends Input
    ? (input?: Input, settings?: CallSettings) => Result
    : (input: Input, settings?: CallSettings) => Result

/** The members of the answer's only list. */
type Item<Output> = { [Name in keyof Output]: Output[Name] extends readonly (infer One)[] ? One : never }[keyof Output]

interface InPages<Input, Output> {
  /**
   * Every item of every page; the next page is asked for when its first item is wanted. `limit` is the size of a page.
   * Settings count for each page.
   */
  readonly all: Call<Omit<Input, 'cursor'>, AsyncGenerator<Item<Output>, void, undefined>>
}

type Method<Input, Output> = Call<Input, Promise<Answer<Output>>> &
  (Output extends { readonly results_metadata: object } ? InPages<Input, Output> : unknown)

type MethodOf<One> =
  One extends Endpoint<infer _Auth, infer Input, infer Output> ? Method<z.input<Input>, z.output<Output>> : never

/** The operation of a dotted name. */
type At<List, Name> = Name extends `${infer First}.${infer Rest}`
  ? First extends keyof List
    ? At<List[First], Rest>
    : never
  : Name extends keyof List
    ? List[Name]
    : never

/** Whether a name is that of a route, or the beginning of one. */
type Leads<Name extends string, Names extends string> =
  Extract<Names, Name | `${Name}.${string}`> extends never ? false : true

/** `{ sessions: { authenticate: Endpoint } }` becomes `{ sessions: { authenticate(input): Promise<output> } }`. */
type ByPlace<List, Names extends string, Prefix extends string = ''> = {
  readonly [Name in keyof List & string as Leads<`${Prefix}${Name}`, Names> extends true
    ? Name
    : never]: List[Name] extends Endpoint<infer _Auth, infer _Input, infer _Output>
    ? MethodOf<List[Name]>
    : List[Name] extends Api
      ? ByPlace<List[Name], Names, `${Prefix}${Name}.`>
      : never
}

/** `apiOauthV1Attach` is the operation `oauth.attach`. */
type ByFlatName<Names extends OperationName> = {
  readonly [Name in Names as Routes[Name]['flat']]: MethodOf<At<typeof api, Name>>
}

type PublicName = {
  [Name in OperationName]: Routes[Name]['credentials'] extends 'project' ? never : Name
}[OperationName]

/** Every operation, under its place in the list and under its flat name. */
export type SelvageClient = ByPlace<typeof api, OperationName> & ByFlatName<OperationName>

/** Those that need no project secret. */
export type PublicClient = ByPlace<typeof api, PublicName> & ByFlatName<PublicName>
