/** Who an access token acts for (OpenID Connect Core §5.3). */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { exampleProject } from '../projects/index.ts'
import { exampleJwt } from '../sessions/index.ts'
import { bearerErrors, requireAccessToken } from './bearer.ts'
import { exampleUserinfo } from './examples.ts'
import { personClaims } from './person-claims.ts'

const record = {
  auth: 'none',
  oauth: true,
  crossOrigin: 'public',
  summary: 'Get the user of an access token',
  description: 'Needs an access token with `openid`. `profile`, `email` and `phone` add what they stand for.',
  errors: bearerErrors,
  output: z.object({
    sub: z.string().describe('The user’s ID.'),
    name: z.string().optional(),
    given_name: z.string().optional(),
    family_name: z.string().optional(),
    middle_name: z.string().optional(),
    picture: z.string().optional(),
    locale: z.string().optional(),
    email: z.string().optional(),
    email_verified: z.boolean().optional(),
    phone_number: z.string().optional(),
    phone_number_verified: z.boolean().optional(),
  }),
} as const

const inForm = {
  access_token: z
    .string()
    .optional()
    .transform((value) => (value === '' ? undefined : value))
    .describe('Unless it is in the Authorization header.'),
}
const inPath = { project_id: z.string() }

export const getUserinfo = endpoint({
  ...record,
  method: 'GET',
  path: '/v1/oauth2/userinfo',
  input: z.object({}),
  example: { input: {}, output: exampleUserinfo },
  handle: (_input, context) => userinfo(context),
})

export const postUserinfo = endpoint({
  ...record,
  method: 'POST',
  path: '/v1/oauth2/userinfo',
  input: z.object(inForm),
  example: { input: { access_token: exampleJwt }, output: exampleUserinfo },
  handle: ({ access_token }, context) => userinfo(context, { inBody: access_token }),
})

export const getUserinfoOfProject = endpoint({
  ...record,
  method: 'GET',
  path: '/v1/public/{project_id}/oauth2/userinfo',
  input: z.object(inPath),
  example: { input: { project_id: exampleProject.id }, output: exampleUserinfo },
  handle: ({ project_id }, context) => userinfo(context, { projectId: project_id }),
})

export const postUserinfoOfProject = endpoint({
  ...record,
  method: 'POST',
  path: '/v1/public/{project_id}/oauth2/userinfo',
  input: z.object({ ...inForm, ...inPath }),
  example: { input: { project_id: exampleProject.id, access_token: exampleJwt }, output: exampleUserinfo },
  handle: ({ access_token, project_id }, context) => userinfo(context, { projectId: project_id, inBody: access_token }),
})

interface From {
  readonly projectId?: string
  readonly inBody?: string | undefined
}

async function userinfo(context: Context, from: From = {}) {
  const { user, token } = await requireAccessToken(context, { scope: 'openid', ...from })
  return { sub: user.id, ...personClaims(user, token.scopes) }
}
