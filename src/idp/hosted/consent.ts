/** `GET|POST /v1/oauth2/consent`: goes on with an authorization after a login, and takes the person's answer. */
import { z } from 'zod'
import { type Context, endpoint } from '../../kernel/endpoint.ts'
import { page, type Reply } from '../../kernel/reply.ts'
import { declined, judge, nothingGrantable } from '../authorization.ts'
import { type ConsentForm, showConsent } from './consent-page.ts'
import { requestExpired } from './errors.ts'
import { consentPath, showLogin } from './login-page.ts'
import { openPending } from './request.ts'
import { openState } from './sealed-state.ts'
import { keepLoggedIn, visitorOf } from './session-cookie.ts'
import { answer, giveCode, needsLogin, proceed } from './steps.ts'

const record = {
  path: consentPath,
  auth: 'none',
  browser: true,
  failureTitle: 'This app cannot be let in',
  output: z.object({ redirect_url: z.string().describe('Back to the client, with a code or an error.') }),
} as const

export const consentPage = endpoint({
  ...record,
  method: 'GET',
  summary: 'Go on with an authorization',
  description: 'Asks the person, unless they need not be asked. Reached from the pages of an authorization only.',
  errors: [requestExpired],
  input: z.object({ request: z.string().describe('The authorization request, sealed by the page before.') }),
  async handle({ request }, context) {
    if (context.http.method === 'HEAD') return page('')
    return proceed(context, await openPending(context, request), 302)
  },
})

export const consentAnswer = endpoint({
  ...record,
  method: 'POST',
  summary: 'Answer the question of an authorization',
  description:
    'The form of the page. It is good for the person that it was shown to, and for what was shown on it; all else is decided again.',
  errors: [requestExpired],
  input: z.object({
    form: z.string().describe('Sealed by the page.'),
    answer: z.enum(['allow', 'deny']).describe('The button that was pressed.'),
  }),
  handle: ({ form, answer: decision }, context) => decide(openState(context, 'consent form', form), decision, context),
})

async function decide(
  { pending: sealed, userId, shown }: ConsentForm,
  decision: 'allow' | 'deny',
  context: Context,
): Promise<Reply> {
  const pending = await openPending(context, sealed)
  const { app, request, project } = pending
  const within = Object.assign(context, { project })
  const visitor = await visitorOf(within)
  if (!visitor) return showLogin(within, pending, 'You are not logged in any more. Log in to go on.')
  if (visitor.user.id !== userId) {
    // The form of somebody else, or this browser has changed hands: whoever is here now is asked.
    if (needsLogin(pending, visitor, context.now)) return showLogin(within, pending)
    const judgement = await judge(within, { app, user: visitor.user, request })
    return showConsent(
      within,
      pending,
      visitor,
      judgement,
      'The account has changed since this page was opened. Decide again.',
    )
  }
  if (decision === 'deny') return answer(context, pending, declined, 303)
  await keepLoggedIn(context, visitor)
  const judgement = await judge(within, { app, user: visitor.user, request })
  const granted = judgement.granted.filter((scope) => shown.includes(scope))
  if (granted.length === 0) return answer(context, pending, nothingGrantable, 303)
  return giveCode(context, pending, { visitor, granted, status: 303 })
}
