/** Documents and files of ours, compressed once and revalidated by their content. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { HttpRequest } from '../kernel/endpoint.ts'
import { type Reply, text } from '../kernel/reply.ts'

interface Packed {
  readonly etag: string
  readonly gzip: Buffer
}

/** For each body that is kept somewhere, for as long as it is. */
const packed = new WeakMap<Buffer, Packed>()

function packedFrom(body: Buffer): Packed {
  const known = packed.get(body)
  if (known) return known
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  const made = { etag, gzip: gzipSync(body) }
  packed.set(body, made)
  return made
}

/** `body`: the same object each time, or it is compressed each time. 304 for who has it already (RFC 9110 §13.1.2), gzip for who reads that. */
export function compressed(body: Buffer, mediaType: string, { headers: asked }: HttpRequest): Reply {
  const { etag, gzip } = packedFrom(body)
  const headers = { etag, 'cache-control': 'no-cache', vary: 'Accept-Encoding' }
  if (asked['if-none-match'] === etag) return text('', mediaType, headers, 304)
  const takesGzip = String(asked['accept-encoding'] ?? '').includes('gzip')
  return takesGzip ? text(gzip, mediaType, { ...headers, 'content-encoding': 'gzip' }) : text(body, mediaType, headers)
}
