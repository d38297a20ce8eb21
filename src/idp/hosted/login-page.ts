/** The page on which a person logs in: a button for each of the project's providers. */
import type { Context } from '../../kernel/endpoint.ts'
import { document, html, type Markup } from '../../kernel/html.ts'
import { page, type Reply } from '../../kernel/reply.ts'
import { type WayIn, waysIn } from '../../oauth/index.ts'
import type { Project } from '../../projects/index.ts'
import { declined, responseUrl } from '../authorization.ts'
import { askerOf, destinationOf } from './parties.ts'
import { type Pending, sealPending } from './request.ts'

type ProjectContext = Context & { readonly project: Project }

/** Paths of the pages; their requests travel sealed, so they need no project in the path. */
export const loginPath = '/v1/oauth2/login'
export const consentPath = '/v1/oauth2/consent'

/** What the sandbox shows first. */
const usual = ['google', 'github']

/** `notice`: what has just gone wrong. */
export function showLogin(context: ProjectContext, pending: Pending, notice?: string): Reply {
  const { project, app, request } = pending
  const sealed = sealPending(context, pending)
  const link = (way: WayIn): string => `${loginPath}?${new URLSearchParams({ provider: way.id, request: sealed })}`
  const asker = askerOf(app, project)
  const destination = destinationOf(request.redirectUri)
  const backUrl = responseUrl({ project, baseUrl: context.baseUrl }, request, declined)
  const content = html`${notice !== undefined && html`<p class="notice" role="alert">${notice}</p>`}
<div class="card">
<h1>Log in to ${project.name}</h1>
<p class="soft">to go on to <strong><bdi>${asker.name}</bdi></strong> (${destination.address})</p>
${ways(context, link)}
</div>
<p class="note"><a href="${backUrl}" rel="noreferrer">Back to ${destination.name}</a> without logging in</p>`
  return page(document({ title: `Log in to ${project.name}`, content }))
}

function ways(context: ProjectContext, link: (way: WayIn) => string): Markup {
  const all = waysIn(context)
  if (all.length === 0)
    return html`<p>This project has no provider to log in with. Its operator adds one to the project file.</p>`
  const isPlayed = context.project.providers.size === 0
  const first = isPlayed ? all.filter(({ id }) => usual.includes(id)) : all
  const others = all.filter((way) => !first.includes(way))
  const list = (some: readonly WayIn[]): Markup =>
    html`<ul class="choices">${some.map((way) => html`<li><a class="button centred" href="${link(way)}">Continue with ${way.name}</a></li>`)}</ul>`
  return html`${list(first)}${others.length > 0 && html`<details><summary>More providers</summary>${list(others)}</details>`}`
}
