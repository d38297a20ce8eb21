/** `GET /v1/sessions/jwks/{project_id}` (docs/wire/session-jwt.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { json } from '../kernel/reply.ts'
import { exampleProject, projectNotFound } from '../projects/index.ts'
import { exampleKeySet } from './examples.ts'

/** In seconds; as the original. A key is published long before it signs, so caches are never behind. */
const maxAge = 900

export const KeySetShape = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('RSA'),
      use: z.literal('sig'),
      key_ops: z.array(z.string()),
      alg: z.literal('RS256'),
      kid: z.string(),
      n: z.string(),
      e: z.string(),
      x5c: z.array(z.string()).describe('Always empty.'),
      x5tS256: z.string().describe('Always empty.'),
    }),
  ),
})

export const getJwks = endpoint({
  method: 'GET',
  path: '/v1/sessions/jwks/{project_id}',
  auth: 'none',
  contractId: 'api_session_v1_GetJWKS',
  summary: 'Get the keys that session JWTs verify against',
  description: 'Public. Holds the key that signs now, the next one, and retired ones; choose by `kid`.',
  errors: [projectNotFound],
  input: z.object({ project_id: z.string() }),
  output: KeySetShape,
  example: { input: { project_id: exampleProject.id }, output: exampleKeySet },
  async handle({ project_id }, { keys, projects }) {
    const project = await projects.byId(project_id)
    if (!project) throw projectNotFound()
    return json({ keys: await keys.published(project.id) }, { 'cache-control': `public, max-age=${maxAge}` })
  },
})
