/** `GET /v1/oauth/attempts` (docs/wire/attempts.md). */
import { z } from 'zod'
import { openCursor, sealCursor } from '../crypto/cursor.ts'
import { endpoint } from '../kernel/endpoint.ts'
import { badRequest } from '../kernel/errors.ts'
import { PageInput, pageOf, ResultsMetadata } from '../kernel/paging.ts'
import { wireTime } from '../users/index.ts'
import { type Attempt, steps } from './attempt.ts'
import { listAttempts } from './store.ts'

const AttemptShape = z.object({
  attempt_id: z.string(),
  at: z.string().describe('RFC 3339, UTC.'),
  step: z.enum(steps),
  client_id: z
    .string()
    .describe('As the client sent it, whether or not there is such a client; empty if it sent none.'),
  outcome: z.string().describe('`ok`, or the `error_type` that was answered.'),
  error_message: z.string().describe('The sentence that was answered; empty after a success.'),
  fix: z.string().describe('What to do about it; empty after a success.'),
  details: z
    .record(z.string(), z.unknown())
    .describe('What was compared, expected and received. Of tokens, codes and secrets the first six characters.'),
})

const example: z.input<typeof AttemptShape> = {
  attempt_id: '0mjt6gsw0000101f3a9c4e',
  at: '2026-01-01T00:00:00Z',
  step: 'token',
  client_id: 'connected-app-test-7b9f3c52-1d1e-4c8a-9f33-8f2e2c1f6a10',
  outcome: 'invalid_client_secret',
  error_message: 'The client secret is wrong. Send the one that was shown when the client was made.',
  fix: 'Rotate the secret if it is lost.',
  details: { sent_by: 'client_secret_basic' },
}

export const getAttempts = endpoint({
  method: 'GET',
  path: '/v1/oauth/attempts',
  auth: 'project',
  summary: 'List what OAuth clients tried',
  description:
    'What came of every authorize, token, registration and metadata-document request of a Connected App, and why: the newest first. The newest 500 successes and the newest 500 failures of a project are kept, for at most seven days. Written within about a second.',
  errors: [],
  input: z.object({
    client_id: z.string().min(1).optional().describe('Only attempts of this client.'),
    step: z.enum(steps).optional(),
    outcome: z.enum(['ok', 'failed']).optional(),
    limit: z.coerce.number<number>().int().min(1).max(1_000).default(100),
    cursor: PageInput.shape.cursor,
  }),
  output: z.object({
    attempts: z.array(AttemptShape),
    results_metadata: ResultsMetadata.omit({ total: true }),
  }),
  example: {
    input: { outcome: 'failed', limit: 1 },
    output: { attempts: [example], results_metadata: {} },
  },
  async handle({ client_id, step, outcome, limit, cursor }, { db, now, project, sealer }) {
    const scope = { projectId: project.id, operation: 'oauth.attempts' }
    const before = cursor ? openCursor(sealer, scope, cursor) : undefined
    if (cursor && !before) throw badRequest({ problem: 'cursor: this list did not give it. Begin again without it.' })
    const filter = { clientId: client_id, step, outcome, before: before?.id, limit: limit + 1 }
    const { items, last } = pageOf(await listAttempts(db, project.id, filter, now.getTime()), limit)
    const next_cursor = last && sealCursor(sealer, scope, { createdAt: last.at, id: last.id })
    return { attempts: items.map(attemptToWire), results_metadata: { ...(next_cursor && { next_cursor }) } }
  },
})

export const attemptToWire = (attempt: Attempt): z.infer<typeof AttemptShape> => ({
  attempt_id: attempt.id,
  at: wireTime(attempt.at),
  step: attempt.step,
  client_id: attempt.clientId ?? '',
  outcome: attempt.outcome,
  error_message: attempt.message ?? '',
  fix: attempt.fix ?? '',
  details: { ...attempt.details },
})
