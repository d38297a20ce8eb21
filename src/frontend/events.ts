/** `POST /sdk/v1/events`: what browser clients tell of themselves. Taken and forgotten (docs/wire/frontend.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { json } from '../kernel/reply.ts'

export const takeEvents = endpoint({
  method: 'POST',
  path: '/sdk/v1/events',
  // The client sends no credentials with these.
  auth: 'none',
  crossOrigin: true,
  wrapped: true,
  summary: 'Take a browser client’s telemetry',
  description: 'Answers as the client expects and keeps nothing: events can hold e-mail addresses.',
  errors: [],
  input: z.object({}),
  /** An array, which no operation reads. */
  ignoresBody: true,
  output: z.object({}),
  example: { input: {}, output: {} },
  handle: () => json({}),
})
