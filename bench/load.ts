/**
 * The load: a closed loop over keep-alive connections, in a process of its own. Raw sockets, because a full HTTP client would be
 * slower than the server. Every answer's status is checked; one in a thousand is verified whole.
 */
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Seeded } from './seed.ts'

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

interface Order {
  readonly url: string
  readonly scenario: string
  readonly seconds: number
  readonly connections: number
  /** Where single-use tokens begin, so that no round repeats one. */
  readonly offset: number
}

const [, , seedFile = ''] = process.argv
const seeded: Seeded = JSON.parse(readFileSync(seedFile, 'utf8'))
const authorization = `Basic ${Buffer.from(`${seeded.projectId}:${seeded.secret}`).toString('base64')}`
const publicKey = createPublicKey(seeded.privateKeyPem)
const pick = (from: readonly string[], at: number) => from[at % from.length] ?? ''

const post = (path: string, body: object) => {
  const text = JSON.stringify(body)
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** Request number `at` of each scenario; `undefined` when there is no fresh token left. */
const scenarios: Readonly<Record<string, { status: number; request: (at: number) => string | undefined }>> = {
  'sessions/authenticate (token)': {
    status: 200,
    request: (at) => post('/v1/sessions/authenticate', { session_token: pick(seeded.sessionTokens, at) }),
  },
  'sessions/authenticate (JWT)': {
    status: 200,
    request: (at) => post('/v1/sessions/authenticate', { session_jwt: pick(seeded.sessionJwts, at) }),
  },
  'oauth/authenticate': {
    status: 200,
    request: (at) => {
      const token = seeded.loginTokens[at]
      return (
        token && post('/v1/oauth/authenticate', { token, code_verifier: 'v'.repeat(43), session_duration_minutes: 60 })
      )
    },
  },
  'oauth/attach': {
    status: 200,
    request: (at) => post('/v1/oauth/attach', { provider: 'google', user_id: pick(seeded.userIds, at) }),
  },
  'public oauth start': {
    status: 302,
    request: () => get(`/v1/public/oauth/google/start?public_token=${seeded.publicToken}`),
  },
  JWKS: { status: 200, request: () => get(`/v1/sessions/jwks/${seeded.projectId}`) },
}

/** Sends one request after another over one connection until time or tokens run out. */
function loop(
  socket: Socket,
  next: () => string | undefined,
  status: number,
  until: number,
  times: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    let sent = 0
    let count = 0
    const send = () => {
      const request = performance.now() < until ? next() : undefined
      if (request === undefined) return resolve()
      sent = performance.now()
      socket.write(request)
    }
    socket.on('data', (data) => {
      text += data.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? chunkedLength(text, head))
      if (text.length < head + 4 + length) return
      if (!text.startsWith(`HTTP/1.1 ${status} `)) return reject(new Error(text.slice(0, 600)))
      times.push(performance.now() - sent)
      if (count++ % 1000 === 0) check(text.slice(head + 4), status)
      text = ''
      send()
    })
    socket.on('error', reject)
    send()
  })
}

/** `node:http` without a length sends one chunk and an end: read until it. */
const chunkedLength = (text: string, head: number): number => {
  const end = text.indexOf('\r\n0\r\n\r\n', head)
  return end < 0 ? Number.POSITIVE_INFINITY : end + 7 - head - 4
}

function check(body: string, status: number): void {
  const answer = JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))
  if (answer.status_code !== status || !answer.request_id)
    throw new Error(`An answer without its envelope: ${body.slice(0, 300)}`)
  if (answer.session_jwt) {
    const [head, payload, signature = ''] = answer.session_jwt.split('.')
    const ok = verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))
    if (!ok || answer.user.emails.length !== 1) throw new Error('A session JWT that does not verify.')
  }
}

async function run({ url, scenario, seconds, connections, offset }: Order): Promise<LoadResult & { used: number }> {
  const chosen = scenarios[scenario]
  if (!chosen) throw new Error(`No scenario ${scenario}.`)
  let at = offset
  const next = () => chosen.request(at++)
  const sockets = await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), noDelay: true }, () =>
            resolve(socket),
          )
        }),
    ),
  )
  const times: number[] = []
  const began = performance.now()
  await Promise.all(sockets.map((socket) => loop(socket, next, chosen.status, began + seconds * 1000, times)))
  const elapsed = (performance.now() - began) / 1000
  for (const socket of sockets) socket.destroy()
  times.sort((a, b) => a - b)
  const quantile = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0
  return { requests: times.length, seconds: elapsed, p50: quantile(0.5), p99: quantile(0.99), used: at - offset }
}

process.on('message', (order: Order) => {
  run(order).then(
    (result) => process.send?.(result),
    (error) => {
      console.error(error)
      process.exit(1)
    },
  )
})
