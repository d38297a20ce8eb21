/**
 * Operations that call operations: the same validation, authentication, limits, log lines and metrics as a request from outside,
 * without a socket. So there is no address that could be aimed elsewhere.
 */
import { type AnyEndpoint, type Api, type HttpRequest, hasBody, operations, pathParameters } from './endpoint.ts'
import { badRequest } from './errors.ts'
import { flatName } from './operation-name.ts'
import { type HttpResponse, longestParameter, type Operation, prepare, type Runtime } from './run.ts'

declare module './endpoint.ts' {
  interface Context {
    readonly dispatch: Dispatch
  }
}

export interface DispatchedRequest {
  /** Wire names; each value travels where it would from outside: in the path, the query or the body. */
  readonly members: Readonly<Record<string, unknown>>
  readonly authorization?: string | undefined
  /** On whose behalf: the address counts for limits. None of its credentials and cookies are taken over. */
  readonly from: Pick<HttpRequest, 'ip' | 'headers'>
}

export class Dispatch {
  readonly operations: readonly Operation[]
  #byName: ReadonlyMap<string, Operation> | undefined

  /** `list` may still be filled after this, until the first request. */
  constructor(list: readonly Operation[]) {
    this.operations = list
  }

  /** By its place in the list (`oauth.attach`), its flat name (`apiOauthV1Attach`) or its ID in the original’s contract. */
  find(name: string): Operation | undefined {
    this.#byName ??= namesOf(this.operations)
    return this.#byName.get(name)
  }

  /** Runs it as if the request had come over the wire. Throws `bad_request` when a member of the path is missing. */
  async run({ endpoint, run }: Operation, request: DispatchedRequest): Promise<HttpResponse> {
    return run(requestOf(endpoint, request))
  }
}

/** Prepares every operation of an API, in its order; each can reach the others through `context.dispatch`. */
export function prepareAll(api: Api, runtime: Runtime): readonly Operation[] {
  const list: Operation[] = []
  const dispatch = new Dispatch(list)
  for (const { name, endpoint } of operations(api)) list.push(prepare(name, endpoint, runtime, dispatch))
  return list
}

/** Where two names are the same, the more exact one counts. */
function namesOf(list: readonly Operation[]): ReadonlyMap<string, Operation> {
  const byName = new Map<string, Operation>()
  const names: readonly ((one: Operation) => string | undefined)[] = [
    ({ name }) => name,
    ({ endpoint }) => endpoint.contractId,
    ({ name, endpoint }) => flatName(name, endpoint),
  ]
  for (const nameOf of names) {
    for (const one of list) {
      const name = nameOf(one)
      if (name !== undefined && !byName.has(name)) byName.set(name, one)
    }
  }
  return byName
}

function requestOf(endpoint: AnyEndpoint, { members, authorization, from }: DispatchedRequest): HttpRequest {
  const params: Record<string, string> = {}
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    params[name] = inPath(name, members[name])
    return encodeURIComponent(params[name])
  })
  const elsewhere = Object.entries(members).filter(([name]) => !pathParameters(endpoint.path).includes(name))
  const isBody = hasBody(endpoint)
  const { 'user-agent': userAgent } = from.headers
  return {
    method: endpoint.method,
    path,
    query: isBody ? '' : queryOf(elsewhere),
    headers: {
      accept: 'application/json',
      ...(userAgent !== undefined && { 'user-agent': userAgent }),
      ...(isBody && { 'content-type': 'application/json' }),
      ...(authorization !== undefined && { authorization }),
    },
    params,
    body: isBody ? Buffer.from(JSON.stringify(Object.fromEntries(elsewhere))) : undefined,
    ip: from.ip,
  }
}

/** What no path can hold is refused here; from outside there would be no such route. */
function inPath(name: string, value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  const problem = problemInPath(text)
  if (problem !== undefined) throw badRequest({ problem: `${name}: ${problem}.` }, { details: { field: name } })
  return text
}

function problemInPath(text: string): string | undefined {
  if (text === '') return 'a value is required'
  if (!text.isWellFormed()) return 'it is not valid Unicode'
  return encodeURIComponent(text).length > longestParameter ? 'it is too long' : undefined
}

/** A list is a parameter that repeats; whether the operation takes that is for it to say. */
function queryOf(members: readonly (readonly [string, unknown])[]): string {
  const query = new URLSearchParams()
  for (const [name, value] of members) {
    for (const one of [value].flat()) {
      if (one === null || one === undefined) continue
      query.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one))
    }
  }
  return query.toString()
}
