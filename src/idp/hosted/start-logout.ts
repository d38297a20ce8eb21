/** `POST /sdk/v1/oauth/logout/start`: for a logout page of the app's own, which the browser client shows. */
import { z } from 'zod'
import { connectedAppNotFound, exampleClientId } from '../../connected-apps/index.ts'
import { endpoint } from '../../kernel/endpoint.ts'
import { frontendErrors } from '../../projects/index.ts'
import { exampleJwt, liveSession } from '../../sessions/index.ts'
import { parameter } from '../client-credentials.ts'
import { findApp, logoutErrors, readLogout } from './logout-request.ts'

export const startLogout = endpoint({
  method: 'POST',
  path: '/sdk/v1/oauth/logout/start',
  auth: 'frontend',
  crossOrigin: true,
  wrapped: true,
  summary: 'Ask what a Connected App’s logout needs',
  description:
    'Checks where the person is to go and says whether they must be asked. Ends nothing: the page revokes the session.',
  errors: [...frontendErrors, connectedAppNotFound, ...logoutErrors],
  input: z.object({
    client_id: z.string(),
    post_logout_redirect_uri: z.string().describe('One that the client registered.'),
    state: parameter.describe('Comes back unchanged.'),
    id_token_hint: parameter.describe('The last ID token that the client received for the user. May have expired.'),
  }),
  output: z.object({
    consent_required: z.boolean().describe('False only if the ID token is of the user who is logged in.'),
    redirect_uri: z.string().describe('Where to send the browser afterwards, `state` included.'),
  }),
  example: {
    input: {
      client_id: exampleClientId,
      post_logout_redirect_uri: 'https://notes.example.com/goodbye',
      state: 'af0ifjsldkj',
      id_token_hint: exampleJwt,
    },
    output: { consent_required: false, redirect_uri: 'https://notes.example.com/goodbye?state=af0ifjsldkj' },
  },
  async handle(input, context) {
    const { project } = context
    if (!(await findApp(context, project, input.client_id))) throw connectedAppNotFound()
    const { subject, target } = await readLogout(context, project, input)
    const visitor = await liveSession(context)
    const isKnown = visitor !== undefined && visitor.user.id === subject
    return { consent_required: !isKnown, redirect_uri: target ?? input.post_logout_redirect_uri }
  },
})
