/** Surroundings that never wait, and a server that answers what a test tells it, over real HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { clientFor } from './create.ts'
import type { Surroundings } from './send.ts'

export interface PlayedSurroundings extends Surroundings {
  /** How long, in ms, the client wanted to wait, each time. */
  readonly waits: readonly number[]
  /** Lets the time of every call run out. */
  expire(): void
}

export function playedSurroundings(more: Partial<Surroundings> = {}): PlayedSurroundings {
  const waits: number[] = []
  const timer = new AbortController()
  return {
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    random: () => 1,
    async wait(ms, signal) {
      waits.push(ms)
      signal.throwIfAborted()
    },
    timer: () => timer.signal,
    isBrowser: false,
    waits,
    expire: () => timer.abort(new DOMException('Time is up.', 'TimeoutError')),
    ...more,
  }
}

export interface PlayedAnswer {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** `'hang up'`: the connection ends without an answer. `'silence'`: nothing comes. */
export type Played = PlayedAnswer | 'hang up' | 'silence'

export interface PlayedServer extends AsyncDisposable {
  readonly origin: string
  readonly requests: readonly IncomingMessage[]
  /** Resolves when the next request has arrived. */
  arrival(): Promise<void>
}

/** Gives these answers in turn, and the last one for ever. */
export async function playedServer(...answers: readonly [Played, ...Played[]]): Promise<PlayedServer> {
  const requests: IncomingMessage[] = []
  let arrived = () => {}
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? answers[0]
    requests.push(request)
    request.resume().on('end', () => {
      play(answer, response)
      arrived()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  return {
    origin: `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : bound}`,
    requests,
    arrival: () =>
      new Promise((resolve) => {
        arrived = resolve
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function play(answer: Played, response: ServerResponse): void {
  if (answer === 'silence') return
  if (answer === 'hang up') {
    response.socket?.destroy()
    return
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body ?? '')
}

/** As the server writes a failure. */
export const failure = (status: number, error_type: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  body: JSON.stringify({
    status_code: status,
    request_id: 'request-id-test-1',
    error_type,
    error_message: 'It failed.',
    error_url: `http://localhost/docs/errors#${error_type}`,
  }),
})

export const success = { status: 200, body: '{"status_code":200,"request_id":"request-id-test-2"}' }

/** A client of that server. */
export const clientAt = (origin: string, surroundings: Surroundings = playedSurroundings()) =>
  clientFor(surroundings)({ baseUrl: origin, projectId: 'project-test-1', secret: 'secret-test-1' })
