/** For whoever keeps the process running: is it alive, can it work? */
import { z } from 'zod'
import { type Db, schemaState } from '../db/open.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { serverUnavailable } from '../kernel/errors.ts'

const record = {
  method: 'GET',
  auth: 'none',
  input: z.object({}),
  output: z.object({ status: z.literal('ok') }),
} as const

export const getLiveness = endpoint({
  ...record,
  path: '/healthz',
  summary: 'Is the process alive?',
  description: 'Answers as long as the process can answer at all. Restart it when this fails.',
  errors: [],
  example: { input: {}, output: { status: 'ok' } },
  handle: () => ({ status: 'ok' as const }),
})

export const getReadiness = endpoint({
  ...record,
  path: '/readyz',
  summary: 'Can the process work?',
  description: 'Checks that the database answers and is up to date. Send no requests here while this fails.',
  errors: [serverUnavailable],
  example: { input: {}, output: { status: 'ok' } },
  async handle(_input, { db, lifecycle }) {
    if (lifecycle.closing) throw serverUnavailable({ problem: 'it is shutting down' })
    await requireWorkingDatabase(db)
    return { status: 'ok' as const }
  },
})

/** Databases whose schema was found current. It cannot become old again under a running process, so once is enough. */
const current = new WeakSet<Db>()

async function requireWorkingDatabase(db: Db): Promise<void> {
  try {
    await db.ping()
  } catch (cause) {
    throw serverUnavailable({ problem: 'the database does not answer' }, { cause })
  }
  if (current.has(db)) return
  const { pending } = await schemaState(db)
  if (pending.length > 0) throw serverUnavailable({ problem: 'the database is not up to date' })
  current.add(db)
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    /** Turns `closing` when the process has been asked to end. */
    readonly lifecycle: { readonly closing: boolean }
  }
}
