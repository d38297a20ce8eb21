/** Random bytes, drawn in blocks: one system call serves many tokens and nonces. */
import { randomBytes } from 'node:crypto'

/** Bytes per system call. */
const block = 8_192
let pool = Buffer.alloc(0)

/** So many random bytes, at most 8,192, which nobody else is given. */
export function random(bytes: number): Buffer {
  if (pool.byteLength < bytes) pool = randomBytes(block)
  const taken = Buffer.from(pool.subarray(0, bytes))
  // What has been handed out does not stay behind in memory that outlives it.
  pool.fill(0, 0, bytes)
  pool = pool.subarray(bytes)
  return taken
}
