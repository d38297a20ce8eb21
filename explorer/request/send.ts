/** Sends one operation through this server's gateway, which adds the credentials of a profile. */
import type { Json, Values } from './draft.ts'
import { askGateway, gateway, profileInUse, refusals } from './gateway.ts'

export interface Answer {
  readonly status: number
  /** From sending to the end of the body, as this page sees it. */
  readonly durationMs: number
  /** Lower-case names; those that the gateway passes on. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON where it is JSON, else the text. */
  readonly body: Json
  readonly requestId?: string
  /** Of a failure: its name in the catalogue. */
  readonly errorType?: string
}

export interface SendSettings {
  /** Name of a profile. Default: the one in use. */
  readonly profile?: string
  /** The session of `frontend` operations. */
  readonly sessionToken?: string
  /** For the Authorization header of operations that take an access token there. */
  readonly bearerToken?: string
  readonly signal?: AbortSignal
}

/** Nothing was answered by the operation: the gateway is closed, the network failed, or it was aborted. The text is for the reader. */
export class NotSent extends Error {
  readonly isAborted: boolean
  constructor(text: string, isAborted = false) {
    super(text)
    this.isAborted = isAborted
  }
}

/**
 * Resolves to the operation's answer, whatever its status. Rejects with `NotSent` if the operation was not reached or not
 * heard. `operation` is a dotted name; `values` are sent as they are.
 */
export async function send(operation: string, values: Values, settings: SendSettings = {}): Promise<Answer> {
  await askGateway()
  const first = await attempt(operation, values, settings)
  if (first.errorType !== staleForm) return first
  await askGateway({ again: true })
  return attempt(operation, values, settings)
}

/** The token against forged requests is of an earlier login. */
const staleForm = 'csrf_token_invalid'

async function attempt(operation: string, args: Values, settings: SendSettings): Promise<Answer> {
  const state = gateway.value
  if (state.kind !== 'open') throw new NotSent(state.kind === 'closed' ? state.message : 'The gateway does not answer.')
  const profile = settings.profile ?? profileInUse()?.name
  const { sessionToken, bearerToken, signal } = settings
  const began = performance.now()
  const { response, text } = await heard(`/reference/gateway/${encodeURIComponent(operation)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': state.csrfToken },
    body: JSON.stringify({ args, profile, session_token: sessionToken, bearer_token: bearerToken }),
    ...(signal && { signal }),
  })
  const answer = answerOf(response, text, performance.now() - began)
  if (refusals.includes(answer.errorType ?? '')) {
    await askGateway({ again: true })
    throw new NotSent(textOf(answer.body, 'error_message') ?? 'The gateway is closed.')
  }
  return answer
}

async function heard(url: string, request: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, request)
    return { response, text: await response.text() }
  } catch (error) {
    const isAborted = error instanceof DOMException && error.name === 'AbortError'
    throw new NotSent(
      isAborted ? 'Aborted. The server may have done it all the same.' : 'The server does not answer. Is it running?',
      isAborted,
    )
  }
}

function answerOf({ status, headers }: Response, text: string, durationMs: number): Answer {
  const body = bodyIn(text, headers.get('content-type') ?? '')
  const [requestId, errorType] = [textOf(body, 'request_id'), textOf(body, 'error_type')]
  return {
    status,
    durationMs,
    headers: Object.fromEntries(headers),
    body,
    ...(requestId !== undefined && { requestId }),
    ...(errorType !== undefined && { errorType }),
  }
}

function bodyIn(text: string, mediaType: string): Json {
  if (!/[/+]json\b/.test(mediaType)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A browser client's answer stands in `data`; its request ID too. */
function textOf(body: Json, name: string): string | undefined {
  const member = memberOf(body, name) ?? memberOf(memberOf(body, 'data') ?? null, name)
  return typeof member === 'string' ? member : undefined
}

const memberOf = (body: Json, name: string): Json | undefined =>
  typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as { readonly [name: string]: Json })[name]
    : undefined
