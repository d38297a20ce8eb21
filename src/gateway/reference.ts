/** What the page at `/reference` calls: which profiles there are, and operations by them (docs/gateway.md). */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { type Reply, text } from '../kernel/reply.ts'
import type { HttpResponse } from '../kernel/run.ts'
import { exampleProject, examplePublicToken } from '../projects/index.ts'
import { exampleUser, exampleUserId } from '../users/index.ts'
import { CallInput, callErrors, callOperation } from './call.ts'
import { csrfTokenInvalid } from './errors.ts'
import { guardedCall, guardedRead } from './guard.ts'

export const getProfiles = endpoint({
  method: 'GET',
  path: '/reference/profiles',
  auth: 'operator',
  summary: 'List the profiles of the gateway',
  description:
    'By whose credentials the page can call operations, without their secrets; and the CSRF token that each call needs.',
  errors: guardedRead,
  input: z.object({}),
  output: z.object({
    profiles: z.array(
      z.object({
        name: z.string(),
        project_id: z.string(),
        public_token: z.string().optional().describe('Absent while the project has none.'),
        environment: z.enum(['test', 'live']),
      }),
    ),
    csrf_token: z.string().describe('For the header `x-csrf-token`. Good for as long as the login.'),
  }),
  example: {
    input: {},
    output: {
      profiles: [
        {
          name: 'development',
          project_id: exampleProject.id,
          public_token: examplePublicToken,
          environment: 'test',
        },
      ],
      csrf_token: 'iCeRA7Ez1x1sC5zcyfovJA',
    },
  },
  async handle(_input, { gateway, csrfToken, projects }) {
    return { profiles: await gateway.describe(projects), csrf_token: csrfToken }
  },
})

export const callByPage = endpoint({
  method: 'POST',
  path: '/reference/gateway/{operation_id}',
  auth: 'operator',
  summary: 'Call an operation with the credentials of a profile',
  description:
    'Runs one operation of this server, in its own process, and answers with its status, headers and body as they are. Needs the header `x-csrf-token`.',
  errors: [...guardedCall, csrfTokenInvalid, ...callErrors],
  input: CallInput.extend({
    operation_id: z.string().describe('`oauth.attach`, `apiOauthV1Attach` or `api_oauth_v1_Attach`.'),
  }),
  output: z.looseObject({}),
  example: {
    input: { operation_id: 'users.deleteExternalId', args: { user_id: exampleUserId } },
    output: { user_id: exampleUserId, user: { ...exampleUser, external_id: '' } },
  },
  async handle({ operation_id, ...call }, context) {
    return untouched(await callOperation(context, operation_id, call))
  },
})

/** Headers that tell a caller something about the answer. Cookies are none of the page's. */
const ofInterest = ['cache-control', 'pragma', 'retry-after', 'etag', 'link']

/**
 * The operation's answer. A Basic challenge keeps its text but loses its name: at the sight of it a browser asks the person for
 * user name and password by itself, and a project's secret has no place there.
 */
function untouched({ status, headers, body }: HttpResponse): Reply {
  const passed = ofInterest.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  const challenge = headers['www-authenticate']
  const challengeName = /^basic\b/i.test(String(challenge ?? '')) ? 'x-www-authenticate' : 'www-authenticate'
  const all = { ...Object.fromEntries(passed), ...(challenge !== undefined && { [challengeName]: challenge }) }
  return text(body, String(headers['content-type'] ?? 'application/json'), all, status)
}
