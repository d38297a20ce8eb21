/** The pages of a logout: the question, and what came of it. */
import type { Context } from '../../kernel/endpoint.ts'
import { document, html, type Markup } from '../../kernel/html.ts'
import { page, pagePolicy, type Reply } from '../../kernel/reply.ts'
import type { Project } from '../../projects/index.ts'
import type { PresentedSession } from '../../sessions/index.ts'
import { nameOf } from './consent-page.ts'
import type { LogoutFields, LogoutRequest } from './logout-request.ts'
import { askerOf, destinationOf } from './parties.ts'
import { sealState } from './sealed-state.ts'

export const logoutAnswerPath = '/v1/oauth2/logout/answer'

/** What the form carries: which session it ends, and what was asked for. */
export interface LogoutForm {
  readonly projectId: string
  readonly sessionId: string
  readonly asked: LogoutFields
}

export function askToLogOut(
  context: Context,
  { project, app, target, asked }: LogoutRequest,
  { session, user }: PresentedSession,
): Reply {
  const form: LogoutForm = { projectId: project.id, sessionId: session.id, asked }
  const shown = nameOf(user)
  const title = `Log out of ${project.name}?`
  const content = html`<div class="card">
<h1>${title}</h1>
<p>${app && html`<strong><bdi>${askerOf(app, project).name}</bdi></strong> asks you to log out. `}${shown === '' ? 'You are logged in.' : html`You are logged in as <strong>${shown}</strong>.`}</p>
<p class="soft">Apps that you have let in keep what you have given them.${target !== undefined && html` Afterwards you go back to ${destinationOf(target).address}.`}</p>
<form method="post" action="${logoutAnswerPath}">
<input type="hidden" name="form" value="${sealState(context, 'logout form', form)}">
<div class="row"><button class="centred" name="answer" value="stay">Stay logged in</button>
<button class="primary" name="answer" value="log_out">Log out</button></div>
</form>
</div>`
  const formAction = target === undefined ? "'self'" : destinationOf(target).formAction
  return page(document({ title, content }), 200, { 'content-security-policy': pagePolicy(formAction) })
}

/** The end of the way, with a way on if the client named one. */
export function loggedOut(project: Project, target: string | undefined, headers: Reply['headers'] = {}): Reply {
  return outcome(
    'You are logged out',
    html`<p>You are not logged in to ${project.name} in this browser.</p>`,
    target,
    headers,
  )
}

export const stillLoggedIn = (project: Project): Reply =>
  outcome('You are still logged in', html`<p>Nothing was changed at ${project.name}. You can close this page.</p>`)

const outcome = (title: string, text: Markup, target?: string, headers: Reply['headers'] = {}): Reply =>
  page(
    document({
      title,
      content: html`<div class="card"><h1>${title}</h1>${text}
${target !== undefined && html`<p><a class="button primary" href="${target}" rel="noreferrer">Back to ${destinationOf(target).name}</a></p>`}</div>`,
    }),
    200,
    headers,
  )
