/**
 * Cursors of searches: where a page ended, sealed, so that nobody can read one, make one up, or use one of another project or
 * operation. Positions are in the order newest first, with the id to tell apart what was made in the same millisecond.
 */
import { SealError, type Sealer } from './seal.ts'

/** The last item of a page. */
export interface Position {
  /** When it was made, in ms. */
  readonly createdAt: number
  readonly id: string
}

/** What a cursor is good for. */
export interface CursorScope {
  readonly projectId: string
  /** Name of the operation, as in `api.ts`. */
  readonly operation: string
}

const purpose = ({ projectId, operation }: CursorScope): string => `cursor of ${operation} in ${projectId}`

export const sealCursor = (sealer: Sealer, scope: CursorScope, { createdAt, id }: Position): string =>
  sealer.seal(JSON.stringify([createdAt, id]), purpose(scope))

/** The form that sealing gives; base64url decoders take more than one spelling for the same bytes, we take one. */
const form = /^s1\.[\w-]{8}\.([\w-]+)$/

/** Opens a cursor; `undefined` where it was changed, belongs elsewhere, or its master key is gone. */
export function openCursor(sealer: Sealer, scope: CursorScope, cursor: string): Position | undefined {
  const [, payload = ''] = form.exec(cursor) ?? []
  if (payload === '' || Buffer.from(payload, 'base64url').toString('base64url') !== payload) return undefined
  try {
    const [createdAt, id]: unknown[] = JSON.parse(sealer.open(cursor, purpose(scope)))
    return typeof createdAt === 'number' && typeof id === 'string' ? { createdAt, id } : undefined
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}
