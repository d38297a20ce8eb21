/**
 * The load: a closed loop over keep-alive connections, in a process of its own. Raw sockets, because a full HTTP client would be
 * slower than the server. Every answer's status is checked; one in a thousand is verified whole.
 */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { type Answer, type ServerName, scenariosOf } from './scenarios.ts'
import type { Seeded } from './seed.ts'

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

export interface Order {
  readonly url: string
  readonly server: ServerName
  readonly scenario: string
  readonly seconds: number
  readonly connections: number
  /** Where single-use tokens begin, so that no round repeats one. */
  readonly offset: number
}

const [, , seedFile = ''] = process.argv
const seeded: Seeded = JSON.parse(readFileSync(seedFile, 'utf8'))
const scenarios = scenariosOf(seeded)

/** Sends one request after another over one connection until time or tokens run out. */
function loop(
  socket: Socket,
  next: () => string | undefined,
  { status, check }: { readonly status: number; readonly check: (answer: Answer) => void },
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
      if (count++ % 1000 === 0) check(parsed(text.slice(head + 4)))
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

const parsed = (body: string): Answer => JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))

async function run({
  url,
  server,
  scenario,
  seconds,
  connections,
  offset,
}: Order): Promise<LoadResult & { used: number }> {
  const chosen = scenarios[scenario]
  if (!chosen) throw new Error(`No scenario ${scenario}.`)
  let at = offset
  const next = () => chosen.request(at++, server)
  const expected = { status: chosen.status, check: (answer: Answer) => chosen.check(answer, server) }
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
  await Promise.all(sockets.map((socket) => loop(socket, next, expected, began + seconds * 1000, times)))
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
