/** What a guided flow is made of: parties, and steps between them that run one after the other. */
import type { Values } from '../request/draft.ts'
import type { Answer, SendSettings } from '../request/send.ts'

/** What the reader chose and earlier steps learnt, by name: tokens, IDs, verifiers. */
export type Memory = Readonly<Record<string, string>>

/** Something that went over the line, to be looked at. */
export interface Shown {
  readonly title: string
  readonly value?: unknown
}

/** Why a step did not work, and what to do about it. */
export interface Problem {
  readonly what: string
  readonly advice?: string
}

export interface Outcome {
  readonly request?: Shown
  readonly answer?: Shown
  readonly learnt?: Memory
  readonly problem?: Problem
}

/** What a step may use of the page. */
export interface Tools {
  /** Origin of this server, without a slash at the end. */
  readonly baseUrl: string
  /** Where windows come back to. */
  readonly landing: string
  readonly projectId: string
  readonly publicToken: string
  readonly send: (operation: string, values: Values, settings?: SendSettings) => Promise<Answer>
  /** Opens an address in a window and resolves to the query with which that comes back. */
  readonly visit: (url: string) => Promise<URLSearchParams>
  /** What to do about a failure, by its name in the catalogue. */
  readonly adviceFor: (errorType: string) => string | undefined
  /** Method and path of an operation, for showing. */
  readonly lineOf: (operation: string) => string
}

export interface Step {
  readonly title: string
  readonly text: string
  /** Lanes, from the left. The same one twice: something that a party does by itself. */
  readonly from: number
  readonly to: number
  /** A few words beside the arrow. */
  readonly arrow: string
  readonly run: (memory: Memory, tools: Tools) => Promise<Outcome>
}

export interface Choice {
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly value: string
  /** Offered, though anything may be typed. */
  readonly offers?: readonly string[]
}

export interface Flow {
  readonly lead: string
  readonly lanes: readonly string[]
  readonly choices: readonly Choice[]
  /** Whether the landing page has to be one of the project's redirect URLs. */
  readonly needsRedirectUrl: boolean
  readonly steps: readonly Step[]
}

interface CallSettings extends SendSettings {
  /** What to remember of the answer. */
  readonly learn?: (body: Body) => Memory
  /** What is wrong with an answer that is a success. */
  readonly check?: (body: Body) => Problem | undefined
}

/** Looks into an answer by a dotted path; `''` where there is nothing. */
export type Body = (path: string) => string

/** A step that calls one operation. */
export async function call(
  tools: Tools,
  operation: string,
  values: Values,
  { learn, check, ...settings }: CallSettings = {},
): Promise<Outcome> {
  const answer = await tools.send(operation, values, settings)
  const body: Body = (path) => lookUp(answer.body, path)
  const shown = {
    request: { title: tools.lineOf(operation), value: values },
    answer: { title: `${answer.status} in ${Math.round(answer.durationMs)} ms`, value: answer.body },
  }
  if (answer.status >= 300) return { ...shown, problem: refused(answer, body, tools) }
  const problem = check?.(body)
  return { ...shown, ...(problem ? { problem } : { learnt: learn?.(body) ?? {} }) }
}

function refused({ status, errorType = '' }: Answer, body: Body, { adviceFor }: Tools): Problem {
  const advice = adviceFor(errorType)
  return { what: body('error_message') || `The server answered ${status}.`, ...(advice !== undefined && { advice }) }
}

function lookUp(value: unknown, path: string): string {
  const found = path
    .split('.')
    .reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined), value)
  if (found === undefined || found === null) return ''
  return typeof found === 'string' ? found : JSON.stringify(found)
}

/** A step that sends the browser away; `checked` reads what it comes back with. */
export async function visit(
  tools: Tools,
  url: URL,
  checked: (query: URLSearchParams) => { readonly learnt: Memory } | { readonly problem: Problem },
): Promise<Outcome> {
  const query = await tools.visit(url.href)
  return {
    request: { title: `GET ${url.pathname}`, value: Object.fromEntries(url.searchParams) },
    answer: { title: 'Back with', value: Object.fromEntries(query) },
    ...checked(query),
  }
}

/** What providers and authorization servers say instead of a token (RFC 6749 §4.1.2.1). */
export function refusalIn(query: URLSearchParams): Problem | undefined {
  const error = query.get('error') ?? query.get('error_type')
  if (error === null) return undefined
  const description = query.get('error_description') ?? query.get('error_message')
  return {
    what: `It came back with “${error}”${description === null ? '' : `: ${description}`}`,
    advice: 'Start again, and let the login or the request through this time.',
  }
}
