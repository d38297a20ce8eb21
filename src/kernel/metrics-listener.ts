/** `GET /metrics` in Prometheus form, on a port of its own: what it tells is for operators, not for the internet. */
import { createServer } from 'node:http'
import { collectDefaultMetrics } from 'prom-client'
import type { Observer } from './observe.ts'

export interface MetricsListener {
  readonly port: number
  close(): Promise<void>
}

export async function openMetricsListener(
  { metrics }: Observer,
  address: { readonly host: string; readonly port: number },
): Promise<MetricsListener> {
  collectDefaultMetrics({ register: metrics })
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    const text = await metrics.metrics()
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, resolve)
  })
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound ? bound.port : address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
