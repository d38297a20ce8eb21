/** The keys of an issuer (RFC 7517 §5): the same ones as those of session JWTs, under the addresses that OAuth clients use. */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { json, type Reply } from '../kernel/reply.ts'
import {
  exampleProject,
  issuerIsAmbiguous,
  issuerUnknown,
  type Project,
  projectNotFound,
  projectOfIssuer,
} from '../projects/index.ts'
import { exampleKeySet, KeySetShape } from '../sessions/index.ts'

/** In seconds. A key is published long before it signs. */
const maxAge = 300

const record = {
  method: 'GET',
  auth: 'none',
  oauth: true,
  crossOrigin: 'public',
  description: 'Public. Holds the key that signs now, the next one, and retired ones; choose by `kid`.',
  output: KeySetShape,
} as const

export const getIssuerJwks = endpoint({
  ...record,
  path: '/.well-known/jwks.json',
  summary: 'Get the keys that tokens verify against',
  errors: [issuerUnknown, issuerIsAmbiguous],
  input: z.object({}),
  example: { input: {}, output: exampleKeySet },
  handle: async (_input, context) => keys(await projectOfIssuer(context), context),
})

export const getJwksOfProject = endpoint({
  ...record,
  path: '/v1/public/{project_id}/.well-known/jwks.json',
  summary: 'Get the keys that tokens verify against, by project',
  errors: [projectNotFound],
  input: z.object({ project_id: z.string() }),
  example: { input: { project_id: exampleProject.id }, output: exampleKeySet },
  async handle({ project_id }, context) {
    const project = await context.projects.byId(project_id)
    if (!project) throw projectNotFound()
    return keys(project, context)
  },
})

const keys = async ({ id }: Project, context: Context): Promise<Reply> =>
  json({ keys: await context.keys.published(id) }, { 'cache-control': `public, max-age=${maxAge}` })
